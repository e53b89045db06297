"""A dataset: what is learned from, encoded once, with targets and weights."""

from dataclasses import dataclass

import numpy as np

from glassnet.data.encode import check_outliers
from glassnet.data.schema import Samples, Schema
from glassnet.data.shared import SharedData


@dataclass(frozen=True)
class Dataset:
    """Encoded rows under a schema.

    Parameters
    ----------
    schema : Schema
        How the inputs were read.
    x : array (rows, inputs) or (rows, height, width, channels)
        float64 with NaN where a number is missing, or pixels.
    y : array (rows, targets)
        float64, NaN where a target is missing.
    weights : array (rows,)
        Sample weights.
    numbers : array (rows,)
        The numbers that the rows have in the table that was given.
    """

    schema: Schema
    x: np.ndarray
    y: np.ndarray
    weights: np.ndarray
    numbers: np.ndarray

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.weights)

    @property
    def digest(self) -> str:
        """A fingerprint of all numbers."""
        return self.schema.digest(self.x, self.y, self.weights)

    def take(self, rows: np.ndarray) -> "Dataset":
        """Return these rows; all of them in their own order are not copied."""
        if len(rows) == self.rows and np.array_equal(rows, np.arange(self.rows)):
            return self
        return Dataset(self.schema, self.x[rows], self.y[rows], self.weights[rows], self.numbers[rows])

    def followed_by(self, other: "Dataset") -> "Dataset":
        """Return these rows with those of another dataset below them."""
        pairs = ((self.x, other.x), (self.y, other.y), (self.weights, other.weights), (self.numbers, other.numbers))
        return Dataset(self.schema, *map(np.concatenate, pairs))

    def check(self) -> None:
        """Raise `ValueError` for inputs or targets that cannot be learned from, naming column and row."""
        self.schema.check(self.x, self.numbers)
        for place, column in enumerate(self.y.T):
            check_outliers("the target" if self.y.shape[1] == 1 else f"target {place}", column, self.numbers)

    def to_shared(self) -> tuple[SharedData, np.ndarray]:
        """Return the rows as all members share them, and the exponents of the shared columns."""
        return self.schema.to_shared(self.x, self.y, self.weights)


def encode(schema: Schema, samples: Samples, y: np.ndarray, weights: np.ndarray, *, warn: bool = True) -> Dataset:
    """Return samples as a dataset: matched and encoded here, once; `warn` of what is new in them."""
    x = schema.encode(schema.match(samples, warn=warn))
    return Dataset(schema, x, y, weights, np.arange(samples.rows))
