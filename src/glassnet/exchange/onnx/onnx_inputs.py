"""Rows as the inputs of an ONNX model: an array a column, or images."""

import numpy as np

from glassnet.data.column import Column
from glassnet.data.columns import Table
from glassnet.data.images import Images
from glassnet.data.schema import Samples, Schema
from glassnet.exchange.onnx.write_columns import GAP, input_dtype, input_names
from glassnet.exchange.onnx.write_images import INPUT

Feeds = dict[str, np.ndarray]


def onnx_inputs(schema: Schema, samples: Samples) -> Feeds:
    """Return samples as the inputs of the model that is written for this schema, by name.

    Parameters
    ----------
    schema : Schema
        Of the model.
    samples : Table or Images
        Rows as they came in.

    Returns
    -------
    dict of arrays
        Each (rows, 1): float64 with NaN, int64 with -2^63 or text with "" where a cell is missing; or float32 images.
    """
    matched = schema.match(samples, warn=False)
    if isinstance(matched, Images):
        return {INPUT: matched.pixels.astype(np.float32)}
    if not isinstance(matched, Table):
        raise TypeError(f"rows of a {type(matched).__name__} have no form in ONNX; give a table or images")
    names = input_names(schema.columns)
    pairs = zip(schema.columns, matched.columns, strict=True)
    return {names[column.name]: _as_input(column, cells)[:, None] for column, cells in pairs if column.name in names}


def _as_input(column: Column, cells: np.ndarray) -> np.ndarray:
    if column.kind == "category":
        return np.array(["" if cell is None else cell for cell in cells], dtype=object)
    if input_dtype(column) == np.float64:
        return np.asarray(cells, np.float64)
    missing = np.isnan(cells)
    integers = np.floor(np.where(missing, 0, cells)).astype(np.int64) + column.origin
    return np.where(missing, GAP, integers)
