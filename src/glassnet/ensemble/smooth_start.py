"""A member's start with its piecewise-linear functions off: cosines alone, where these predict better.

V, d and the weights that read their combinations are 0. Every gradient that would move one of them is a product with
another, so that training leaves them at 0.
"""

import numpy as np

from glassnet.network.dense import Dense
from glassnet.network.network import Network
from glassnet.network.periodic import Periodic
from glassnet.network.piecewise import PiecewiseLinear
from glassnet.network.scaling import InputScaling
from glassnet.training.run_control import Arrays


def has_both_embeddings(network: Network) -> bool:
    """Return whether numbers enter as cosines and as piecewise-linear functions, which a dense layer reads."""
    kinds = [type(layer) for layer in network.layers]
    if PiecewiseLinear not in kinds or Dense not in kinds:
        return False
    between = kinds[kinds.index(PiecewiseLinear) + 1 : kinds.index(Dense)]
    return Periodic in between and set(between) <= {Periodic, InputScaling}


def without_piecewise(network: Network, parameters: Arrays) -> Arrays:
    """Return first parameters by which the piecewise-linear functions of a network with both embeddings are 0."""
    kinds = [type(layer) for layer in network.layers]
    place, reader = kinds.index(PiecewiseLinear), kinds.index(Dense)
    weights = parameters[reader]["W"].copy()
    weights[network.shapes[place][0] : network.shapes[place + 1][0]] = 0
    off = {name: np.zeros_like(parameters[place][name]) for name in ("V", "d")}
    changed = {place: parameters[place] | off, reader: parameters[reader] | {"W": weights}}
    return [changed.get(number, arrays) for number, arrays in enumerate(parameters)]


def has_piecewise(network: Network, parameters: Arrays) -> bool:
    """Return whether the piecewise-linear functions of a member with these parameters are other than 0."""
    layers = zip(network.layers, parameters, strict=True)
    return any(isinstance(layer, PiecewiseLinear) and bool(np.any(arrays["V"])) for layer, arrays in layers)
