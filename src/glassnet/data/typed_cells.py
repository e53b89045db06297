"""Columns whose cells have a type in the file, as Parquet has them."""

from collections.abc import Sequence

from glassnet._lazy import pl
from glassnet.data.cell_format import Convention
from glassnet.data.cell_text import number_of
from glassnet.data.columns import nearest
from glassnet.data.report import TableError


def typed_cells(name: str, column: "pl.Series", asked: Convention) -> "pl.Series":
    """Return a column that has a type in the file, without marks of missing cells; as text where that is asked for."""
    marks = [number for mark in asked.na if (number := number_of(mark)) is not None]
    if marks and column.dtype.is_numeric():
        column = column.set(column.cast(pl.Float64).is_in(marks).fill_null(False), None)
    return column.cast(pl.String).cast(pl.Categorical) if name in asked.text else column


def without_nan(column: "pl.Series") -> "pl.Series":
    """Return a column whose NaN are missing."""
    return column.fill_nan(None) if column.dtype.is_float() else column


def check_cell_types(source: str, schema: "pl.Schema") -> None:
    """Raise `TableError` where the cells of a column are lists, structures or bytes."""
    for name, dtype in schema.items():
        if dtype.is_nested() or isinstance(dtype, pl.Binary | pl.Object):
            raise TableError(
                f"{source!r}: the cells of column {name!r} are {dtype}; a cell holds one text or number, "
                "so take the column apart or leave it out"
            )


def check_names(names: Sequence[str], columns: Sequence[str]) -> None:
    """Raise `TableError` for a column to read as text or numbers that is not among the columns."""
    for name in names:
        if name not in columns:
            like = nearest(name, columns)
            raise TableError(
                f"there is no column {name!r} to read as text or "
                f"numbers{f' (did you mean {like!r}?)' if like else ''}; the columns are: {', '.join(columns)}"
            )


def kind_of(dtype: "pl.DataType") -> str:
    """Return what the cells of a type are, in the words of `CellFormat`."""
    if dtype.is_numeric():
        return "number"
    if isinstance(dtype, pl.Date | pl.Datetime):
        return "date in UTC" if getattr(dtype, "time_zone", None) else "date"
    if isinstance(dtype, pl.Duration | pl.Time):
        return "duration"
    return "boolean" if isinstance(dtype, pl.Boolean) else "text"
