"""The inputs of a file that `export_onnx` wrote: columns or images, and how every member scales them."""

from dataclasses import dataclass, replace

import numpy as np

from glassnet.data.column import Column
from glassnet.data.images import ImageSchema
from glassnet.data.scaler import Scaler
from glassnet.data.schema import Schema
from glassnet.data.table_schema import TableSchema
from glassnet.exchange.onnx.graph import Value
from glassnet.exchange.onnx.read_exported_values import Values, title
from glassnet.exchange.onnx.read_operators import NoLayerError
from glassnet.exchange.onnx.write_columns import RESERVED
from glassnet.exchange.onnx.write_images import INPUT

PIXEL_STEPS = ("Transpose", "Reshape", "Cast", "Sub", "Div", "Cast", "Reshape")


@dataclass(frozen=True)
class ReadInputs:
    """What enters the network.

    Parameters
    ----------
    schema : Schema
        Of the columns or the images.
    scalers : tuple of Scaler
        Of every member.
    x0 : str
        The scaled inputs.
    """

    schema: Schema
    scalers: tuple[Scaler, ...]
    x0: str


def read_inputs(values: Values) -> ReadInputs:
    """Return what the inputs are, and the value that is x^0; `NoLayerError` names a column that is no number."""
    inputs = values.graph.inputs
    if len(inputs) == 1 and inputs[0].name == INPUT and len(inputs[0].shape) == 4:
        return _pixels(values, inputs[0])
    for value in inputs:
        if value.dtype != np.float64:
            kind = "dates or large integers" if value.dtype == np.int64 else "text"
            raise NoLayerError(f"its column {value.name!r} holds {kind}, and only numbers and flags are read back")
    fills = [node for node in values.graph.nodes if node.operator == "Where" and _fills(values, *node.inputs[:3:2])]
    if len(fills) != 1:
        raise NoLayerError(f"it fills gaps at {len(fills)} places, and export_onnx does so at one")
    above = values.user(fills[0].outputs[0], "Sub")
    scaled = values.user(above.outputs[0], "Div")
    numbers = (values.constant(node)[:, 0] for node in (above, scaled, fills[0]))
    schema = TableSchema(_columns(values, fills[0].inputs[2]))
    return ReadInputs(schema, _scalers(*numbers), scaled.outputs[0])


def _fills(values: Values, gap: str, x: str) -> bool:
    return values.is_computed(gap, "IsNaN") and values.producer(gap).inputs == (x,)


def _columns(values: Values, encoded: str) -> tuple[Column, ...]:
    """Return the columns that stand side by side: numbers, flags, and whether a cell is missing."""
    parts = values.producer(encoded).inputs if values.is_computed(encoded, "Concat") else (encoded,)
    found = {value.name: Column(_name(value.name), "number") for value in values.graph.inputs}
    for part in parts:
        if part in found:
            continue
        node = values.producer(part, "Div", "Cast")
        cells = values.producer(node.inputs[0], "Sub", "IsNaN")
        name = cells.inputs[0]
        if name not in found:
            raise NoLayerError(f"{title(node)} is made of no column of numbers")
        if node.operator == "Cast":
            found[name] = replace(found[name], missing=True)
        else:
            low = float(values.constant(cells))
            found[name] = replace(found[name], kind="flag", values=(low, low + float(values.constant(node))))
    return tuple(found.values())


def _name(name: str) -> str:
    """Return the column's name: that of an output has an ending in the file."""
    column = name.removesuffix("_column")
    return column if column in RESERVED else name


def _pixels(values: Values, given: Value) -> ReadInputs:
    here, constants = INPUT, list[np.ndarray]()
    for operator in PIXEL_STEPS:
        node = values.user(here, operator)
        here = node.outputs[0]
        if operator in ("Sub", "Div"):
            constants.append(values.constant(node)[..., 0, 0])
    height, width, channels = (int(length) for length in given.shape[1:])
    center, scale = constants
    return ReadInputs(ImageSchema((height, width, channels)), _scalers(center, scale, np.zeros_like(center)), here)


def _scalers(center: np.ndarray, scale: np.ndarray, fill: np.ndarray) -> tuple[Scaler, ...]:
    """Return a scaler of every member; an infinite scale is that of a constant column."""
    finite = np.where(np.isinf(scale), 0.0, scale)
    return tuple(Scaler(*arrays) for arrays in zip(center, finite, fill, strict=True))
