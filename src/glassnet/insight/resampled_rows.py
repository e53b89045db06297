"""Bias and variance of real rows: pairs of fits that share no row, judged by rows that neither has seen."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from glassnet.data.take_rows import take_rows
from glassnet.insight.bias_variance_record import BiasVariance
from glassnet.insight.decomposition import Estimate, Part, paired_parts, paired_variance
from glassnet.insight.many_fits import many_fits
from glassnet.insight.true_function import one_column
from glassnet.insight.varied_fits import Variants, predicted, predicted_by_members

MOST_POINTS = 200  # of a curve
LEAST_ROWS = 2  # of a sample


@dataclass(frozen=True, eq=False)
class Rows:
    """Inputs with their targets.

    Parameters
    ----------
    inputs : frame or array (rows, columns)
        As estimators take them.
    targets : array (rows,)
        Real ones, with their noise.
    """

    inputs: ArrayLike
    targets: np.ndarray

    def take(self, rows: np.ndarray) -> "Rows":
        """Return some of the rows."""
        return Rows(take_rows(self.inputs, rows), self.targets[rows])


@dataclass(frozen=True, eq=False)
class Pair:
    """Two samples that share no row, the rows that judge them, and the seeds of the two fits.

    Parameters
    ----------
    samples : tuple of two Rows
        What is learned from.
    test : Rows
        What judges both.
    places : array of int (points,)
        Which rows these are.
    seeds : tuple of two int
        For what an estimator draws.
    """

    samples: tuple[Rows, Rows]
    test: Rows
    places: np.ndarray
    seeds: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Judged:
    """What came out of the fits; the first axis is that of the pairs, the second that of the two fits of a pair.

    Parameters
    ----------
    residuals : array (pairs, 2, points)
        Targets less predictions.
    members : array (pairs, 2, members, points) or None
        What members predict, of ensembles.
    curves : array (draws, points of a curve) or None
        What every fit predicts along one input.
    """

    residuals: np.ndarray
    members: np.ndarray | None
    curves: np.ndarray | None


def resample(
    variants: Variants, rows: Rows, test: Rows | None, draws: int, seed: int | None, shown: bool
) -> BiasVariance:
    """Return bias^2 + noise and variance from pairs of disjoint samples, the same for every value.

    Without rows to test by a sample is a third of the rows, and those of neither sample judge the pair; with them a
    sample is half of the rows.
    """
    pairs, grid = _pairs(rows, test, draws // 2, seed), _grid(rows.inputs)
    with many_fits(len(variants.given) * draws, shown=shown) as tick:
        found = [_judged(variants, place, pairs, grid, tick) for place in range(len(variants.given))]
    return _record(variants, found, pairs, grid)


def _pairs(rows: Rows, test: Rows | None, number: int, seed: int | None) -> list[Pair]:
    """Return the samples; `ValueError` for too few rows."""
    count = len(rows.targets)
    size = count // (3 if test is None else 2)
    if size < LEAST_ROWS:
        raise ValueError(
            f"{count} rows make samples of {size} row(s), and a fit needs at least {LEAST_ROWS}; give more rows"
        )
    random, pairs = np.random.default_rng(seed), list[Pair]()
    for _ in range(number):
        order = random.permutation(count)
        places = order[2 * size :] if test is None else np.arange(len(test.targets))
        samples = rows.take(order[:size]), rows.take(order[size : 2 * size])
        first, second = random.integers(2**31, size=2).tolist()
        pairs.append(Pair(samples, rows.take(places) if test is None else test, places, (first, second)))
    return pairs


def _judged(
    variants: Variants, place: int, pairs: list[Pair], grid: ArrayLike | None, tick: Callable[[], None]
) -> Judged:
    """Return residuals, members' predictions and curves of all pairs of fits with one value of the parameter."""
    residuals, curves = list[np.ndarray](), list[np.ndarray]()
    members = list[np.ndarray | None]()
    for pair in pairs:
        for sample, seed in zip(pair.samples, pair.seeds, strict=True):
            model = variants.fitted(place, sample.inputs, sample.targets, seed)
            prediction = predicted(model, pair.test.inputs, len(pair.test.targets))
            residuals.append(pair.test.targets - prediction)
            members.append(predicted_by_members(model, pair.test.inputs, prediction))
            if grid is not None:
                curves.append(predicted(model, grid, np.shape(grid)[0]))
            tick()
    return Judged(
        _in_pairs(residuals),
        None if members[0] is None else _in_pairs([each for each in members if each is not None]),
        np.stack(curves) if curves else None,
    )


def _in_pairs(of_fits: list[np.ndarray]) -> np.ndarray:
    """Return arrays of fits, (fits, ...), as (pairs, 2, ...)."""
    return np.stack(of_fits).reshape(-1, 2, *of_fits[0].shape)


def _record(variants: Variants, found: list[Judged], pairs: list[Pair], grid: ArrayLike | None) -> BiasVariance:
    places = np.stack([pair.places for pair in pairs])
    parts = [paired_parts(each.residuals[:, 0], each.residuals[:, 1], places) for each in found]
    error, rest, variance = (Estimate.of([each[part] for each in parts]) for part in range(3))
    curves = None if grid is None else np.stack([each.curves for each in found if each.curves is not None])
    own = ", each with a start of its own (random_state is None)" if variants.seeded else ""
    return BiasVariance(
        source="resampled",
        assumption=(
            f"Pairs of fits to samples of one table that share no row{own}, judged by rows that neither has seen. "
            "Without the true function bias^2 and noise cannot be told apart and are one number. Standard errors are "
            "over rows and pairs."
        ),
        parameter=variants.parameter,
        values=variants.values,
        error=error,
        variance=variance,
        bias_squared=None,
        noise=None,
        bias_squared_and_noise=rest,
        member_variance=_of_members([each.members for each in found], places),
        draws=2 * len(pairs),
        rows=len(pairs[0].samples[0].targets),
        test_rows=len(np.unique(places)),
        points=None if grid is None else one_column(grid),
        curves=curves,
        mean_curve=None if curves is None else curves.mean(axis=1),
    )


def _grid(X: ArrayLike) -> ArrayLike | None:
    """Return rows along one input of numbers, at most 200 from the least to the largest; None of more inputs."""
    column = one_column(X)
    if column is None:
        return None
    order = np.argsort(column, kind="stable")
    return take_rows(X, order[np.linspace(0, len(order) - 1, min(MOST_POINTS, len(order))).astype(int)])


def _of_members(found: list[np.ndarray | None], places: np.ndarray) -> Estimate | None:
    """Return the variance of single members, the mean over them; None where no fit has several."""
    known = [members for members in found if members is not None]
    if len(known) < len(found) or all(members.shape[2] == 1 for members in known):
        return None
    return Estimate.of([_mean_variance(members, places) for members in known])


def _mean_variance(members: np.ndarray, places: np.ndarray) -> Part:
    """Return the mean over members (pairs, 2, members, points) of their variance."""
    one_long = members.reshape(*members.shape[:2], -1)
    return paired_variance(one_long[:, 0], one_long[:, 1], np.tile(places, (1, members.shape[2])))
