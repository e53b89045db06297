"""Activations of a file that `export_onnx` wrote, found by writing each of them again."""

import numpy as np

from glassnet.exchange.onnx.graph import Graph
from glassnet.exchange.onnx.read_exported_values import Values
from glassnet.exchange.onnx.write_activations import ACTIVATIONS as WRITTEN
from glassnet.exchange.onnx.write_activations import write_activation
from glassnet.network.activation import ACTIVATIONS, ELU, Activation, Identity, LeakyReLU


def activation_after(values: Values, z: str, dtype: type[np.floating]) -> tuple[Activation, str]:
    """Return sigma and the value sigma(z): of the activations that the file computes of z, the one of most nodes.

    One is a part of another, as the logistic function is of z times it.
    """
    found: list[tuple[int, Activation, str]] = [(0, Identity(), z)]
    for sigma in _activations(values, z):

        def write(graph: Graph, sigma: Activation = sigma) -> str:
            return write_activation(graph, sigma, z, dtype)

        x, nodes = values.equal_to(write, z)
        if x is not None:
            found.append((nodes, sigma, x))
    _, sigma, x = max(found, key=lambda each: each[0])
    return sigma, x


def less_identity(values: Values, curved: str, z: str) -> str | None:
    """Return the value sigma(z) - z of a parametric activation, None where the file does not compute it."""
    return values.equal_to(lambda graph: graph.add("Sub", curved, z), curved, z)[0]


def _activations(values: Values, z: str) -> list[Activation]:
    """Return those that have a name, and those of a slope or a limit that stands in the file."""
    named = [sigma for sigma in ACTIVATIONS.values() if type(sigma) in WRITTEN and not isinstance(sigma, Identity)]
    slopes = [LeakyReLU(number) for number in _numbers(values, z, "Mul", "Max") if 0 <= number < 1]
    return [*named, *slopes, *(ELU(number) for number in _numbers(values, z, "Min", "Exp", "Sub", "Mul"))]


def _numbers(values: Values, z: str, *operators: str) -> list[float]:
    """Return the single numbers that the multiplication among these operators takes."""
    found = [values.optional(node) for node in values.follow(z, *operators) if node.operator == "Mul"]
    return [float(array) for array in found if array is not None and not array.shape and np.isfinite(array)]
