"""What one pass learns of encoded rows, fold by fold: limits, gaps, counts and weights, exactly and in bounded memory.

The facts of the rows outside a fold are those of the other folds together, so that a member knows nothing of its own.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from glassnet.data.shared import shared_exponents


@dataclass(frozen=True)
class EncodedFacts:
    """What holds of some encoded rows; their columns are the inputs, then the targets.

    Parameters
    ----------
    least, largest : array (columns,)
        The least and the largest number of every column, NaN left out; inf and -inf where there is none.
    rows : int
        How many rows there are.
    used : int
        How many of them have a positive weight.
    gaps : array (columns,) of int
        How many cells of every column are missing.
    weight : float
        The sum of the sample weights.
    """

    least: np.ndarray
    largest: np.ndarray
    rows: int
    used: int
    gaps: np.ndarray
    weight: float


class EncodedTally:
    """Counts encoded rows, slice by slice.

    Parameters
    ----------
    inputs : int
        How many encoded inputs a row has.
    targets : int
        How many targets it has.
    folds : int
        How many folds there are; 1 where there are none.
    """

    def __init__(self, inputs: int, targets: int, folds: int) -> None:
        columns = inputs + targets
        self.inputs, self.targets, self.folds, self.rows = inputs, targets, folds, 0
        self._least, self._largest = np.full((folds, columns), np.inf), np.full((folds, columns), -np.inf)
        self._gaps, self._rows = np.zeros((folds, columns), dtype=np.int64), np.zeros(folds, dtype=np.int64)
        self._used = np.zeros(folds, dtype=np.int64)
        self._weight, self._largest_weight = np.zeros(folds), 0.0
        self._places = np.full((2, columns), -1, dtype=np.int64)  # the first rows of the least and the largest

    def add(self, x: np.ndarray, y: np.ndarray, weights: np.ndarray, fold: np.ndarray) -> None:
        """Count the rows of a slice, which follow those before.

        Parameters
        ----------
        x : array (rows, inputs)
            Encoded inputs, NaN where missing.
        y : array (rows,) or (rows, targets)
            Targets.
        weights : array (rows,)
            Sample weights.
        fold : array (rows,) of int
            The fold of every row, from 0 to folds - 1.
        """
        cells = np.column_stack([x, y])
        self._check(cells, weights, fold)
        if not len(cells):
            return
        by_fold = cells.take(np.argsort(fold, kind="stable"), axis=0)
        counts = np.bincount(fold, minlength=self.folds)
        least, largest = np.full(self._least.shape, np.inf), np.full(self._least.shape, -np.inf)
        for number, part in enumerate(np.split(by_fold, np.cumsum(counts)[:-1])):
            np.fmin.reduce(part, axis=0, initial=np.inf, out=least[number])  # which leaves NaN out
            np.fmax.reduce(part, axis=0, initial=-np.inf, out=largest[number])
            self._gaps[number] += np.isnan(part).sum(axis=0)
        self._place(cells, least.min(axis=0), largest.max(axis=0))
        self._least, self._largest = np.minimum(self._least, least), np.maximum(self._largest, largest)
        self._rows += counts
        self._used += np.bincount(fold[weights > 0], minlength=self.folds)
        self._weight += np.bincount(fold, weights=weights, minlength=self.folds)
        self._largest_weight = max(self._largest_weight, float(np.abs(weights).max()))
        self.rows += len(cells)

    def merge(self, other: Self) -> None:
        """Count the rows of another tally too; they follow those of this one."""
        if (self.inputs, self.targets, self.folds) != (other.inputs, other.targets, other.folds):
            raise ValueError(
                f"a tally of {self.inputs} inputs, {self.targets} targets and {self.folds} folds is given one of "
                f"{other.inputs}, {other.targets} and {other.folds}; count tables of one schema and one number of folds"
            )
        facts = other.all()
        self._keep_places(facts.least, facts.largest, other._places)
        self._least = np.minimum(self._least, other._least)
        self._largest = np.maximum(self._largest, other._largest)
        self._gaps, self._rows = self._gaps + other._gaps, self._rows + other._rows
        self._used, self._weight = self._used + other._used, self._weight + other._weight
        self._largest_weight = max(self._largest_weight, other._largest_weight)
        self.rows += other.rows

    def without(self, fold: int) -> EncodedFacts:
        """Return what holds of the rows outside a fold."""
        if not 0 <= fold < self.folds:
            raise ValueError(f"fold {fold} is asked of {self.folds}; give one from 0 to {self.folds - 1}")
        return self._facts(np.arange(self.folds) != fold)

    def all(self) -> EncodedFacts:
        """Return what holds of all rows."""
        return self._facts(np.ones(self.folds, dtype=bool))

    @property
    def exponents(self) -> np.ndarray:
        """The exponents (inputs + targets + 1,) by which `shared_table` scales inputs, targets and weights."""
        facts = self.all()
        size = np.maximum(np.abs(facts.least), np.abs(facts.largest))
        return shared_exponents(np.append(np.where(facts.least > facts.largest, 0.0, size), self._largest_weight))

    @property
    def extreme_rows(self) -> np.ndarray:
        """The first rows (2, inputs + targets) that hold the least and the largest number; -1 where there is none."""
        return self._places.copy()

    def _facts(self, chosen: np.ndarray) -> EncodedFacts:
        return EncodedFacts(
            np.min(self._least[chosen], axis=0, initial=np.inf),
            np.max(self._largest[chosen], axis=0, initial=-np.inf),
            int(self._rows[chosen].sum()),
            int(self._used[chosen].sum()),
            self._gaps[chosen].sum(axis=0),
            float(self._weight[chosen].sum()),
        )

    def _place(self, cells: np.ndarray, least: np.ndarray, largest: np.ndarray) -> None:
        """Keep the rows of the extremes of these cells, where they lie beyond those before."""
        now, places = self.all(), np.full(self._places.shape, -1)
        for column in np.flatnonzero(least < now.least):
            places[0, column] = np.argmax(cells[:, column] == least[column])
        for column in np.flatnonzero(largest > now.largest):
            places[1, column] = np.argmax(cells[:, column] == largest[column])
        self._keep_places(least, largest, places)

    def _keep_places(self, least: np.ndarray, largest: np.ndarray, places: np.ndarray) -> None:
        now = self.all()
        beyond = np.stack([least < now.least, largest > now.largest])
        self._places = np.where(beyond & (places >= 0), places + self.rows, self._places)

    def _check(self, cells: np.ndarray, weights: np.ndarray, fold: np.ndarray) -> None:
        rows, columns = cells.shape
        expected = self.inputs + self.targets
        if columns != expected or np.shape(weights) != (rows,) or np.shape(fold) != (rows,):
            raise ValueError(
                f"inputs and targets of {columns} columns, weights {np.shape(weights)} and folds {np.shape(fold)} are "
                f"given; give {expected} columns, and a weight and a fold for each of the {rows} rows"
            )
        if rows and not (fold.min() >= 0 and fold.max() < self.folds):
            raise ValueError(
                f"folds from {fold.min()} to {fold.max()} are given; give numbers from 0 to {self.folds - 1}"
            )
