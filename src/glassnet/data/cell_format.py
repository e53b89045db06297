"""How text becomes numbers and dates: what is asked for, and what was decided for a column."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from glassnet.data.parse_numbers import DecimalMark

Form = Literal["number", "boolean", "date", "compact date", "duration", "feet and inches", "fraction", "range", "text"]


@dataclass(frozen=True)
class CellFormat:
    """How the cells of one column are written; what is decided in training holds for every later table.

    Parameters
    ----------
    form : str
        What the cells are.
    decimal : "." or ",", or None
        The decimal mark; None where nothing depends on it.
    day_first : bool or None
        Whether the day comes before the month in 5/4/2021; None where nothing depends on it.
    unit : str
        What stands around the numbers, such as "kg" or "$".
    zoned : bool
        Of dates: whether they say their time zone.
    minutes_first : bool
        Of durations: whether 45:12 is minutes and seconds.
    """

    form: Form = "text"
    decimal: DecimalMark | None = None
    day_first: bool | None = None
    unit: str = ""
    zoned: bool = False
    minutes_first: bool = False

    def __str__(self) -> str:
        parts = [self.form]
        if self.unit:
            parts.append(f"in {self.unit}")
        if self.form == "duration":
            parts.append("in seconds")
        if self.zoned:
            parts.append("in UTC")
        return " ".join(parts)


@dataclass(frozen=True)
class TableFormat:
    """How the text of a table was read, so that a later one is read the same way.

    Parameters
    ----------
    names : tuple of str
        The columns of text.
    formats : tuple of CellFormat
        How their cells were read.
    na : tuple of str
        The marks of missing cells that were asked for.
    """

    names: tuple[str, ...] = ()
    formats: tuple[CellFormat, ...] = ()
    na: tuple[str, ...] = ()


@dataclass(frozen=True)
class Convention:
    """What is asked for, where nobody shall decide: None leaves it open.

    Parameters
    ----------
    decimal : "." or ",", or None
        The decimal mark.
    thousands : str or None
        The marks between thousands; "" allows none.
    day_first : bool or None
        Whether the day comes before the month in 5/4/2021.
    na : tuple of str
        Further marks of missing cells.
    text, numeric : tuple of str
        Columns that are text, or numbers, whatever most of their cells look like.
    """

    decimal: DecimalMark | None = None
    thousands: str | None = None
    day_first: bool | None = None
    na: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    numeric: tuple[str, ...] = ()


def convention(
    decimal: str | None = None,
    thousands: str | None = None,
    day_first: bool | None = None,
    na: Sequence[str] = (),
    text: Sequence[str] = (),
    numeric: Sequence[str] = (),
) -> Convention:
    """Return a convention; a mark between thousands settles the decimal mark. `ValueError` names what is wrong."""
    if decimal not in (None, ".", ","):
        raise ValueError(f"decimal is {decimal!r}; give '.' or ','")
    if thousands is not None and (len(thousands) > 1 or thousands.isalnum() or thousands in ("-", "+")):
        raise ValueError(f"thousands is {thousands!r}; give the one mark that stands between thousands, or '' for none")
    if thousands and thousands == decimal:
        raise ValueError(f"decimal and thousands are both {decimal!r}; they must differ")
    if decimal is None and thousands in (".", ","):
        decimal = "," if thousands == "." else "."
    both = sorted(set(text) & set(numeric))
    if both:
        raise ValueError(f"column {both[0]!r} cannot be both text and numeric")
    return Convention(decimal, thousands, day_first, tuple(na), tuple(text), tuple(numeric))  # pyright: ignore[reportArgumentType]
