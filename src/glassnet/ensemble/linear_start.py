"""The straight line of a member: where its linear path starts, and whether a network beside it is worth having.

Each member trains a network alone, and one beside the ridge solution of its own rows, which learns what the line
leaves. It keeps the better of the two by its validation rows or, unless that is better than the line beyond doubt, the
line alone.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from glassnet.data.dataset import Dataset
from glassnet.ensemble.member import MemberSetup
from glassnet.ensemble.ridge import fit_ridge
from glassnet.network.linear_path import LinearPath
from glassnet.network.network import Network
from glassnet.training.run_control import Arrays

LEVEL = 0.05  # of the one-sided paired t-test by which a network must beat the line
MOST_COLUMNS = 1_000  # beyond it there is no line: its eigenvalues would take longer than training
MOST_CELLS = 2**24  # that a line is fitted to, of as many rows drawn from the member's
LEAST_RESIDUAL = 1e-6  # in units of the scaled target


@dataclass(frozen=True)
class Candidate:
    """What a member tries: a strength of weight decay, and whether it starts beside a straight line."""

    decay: float
    line: bool


def candidates(decays: tuple[float, ...], *, line: bool, chooses: bool) -> list[Candidate]:
    """Return what members try, networks alone first: every decay but the strongest, which is tried beside the line.

    Without rows to choose by it is the first decay alone.
    """
    if not chooses:
        return [Candidate(decays[0], line=False)]
    if not line:
        return [Candidate(decay, line=False) for decay in decays]
    alone = sorted(decays)[:-1] or list(decays)
    return [*(Candidate(decay, line=False) for decay in alone), Candidate(max(decays), line=True)]


def has_linear_path(network: Network) -> bool:
    """Return whether a network ends in a linear path."""
    return isinstance(network.layers[-1], LinearPath)


def beside_line(
    network: Network, dataset: Dataset, setup: MemberSetup, parameters: Arrays, rows: np.ndarray, *, cut: bool
) -> Arrays:
    """Return parameters with the linear path at the ridge solution of these rows, and a network that adds nothing yet.

    What the network adds is in units of the residuals of the training rows and, with `cut`, stays within them.
    """
    path = network.layers[-1]
    if not isinstance(path, LinearPath):
        raise TypeError(f"a network that ends in {path!r} has no linear path")
    numbers, levels = len(dataset.schema.numbers), path.levels
    first = network.inputs[0] - len(levels)
    preprocessing = setup.preprocessing

    def columns(rows: np.ndarray) -> np.ndarray:
        x = preprocessing.scale_inputs(dataset.x[rows])
        hot = [x[:, first + place, None] == np.arange(count) for place, count in enumerate(levels)]
        return np.concatenate([x[:, :first], *hot], axis=1)

    rows = _some(rows, first + sum(levels), setup.seed)
    v, y, weights = columns(rows), preprocessing.scale_targets(dataset.y[rows]), dataset.weights[rows]
    size = np.ones(v.shape[1])
    size[:numbers] = np.std(v[:, :numbers], axis=0)  # flags and levels are shrunk by how few rows have them
    size[size == 0] = 1.0
    V, intercepts = np.zeros((v.shape[1], y.shape[1])), np.zeros(y.shape[1])
    for place, target in enumerate(y.T):
        known = ~np.isnan(target)
        solution = fit_ridge(v[known] / size, target[known], weights[known])
        V[:, place], intercepts[place] = solution.coefficients / size, solution.intercept
    train = setup.split.train
    residual = preprocessing.scale_targets(dataset.y[train]) - intercepts
    for block in np.array_split(np.arange(len(train)), -(-len(train) * v.shape[1] // MOST_CELLS)):
        residual[block] -= columns(train[block]) @ V
    effects = np.split(V, first + np.cumsum([0, *levels]))
    of_path = {"V": effects[0], "a": intercepts} | {f"E{place}": effects[1 + place] for place in range(len(levels))}
    of_scale = dict(parameters[-2], s=np.maximum(np.sqrt(np.nanmean(np.square(residual), axis=0)), LEAST_RESIDUAL))
    if cut:
        of_scale |= {"low": np.nanmin(residual, axis=0), "high": np.nanmax(residual, axis=0)}
    last = {name: np.zeros_like(array) for name, array in parameters[-3].items()}
    return [*parameters[:-3], last, _as(of_scale, parameters[-2]), _as(of_path, parameters[-1])]


def line_alone(parameters: Arrays) -> Arrays:
    """Return parameters whose network adds nothing to the line."""
    return [*parameters[:-2], {**parameters[-2], "s": np.zeros_like(parameters[-2]["s"])}, parameters[-1]]


def beats(losses: np.ndarray, others: np.ndarray) -> bool:
    """Return whether losses of validation rows (rows,) are lower than others of the same rows beyond doubt."""
    gain, rows = others - losses, len(losses)
    if rows < 2:
        return False
    return bool(np.mean(gain) > student.ppf(1 - LEVEL, rows - 1) * np.std(gain, ddof=1) / np.sqrt(rows))


def _some(rows: np.ndarray, columns: int, seed: int) -> np.ndarray:
    most = max(MOST_CELLS // columns, 1)
    return rows if len(rows) <= most else np.sort(np.random.default_rng([seed, 1]).choice(rows, most, replace=False))


def _as(arrays: dict[str, np.ndarray], like: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.asarray(array, like[name].dtype) for name, array in arrays.items()}
