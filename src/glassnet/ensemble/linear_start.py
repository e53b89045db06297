"""The straight line of a member: its linear path at the ridge solution of its own rows, its network adding nothing."""

import numpy as np

from glassnet.data.dataset import Dataset
from glassnet.ensemble.member import MemberSetup
from glassnet.ensemble.ridge import fit_ridge
from glassnet.ensemble.streams import stream
from glassnet.network.linear_path import LinearPath
from glassnet.network.network import Network
from glassnet.training.run_control import Arrays

MOST_COLUMNS = 1_000  # beyond it there is no line: its eigenvalues would take longer than training
MOST_CELLS = 2**24  # that a line is fitted to, of as many rows drawn from the member's
LEAST_RESIDUAL = 1e-6  # in units of the scaled target


def has_linear_path(network: Network) -> bool:
    """Return whether a network ends in a linear path."""
    return isinstance(network.layers[-1], LinearPath)


def beside_line(
    network: Network, dataset: Dataset, setup: MemberSetup, parameters: Arrays, rows: np.ndarray, *, cut: bool
) -> Arrays:
    """Return parameters with the linear path at the ridge solution of these rows, and a network that adds nothing yet.

    What the network adds is in units of the residuals of the training rows and, with `cut`, stays within them.
    """
    path = _path(network)
    numbers, first = len(dataset.schema.numbers), network.inputs[0] - len(path.levels)
    rows = _some(rows, first + sum(path.levels), setup.seed)
    v, y = _columns(network, dataset, setup, rows), setup.preprocessing.scale_targets(dataset.y[rows])
    size = np.ones(v.shape[1])
    size[:numbers] = np.std(v[:, :numbers], axis=0)  # flags and levels are shrunk by how few rows have them
    size[size == 0] = 1.0
    V, intercepts = np.zeros((v.shape[1], y.shape[1])), np.zeros(y.shape[1])
    for place, target in enumerate(y.T):
        known = ~np.isnan(target)
        solution = fit_ridge(v[known] / size, target[known], dataset.weights[rows][known])
        V[:, place], intercepts[place] = solution.coefficients / size, solution.intercept
    effects = np.split(V, first + np.cumsum([0, *path.levels]))
    of_path = {"V": effects[0], "a": intercepts} | {f"E{place}": effect for place, effect in enumerate(effects[1:-1])}
    parameters = [*parameters[:-1], _as(of_path, parameters[-1])]
    residual = _residuals(network, dataset, setup, parameters)
    of_scale = {"s": np.maximum(np.sqrt(np.nanmean(np.square(residual), axis=0)), LEAST_RESIDUAL)}
    if cut:
        of_scale |= {"low": np.nanmin(residual, axis=0), "high": np.nanmax(residual, axis=0)}
    scale = parameters[-2] | _as(of_scale, parameters[-2])
    return line_alone([*parameters[:-2], scale, parameters[-1]])


def widened(network: Network, dataset: Dataset, setup: MemberSetup, parameters: Arrays) -> Arrays:
    """Return parameters whose network may add as much as the residuals of the training rows, and as before."""
    scale, residual = parameters[-2], _residuals(network, dataset, setup, parameters)
    ends = {
        "low": np.fmin(scale["low"], np.fmin.reduce(residual, axis=0)),
        "high": np.fmax(scale["high"], np.fmax.reduce(residual, axis=0)),
    }
    return [*parameters[:-2], scale | _as(ends, scale), parameters[-1]]


def line_alone(parameters: Arrays) -> Arrays:
    """Return parameters whose network adds nothing to the straight line."""
    last = {name: np.zeros_like(array) for name, array in parameters[-3].items()}
    return [*parameters[:-3], last, *parameters[-2:]]


def has_line(network: Network, parameters: Arrays) -> bool:
    """Return whether a member with these parameters has a straight line."""
    return has_linear_path(network) and any(np.any(array) for array in parameters[-1].values())


def is_line_alone(network: Network, parameters: Arrays) -> bool:
    """Return whether a member is a straight line to which its network adds nothing."""
    return has_line(network, parameters) and not any(np.any(array) for array in parameters[-3].values())


def _path(network: Network) -> LinearPath:
    path = network.layers[-1]
    if not isinstance(path, LinearPath):
        raise TypeError(f"a network that ends in {path!r} has no linear path")
    return path


def _columns(network: Network, dataset: Dataset, setup: MemberSetup, rows: np.ndarray) -> np.ndarray:
    """Return what a line is a sum of, scaled (rows, columns): inputs, and an indicator of every embedded level."""
    levels = _path(network).levels
    first = network.inputs[0] - len(levels)
    x = setup.preprocessing.scale_inputs(dataset.x[rows])
    hot = [x[:, first + place, None] == np.arange(count) for place, count in enumerate(levels)]
    return np.concatenate([x[:, :first], *hot], axis=1)


def _residuals(network: Network, dataset: Dataset, setup: MemberSetup, parameters: Arrays) -> np.ndarray:
    """Return what the line leaves of a member's training rows, (rows, targets), scaled."""
    path, train = parameters[-1], setup.split.train
    V = np.concatenate([path["V"], *(path[f"E{place}"] for place in range(len(path) - 2))]).astype(float)
    residual = setup.preprocessing.scale_targets(dataset.y[train]) - path["a"]
    for block in np.array_split(np.arange(len(train)), -(-len(train) * len(V) // MOST_CELLS)):
        residual[block] -= _columns(network, dataset, setup, train[block]) @ V
    return residual


def _some(rows: np.ndarray, columns: int, seed: int) -> np.ndarray:
    most = max(MOST_CELLS // columns, 1)
    return rows if len(rows) <= most else np.sort(stream("line", seed).choice(rows, most, replace=False))


def _as(arrays: dict[str, np.ndarray], like: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.asarray(array, like[name].dtype) for name, array in arrays.items()}
