"""Whether a column of text is plain numbers alone, learned slice by slice: the same answer as `plain_numbers` gives."""

from glassnet._lazy import pl
from glassnet.data.cell_format import Convention
from glassnet.data.plain_numbers import (
    DATE,
    GROUPED,
    INTEGER,
    MOST_MARKS,
    NUMBER,
    PlainNumbers,
    is_surely_missing,
    without_marks,
)

SCIENTIFIC = r"^[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?$"
WITH_POINT = r"\.[0-9]+[eE]"  # which is no number with a decimal comma


class PlainTally:
    """What the slices of one column have shown so far.

    Parameters
    ----------
    name : str
        The name of the column.
    convention : Convention
        What is asked for.
    """

    def __init__(self, name: str, convention: Convention) -> None:
        self._name, self._convention = name, convention
        self._possible = convention.decimal != ","
        self._odd = set[str]()
        self._too_long = self.scientific = self._with_point = False
        self._all_integers = self._all_dates = self._all_grouped = True
        self.present = 0

    def add(self, column: "pl.Series") -> None:
        """Add a slice of strings."""
        if not self._possible:
            return
        stripped = without_marks(column, self._convention)
        fits = stripped.str.contains(SCIENTIFIC)
        self._odd.update(stripped.filter(~fits).unique().head(MOST_MARKS + 1).to_list())
        if len(self._odd) > MOST_MARKS or not all(map(is_surely_missing, self._odd)):
            self._possible = False
            return
        numbers = stripped.filter(fits).str.strip_chars_start("+")
        plain = numbers.str.contains(NUMBER)
        if not plain.all():
            self.scientific = True
            self._with_point |= bool(numbers.filter(~plain).str.contains(WITH_POINT).any())
        self.present += len(numbers)
        integers = numbers.str.contains(INTEGER)
        self._too_long |= numbers.filter(integers).cast(pl.Int64, strict=False).null_count() > 0
        self._all_integers &= bool(integers.all())
        self._all_dates &= bool(numbers.str.contains(DATE).all())
        self._all_grouped &= bool(numbers.filter(~integers).str.contains(GROUPED).all())

    def found(self) -> PlainNumbers | None:
        """Return the type and the decimal mark of the numbers, without cells; None where a cell may be anything else.

        A column that is None here is looked at cell by cell.
        """
        if not (self._possible and self.present):
            return None
        if self.scientific:  # marks that were asked for may be numbers in another spelling
            surely = self._with_point and not self._too_long and not self._convention.na
            return PlainNumbers(pl.Series(self._name, [], dtype=pl.Float64), ".") if surely else None
        if self._all_integers:
            unclear = self._too_long or self._all_dates
            return None if unclear else PlainNumbers(pl.Series(self._name, [], dtype=pl.Int64), None)
        if self._convention.decimal is None and self._all_grouped:
            return None
        return PlainNumbers(pl.Series(self._name, [], dtype=pl.Float64), ".")


def plain_cells(column: "pl.Series", convention: Convention, dtype: "pl.DataType") -> "pl.Series":
    """Return the cells of a column of plain numbers as this type, null where they are missing."""
    stripped = without_marks(column, convention)
    fits = stripped.str.contains(SCIENTIFIC)
    return stripped.set(~fits, None).str.strip_chars_start("+").cast(dtype)
