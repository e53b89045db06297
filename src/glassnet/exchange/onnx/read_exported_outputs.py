"""The outputs of a file that `export_onnx` wrote, back to what every member's network gives."""

from dataclasses import dataclass

import numpy as np

from glassnet.exchange.onnx.graph import Graph
from glassnet.exchange.onnx.read_exported_values import Values, title
from glassnet.exchange.onnx.read_operators import NoLayerError


@dataclass(frozen=True)
class ReadUnits:
    """The units of the targets.

    Parameters
    ----------
    arrays : tuple of arrays
        Center, scale, low and high, each (members, outputs).
    outputs : str
        The value that is brought into them: the network's outputs.
    """

    arrays: tuple[np.ndarray, ...]
    outputs: str


def members_value(graph: Graph, classes: bool) -> str:
    """Return the value that is what every member predicts."""
    names = {value.name for value in graph.outputs}
    output = "probabilities" if classes else "prediction"
    if output not in names:
        raise NoLayerError(f"its outputs are {', '.join(sorted(names))}, without {output!r}")
    if "standard_deviation" in names:
        raise NoLayerError("it gives standard deviations of the Gaussian loss")
    values = Values(graph, output)
    if any(node.operator == "CumSum" for node in values.graph.nodes):
        raise NoLayerError("it gives quantiles, as steps that are summed up")
    node = values.producer(values.producer(output, "Identity").inputs[0], "Reshape", "ReduceMean")
    if node.operator == "Reshape":
        node = values.producer(node.inputs[0], "ReduceMean")
    while classes and node.operator not in ("Softmax", "Sigmoid"):  # what takes a smoothing of labels out
        node = values.producer(node.inputs[0])
    members = node.inputs[0]
    mean = values.equal_to(lambda graph: graph.add("ReduceMean", members, graph.integers(0), keepdims=0), members)[0]
    if not classes and mean != node.outputs[0]:
        raise NoLayerError(f"{title(node)} is no mean over the members")
    return members


def read_units(values: Values, members: str) -> ReadUnits:
    """Return y = clip(center + scale z, low, high) as its numbers and z."""
    node, ends = values.producer(members, "Min", "Max", "Add"), dict[str, np.ndarray]()
    while node.operator in ("Min", "Max"):
        ends[node.operator] = values.constant(node)[:, 0]
        node = values.producer(node.inputs[0], "Max", "Add")
    center, product = values.constant(node)[:, 0], values.producer(node.inputs[0], "Mul")
    low, high = (ends.get(name, np.full(center.shape, far)) for name, far in (("Max", -np.inf), ("Min", np.inf)))
    return ReadUnits((center, values.constant(product)[:, 0], low, high), product.inputs[0])
