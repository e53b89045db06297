"""Rows made up from a schema, to compare two forms of a model on: usual ones, gaps, unseen levels, far values."""

import numpy as np

from glassnet.data.column import Column
from glassnet.data.columns import Table, array_names
from glassnet.data.images import PIXEL_VALUES, Images, ImageSchema
from glassnet.data.scaler import Scaler
from glassnet.data.schema import Samples, Schema

ROWS, IMAGES = 200, 8
RARE = 0.1  # the fraction of gaps, of unseen levels and of far values in every column
FAR = 1e3  # standard deviations
UNSEEN = "a level that training did not see"


def parity_rows(schema: Schema, scaler: Scaler) -> Samples:
    """Return rows like those of training, the same at every call.

    Parameters
    ----------
    schema : Schema
        What the inputs are.
    scaler : Scaler
        How one member scales them.
    """
    random = np.random.default_rng(0)
    if isinstance(schema, ImageSchema):
        return _images(schema, scaler, random)
    places = {name: place for place, name in enumerate(schema.numbers)}
    cells = [_cells(column, scaler, places.get(column.name, -1), random) for column in schema.columns]
    names = tuple(column.name for column in schema.columns)
    dates = frozenset(column.name for column in schema.columns if column.kind == "date")
    return Table(
        names, tuple(cells), dates=dates, unnamed=names == array_names(len(names)),
        zoned=frozenset(column.name for column in schema.columns if column.kind == "date" and column.zoned),
        origins={column.name: column.origin for column in schema.columns if column.origin},
    )  # fmt: skip


def _cells(column: Column, scaler: Scaler, place: int, random: np.random.Generator) -> np.ndarray:
    kind = random.random(ROWS)
    if column.kind in ("category", "left out"):
        return _texts(column, kind, random)
    if column.kind == "flag" or column.values:
        cells = random.choice(column.values, ROWS)
    else:
        size = np.where(kind > 1 - RARE, FAR, 1.0) * scaler.scale[place]
        cells = scaler.center[place] + size * random.standard_normal(ROWS)
        cells = np.round(cells) if column.kind == "date" or column.origin else cells
    return np.where(kind < RARE, np.nan, cells)


def _texts(column: Column, kind: np.ndarray, random: np.random.Generator) -> np.ndarray:
    cells = np.empty(ROWS, dtype=object)
    cells[:] = [str(level) for level in random.choice([*column.known_levels, UNSEEN], ROWS)]
    cells[kind > 1 - RARE] = UNSEEN
    cells[kind < RARE] = None
    return cells


def _images(schema: ImageSchema, scaler: Scaler, random: np.random.Generator) -> Images:
    shape = (IMAGES, *schema.shape)
    if schema.eight_bits:
        return Images(random.integers(0, PIXEL_VALUES, shape, dtype=np.uint8))
    pixels = random.random(shape) if schema.up_to_one else scaler.center + scaler.scale * random.standard_normal(shape)
    return Images(pixels.astype(np.float32))
