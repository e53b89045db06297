"""What a network learns from, before anybody scales it: an encoded table in raw float64 numbers, or pictures."""

import hashlib
from dataclasses import dataclass

import numpy as np

from glassnet.data.encode import check_spread, encode
from glassnet.data.images import WHITE, Images, ImageSchema, Samples, channel_scale, checked, picture_schema
from glassnet.data.match import match
from glassnet.data.scaler import Scale, kept_apart, robust_scale, standard_scale
from glassnet.data.table_schema import MOST_LEVELS, Reading, TableSchema, read_schema

AnySchema = TableSchema | ImageSchema


@dataclass(frozen=True)
class Raw:
    """Inputs x (rows, inputs), float64 with NaN where a number is missing, or pixels; row weights are positive."""

    x: np.ndarray
    y: np.ndarray
    weights: np.ndarray

    @property
    def pictures(self) -> np.ndarray | None:
        """The inputs where they are pictures (rows, height, width, channels)."""
        return self.x if self.x.ndim > 2 else None

    @property
    def table(self) -> np.ndarray:
        """Inputs, targets and weights side by side, without pictures."""
        return np.column_stack([*([self.x] if self.x.ndim == 2 else []), self.y, self.weights])

    @property
    def digest(self) -> str:
        """A fingerprint of all numbers."""
        found = hashlib.sha256(np.ascontiguousarray(self.table).tobytes())
        if self.pictures is not None:
            found.update(np.ascontiguousarray(self.pictures).data)
        return found.hexdigest()

    def above(self, other: "Raw") -> "Raw":
        """Return these rows with the other's below them."""
        return Raw(*(np.concatenate(pair) for pair in zip(vars(self).values(), vars(other).values(), strict=True)))


def read_samples(samples: Samples, tabular: bool) -> AnySchema:
    """Return what every column is, with the recipe for tables or as scikit-learn has it; or how large pictures are."""
    if isinstance(samples, Images):
        return picture_schema(samples)
    return read_schema(samples, Reading() if tabular else Reading(flags=False, most_inputs=MOST_LEVELS))


def matched(schema: AnySchema, given: Samples) -> Samples:
    """Return the columns of a table that training has seen, in its order, or pictures of the size that it has seen."""
    if isinstance(given, Images):
        if isinstance(schema, ImageSchema):
            return checked(schema, given)
        raise ValueError("the model was fitted to a table, but X holds pictures; give it tables with the same columns")
    if isinstance(schema, ImageSchema):
        raise ValueError(f"the model was fitted to {schema}, but X is a table; give it (rows, height, width, channels)")
    return match(schema, given)


def in_numbers(schema: AnySchema, known: Samples, rows: np.ndarray | None = None) -> np.ndarray:
    """Return matched columns as a float64 matrix (rows, inputs), or pictures as their pixels.

    Errors name rows by the numbers in `rows`.
    """
    if isinstance(known, Images) or isinstance(schema, ImageSchema):
        return known.pixels if isinstance(known, Images) else np.empty((known.rows, 0))
    return encode(schema, known, rows)


def encoded(schema: AnySchema, given: Samples, rows: np.ndarray | None = None) -> np.ndarray:
    """Return samples as they were given as the numbers that a network's scale takes."""
    return in_numbers(schema, matched(schema, given), rows)


def raw_of(schema: AnySchema, given: Samples, targets: np.ndarray, weights: np.ndarray, rows: np.ndarray) -> Raw:
    """Return inputs encoded by a schema, with their targets and weights; errors name rows by the numbers in `rows`."""
    x = encoded(schema, given, rows)
    if x.shape[1] == 0:
        reasons = ", ".join(f"{column.name} ({column.reason})" for column in schema.columns)
        raise ValueError(f"no column can be used: {reasons}")
    if isinstance(schema, TableSchema):
        for name, cells in zip(schema.numbers, x.T, strict=False):
            check_spread(f"column {name!r}", cells, rows)
    for place, column in enumerate(targets.T):
        check_spread("the target" if targets.shape[1] == 1 else f"target {place}", column, rows)
    return Raw(x, targets, weights)


def input_scale(schema: AnySchema, raw: Raw, rows: np.ndarray, robust: bool) -> Scale:
    """Return how a member that learns from these rows scales the inputs; flags and codes stay as they are."""
    if isinstance(schema, ImageSchema):
        return channel_scale(raw.x, rows)
    x = raw.x[rows]
    learned = (robust_scale if robust else standard_scale)(x, raw.weights[rows])
    return kept_apart(learned, x, flags=len(schema.numbers), codes=len(schema.inputs) - len(schema.codes))


def reach(schema: AnySchema, scale: Scale, pixels: np.dtype) -> np.ndarray:
    """Return how far one unit of an adversary's epsilon moves each scaled input.

    Of pictures of 8 bits the unit is white, of others a pixel's own unit; of a table's numbers the column's spread.
    Flags and codes are held fixed.
    """
    if isinstance(schema, ImageSchema):
        unit = WHITE if pixels == np.uint8 else 1.0
        return np.divide(unit, scale.spread, out=np.zeros_like(scale.spread), where=scale.spread != 0)
    return (np.arange(len(schema.inputs)) < len(schema.numbers)).astype(np.float64)


def check_predictions(schema: AnySchema, found: np.ndarray, scale: Scale, raw: np.ndarray, rows: np.ndarray) -> None:
    """Raise `ValueError` for the first row whose outputs (members, rows, outputs) are not finite, by its number."""
    bad = ~np.isfinite(found).all(axis=(0, 2))
    if not bad.any():
        return
    row = int(np.argmax(bad))
    if isinstance(schema, ImageSchema):
        raise ValueError(f"the prediction for picture {rows[row]} is not finite; are its pixels as in training?")
    far = np.abs(scale.down(raw[row : row + 1]))[0]
    raise ValueError(
        f"the prediction for row {rows[row]} is not finite: {schema.inputs[int(np.argmax(far))]!r} lies "
        f"{np.max(far):.3g} standard deviations from the training table; correct that cell"
    )
