"""From scikit-learn's sizes and lists of arrays to a network and its parameters, and back."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from glassnet.network.dense import Dense
from glassnet.network.network import Network

Arrays = list[np.ndarray]
LayerArrays = Mapping[str, np.ndarray]  # W and b


def network_of(sizes: Sequence[int], activation: str) -> Network:
    """Return the dense network with these numbers of units, inputs first; the last layer has the identity.

    scikit-learn's output activation is the link of the loss.
    """
    hidden = [Dense(size, activation) for size in sizes[1:-1]]
    return Network(sizes[0], [*hidden, Dense(sizes[-1])])


def draw_parameters(
    random: np.random.RandomState, sizes: Sequence[int], activation: str, dtype: np.dtype[np.floating]
) -> tuple[Arrays, Arrays]:
    """Return first weights and biases, both U(-r, r), r = sqrt(gain / (fan_in + fan_out)), gain 2 if logistic, else 6.

    The numbers and their order are scikit-learn's (Glorot and Bengio 2010).
    """
    gain = 2.0 if activation == "logistic" else 6.0
    coefs: Arrays = []
    intercepts: Arrays = []
    for fan_in, fan_out in pairwise(sizes):
        r = np.sqrt(gain / (fan_in + fan_out))
        coefs.append(random.uniform(-r, r, (fan_in, fan_out)).astype(dtype, copy=False))
        intercepts.append(random.uniform(-r, r, fan_out).astype(dtype, copy=False))
    return coefs, intercepts


def as_parameters(coefs: Sequence[np.ndarray], intercepts: Sequence[np.ndarray]) -> list[LayerArrays]:
    """Return the arrays as parameters of `network_of`, which layers name W and b."""
    return [{"W": W, "b": b} for W, b in zip(coefs, intercepts, strict=True)]


def as_arrays(parameters: Sequence[LayerArrays], dtype: np.dtype[np.floating]) -> tuple[Arrays, Arrays]:
    """Return coefs_ and intercepts_ of parameters."""
    return [np.array(layer["W"], dtype) for layer in parameters], [np.array(layer["b"], dtype) for layer in parameters]
