"""The values of one column, of whatever type they come in: as float64 with NaN where missing, or as text."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import narwhals as nw
import numpy as np
from narwhals.dtypes import DType
from narwhals.typing import IntoSeries

from glassnet.data.integers import are_exact, less_origin

ValueKind = Literal["number", "boolean", "date", "duration", "text", "category"]

SEVERAL_THINGS = (
    list, tuple, dict, set, frozenset, bytes, bytearray, memoryview, complex, np.complexfloating, np.ndarray, np.void,
)  # fmt: skip


# Among what a cell may be there are a Period and an Interval of pandas, which is not imported here.
Cell = str | float | Decimal | Fraction | date | time | timedelta | np.generic | Any | None


@dataclass(frozen=True)
class Values:
    """A column of values.

    Parameters
    ----------
    cells : array (rows,)
        float64, where NaN is a missing cell, or objects, text where None is one.
    kind : "number", "boolean", "date", "duration", "text" or "category"
        What the cells were: dates are seconds since 1970-01-01, UTC, durations and times of day are seconds.
    origin : int
        What was subtracted from integers beyond 2^53.
    zoned : bool
        Of dates: whether they say their time zone.
    note : str
        How each cell was made a number where that is a choice, as of an interval its middle.
    """

    cells: np.ndarray
    kind: ValueKind = "number"
    origin: int = 0
    zoned: bool = False
    note: str = ""


def is_missing(cell: object) -> bool:
    """Return whether a cell is missing: None, NaN, NaT, NA of pandas, a masked one."""
    if cell is None or cell is np.ma.masked or type(cell).__name__ == "NAType":  # whose comparisons are NA again
        return True
    if isinstance(cell, Decimal):
        return cell.is_nan()
    return isinstance(cell, float | np.generic | datetime | timedelta) and bool(cell != cell)  # NaN, NaT


def without_mask(values: Any) -> Any:
    """Return masked arrays of NumPy with missing cells where the mask is: NaN, NaT or None; all else as it is."""
    if not isinstance(values, np.ma.MaskedArray):
        return values
    mask, data = np.ma.getmaskarray(values), np.asarray(values.data)
    if data.dtype.names is not None or not mask.any():
        return data
    if data.dtype.kind in "iu" and are_exact(int(data.min()), int(data.max())):
        data = data.astype(np.float64)
    kind = data.dtype.kind
    filled = data.copy() if kind in "fcmM" else data.astype(object)
    filled[mask] = {"f": np.nan, "c": np.nan, "m": np.timedelta64("NaT"), "M": np.datetime64("NaT")}.get(kind)
    return filled


def from_series(name: str, series: nw.Series[IntoSeries]) -> Values:
    """Return a column of a data frame."""
    kind = series.dtype
    if kind.is_nested() or kind == nw.Binary:
        raise TypeError(_told(name, f"{kind} cells"))
    missing = series.is_null().to_numpy()
    present = series.filter(~series.is_null())
    if (kind.is_integer() or kind.is_decimal()) and _all_exact(present):
        return Values(_numbers(missing, present.cast(nw.Float64).to_numpy()))
    if kind.is_float() or kind == nw.Boolean:
        numbers = _numbers(missing, present.cast(nw.Float64).to_numpy())
        return Values(numbers, "boolean" if kind == nw.Boolean else "number")
    if _is_one_of(kind, nw.Date, nw.Datetime):
        zoned = getattr(kind, "time_zone", None) is not None
        return Values(_numbers(missing, present.dt.timestamp("us").to_numpy() / 1e6), "date", zoned=zoned)
    cells = [None if gone else value for gone, value in zip(missing, series.to_list(), strict=True)]
    return from_category(cells) if _is_one_of(kind, nw.Categorical, nw.Enum) else from_cells(name, cells)


def from_vector(name: str, vector: np.ndarray) -> Values:
    """Return a vector of NumPy, masked or not."""
    cells = without_mask(vector)
    kind = cells.dtype.kind
    if cells.ndim != 1 or kind in "SVc":
        raise TypeError(_told(name, f"{cells.dtype} of shape {cells.shape[1:]}" if cells.ndim != 1 else cells.dtype))
    if kind in "iu":
        return _from_integers(name, cells)
    if kind in "mM":
        return Values(seconds(cells), "date" if kind == "M" else "duration")
    if kind in "bf":
        return Values(cells.astype(np.float64, copy=False), "boolean" if kind == "b" else "number")
    return from_cells(name, cells.astype(object).tolist())


def from_category(cells: Sequence[Cell]) -> Values:
    """Return a column whose type says that it is a category."""
    return Values(as_text(cells), "category")


def from_cells(name: str, cells: Sequence[Cell]) -> Values:
    """Return a column of Python objects; `TypeError` names a cell that is neither number, text nor date."""
    missing = np.array([is_missing(cell) for cell in cells], dtype=bool)
    present = [cell for gone, cell in zip(missing, cells, strict=True) if not gone]
    types = set(map(type, present))
    if any(map(_is_odd, types)):
        row = next(row for row, cell in enumerate(cells) if not missing[row] and _is_odd(type(cell)))
        raise TypeError(_told(name, f"a {type(cells[row]).__name__} in row {row}"))
    for is_such, read in READERS:
        if types and all(map(is_such, types)):
            values = read(name, present)
            return replace(values, cells=_numbers(missing, values.cells))
    return Values(as_text(cells), "text")


def as_text(values: Sequence[Cell]) -> np.ndarray:
    """Return a column of objects as text without blanks around it; None, NaN and blanks alone are missing.

    A number is written the same from every type: 1 and 1.0 are "1".
    """
    column = np.empty(len(values), dtype=object)
    for row, value in enumerate(values):
        column[row] = None if is_missing(value) else _text(value).strip() or None
    return column


def seconds(moments: np.ndarray) -> np.ndarray:
    """Return datetime64 as seconds since 1970, timedelta64 as seconds; NaT becomes NaN."""
    kind = moments.dtype.kind
    return np.where(np.isnat(moments), np.nan, moments.astype(f"{kind}8[us]").astype(np.int64) / 1e6)


def _is_odd(kind: type) -> bool:
    """Return whether a cell of this type holds several things, or a thing of which text would say the address alone."""
    return issubclass(kind, SEVERAL_THINGS) or (kind.__repr__ is object.__repr__ and kind.__str__ is object.__str__)


def _is_boolean(kind: type) -> bool:
    return issubclass(kind, bool | np.bool_)


def _is_integer(kind: type) -> bool:
    return issubclass(kind, int | np.integer) and not issubclass(kind, bool | np.timedelta64)


def _is_number(kind: type) -> bool:  # NumPy derives its durations from its integers
    numbers = int | float | Decimal | Fraction | np.number | np.bool_
    return issubclass(kind, numbers) and not issubclass(kind, np.timedelta64)


def _is_moment(kind: type) -> bool:
    return issubclass(kind, date | np.datetime64) or _is_period(kind)


def _is_duration(kind: type) -> bool:
    return issubclass(kind, timedelta | np.timedelta64)


def _is_time(kind: type) -> bool:
    return issubclass(kind, time)


def _is_period(kind: type) -> bool:
    return kind.__name__ == "Period" and hasattr(kind, "start_time")


def _is_interval(kind: type) -> bool:
    return kind.__name__ == "Interval" and hasattr(kind, "mid")


def _from_booleans(name: str, present: Sequence[Any]) -> Values:
    return Values(np.array(present, dtype=np.float64), "boolean")


def _from_numbers(name: str, present: Sequence[Any]) -> Values:
    if all(_is_integer(type(cell)) or (isinstance(cell, Decimal) and _is_integral(cell)) for cell in present):
        return _from_integers(name, [int(cell) for cell in present])
    try:
        return Values(np.array([float(cell) for cell in present]))
    except OverflowError:
        raise ValueError(f"column {name!r} holds a number beyond 1e308; correct that cell or leave it empty") from None


def _from_integers(name: str, integers: np.ndarray | Sequence[int]) -> Values:
    numbers, origin = less_origin(name, integers)
    return Values(numbers, origin=origin)


def _from_moments(name: str, present: Sequence[Any]) -> Values:
    moments = [_moment(cell) for cell in present]
    zoned = [moment.tzinfo is not None for moment in moments]
    if any(zoned) != all(zoned):
        with_zone, without = present[zoned.index(True)], present[zoned.index(False)]
        raise ValueError(
            f"column {name!r} holds {str(with_zone)!r}, which says its time zone, and {str(without)!r}, which does not"
            "; give all of them a time zone or none"
        )
    at = [(moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() for moment in moments]
    return Values(np.array(at), "date", zoned=any(zoned))


def _from_durations(name: str, present: Sequence[Any]) -> Values:
    def length(span: Any) -> float:
        return span / np.timedelta64(1, "us") / 1e6 if isinstance(span, np.timedelta64) else span.total_seconds()

    return Values(np.array([length(span) for span in present]), "duration")


def _from_times(name: str, present: Sequence[Any]) -> Values:
    of_day = [3600 * c.hour + 60 * c.minute + c.second + c.microsecond / 1e6 for c in present]
    return Values(np.array(of_day, dtype=np.float64), "duration")


def _from_intervals(name: str, present: Sequence[Any]) -> Values:
    for interval in present:
        if any(isinstance(end, float) and math.isinf(end) for end in (interval.left, interval.right)):
            raise ValueError(
                f"column {name!r} holds the interval {str(interval)!r}, which has no middle; give it finite ends, or "
                "make the column text or a category"
            )
    middles = from_cells(name, [interval.mid for interval in present])
    return replace(middles, note="the middle of each interval")


# What a column of objects is, if the types of all that are present are such; anything else is text.
READERS: tuple[tuple[Callable[[type], bool], Callable[[str, Sequence[Any]], Values]], ...] = (
    (_is_boolean, _from_booleans),
    (_is_number, _from_numbers),
    (_is_moment, _from_moments),
    (_is_duration, _from_durations),
    (_is_time, _from_times),
    (_is_interval, _from_intervals),
)


def _moment(cell: Any) -> datetime:
    """Return a date, a moment or the start of a period as a moment of Python, which has microseconds."""
    at = cell.start_time if _is_period(type(cell)) else cell
    if isinstance(at, np.datetime64):
        return datetime(1970, 1, 1) + timedelta(microseconds=int(at.astype("datetime64[us]").astype(np.int64)))
    if not isinstance(at, datetime):
        return datetime(at.year, at.month, at.day)
    return datetime(at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond, at.tzinfo, fold=at.fold)


def _is_integral(cell: Decimal) -> bool:
    return cell.is_finite() and cell == cell.to_integral_value()


def _text(value: Cell) -> str:
    if isinstance(value, np.datetime64):
        return _moment(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | Fraction):
        return str(int(value)) if value % 1 == 0 else str(float(value))
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _all_exact(present: nw.Series[IntoSeries]) -> bool:
    """Return whether float64 holds all of these integers."""
    if not len(present):
        return True
    return are_exact(int(present.min()), int(present.max()))


def _is_one_of(dtype: DType, *kinds: type[DType]) -> bool:
    return any(dtype == kind for kind in kinds)


def _told(name: str, what: object) -> str:
    return f"column {name!r} holds {what}: every argument must be one string, date or real number a cell; or drop it"


def _numbers(missing: np.ndarray, present: np.ndarray) -> np.ndarray:
    numbers = np.full(len(missing), np.nan)
    numbers[~missing] = present
    return numbers
