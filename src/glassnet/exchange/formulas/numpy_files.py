"""A written module as a program: tables read and predictions printed, each function by its own source."""

import argparse
import csv
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TextIO

import numpy as np

from glassnet.data.missing import MARKS_IN_TEXT
from glassnet.exchange.formulas.numpy_cells import UnreadCellError
from glassnet.exchange.formulas.numpy_columns import TableColumn

SEPARATORS = (",", ";", "\t", "|")
TABLE_HELP = (
    "a text file in UTF-8 whose first line has the names of the columns; numbers as 1234.5, dates as 2024-12-31 or "
    "2024-12-31T18:00:00, true and false; an empty cell is a missing one"
)


class Line(NamedTuple):
    """The cells of a line, and its number in the file, counted from 1."""

    number: int
    cells: list[str]


def separator_of(file: TextIO, names: set[str]) -> str:
    """Return what stands between the names of a table: that which finds most of these names, else most cells."""

    def found(separator: str) -> tuple[int, int]:
        file.seek(0)
        lines = csv.reader(file, delimiter=separator)
        header = next((cells for cells in lines if any(cell.strip() for cell in cells)), [])
        return len(names & {cell.strip() for cell in header}), len(header)

    return max(SEPARATORS, key=found)


def lines_of(path: Path, separator: str | None, names: set[str]) -> list[Line]:
    """Return the lines of a text file, without empty ones; `ValueError` says why it cannot be read.

    Without a separator the first line says it, which is told where it is no comma.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            if separator is None:
                separator = separator_of(file, names)
                file.seek(0)
                if separator != ",":
                    print(f"note: cells of {path.name!r} are separated by {separator!r}", file=sys.stderr)  # noqa: T201
            lines = csv.reader(file, delimiter=separator)
            return [Line(lines.line_num, cells) for cells in lines if any(cell.strip() for cell in cells)]
    except UnicodeDecodeError:
        raise ValueError(f"{str(path)!r} is not text in UTF-8; save it as UTF-8, in Excel as CSV UTF-8") from None
    except FileNotFoundError:
        raise ValueError(f"there is no file {str(path)!r}") from None
    except (OSError, csv.Error) as error:
        raise ValueError(f"{str(path)!r} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def csv_columns(name: str, lines: Sequence[Line], columns: Sequence[TableColumn]) -> dict[str, list[object]]:
    """Return the cells of the lines of a file by column: text, and None where a cell is empty."""
    if not lines:
        raise ValueError(f"{name!r} is empty; a table needs a line of column names and rows")
    names = [cell.strip() for cell in lines[0].cells]
    if len(set(names)) < len(names):
        raise ValueError(f"{name!r} has the column {max(names, key=names.count)!r} more than once")
    for number, cells in lines:
        if len(cells) > len(names):
            raise ValueError(f"line {number} of {name!r} has {len(cells)} cells for {len(names)} column(s)")
    texts = {column.name for column in columns if column.kind.name in ("category", "text")}
    found: dict[str, list[object]] = {}
    for place, column in enumerate(names):
        cells = [row[place].strip() if place < len(row) else "" for _, row in lines[1:]]
        gaps = MARKS_IN_TEXT if column in texts else {""}
        found[column] = [None if cell.lower() in gaps else cell for cell in cells]
    return found


def print_predictions(
    arguments: Sequence[str],
    about: str,
    columns: Sequence[TableColumn],
    by_name: Callable[[Mapping[str, Sequence[object]]], Mapping[str, np.ndarray]],
) -> None:
    """Print the predictions for the table that the arguments name, as CSV; what goes wrong is one line."""
    told = about.replace("%(prog)", "% (prog)")  # which argparse would fill in
    parser = argparse.ArgumentParser(description=told, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path, help=TABLE_HELP)
    parser.add_argument("--separator", help="what stands between cells; by default the line of names says it")
    asked, lines = parser.parse_args(arguments), list[Line]()
    try:
        lines = lines_of(asked.table, asked.separator, {column.name for column in columns})
        predicted = by_name(csv_columns(asked.table.name, lines, columns))
    except UnreadCellError as error:
        where = f"line {lines[1 + error.row].number} of {asked.table.name!r}"
        raise SystemExit(f"error: {where}: {error}") from None
    except (ValueError, TypeError) as error:
        raise SystemExit(f"error: {error}") from None
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(predicted)
    writer.writerows(zip(*(values.tolist() for values in predicted.values()), strict=True))
