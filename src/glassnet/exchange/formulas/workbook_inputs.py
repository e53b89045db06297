"""The first sheets of a workbook: the cells of a row in raw units, and what the network takes of them."""

from collections.abc import Sequence

from glassnet.data.booleans import FALSE_TRUE
from glassnet.data.column import Column, coded_columns
from glassnet.data.scaler import Scaler
from glassnet.exchange.formulas.workbook_sheet import LONGEST_TEXT, Sheet, cell, span

NUMBER = 'IF(ISBLANK({c}),"",IF(ISNUMBER({c}),{c},IF(ISLOGICAL({c}),IF({c},1,0),NA())))'
NUMBER_ALONE = 'IF(ISBLANK({c}),"",IF(ISNUMBER({c}),{c},NA()))'
INSTRUCTIONS = (
    "Type a row of the table into line 2; an empty cell is a missing one, and text must be spelled as in training. "
    "The prediction is on the last sheet."
)


def refused_columns(columns: Sequence[Column]) -> list[str]:
    """Return a sentence for each column whose cells a workbook cannot take as the network does."""
    reasons: list[str] = []
    for column in columns:
        what = ""
        if column.kind == "date":
            what = "holds dates, whose parts and time zones a workbook counts in its own way"
        elif column.tokens:
            what = "holds text that is known by its parts"
        elif column.origin:
            what = "holds integers beyond 2^53, of which a workbook has 15 digits"
        elif any(len(one) > LONGEST_TEXT for one in column.levels):
            what = f"has a level of more than {LONGEST_TEXT:,} characters"
        if what:
            reasons.append(f"column {column.name!r} {what}")
    return reasons


def write_inputs(sheet: Sheet, columns: Sequence[Column], example: Sequence[float | str]) -> list[str]:
    """Write names, an example and what each column is, and return the cells of the example."""
    for place, column in enumerate(columns):
        sheet.text(0, place, column.name)
        value = example[place]
        if isinstance(value, str):
            sheet.text(1, place, value)
        else:
            sheet.number(1, place, value)
        sheet.text(3, place, _told(column))
    sheet.text(5, 0, INSTRUCTIONS)
    return sheet.outside([cell(1, place) for place in range(len(columns))])


def example_row(columns: Sequence[Column], numbers: Sequence[str], scaler: Scaler) -> list[float | str]:
    """Return a row to begin with: the fill of a number, the first level of a category, the low value of a flag."""
    fills = dict(zip(numbers, scaler.fill.tolist(), strict=False))
    row: list[float | str] = []
    for column in columns:
        if column.kind == "category":
            row.append((*column.levels, *column.rare_levels, "")[0])
        else:
            row.append(column.values[0] if column.kind == "flag" else fills[column.name])
    return row


def write_encoded(sheet: Sheet, columns: Sequence[Column], cells: Sequence[str]) -> list[str]:
    """Write the network's inputs in its order, numbers, flags and codes, a line each, and return their cells."""
    of = dict(zip([column.name for column in columns], cells, strict=True))
    for place, name in enumerate(("input of the network", "value", "level")):
        sheet.text(0, place, name)
    lines: list[tuple[str, str, str]] = []  # name, formula, and the level that column C has for it
    for column in columns:
        if column.kind == "number":
            lines.append((column.name, NUMBER.format(c=of[column.name]), ""))
    for column in columns:
        lines += _flags(column, of[column.name])
    found: list[str] = []
    for row, (name, formula, one) in enumerate(lines, start=1):
        sheet.text(row, 0, name)
        level = sheet.text(row, 2, one) if one else ""
        found.append(sheet.formula(row, 1, formula.replace("{level}", level)))
    for place, column in enumerate(coded_columns(columns)):
        row = 1 + len(lines) + place
        sheet.text(row, 0, column.name)
        found.append(sheet.formula(row, 1, _code(sheet, column, of[column.name], 4 + 2 * place)))
    return sheet.outside(found)


def write_scaled(sheet: Sheet, names: Sequence[str], encoded: Sequence[str], scaler: Scaler) -> list[str]:
    """Write a member's scaling of the network's inputs, and return the cells of the scaled ones."""
    for place, name in enumerate(("input", "value", "if missing", "center", "scale", "scaled")):
        sheet.text(0, place, name)
    found: list[str] = []
    for row, (name, one) in enumerate(zip(names, encoded, strict=True), start=1):
        sheet.text(row, 0, name)
        value = sheet.formula(row, 1, one)
        fill, center, scale = (
            sheet.number(row, column, float(numbers[row - 1]))
            for column, numbers in ((2, scaler.fill), (3, scaler.center), (4, scaler.scale))
        )
        found.append(sheet.formula(row, 5, f'IF({scale}=0,0,(IF({value}="",{fill},{value})-{center})/{scale})'))
    return sheet.outside(found)


def _flags(column: Column, c: str) -> list[tuple[str, str, str]]:
    lines: list[tuple[str, str, str]] = []
    if column.kind == "flag":
        low, high = column.values
        number = (NUMBER if column.values == FALSE_TRUE else NUMBER_ALONE).format(c=c)
        lines.append((column.name, f'IF(ISBLANK({c}),"",({number}-({low!r}))/({high!r}-({low!r})))', ""))
    elif column.kind == "category" and not column.coded:
        lines += [(f"{column.name}={one}", f"IF({_is_level(c, one)},1,0)", one) for one in column.levels]
    if column.missing:
        lines.append((f"{column.name} is missing", f"IF(ISBLANK({c}),1,0)", ""))
    return lines


def _is_level(c: str, one: str) -> str:
    """Return the formula of whether a cell is a level, in the same letters; to a workbook TRUE is a boolean."""
    if one.lower() in ("true", "false"):
        return f"IF(ISLOGICAL({c}),{c if one.lower() == 'true' else f'NOT({c})'},EXACT({c},{{level}}))"
    return f"EXACT({c},{{level}})"


def _code(sheet: Sheet, column: Column, c: str, first: int) -> str:
    """Write the levels of a column with their numbers, and return the formula of the number of a cell's, else -1."""
    sheet.text(0, first, column.name)
    levels = [sheet.text(1 + place, first, one) for place, one in enumerate(column.levels)]
    numbers = [sheet.number(1 + place, first + 1, place + 1) for place in range(len(column.levels))]
    return f"SUMPRODUCT(EXACT({span(levels)},{c})*{span(numbers)})-1"


def _told(column: Column) -> str:
    if column.kind == "category":
        return f"one of: {', '.join(column.levels)}"
    if column.kind == "flag":
        return "{:g} or {:g}".format(*column.values)
    return "number"
