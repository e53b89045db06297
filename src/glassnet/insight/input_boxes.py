"""From rows and a distance to boxes in raw units: which columns may move, how far, and what members see of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from glassnet.data.table_schema import TableSchema
from glassnet.estimators.dataset import encoded
from glassnet.estimators.fitting import stacked
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.estimators.validation import check_inputs
from glassnet.network.units import Units
from glassnet.verification.mean_bounds import MemberBoxes

LEAST = 1e-7  # of a scaled number: about a bit of float32


@dataclass(frozen=True)
class RowBoxes:
    """Encoded raw rows and the corners of their boxes, each (rows, inputs), and the columns that move."""

    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray
    columns: tuple[str, ...]
    places: np.ndarray  # of the columns among the inputs

    def take(self, rows: np.ndarray) -> "RowBoxes":
        """Return these rows."""
        return RowBoxes(self.middle[rows], self.low[rows], self.high[rows], self.columns, self.places)

    def at(self, t: np.ndarray) -> np.ndarray:
        """Return the raw points (..., rows, inputs) where t = -1 is low and t = 1 is high; gaps stay gaps."""
        point = self.low / 2 + self.high / 2 + t * (self.high / 2 - self.low / 2)
        return np.clip(point, self.low, self.high)


def raw_rows(model: NetworkRegressor, X: Any) -> np.ndarray:
    """Return rows as the network's raw inputs (rows, inputs)."""
    return encoded(schema_of(model), check_inputs(model, X, reset=False))


def schema_of(model: NetworkRegressor) -> TableSchema:
    """Return the schema of a model of tables; `TypeError` for one of pictures."""
    if not isinstance(model.schema_, TableSchema):
        raise TypeError(
            f"certify moves the numbers of tables, but this model takes {model.schema_}; for pictures use "
            "glassnet.verification.bounds.bounds(network, parameters, low, high)"
        )
    return model.schema_


def boxes_around(model: NetworkRegressor, X: Any, epsilon: Any) -> RowBoxes:
    """Return the boxes raw - radius <= x <= raw + radius."""
    raw, (columns, places) = raw_rows(model, X), numbers_of(model)
    radius = np.zeros(raw.shape[1])
    radius[places] = radius_of(model, epsilon)
    return RowBoxes(raw, raw - radius, raw + radius, columns, places)


def boxes_between(model: NetworkRegressor, X: Any, upper: Any) -> RowBoxes:
    """Return the boxes between two tables of corners, which agree in whatever is not a number."""
    low, high = raw_rows(model, X), raw_rows(model, upper)
    if low.shape != high.shape:
        raise ValueError(f"X has {len(low)} row(s) and upper {len(high)}; give the opposite corner of every row")
    columns, places = numbers_of(model)
    moves = np.isin(np.arange(low.shape[1]), places)
    same = (low == high) | (np.isnan(low) & np.isnan(high))
    wrong = np.where(moves, ~(same | (low <= high)), ~same)
    if wrong.any():
        row, place = np.argwhere(wrong)[0]
        raise ValueError(
            f"X and upper are no box in row {row}: {model.schema_.inputs[place]!r} goes from {low[row, place]:g} to "
            f"{high[row, place]:g}; numbers must not fall, and everything else must be the same in both"
        )
    return RowBoxes(low / 2 + high / 2, low, high, columns, places)


def numbers_of(model: NetworkRegressor) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the columns that are numbers, and their places among the inputs; all others are held fixed."""
    schema = schema_of(model)
    columns = tuple(column.name for column in schema.columns if column.kind == "number")
    return columns, np.array([schema.numbers.index(name) for name in columns], dtype=int)


def radius_of(model: NetworkRegressor, epsilon: Any) -> np.ndarray:
    """Return how far each number column moves, in its own units; `ValueError` says what epsilon should be."""
    columns, places = numbers_of(model)
    if isinstance(epsilon, Mapping):
        unknown = [name for name in epsilon if name not in columns]
        if unknown:
            raise ValueError(
                f"epsilon names {unknown[0]!r}, which is no column of numbers; these can move: {', '.join(columns)}"
            )
        radius = np.array([epsilon.get(name, 0.0) for name in columns], np.float64)
    elif np.ndim(epsilon) == 0:
        radius = float(epsilon) * np.mean([member.inputs.spread[places] for member in model.members_], axis=0)
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


def seen_by(model: NetworkRegressor, boxes: RowBoxes) -> MemberBoxes:
    """Return the boxes as every member scales them, widened to hold the float32 numbers that it computes with.

    What moves at all moves by so much that its slope can be told.
    """
    ends = [np.stack([member.inputs.down(end) for member in model.members_]) for end in (boxes.low, boxes.high)]
    with np.errstate(over="ignore"):
        near = [end.astype(np.float32).astype(np.float64) for end in ends]
    if not np.isfinite(near).all():
        raise ValueError("the boxes leave what float32 holds, in which predictions are computed; make epsilon smaller")
    spread = np.stack([member.inputs.spread for member in model.members_])
    room = np.where((boxes.low < boxes.high) & (spread[:, None] != 0), LEAST * (1 + np.abs(ends[0])), 0.0)
    ends = [ends[0] - room, ends[1] + room]
    inverse = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread != 0)
    return MemberBoxes(np.minimum(ends[0], near[0]), np.maximum(ends[1], near[1]), inverse)


def members_of(model: NetworkRegressor) -> tuple[Any, Units]:
    """Return the members' parameters and units, with a leading member axis."""
    each = model.network_.shapes[-1][0] // len(model.members_[0].targets.center)
    units = [
        Units(*(np.repeat(a, each) for a in (m.targets.center, m.targets.spread, *m.limits))) for m in model.members_
    ]
    return stacked([m.parameters for m in model.members_]), jax.tree.map(lambda *a: np.stack(a), *units)
