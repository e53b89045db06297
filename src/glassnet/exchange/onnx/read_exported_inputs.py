"""The inputs of a file that `export_onnx` wrote: columns or images as it states them, and how members scale them."""

from dataclasses import dataclass

import numpy as np

from glassnet.data.column import Column
from glassnet.data.images import ImageSchema
from glassnet.data.scaler import Scaler
from glassnet.data.schema import Schema
from glassnet.exchange.onnx.graph import Graph
from glassnet.exchange.onnx.read_exported_graph import expressions
from glassnet.exchange.onnx.read_exported_values import Values
from glassnet.exchange.onnx.read_operators import NoLayerError
from glassnet.exchange.onnx.write_columns import write_encoded
from glassnet.exchange.onnx.write_images import INPUT

PIXEL_STEPS = ("Transpose", "Reshape", "Cast", "Sub", "Div", "Cast", "Reshape")


@dataclass(frozen=True)
class ReadInputs:
    """What enters the network.

    Parameters
    ----------
    scalers : tuple of Scaler
        Of every member.
    x0 : str
        The scaled inputs.
    """

    scalers: tuple[Scaler, ...]
    x0: str


def read_inputs(values: Values, schema: Schema) -> ReadInputs:
    """Return how inputs are scaled, and the value that is x^0.

    Parameters
    ----------
    values : Values
        Of the graph.
    schema : Schema
        What the file states of the inputs; the graph has to take them so.

    Raises
    ------
    NoLayerError
        For a column that is no number, and where the graph has other inputs than the schema.
    """
    if isinstance(schema, ImageSchema):
        return _pixels(values, schema)
    refused = [f"its column {column.name!r} holds {kind}" for column in schema.columns if (kind := _no_number(column))]
    if refused:
        raise NoLayerError(f"{refused[0]}, and only numbers and flags are read back")
    fills = [node for node in values.graph.nodes if node.operator == "Where" and _fills(values, *node.inputs[:3:2])]
    if len(fills) != 1:
        raise NoLayerError(f"it fills gaps at {len(fills)} places, and export_onnx does so at one")
    again = Graph()
    encoded = write_encoded(again, schema.columns)
    if expressions(again)[encoded] != values.expressions.get(fills[0].inputs[2]):
        raise NoLayerError("it does not take the columns that its metadata state")
    above = values.user(fills[0].outputs[0], "Sub")
    scaled = values.user(above.outputs[0], "Div")
    numbers = (values.constant(node)[:, 0] for node in (above, scaled, fills[0]))
    return ReadInputs(_scalers(*numbers), scaled.outputs[0])


def _no_number(column: Column) -> str:
    """Return what a column holds that is not read back; empty for numbers, flags, and what is left out."""
    if column.kind == "category":
        return "text"
    if column.kind == "date":
        return "dates"
    return "integers beyond 2^53" if column.origin else ""


def _fills(values: Values, gap: str, x: str) -> bool:
    return values.is_computed(gap, "IsNaN") and values.producer(gap).inputs == (x,)


def _pixels(values: Values, schema: ImageSchema) -> ReadInputs:
    if [(value.name, value.shape[1:]) for value in values.graph.inputs] != [(INPUT, schema.shape)]:
        raise NoLayerError(
            f"its inputs are {', '.join(map(str, values.graph.inputs))}, and its metadata state {schema}"
        )
    here, constants = INPUT, list[np.ndarray]()
    for operator in PIXEL_STEPS:
        node = values.user(here, operator)
        here = node.outputs[0]
        if operator in ("Sub", "Div"):
            constants.append(values.constant(node)[..., 0, 0])
    center, scale = constants
    return ReadInputs(_scalers(center, scale, np.zeros_like(center)), here)


def _scalers(center: np.ndarray, scale: np.ndarray, fill: np.ndarray) -> tuple[Scaler, ...]:
    """Return a scaler of every member; an infinite scale is that of a constant column."""
    finite = np.where(np.isinf(scale), 0.0, scale)
    return tuple(Scaler(*arrays) for arrays in zip(center, finite, fill, strict=True))
