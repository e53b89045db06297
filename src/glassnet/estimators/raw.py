"""The encoded table in raw float64 numbers, before anybody scales it."""

import hashlib
from dataclasses import dataclass

import numpy as np

from glassnet.table.columns import Table
from glassnet.table.encode import check_spread, encode
from glassnet.table.match import match
from glassnet.table.scale import Scale, kept_apart, robust_scale, standard_scale
from glassnet.table.schema import Schema


@dataclass(frozen=True)
class Raw:
    """The encoded table in raw float64 numbers, NaN where a number is missing; row weights are positive."""

    x: np.ndarray
    y: np.ndarray
    weights: np.ndarray

    @property
    def table(self) -> np.ndarray:
        """Inputs, targets and weights side by side."""
        return np.column_stack([self.x, self.y, self.weights])

    @property
    def digest(self) -> str:
        """A fingerprint of all numbers."""
        return hashlib.sha256(np.ascontiguousarray(self.table).tobytes()).hexdigest()

    def above(self, other: "Raw") -> "Raw":
        """Return these rows with the other's below them."""
        return Raw(*(np.concatenate(pair) for pair in zip(vars(self).values(), vars(other).values(), strict=True)))


def raw_of(schema: Schema, table: Table, targets: np.ndarray, weights: np.ndarray, rows: np.ndarray) -> Raw:
    """Return a table encoded by a schema, with its targets and weights; errors name rows by the numbers in `rows`."""
    x = encode(schema, match(schema, table), rows)
    if x.shape[1] == 0:
        reasons = ", ".join(f"{column.name} ({column.reason})" for column in schema.columns)
        raise ValueError(f"no column can be used: {reasons}")
    for name, cells in zip(schema.numbers, x.T, strict=False):
        check_spread(f"column {name!r}", cells, rows)
    for place, column in enumerate(targets.T):
        check_spread("the target" if targets.shape[1] == 1 else f"target {place}", column, rows)
    return Raw(x, targets, weights)


def input_scale(schema: Schema, raw: Raw, rows: np.ndarray, robust: bool) -> Scale:
    """Return how a member that learns from these rows scales the inputs; flags and codes stay as they are."""
    x = raw.x[rows]
    learned = (robust_scale if robust else standard_scale)(x, raw.weights[rows])
    return kept_apart(learned, x, flags=len(schema.numbers), codes=len(schema.inputs) - len(schema.codes))
