"""A sheet of a workbook that is written cell by cell: text as text, numbers with all their digits, formulas."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # an optional package
    from xlsxwriter.worksheet import Worksheet

LONGEST_TEXT = 32_767  # characters of a cell


class Exact(float):
    """A number that xlsxwriter writes with as many digits as tell it from all others; its own format has 16."""

    def __format__(self, specification: str) -> str:
        return repr(float(self))


@dataclass(frozen=True)
class Sheet:
    """A sheet and its name; rows and columns are counted from 0.

    Parameters
    ----------
    name : str
        Its name.
    worksheet : xlsxwriter.worksheet.Worksheet
        What is written to.
    """

    name: str
    worksheet: "Worksheet"

    def text(self, row: int, column: int, text: str) -> str:
        """Write text that is never taken as a formula, a number or a link, and return the cell."""
        written = text.encode("utf-8", "replace").decode()  # half a surrogate pair is no character
        self.worksheet.write_string(row, column, written[:LONGEST_TEXT])
        return cell(row, column)

    def number(self, row: int, column: int, number: float) -> str:
        """Write a number, and return the cell."""
        self.worksheet.write_number(row, column, Exact(number))
        return cell(row, column)

    def formula(self, row: int, column: int, formula: str) -> str:
        """Write a formula, and return the cell. Until a program computes it, it shows nothing, not 0."""
        self.worksheet.write_formula(row, column, f"={formula}", None, "")  # pyright: ignore[reportArgumentType]
        return cell(row, column)

    def outside(self, cells: Sequence[str]) -> list[str]:
        """Return cells of this sheet as other sheets name them."""
        return [f"'{self.name}'!{one}" for one in cells]


def cell(row: int, column: int) -> str:
    """Return the name of a cell: (1, 2) is $C$2."""
    letters, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"${letters}${row + 1}"


def span(cells: Sequence[str]) -> str:
    """Return neighbouring cells of one sheet, first to last, as a range."""
    return f"{cells[0]}:{cells[-1].split('!')[-1]}"
