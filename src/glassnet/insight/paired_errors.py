"""Errors of several models on the same rows: are their differences more than chance?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from glassnet.insight.row_errors import RowErrors

RESAMPLES = 2_000
MOST_GROUPS = 1_000  # of rows, which are drawn together where there are more rows
LIMITS = (0.025, 0.975)
NETWORK = "network"


@dataclass(frozen=True)
class Compared:
    """A model's error, and its difference from the network's on the same rows; 95% limits by a paired bootstrap.

    Attributes
    ----------
    name : str
        The model.
    error, lower, upper : float
        Its error, and limits of it.
    difference, difference_lower, difference_upper : float
        Its error less the network's: above zero where the network is better.
    parts_better, parts : int
        In how many parts of the rows, folds or tenths, its error is less than the network's.
    seconds : float
        How long its fits took.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, compare
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> constant = compare(model, X, y).models[-1]
    >>> constant.name, round(constant.error), constant.parts_better, constant.parts
    ('mean', 77, 0, 4)
    >>> constant.difference_lower > 0
    True
    """

    name: str
    error: float
    lower: float
    upper: float
    difference: float = 0.0
    difference_lower: float = 0.0
    difference_upper: float = 0.0
    parts_better: int = 0
    parts: int = 0
    seconds: float = 0.0


def paired(
    judge: RowErrors,
    errors: Mapping[str, np.ndarray],
    blocks: Sequence[np.ndarray],
    seconds: Mapping[str, float],
    seed: int,
) -> tuple[int, tuple[Compared, ...]]:
    """Return how many rows every model has an error of, and the models: the first, then the others, the best first.

    The limits are those of a bootstrap over rows, the same rows for all models (Efron and Tibshirani 1993); many rows
    are drawn in groups.

    Parameters
    ----------
    judge : RowErrors
        From errors of rows to one number.
    errors : dict of arrays (rows,)
        The errors of every model; differences are from the first.
    blocks : sequence of arrays of int
        Parts of the rows, in which models are compared one by one.
    seconds : dict of float
        How long the fits of each model took; 0 for those that are not named.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    int, tuple of Compared
        The number of rows and the models.

    Raises
    ------
    ValueError
        Where no row has an error of every model.
    """
    judged = np.unique(np.concatenate(blocks))
    rows = judged[~np.isnan(np.stack([of[judged] for of in errors.values()])).any(axis=0)]
    if not rows.size:
        raise ValueError("no row has a target and a prediction by every model; give rows whose target is known")
    known = [np.intersect1d(block, rows) for block in blocks]
    random = np.random.default_rng(seed)
    groups = np.array_split(random.permutation(rows), min(MOST_GROUPS, len(rows)))
    sizes = np.array([len(group) for group in groups])
    drawn = random.integers(len(groups), size=(RESAMPLES, len(groups)))

    def resampled(of: np.ndarray) -> np.ndarray:
        sums = np.array([of[group].sum() for group in groups])
        means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
        return np.sqrt(means) if judge.root else means

    ours = next(iter(errors.values()))
    ours_resampled = resampled(ours)
    models = []
    for name, of in errors.items():
        again = resampled(of)
        better = [judge.total(of[block]) < judge.total(ours[block]) for block in known if block.size]
        low, high = np.quantile(again, LIMITS)
        low_difference, high_difference = np.quantile(again - ours_resampled, LIMITS)
        models.append(
            Compared(
                name,
                judge.total(of[rows]),
                float(low),
                float(high),
                judge.total(of[rows]) - judge.total(ours[rows]),
                float(low_difference),
                float(high_difference),
                int(sum(better)),
                len(better),
                seconds.get(name, 0.0),
            )
        )
    return len(rows), (models[0], *sorted(models[1:], key=lambda each: each.error))
