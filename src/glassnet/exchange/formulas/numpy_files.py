"""A written module as a program: tables read and predictions printed, each function by its own source."""

import argparse
import csv
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from glassnet.data.missing import MARKS_IN_TEXT
from glassnet.exchange.formulas.numpy_columns import TableColumn

TABLE_HELP = (
    "a text file in UTF-8 whose first line has the names of the columns; numbers as 1234.5, dates as 2024-12-31 or "
    "2024-12-31T18:00:00, true and false; an empty cell is a missing one"
)


def lines_of(path: Path, separator: str) -> list[list[str]]:
    """Return the cells of a text file by line, without empty lines; `ValueError` says why it cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [cells for cells in csv.reader(file, delimiter=separator) if any(cell.strip() for cell in cells)]
    except UnicodeDecodeError:
        raise ValueError(f"{str(path)!r} is not text in UTF-8; save it as UTF-8, in Excel as CSV UTF-8") from None
    except FileNotFoundError:
        raise ValueError(f"there is no file {str(path)!r}") from None
    except (OSError, csv.Error) as error:
        raise ValueError(f"{str(path)!r} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def csv_columns(path: Path, separator: str, columns: Sequence[TableColumn]) -> dict[str, list[object]]:
    """Return the cells of a text file by column: text, and None where a cell is empty."""
    lines = lines_of(path, separator)
    if not lines:
        raise ValueError(f"{path.name!r} is empty; a table needs a line of column names and rows")
    names = [name.strip() for name in lines[0]]
    if len(set(names)) < len(names):
        raise ValueError(f"{path.name!r} has the column {max(names, key=names.count)!r} more than once")
    for number, cells in enumerate(lines[1:]):
        if len(cells) > len(names):
            raise ValueError(f"row {number} of {path.name!r} has {len(cells)} cells for {len(names)} column(s)")
    texts = {column.name for column in columns if column.kind.name in ("category", "text")}
    found: dict[str, list[object]] = {}
    for place, name in enumerate(names):
        cells = [row[place].strip() if place < len(row) else "" for row in lines[1:]]
        gaps = MARKS_IN_TEXT if name in texts else {""}
        found[name] = [None if cell.lower() in gaps else cell for cell in cells]
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
    parser.add_argument("--separator", default=",", help="what stands between cells (default: a comma)")
    asked = parser.parse_args(arguments)
    try:
        predicted = by_name(csv_columns(asked.table, asked.separator, columns))
    except (ValueError, TypeError) as error:
        raise SystemExit(f"error: {error}") from None
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(predicted)
    writer.writerows(zip(*(values.tolist() for values in predicted.values()), strict=True))
