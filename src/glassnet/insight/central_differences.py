"""The cost as a function of the parameters, and central differences of it: a witness for every gradient."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

import numpy as np

from glassnet._lazy import jax
from glassnet._types import FlatParameters, Parameter, PerSample, RowNumbers, RowsIn, Scalar, Targets
from glassnet.network.compiled_programs import QUICK, Compiled
from glassnet.network.cost import cost
from glassnet.network.devices import float64
from glassnet.network.loss import Loss
from glassnet.network.network import Network, output
from glassnet.training.ravel import raveled, unflatten

STEP = 1e-5  # of a parameter of size 1: near the cube root of the precision, where both errors are small
Entry = tuple[int, str, tuple[int, ...]]  # a layer counted from 1, the name of a parameter, and an index from 0


class CentralDifference(NamedTuple):
    """(E(p + h) - E(p - h)) / 2h of one parameter p, with all others left as they are.

    Parameters
    ----------
    h : float
        How far p is moved to both sides.
    E_below, E_above : float
        E(p - h) and E(p + h).
    quotient : float
        The difference of both, by the distance of the two numbers that p had.
    """

    h: float
    E_below: float
    E_above: float
    quotient: float


@dataclass(frozen=True, eq=False)
class CostFunction:
    """E = (1/s) sum_i w_i loss(f(x_i), y_i) as a function of the parameters of a network, float64.

    Parameters
    ----------
    network : Network
        The layers.
    loss : Loss
        The loss.
    x : array (rows, inputs)
        The samples.
    y : array (rows, outputs)
        Their targets.
    weights : array (rows,) or None
        w; None for ones.
    """

    network: Network
    loss: Loss
    x: np.ndarray
    y: np.ndarray
    weights: np.ndarray | None

    def differences(
        self, parameters: Sequence[Mapping[str, np.ndarray]], entries: Sequence[Entry], h: float | None = None
    ) -> list[CentralDifference]:
        """Return the central difference of every entry.

        Parameters
        ----------
        parameters : sequence of dicts of arrays
            W, b, ... of every layer by name.
        entries : sequence of (layer, name, index)
            The parameters that are moved, one after the other.
        h : float or None, default=None
            The step; None is 1e-5 times the size of the entry, rounded up: 1e-5, 2e-5, ...
        """
        if not entries:
            return []
        flat = np.concatenate(raveled(parameters))
        places = self._places(entries)
        steps = STEP * np.ceil(np.maximum(1.0, np.abs(flat[places]))) if h is None else np.full(len(places), h)
        low, high = flat[places] - steps, flat[places] + steps
        weights = np.ones(len(self.x)) if self.weights is None else self.weights
        with float64():
            moved = np.concatenate([places, places]), np.concatenate([low, high])
            E = np.asarray(_costs(self.network, self.loss, flat, *moved, self.x, self.y, weights))
        below, above = np.split(E, 2)
        columns = (steps, below, above, (above - below) / (high - low))
        return [CentralDifference(*map(float, each)) for each in zip(*columns, strict=True)]

    def _places(self, entries: Sequence[Entry]) -> np.ndarray:
        """Return where entries stand in the vector of all parameters."""
        shapes = self.network.parameter_shapes
        sizes = {(place, name): prod(each[name]) for place, each in enumerate(shapes, start=1) for name in sorted(each)}
        starts = dict(zip(sizes, np.cumsum([0, *sizes.values()]), strict=False))
        return np.array(
            [
                starts[layer, name] + np.ravel_multi_index(index, shapes[layer - 1][name])
                for layer, name, index in entries
            ]
        )


def _costs_of_moved(
    network: Network,
    loss: Loss,
    flat_parameters: FlatParameters,
    places: RowNumbers,
    values: Parameter,
    x: RowsIn,
    y: Targets,
    weights: PerSample,
) -> Parameter:
    """Return E with one parameter at another value, for every pair of a place and a value."""

    def cost_at(moved: tuple[Scalar, Scalar]) -> Scalar:
        parameters = unflatten(network, flat_parameters.at[moved[0]].set(moved[1]))
        return cost(loss, output(network, parameters, x), y, weights)

    return jax.lax.map(cost_at, (places, values))


_costs = Compiled(_costs_of_moved, static=2, options=QUICK)
