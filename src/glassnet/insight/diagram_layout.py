"""Where units, blocks and pictures of a diagram stand: in [0, 1], x from the inputs to the outputs and y upwards."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from glassnet.insight.unit_groups import Group

Extent = tuple[float, float, float, float]  # left, right, bottom and top

BESIDE = 0.2  # of the height, at the bottom, where a linear path passes below the layers between
LANE = 0.12  # of it, that the path fills
BLOCK = (0.25, 0.65)  # of the height: what every block has, and what the largest image has besides
HALF_BLOCK = 0.16  # of the distance of columns
MARGIN = 0.22  # of the distance of columns, between a column and a picture
APART = 0.06  # of it, between two pictures


@dataclass(frozen=True, eq=False)
class Layout:
    """Positions of columns, units and blocks.

    Parameters
    ----------
    x : tuple of float
        Of every column.
    y : tuple of arrays (units,)
        Of the units of every column that are shown, from the top.
    more_y : tuple of float or None
        Where a column says how many units are left out.
    blocks : tuple of extents or None
        Of columns that stand for images.
    bottom : float
        Below it is the linear path.
    """

    x: tuple[float, ...]
    y: tuple[np.ndarray, ...]
    more_y: tuple[float | None, ...]
    blocks: tuple[Extent | None, ...]
    bottom: float

    def pictures(self, source: int, target: int, count: int, beside: bool) -> list[Extent]:
        """Return the extents of `count` pictures side by side between two columns, or below those between."""
        first, last = self.x[source], self.x[target]
        gap = _distance(len(self.x))
        left, right = first + MARGIN * gap, last - MARGIN * gap
        bottom, top = (0.0, LANE) if beside else (self.bottom, 1.0)
        width = (right - left - (count - 1) * APART * gap) / count
        lefts = [left + place * (width + APART * gap) for place in range(count)]
        return [(low, low + width, bottom, top) for low in lefts]

    def lanes(self, count: int) -> list[float]:
        """Return the heights at which the edges of a linear path pass, that of the first unit at the top."""
        return [LANE * (1 - (place + 0.5) / count) for place in range(count)]


def layout_of(groups: Sequence[Group], shown: Sequence[np.ndarray], *, lane: bool) -> Layout:
    """Return the layout of groups with the units that are shown; `lane` leaves room for a linear path."""
    bottom, count = BESIDE if lane else 0.0, len(groups)
    x = tuple(place / (count - 1) if count > 1 else 0.5 for place in range(count))
    y, more_y, blocks = list[np.ndarray](), list[float | None](), list[Extent | None]()
    largest = max((group.shape[0] for group in groups if not group.labels), default=1)
    for place, (group, units) in enumerate(zip(groups, shown, strict=True)):
        more = len(units) < len(group.labels)
        heights = _heights(len(units) + more, bottom)
        y.append(heights[: len(units)])
        more_y.append(float(heights[-1]) if more else None)
        blocks.append(None if group.labels else _block(x[place], group.shape[0] / largest, bottom, _distance(count)))
    return Layout(x, tuple(y), tuple(more_y), tuple(blocks), bottom)


def _heights(count: int, bottom: float) -> np.ndarray:
    """Return heights at equal distances, from the top: the middles of the rows of a picture of as many rows."""
    return 1 - (1 - bottom) * (np.arange(count) + 0.5) / max(count, 1)


def _block(x: float, size: float, bottom: float, gap: float) -> Extent:
    half = (BLOCK[0] + BLOCK[1] * size) * (1 - bottom) / 2
    middle, width = (1 + bottom) / 2, HALF_BLOCK * gap
    return x - width, x + width, middle - half, middle + half


def _distance(columns: int) -> float:
    return 1 / max(columns - 1, 1)
