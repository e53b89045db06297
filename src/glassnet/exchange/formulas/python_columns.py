"""The columns of a schema as Python code: a line of `TableColumn(...)` for each that the network takes."""

from collections.abc import Mapping, Sequence
from pprint import pformat

from glassnet.data.cell_format import CellFormat, TableFormat
from glassnet.data.column import Column
from glassnet.exchange.formulas.numpy_columns import TableColumn

WIDTH = 110
KINDS = {"number": "NUMBER", "flag": "FLAG", "date": "DATE", "category": "CATEGORY"}
FIELDS = ("missing", "levels", "rare_levels", "coded", "tokens", "values", "periods", "zoned", "origin")
DEFAULTS: Mapping[str, object] = dict(TableColumn._field_defaults)


def columns_code(columns: Sequence[Column], format: TableFormat) -> str:
    """Return the constants `COLUMNS`, those that the network takes, and `NAMES`, all of the training table.

    Parameters
    ----------
    columns : sequence of Column
        Those of the schema.
    format : TableFormat
        How the text of the file was read that the model was fitted to.
    """
    formats = dict(zip(format.names, format.formats, strict=True))
    used = [column for column in columns if column.kind != "left out"]
    lines = [f"    {_column_code(column, column.cells or formats.get(column.name))}," for column in used]
    names = [f"    {column.name!r}," for column in columns]
    return "\n".join(
        [
            "# The columns that the network takes, in the order of training.",
            "COLUMNS: list[TableColumn] = [",
            *lines,
            "]",
            "# All columns of the training table; those that are not among the above were left out.",
            "NAMES: list[str] = [",
            *names,
            "]",
        ]
    )


def _column_code(column: Column, format: CellFormat | None) -> str:
    kind = "TEXT" if column.tokens else KINDS[column.kind]
    given = {name: getattr(column, name) for name in FIELDS}
    fields = [f"{name}={_value_code(value)}" for name, value in given.items() if value != DEFAULTS[name]]
    parts = [repr(column.name), kind, *fields, *_reader(column, format)]
    line = f"TableColumn({', '.join(parts)})"
    if len(line) < WIDTH and "\n" not in line:
        return line
    return "TableColumn(" + "".join(f"\n        {part}," for part in parts) + "\n    )"


def _value_code(value: object) -> str:
    return pformat(value, width=WIDTH - 20, compact=True).replace("\n", "\n" + " " * 12)


def _reader(column: Column, format: CellFormat | None) -> list[str]:
    """Return what reads text of the column as training did, where this is not what reads plain text."""
    if format is None:
        return []
    mark = format.decimal or "."
    if column.kind == "date" and format.form in ("date", "compact date"):
        compact = format.form == "compact date"
        return [f"read_date=lambda text: read_written_date(text, {bool(format.day_first)}, {compact})"]
    if column.kind not in ("number", "flag"):
        return []
    if format.form == "boolean":
        return ["read_number=read_boolean"]
    if format.form == "duration":
        return [f"read_number=lambda text: read_length_of_time(text, {bool(format.minutes_first)})"]
    if format.form == "number" and format.unit:
        return [f"read_number=lambda text: read_number(text, {mark!r}, {format.unit!r})"]
    return [f"read_number=lambda text: read_plain_number(text, {mark!r})"] if mark == "," else []
