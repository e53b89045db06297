"""From rows and a distance to boxes in the units of the columns, and the same boxes as every member scales them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from glassnet.ensemble.ensemble import Ensemble
from glassnet.network.units import Units
from glassnet.training.run_control import Arrays
from glassnet.verification.mean_bounds import MemberBoxes

Epsilon = float | Mapping[str, float] | ArrayLike
LEAST = 1e-7  # of a scaled number: about a bit of float32


@dataclass(frozen=True)
class RowBoxes:
    """Encoded unscaled rows and the corners of their boxes, each (rows, inputs), and the columns that move."""

    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray
    columns: tuple[str, ...]
    places: np.ndarray  # of the columns among the inputs

    def take(self, rows: np.ndarray) -> "RowBoxes":
        """Return these rows."""
        return RowBoxes(self.middle[rows], self.low[rows], self.high[rows], self.columns, self.places)

    def at(self, t: np.ndarray) -> np.ndarray:
        """Return the unscaled points (..., rows, inputs) where t = -1 is low and t = 1 is high; gaps stay gaps."""
        point = self.low / 2 + self.high / 2 + t * (self.high / 2 - self.low / 2)
        return np.clip(point, self.low, self.high)


def boxes_around(ensemble: Ensemble, x: np.ndarray, epsilon: Epsilon) -> RowBoxes:
    """Return the boxes x - radius <= x <= x + radius around encoded rows."""
    columns, places = ensemble.schema.movable()
    radius = np.zeros(x.shape[1])
    radius[places] = radius_of(ensemble, epsilon)
    return RowBoxes(x, x - radius, x + radius, columns, places)


def boxes_between(ensemble: Ensemble, low: np.ndarray, high: np.ndarray) -> RowBoxes:
    """Return the boxes between encoded corners, which agree in whatever is not a number."""
    columns, places = ensemble.schema.movable()
    if low.shape != high.shape:
        raise ValueError(f"X has {len(low)} row(s) and upper {len(high)}; give the opposite corner of every row")
    moves = np.isin(np.arange(low.shape[1]), places)
    same = (low == high) | (np.isnan(low) & np.isnan(high))
    wrong = np.where(moves, ~(same | (low <= high)), ~same)
    if wrong.any():
        row, place = np.argwhere(wrong)[0]
        raise ValueError(
            f"X and upper are no box in row {row}: {ensemble.schema.inputs[place]!r} goes from {low[row, place]:g} to "
            f"{high[row, place]:g}; numbers must not fall, and everything else must be the same in both"
        )
    return RowBoxes(low / 2 + high / 2, low, high, columns, places)


def radius_of(ensemble: Ensemble, epsilon: Epsilon) -> np.ndarray:
    """Return how far each number column moves, in its own units; `ValueError` says what epsilon should be."""
    columns, places = ensemble.schema.movable()
    if isinstance(epsilon, Mapping):
        unknown = [name for name in epsilon if name not in columns]
        if unknown:
            raise ValueError(
                f"epsilon names {unknown[0]!r}, which is no column of numbers; these can move: {', '.join(columns)}"
            )
        radius = np.array([epsilon.get(name, 0.0) for name in columns], np.float64)
    elif np.ndim(epsilon) == 0:
        radius = np.asarray(epsilon, np.float64) * np.mean(ensemble.input_scales[:, places], axis=0)
    else:
        radius = np.asarray(epsilon, np.float64)
        if radius.shape != (len(columns),):
            raise ValueError(
                f"epsilon has shape {radius.shape}; expected a number, or one for each of {len(columns)} columns: "
                f"{', '.join(columns)}"
            )
    if not (np.isfinite(radius).all() and (radius >= 0).all()):
        raise ValueError(f"epsilon={epsilon!r} must be finite and at least 0, in every column")
    return radius


def member_boxes(ensemble: Ensemble, boxes: RowBoxes) -> MemberBoxes:
    """Return the boxes as every member scales them, widened to hold the float32 numbers that it computes with.

    What moves at all moves by so much that its slope can be told.
    """
    ends = [ensemble.scale_inputs(end) for end in (boxes.low, boxes.high)]
    with np.errstate(over="ignore"):
        near = [end.astype(np.float32).astype(np.float64) for end in ends]
    if not np.isfinite(near).all():
        raise ValueError("the boxes leave what float32 holds, in which predictions are computed; make epsilon smaller")
    scale = ensemble.input_scales
    room = np.where((boxes.low < boxes.high) & (scale[:, None] != 0), LEAST * (1 + np.abs(ends[0])), 0.0)
    ends = [ends[0] - room, ends[1] + room]
    inverse = np.divide(1.0, scale, out=np.zeros_like(scale), where=scale != 0)
    return MemberBoxes(np.minimum(ends[0], near[0]), np.maximum(ends[1], near[1]), inverse)


def parameters_and_units(ensemble: Ensemble) -> tuple[Arrays, Units]:
    """Return the members' parameters and units, with a leading member axis."""
    return ensemble.parameters, Units(*ensemble.units)
