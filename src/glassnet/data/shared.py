"""What all members share: one table, or images beside one, from which each member takes batches in its own scaling.

A table holds unscaled float64 numbers as pairs of float32, high + low, so that a column such as 1e9 + small differences
keeps its differences, and nobody holds a copy per member. Its columns are inputs, targets and the sample weight. A
missing cell is NaN in the table and becomes the member's own fill value when it is taken. Images stay in the type they
came in, and are scaled when they are taken.
"""

from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Num

from glassnet._lazy import Array, jax, jnp
from glassnet._types import Columns, Outputs, PerSample, RowNumbers, RowsIn, TableValues
from glassnet.data.scaler import Scaler

ROWS_AT_ONCE = 2**13  # in a pass over validation rows
IMAGES_AT_ONCE = 256  # in a pass over validation rows: what convolutional layers keep of an image is large


class Batch(NamedTuple):
    """Rows as a member trains on them.

    Parameters
    ----------
    x : array (batch, *in)
        Scaled inputs.
    y : array (batch, targets)
        Scaled targets.
    weights : array (batch,)
        Sample weights of mean one over the member's training rows.
    """

    x: RowsIn
    y: Outputs
    weights: PerSample


class MemberScaling(NamedTuple):
    """How a member scales the columns of a shared table, and the channels of images (empty where there are none)."""

    center_high: Columns
    center_low: Columns
    inverse: Columns  # 1 / scale; 0 for a constant column
    fill: Columns  # scaled value of a missing cell
    channel_center: Columns
    channel_inverse: Columns


@runtime_checkable
class SharedData(Protocol):
    """All rows, padded to a power of two: a pytree of arrays with the rule by which members take batches.

    Attributes
    ----------
    rows_at_once : int or None
        How many rows a pass over validation rows takes at a time; None is all of them.
    members_at_once : bool
        Whether members are trained faster at once than one after the other.
    """

    def take(self, scaling: MemberScaling, rows: RowNumbers, inputs: int) -> Batch:
        """Return these rows as a member scales them; `inputs` is the number of input columns of a table."""
        ...

    @property
    def rows_at_once(self) -> int | None:
        """How many rows a pass over validation rows takes at a time; None is all of them."""
        ...

    @property
    def members_at_once(self) -> bool:
        """Whether members are trained faster at once than one after the other."""
        ...


class SharedTable(NamedTuple):
    """A table; high + low is the unscaled number times a power of two that brings its column near 1."""

    high: TableValues
    low: TableValues

    def take(self, scaling: MemberScaling, rows: RowNumbers, inputs: int) -> Batch:
        """Return (value - center) / scale of these rows, missing cells filled."""
        scaled = _scaled(self, scaling, rows)
        return Batch(scaled[:, :inputs], scaled[:, inputs:-1], scaled[:, -1])

    @property
    def rows_at_once(self) -> int | None:
        """So many that what layers keep of all members' rows stays below some hundred megabytes."""
        return ROWS_AT_ONCE

    @property
    def members_at_once(self) -> bool:
        """True."""
        return True


class SharedImages(NamedTuple):
    """Images (rows, height, width, channels), and a table of targets and weights alone."""

    table: SharedTable
    pixels: Num[Array, "rows height width channels"]

    def take(self, scaling: MemberScaling, rows: RowNumbers, inputs: int) -> Batch:
        """Return (pixel - center) / scale by channel, and scaled targets and weights, of these rows."""
        scaled = _scaled(self.table, scaling, rows)
        pixels = self.pixels[rows].astype(scaled.dtype)
        return Batch((pixels - scaling.channel_center) * scaling.channel_inverse, scaled[:, :-1], scaled[:, -1])

    @property
    def rows_at_once(self) -> int | None:
        """Some hundred images."""
        return IMAGES_AT_ONCE

    @property
    def members_at_once(self) -> bool:
        """False: convolutions of several members at once are slower than one after the other."""
        return False


def power_of_two(size: int) -> int:
    """Return the next power of two, or 0: few shapes, so few compilations; in batches, padding costs little."""
    return 1 << (size - 1).bit_length() if size else 0


def shared_exponents(largest: np.ndarray) -> np.ndarray:
    """Return the exponents e of columns (columns,) from their largest absolute values: value / 2^e is below 1."""
    return np.frexp(np.nan_to_num(largest))[1]


def shared_table(table: np.ndarray, exponents: np.ndarray | None = None) -> tuple[SharedTable, np.ndarray]:
    """Return a float64 table as pairs, padded, and the exponents e of its columns: high + low = value / 2^e.

    Parts of one table are given the exponents of all its rows, so that they are scaled alike.
    """
    if exponents is None:
        exponents = shared_exponents(np.nanmax(np.abs(table), axis=0, initial=0.0))
    near_one = np.ldexp(table, -exponents)
    high = near_one.astype(np.float32)
    low = np.where(np.isnan(near_one), 0.0, near_one - high).astype(np.float32)
    padding = [(0, power_of_two(len(table)) - len(table)), (0, 0)]
    return SharedTable(*jax.device_put([np.pad(high, padding), np.pad(low, padding)])), exponents


def shared_images(pixels: np.ndarray, table: np.ndarray) -> tuple[SharedImages, np.ndarray]:
    """Return images as they are beside a table of targets and weights, both padded, and the table's exponents."""
    shared, exponents = shared_table(table)
    padding = [(0, power_of_two(len(pixels)) - len(pixels))] + [(0, 0)] * 3
    return SharedImages(shared, jax.device_put(np.pad(pixels, padding))), exponents


def member_scaling(
    columns: list[Scaler], channels: Scaler | None, mean_weight: float, exponents: np.ndarray
) -> MemberScaling:
    """Return how a member scales columns, channels, and the weight, whose mean becomes one; as NumPy arrays."""
    center = np.ldexp(np.concatenate([*(scaler.center for scaler in columns), [0.0]]), -exponents)
    scale = np.ldexp(np.concatenate([*(scaler.scale for scaler in columns), [mean_weight]]), -exponents)
    fill = np.ldexp(np.concatenate([*(scaler.fill for scaler in columns), [0.0]]), -exponents)
    high, inverse, none = center.astype(np.float32), _inverse(scale), np.zeros(0)
    of_channels = (none, none) if channels is None else (channels.center, _inverse(channels.scale))
    arrays = high, center - high, inverse, (fill - center) * inverse, *of_channels
    return MemberScaling(*[array.astype(np.float32) for array in arrays])  # pyright: ignore[reportArgumentType]


def _scaled(table: SharedTable, scaling: MemberScaling, rows: RowNumbers) -> TableValues:
    near = (table.high[rows] - scaling.center_high) + (table.low[rows] - scaling.center_low)
    scaled = near * scaling.inverse
    return jnp.where(jnp.isnan(scaled), scaling.fill, scaled)


def _inverse(scale: np.ndarray) -> np.ndarray:
    return np.divide(1.0, scale, out=np.zeros_like(scale), where=scale != 0)
