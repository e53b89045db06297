"""Which rows a model may be judged by: those of its fit, out of fold, or others without those of the fit among them."""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike

from glassnet.data.dataset import Dataset, encode
from glassnet.data.seen_rows import row_digests
from glassnet.data.take_rows import take_rows
from glassnet.estimators.validation import check_inputs
from glassnet.insight.basis import Basis, basis_of
from glassnet.insight.targets import Estimator, encoded_targets

MOST_CHANCE = 0.5  # of a new row to equal one of the fit, from which the rows of a fit cannot be told from others


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows with their targets, and who may judge them.

    Attributes
    ----------
    X : Table or images
        The rows, checked.
    y : array (rows,) or (rows, targets), or classes
        Their targets.
    basis : Basis
        Whether they are those of the fit, and by whom they are judged.
    numbers : array (rows,) of int
        Their numbers in the table that was given, counted from 0.
    of_the_fit : int
        How many rows were left out, since the model was fitted to them.
    told_apart : bool
        Whether rows of the fit can be told from others.
    """

    X: Any
    y: Any
    basis: Basis
    numbers: np.ndarray
    of_the_fit: int = 0
    told_apart: bool = True

    @property
    def count(self) -> int:
        """The number of rows."""
        return len(self.numbers)


def judged_rows(
    model: Estimator,
    first: tuple[ArrayLike, ArrayLike],
    second: tuple[ArrayLike, ArrayLike | None] | None,
    sample_weight: ArrayLike | None,
) -> tuple[Rows, Rows | None]:
    """Return the rows that errors are of, and those of the fit where they are given; see `gather`."""
    rows = _rows(model, *first, sample_weight)
    if rows.basis.kind != "fit" and sample_weight is not None:
        raise ValueError(
            "sample_weight is of the rows of the fit, and these are not exactly its table; give that, or leave it out"
        )
    if second is None or second[1] is None:
        return rows, rows if rows.basis.kind == "fit" else None
    if rows.basis.kind != "fit":
        raise ValueError(
            "of two tables the first is that of the fit, and this is not exactly it: give it in its order, with its "
            "sample_weight if it had some, and other rows as X_test"
        )
    others = _rows(model, second[0], second[1], None)
    if others.basis.kind == "fit":
        raise ValueError("X_test holds the rows of the fit again, which say nothing new; leave it out")
    return others, rows


def is_of_the_fit(model: Estimator, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> bool:
    """Return whether these are exactly the rows of the fit."""
    return basis_of(model, _encoded(model, X, y), y, sample_weight).kind == "fit"


def _rows(model: Estimator, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None) -> Rows:
    """Return rows without those of the fit among them, unless they are exactly the rows of the fit."""
    if model.schema_.kind == "table":  # once, since it takes longer than most of what follows
        X = cast(ArrayLike, check_inputs(model, X, reset=False))
    dataset = _encoded(model, X, y)
    basis, every = basis_of(model, dataset, y, sample_weight), np.arange(dataset.rows)
    if basis.kind == "fit":
        return Rows(X, y, basis, every)
    seen = model.seen_rows_
    if seen is None or seen.chance > MOST_CHANCE:
        return Rows(X, y, basis, every, told_apart=False)
    if not seen.known(dataset).unlikely:
        return Rows(X, y, basis, every)
    other = np.flatnonzero(~np.isin(row_digests(dataset), seen.digests))
    if not other.size:
        raise ValueError(
            "the model was fitted to every one of these rows, but they are not exactly the table of its last fit; give "
            "that in its order, with its sample_weight if it had some, or other rows"
        )
    X, y = take_rows(X, other), take_rows(y, other)
    return Rows(X, y, basis_of(model, _encoded(model, X, y), y), other, dataset.rows - other.size)


def _encoded(model: Estimator, X: ArrayLike, y: ArrayLike) -> Dataset:
    samples = check_inputs(model, X, reset=False)
    return encode(model.schema_, samples, encoded_targets(model, y, samples.rows), np.ones(samples.rows))
