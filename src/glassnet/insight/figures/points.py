"""Rows as points, or as hexagons where points would lie on each other; and predictions that are given as they are."""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from numpy.typing import ArrayLike

from glassnet.insight.predictions import Predictions

MOST_POINTS = 2_000


def points(ax: Axes, x: np.ndarray, y: np.ndarray, color: str) -> Artist:
    """Draw rows as points; more than 2,000 as hexagons, the darker the more rows, on a scale of logarithms."""
    if len(x) <= MOST_POINTS:
        return ax.scatter(x, y, s=14, color=color, alpha=0.6, linewidths=0, zorder=2)
    shades = LinearSegmentedColormap.from_list("rows", ["#dbe7ef", color])
    return ax.hexbin(x, y, gridsize=60, bins="log", cmap=shades, mincnt=1, linewidths=0.1, zorder=2)


def of_given(
    y: ArrayLike, prediction: ArrayLike, lower: ArrayLike | None, upper: ArrayLike | None, name: str
) -> Predictions:
    """Return a record of values as they are given; `ValueError` where they do not fit together."""
    if (lower is None) != (upper is None):
        raise ValueError("lower and upper belong together; give both, or neither")
    given = {"y": y, "prediction": prediction, "lower": lower, "upper": upper}
    arrays = {key: np.ravel(np.asarray(values, float)) for key, values in given.items() if values is not None}
    if len({len(array) for array in arrays.values()}) > 1 or not len(arrays["y"]):
        lengths = ", ".join(f"{key} {len(array)}" for key, array in arrays.items())
        raise ValueError(f"a figure needs one value a row of each, and at least one row; there are {lengths}")
    known = ~np.isnan(np.stack(list(arrays.values()))).any(axis=0)
    if not known.any():
        raise ValueError("every row lacks a value; give rows with all of them")
    kept = {key: array[known] for key, array in arrays.items()}
    return Predictions(
        name, kept["y"], kept["prediction"], kept.get("lower"), kept.get("upper"),
        rows=np.flatnonzero(known), missing=int((~known).sum()),
    )  # fmt: skip
