"""Which rows a number stands on: those of the fit, each judged by members that never saw it, or others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.class_weight import compute_sample_weight

from glassnet.data.dataset import Dataset
from glassnet.ensemble.member import Split
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.validation import check_labels, check_weights
from glassnet.insight.targets import Estimator


@dataclass(frozen=True, eq=False)
class Basis:
    """Which rows are judged, and by which members.

    Attributes
    ----------
    text : str
        What it means.
    title : str
        The same in a few words.
    kind : "fit", "some of the fit" or "new"
        Whether these are the rows of the fit, in their order and with their weights.
    folds : sequence of arrays
        The rows that every member never saw; empty where all members judge all rows.
    """

    text: str
    title: str
    kind: Literal["fit", "some of the fit", "new"]
    folds: Sequence[np.ndarray] = ()

    @property
    def different_folds(self) -> list[np.ndarray]:
        """The folds with rows, each once, although several members may leave out the same."""
        return different_folds(self.folds)


NEW = ("on rows that the model was not fitted to, by the mean of all members", "new to the model")
OUT_OF_FOLD = ("out of fold: each row by members that never saw it", "out of fold")
IN_TRAINING = (
    "on the rows that the model was fitted to, which it has no folds for, so this flatters",
    "those of the fit",
)


def basis_of(model: Estimator, dataset: Dataset, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Basis:
    """Return who may judge these rows: of the rows of the fit the members that never saw each, else all members.

    The rows of a fit are recognised by their fingerprint, for which the weights of the fit are needed.
    """
    weights = check_weights(sample_weight, dataset.rows)
    if isinstance(model, NetworkClassifier) and model.class_weight is not None:
        used = weights > 0
        weights[used] *= compute_sample_weight(model.class_weight, check_labels(y, dataset.rows)[used])
    used = np.flatnonzero(weights)
    if replace(dataset, weights=weights).take(used).digest != model.training_digest_:
        known = None if model.seen_rows_ is None else model.seen_rows_.known(dataset)
        if known is None or not (known.unlikely and known.many):
            return Basis(*NEW, "new")
        which = f"{known.rows} of {dataset.rows} rows are among those that the model was fitted to"
        return Basis(
            f"by all members, although {which}, so this flatters", f"{known.rows} of them of the fit", "some of the fit"
        )
    if not model.ensemble_.cross_fitted:
        return Basis(*IN_TRAINING, "fit")
    return Basis(*OUT_OF_FOLD, "fit", [used[member.split.test] for member in model.members_])


def different_folds(folds: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return the folds with rows, each once, although several members may leave out the same."""
    return [np.array(rows) for rows in dict.fromkeys(tuple(fold.tolist()) for fold in folds) if rows]


def own_rows(split: Split, rows: int) -> np.ndarray:
    """Return the rows that a member learned from or stopped by, of the table of the fit: not those of `X_val`."""
    return np.concatenate([split.train, split.validation[split.validation < rows]])
