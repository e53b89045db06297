"""A small plot of a sweep: axes with their ticks, and lines, points, bars and bands that tell themselves apart."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from glassnet.storage.json_value import JSON

Kind = Literal["line", "points", "bars", "band"]
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)  # between ticks, times a power of ten
MOST_TICKS = 8
ROUNDING = 1e-9  # of an axis, by which a number may lie outside of it


@dataclass(frozen=True)
class Axis:
    """What is drawn along one side of a plot.

    Attributes
    ----------
    name : str
        Such as "epsilon".
    low, high : float
        Where it begins and ends.
    ticks : tuple of float
        The places that are named.
    labels : tuple of str
        Their names, one each.
    """

    name: str
    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"the axis {self.name!r} goes from {self.low} to {self.high}; give two rising numbers")
        if len(self.ticks) != len(self.labels):
            raise ValueError(f"the axis {self.name!r} has {len(self.ticks)} ticks, but {len(self.labels)} labels")
        self.check(self.ticks, "ticks")

    def check(self, values: Sequence[float], what: str) -> None:
        """Raise `ValueError` unless all values lie on the axis."""
        slack = ROUNDING * (self.high - self.low)
        for value in values:
            if not self.low - slack <= value <= self.high + slack:
                raise ValueError(
                    f"{what} has {value} outside of the axis {self.name!r}, which goes from {self.low:g} to "
                    f"{self.high:g}; give a wider axis or leave it out"
                )

    def to_dict(self) -> dict[str, JSON]:
        """Return the axis, for JSON."""
        ends = {"low": self.low, "high": self.high}
        return {"name": self.name, **ends, "ticks": list(self.ticks), "labels": list(self.labels)}


def axis(name: str, low: float, high: float) -> Axis:
    """Return an axis of numbers with at most eight round ticks."""
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"the axis {name!r} goes from {low} to {high}; give two rising numbers")
    rough = (high - low) / (MOST_TICKS - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * step for step in STEPS if power * step >= rough * (1 - ROUNDING))
    first, last = math.ceil(low / step - ROUNDING), math.floor(high / step + ROUNDING)
    ticks = tuple(float(f"{place * step:.9g}") for place in range(first, last + 1))
    return Axis(name, float(low), float(high), ticks, tuple(f"{tick:g}" for tick in ticks))


def categories(name: str, labels: Sequence[str]) -> Axis:
    """Return an axis of names, which stand at 0, 1, 2, ..."""
    return Axis(name, -0.5, len(labels) - 0.5, tuple(map(float, range(len(labels)))), tuple(labels))


def drawn(values: Iterable[float]) -> tuple[float, ...]:
    """Return numbers with the four digits that a plot can show."""
    return tuple(float(f"{value:.4g}") for value in values)


@dataclass(frozen=True)
class Series:
    """One line, set of points or bars, or band of a plot.

    Attributes
    ----------
    kind : "line", "points", "bars" or "band"
        How it is drawn; a band lies between `low` and `y`, and bars stand on `low`.
    name : str
        What it is; "" for what needs no name, such as further lines of a kind.
    x, y : tuple of float
        Its points.
    low : tuple of float or None
        Where bars and bands begin; None for bars from 0.
    style : int
        From 0 to 3: its colour with its dashes, its marker or its filling.
    label : str
        What stands at its first point, such as the E of a line of equal E.
    """

    kind: Kind
    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] | None = None
    style: int = 0
    label: str = ""

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"the series {self.name!r} is drawn as {self.kind!r}; choose from {get_args(Kind)}")
        lengths = {len(self.x), len(self.y), len(self.x if self.low is None else self.low)}
        if len(lengths) > 1:
            raise ValueError(f"the series {self.name!r} has {len(self.x)} x, but {len(self.y)} y or another low")
        if self.kind == "band" and self.low is None:
            raise ValueError(f"the series {self.name!r} is a band, which needs low too")
        if self.kind in ("line", "points") and self.low is not None:
            raise ValueError(f"the series {self.name!r} is drawn as {self.kind}, which has no low; leave it out")
        if self.style not in range(4):
            raise ValueError(f"the series {self.name!r} has style {self.style}; choose from 0, 1, 2 and 3")

    def to_dict(self) -> dict[str, JSON]:
        """Return the series, for JSON."""
        low = None if self.low is None else list(self.low)
        points: dict[str, JSON] = {"x": list(self.x), "y": list(self.y), "low": low}
        label: dict[str, JSON] = {"label": self.label} if self.label else {}
        return {"kind": self.kind, "name": self.name, "style": self.style, **points, **label}


@dataclass(frozen=True)
class Plot:
    """Axes with what is drawn on them.

    Attributes
    ----------
    about : str
        What it shows, in a sentence for those who do not see it.
    x, y : Axis
        The axes.
    series : tuple of Series
        What is drawn, the last above the first.
    equal : bool
        Whether a unit is as long on one axis as on the other, so that right angles look right.
    """

    about: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    equal: bool = False

    def __post_init__(self) -> None:
        for series in self.series:
            what = f"the series {series.name!r}"
            self.x.check(series.x, what)
            self.y.check((*series.y, *(series.low or ())), what)

    def to_dict(self) -> dict[str, JSON]:
        """Return the plot, for JSON."""
        axes: dict[str, JSON] = {"x": self.x.to_dict(), "y": self.y.to_dict()}
        equal: dict[str, JSON] = {"equal": True} if self.equal else {}
        return {"about": self.about, **axes, **equal, "series": [series.to_dict() for series in self.series]}
