"""Batches: one table that all members share, seen by each member through its own rows and its own scaling.

The table holds raw float64 numbers as pairs of float32, high + low, so that a column such as 1e9 + small differences
keeps its differences, and nobody holds a copy per member. Its columns are inputs, targets and the sample weight. A
missing cell is NaN in the table and becomes the member's own fill when it is taken. Images stand beside the table in
the type they came in, and are scaled when they are taken.
"""

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import UInt32

from glassnet._types import Cells, Columns, Integer, Order, Outputs, PerSample, RowsIn, Scalar, UInt32Scalar
from glassnet.network.hash_rng import bits, derived

STEPS_PER_OCTAVE = 4  # so that at most a quarter is padding
MOST_IN_ONE_SORT = 2**20


class Shared(NamedTuple):
    """All rows, padded; high + low is the raw number times a power of two that brings its column near 1.

    With `pictures` (rows, height, width, channels) the columns are targets and weight alone.
    """

    high: Cells
    low: Cells
    pictures: Any = None


class View(NamedTuple):
    """What one member knows: its training rows, the rows it stops by, and how it scales every column."""

    rows: Order  # the first `real` ones count, the others are padding
    real: Integer
    held: Order
    held_real: Integer
    center_high: Columns
    center_low: Columns
    inverse: Columns  # 1 / spread; 0 for a constant column
    fill: Columns  # scaled value of a missing cell
    lightness: Scalar  # 1 / the mean raw weight of the training rows
    reach: Any = None  # how far one unit of an adversary's epsilon moves each input, scaled; 0 where it is held fixed
    pixel_center: Any = None  # of pictures: how each channel is scaled
    pixel_inverse: Any = None


class Batch(NamedTuple):
    """Scaled inputs and targets, and weights of mean one over the member's training rows."""

    x: RowsIn
    y: Outputs
    weights: PerSample


def power_of_two(size: int) -> int:
    """Return the next power of two, or 0: few shapes, so few compilations; in batches, padding costs little."""
    return 1 << (size - 1).bit_length() if size else 0


def padded_size(size: int) -> int:
    """Return the next power of two or one of three steps between, where padded rows cost as much as real ones."""
    octave = 1 << max(size - 1, 1).bit_length() - 1
    step = max(octave // STEPS_PER_OCTAVE, 1)
    return -(-size // step) * step


def share(raw: np.ndarray, pictures: np.ndarray | None = None) -> tuple[Shared, np.ndarray]:
    """Return a float64 table as pairs, pictures as they are, and the exponents e: high + low = raw / 2^e."""
    size = np.nan_to_num(np.nanmax(np.abs(raw), axis=0, initial=0.0))
    exponents = np.frexp(size)[1]
    near_one = np.ldexp(raw, -exponents)
    high = near_one.astype(np.float32)
    low = np.where(np.isnan(near_one), 0.0, near_one - high).astype(np.float32)
    rows = power_of_two(len(raw)) - len(raw)
    room = [(0, rows), (0, 0)]
    pixels = None if pictures is None else jnp.asarray(np.pad(pictures, [(0, rows)] + [(0, 0)] * 3))
    return Shared(jnp.asarray(np.pad(high, room)), jnp.asarray(np.pad(low, room)), pixels), exponents


def pad_rows(rows: np.ndarray, size: int) -> np.ndarray:
    """Return row numbers padded with zeros to a size."""
    return np.pad(rows, (0, size - len(rows))).astype(np.int32)


def take(shared: Shared, view: View, rows: Order, inputs: int) -> Batch:
    """Return these rows as the member sees them: (raw - center) / spread, missing cells filled."""
    near = (shared.high[rows] - view.center_high) + (shared.low[rows] - view.center_low)
    scaled = near * view.inverse
    scaled = jnp.where(jnp.isnan(scaled), view.fill, scaled)
    if shared.pictures is None:
        return Batch(scaled[:, :inputs], scaled[:, inputs:-1], scaled[:, -1])
    pixels = shared.pictures[rows].astype(scaled.dtype)
    return Batch((pixels - view.pixel_center) * view.pixel_inverse, scaled[:, :-1], scaled[:, -1])


def shuffled(view: View, seed: UInt32Scalar) -> Order:
    """Return the member's rows in a keyed order, padding last.

    Rows whose random bits are equal keep their order: one pair in 2^15 for 65,536 rows. Above 2^20 rows so few bits
    are left beside the place that a batch would come from one part of the table, and the order is shuffled again.
    """
    order = _places(view, seed)
    again = view.rows.size > MOST_IN_ONE_SORT
    return view.rows[order[_places(view, derived(seed, 0))] if again else order]


def _places(view: View, seed: UInt32Scalar) -> UInt32[Array, " rows"]:
    """Return 0, 1, 2, ... in a keyed order, padding last.

    One sort of plain integers, five times faster than sorting pairs: the high bits are random, the low ones are the
    place.
    """
    size = view.rows.size
    low = jnp.uint32((1 << max(size - 1, 1).bit_length()) - 1)
    places = jnp.arange(size, dtype=jnp.uint32)
    draws = jnp.where(places < view.real, bits(seed, (size,)) >> 1, jnp.uint32(0xFFFFFFFF))
    return jnp.sort((draws & ~low) | places) & low


def drawn(view: View, seed: UInt32Scalar) -> Order:
    """Return as many of the member's rows, each drawn from all of them: the notes' stochastic gradient."""
    return view.rows[bits(seed, (view.rows.size,)) % view.real.astype(jnp.uint32)]


def in_turn(view: View, epoch: Integer, batch_size: int) -> Order:
    """Return the rows in their own order, from where the last epoch's batches ended: none is left out every time."""
    tail = view.real - view.real // batch_size * batch_size
    places = jnp.arange(view.rows.size)
    turned = (places - epoch * tail) % view.real
    return view.rows[jnp.where(places < view.real, turned, places)]
