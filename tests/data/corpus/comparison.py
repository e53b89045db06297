"""How a frame differs from the table that was expected."""

import math
import re
from datetime import datetime
from typing import Any

import polars as pl


def kind_of(cells: list[Any]) -> str:
    """Return what expected cells are: bool, number, moment, text, nothing or mixed."""
    present = {type(cell) for cell in cells if cell is not None}
    for kind, types in {"bool": {bool}, "number": {int, float}, "moment": {datetime}, "text": {str}}.items():
        if present and present <= types:
            return kind
    return "nothing" if not present else f"mixed: {present}"


def kind_of_column(column: pl.Series) -> str:
    """Return what a column of a frame is, in the same words."""
    dtype = column.dtype
    if column.null_count() == len(column):
        return "nothing"
    if dtype == pl.Boolean:
        return "bool"
    if dtype.is_numeric():
        return "number"
    return (
        "moment"
        if isinstance(dtype, pl.Datetime | pl.Date)
        else "text"
        if dtype in (pl.String, pl.Categorical)
        else str(dtype)
    )


def cells_of(column: pl.Series) -> list[Any]:
    """Return the cells: moments of a zone as UTC, days as midnight, NaN as None, since both are gaps."""
    if isinstance(column.dtype, pl.Datetime) and column.dtype.time_zone:
        column = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    if isinstance(column.dtype, pl.Date):
        column = column.cast(pl.Datetime)
    if column.dtype.is_float():
        column = column.fill_nan(None)
    return column.to_list()


def same(cell: Any, expected: Any) -> bool:
    """Whether two cells are equal; numbers with decimals may differ by their last bits."""
    if cell is None or not isinstance(expected, float):
        return cell == expected
    return math.isclose(cell, expected, rel_tol=1e-14)


def differences(frame: pl.DataFrame, table: dict[str, list[Any]]) -> list[str]:
    """Return how the frame differs from the table, a line for each difference."""
    if frame.columns != list(table):
        return [f"columns {frame.columns}, not {list(table)}"]
    height = len(next(iter(table.values())))
    if frame.height != height:
        return [f"{frame.height} rows, not {height}: {frame.rows()}"]
    found = []
    for name, cells in table.items():
        column = frame[name]
        if kind_of_column(column) != kind_of(cells):
            found.append(f"{name}: {kind_of_column(column)} ({column.to_list()}), not {kind_of(cells)}")
            continue
        pairs = enumerate(zip(cells_of(column), cells, strict=True))
        found += [
            f"{name}, row {row}: {cell!r}, not {right!r}" for row, (cell, right) in pairs if not same(cell, right)
        ]
    return found


def tells(text: str, value: float | datetime) -> bool:
    """Whether a note shows this reading of a cell: dates in ISO's form, numbers without zeros at the end."""
    shown = value.date().isoformat() if isinstance(value, datetime) else f"{value:.15g}"
    return re.search(rf"(?<![\d.,]){re.escape(shown)}(?!\d|[.,]\d)", text) is not None
