"""A network as ONNX nodes: from the inputs of the graph to what every member predicts, in the units of the target."""

import numpy as np

from glassnet.ensemble.ensemble import Ensemble
from glassnet.exchange.formulas.model_arrays import model_arrays
from glassnet.exchange.onnx.graph import Graph
from glassnet.exchange.onnx.write_activations import write_activation
from glassnet.exchange.onnx.write_columns import write_encoded
from glassnet.exchange.onnx.write_images import write_image_layer, write_pixels
from glassnet.exchange.onnx.write_layers import Arrays, Place, write_layer

FLOAT64, FLOAT32 = np.dtype(np.float64), np.dtype(np.float32)


def write_members(graph: Graph, ensemble: Ensemble) -> str:
    """Return what every member predicts, float64 (members, rows, outputs), from inputs that are added to the graph.

    Parameters
    ----------
    graph : Graph
        What nodes are added to.
    ensemble : Ensemble
        The members, and the schema by which they read inputs.
    """
    arrays, schema = model_arrays(ensemble), ensemble.schema
    if schema.kind == "image":
        x0 = write_pixels(graph, arrays, schema.input_shape)
    else:
        x0 = _scaled(graph, arrays, write_encoded(graph, schema.columns))
    outputs = write_activation(graph, ensemble.link, _output(graph, ensemble, arrays, x0))
    return _in_units(graph, arrays, outputs)


def _scaled(graph: Graph, arrays: Arrays, x: str) -> str:
    """Return (x - center) / scale of every member, 0 where a column was constant in training; gaps are filled first."""
    center, scale, fill = (arrays[f"input_{name}"][:, None] for name in ("center", "scale", "fill"))
    filled = graph.add("Where", graph.add("IsNaN", x), graph.constant(fill), x)
    above = graph.add("Sub", filled, graph.constant(center))
    return graph.add("Div", above, graph.constant(np.where(scale != 0, scale, np.inf)))


def _output(graph: Graph, ensemble: Ensemble, arrays: Arrays, x0: str) -> str:
    """Return x^L of every member, float64."""
    network = ensemble.network
    x, dtype = x0, FLOAT32 if len(network.inputs) == 3 else FLOAT64
    for number, (layer, inputs) in enumerate(zip(network.layers, network.shapes, strict=False)):
        of_image = len(inputs) == 3
        wanted = FLOAT32 if of_image else FLOAT64
        x = x if wanted == dtype else graph.cast(x, wanted)
        dtype, write = wanted, write_image_layer if of_image else write_layer
        x = write(Place(graph, arrays, number + 1, inputs, x0, dtype), layer, x)
    return x if dtype == FLOAT64 else graph.cast(x, FLOAT64)


def _in_units(graph: Graph, arrays: Arrays, outputs: str) -> str:
    """Return center + scale times the outputs, within the limits: in the units of the target."""
    center, scale, low, high = (arrays[name][:, None] for name in ("target_center", "target_scale", "low", "high"))
    y = graph.add("Add", graph.add("Mul", outputs, graph.constant(scale)), graph.constant(center))
    if np.isfinite(low).any():
        y = graph.add("Max", y, graph.constant(low))
    return graph.add("Min", y, graph.constant(high)) if np.isfinite(high).any() else y
