"""The forward pass of a network: every z, every x, and the parameters that lead from one to the next."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from glassnet.insight.layer_tables import layer_tables, parameter_tables
from glassnet.insight.text import TextTable
from glassnet.network.network import Network

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class LayerForward:
    """One layer of a forward pass.

    Attributes
    ----------
    name : str
        What the layer is.
    z, x : array (rows, units)
        z^l and x^l.
    parameters : dict of arrays
        W, b, ... by name.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, trace
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> layer = trace(model, X, row=0).forward.layers[3]
    >>> layer.name, layer.z.shape
    ('Dense', (1, 8))
    >>> {name: array.shape for name, array in layer.parameters.items()}
    {'W': (37, 8), 'b': (8,)}
    """

    name: str
    z: np.ndarray
    x: np.ndarray
    parameters: Arrays


@dataclass(frozen=True)
class ForwardPass:
    """Every number on the way from inputs to outputs, float64.

    Attributes
    ----------
    x : array (rows, inputs)
        The samples.
    layers : tuple of LayerForward
        The layers, first to last.
    output : array (rows, outputs)
        What the network predicts, in scaled units.
    network : Network
        What computed it.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, trace
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> forward = trace(model, X, row=0).forward
    >>> forward.x.shape, forward.output.shape
    ((1, 10), (1, 1))
    >>> len(forward.layers) == len(forward.network.layers)
    True
    """

    x: np.ndarray
    layers: tuple[LayerForward, ...]
    output: np.ndarray
    network: Network

    def layer_tables(self, decimals: int | None = None, *, weights: bool = False) -> Iterator[TextTable]:
        """Yield for every layer and sample one line a unit, and what has no entry a unit.

        Parameters
        ----------
        decimals : int or None
            Decimals of every number; None: six digits.
        weights : bool
            Whether to yield the matrices of every layer too.
        """
        for number, layer in enumerate(self.layers, start=1):
            signals = {"z": layer.z, "x": layer.x}
            for row in range(len(layer.x)):
                title = f"layer {number}, sample {row + 1}: {layer.name}"
                yield from layer_tables(title, signals, layer.parameters, row, decimals)
            title = f"layer {number}, {layer.name}"
            yield from parameter_tables(title, layer.parameters, layer.x[0].size, decimals, weights=weights)

    def to_json(self) -> str:
        """Return all numbers as JSON, a list of layers."""
        layers = [
            {
                "layer": number,
                "name": layer.name,
                "z": layer.z.tolist(),
                "x": layer.x.tolist(),
                **{name: array.tolist() for name, array in layer.parameters.items()},
            }
            for number, layer in enumerate(self.layers, start=1)
        ]
        return json.dumps({"x": self.x.tolist(), "output": self.output.tolist(), "layers": layers}, indent=2)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.layer_tables()))
