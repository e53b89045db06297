"""From raw float64 numbers, rows and scales to what the compiled epochs take."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.training.batches import View, pad_rows, power_of_two


@dataclass(frozen=True)
class Eyes:
    """How a member sees the columns of the shared table: (raw - center) / spread, a gap as `fill`, in raw units.

    The last column is the sample weight, whose center is 0 and whose spread is its mean over the training rows.
    `pixels` are center and spread of every channel, where the inputs are pictures; `reach` is how far one unit of an
    adversary's epsilon moves each scaled input, where there is an adversary.
    """

    train: np.ndarray
    held: np.ndarray
    center: np.ndarray
    spread: np.ndarray
    fill: np.ndarray
    reach: np.ndarray | None = None
    pixels: tuple[np.ndarray, np.ndarray] | None = None


def views(eyes: Sequence[Eyes], exponents: np.ndarray) -> View:
    """Return all members' views with a leading member axis; row counts must be equal."""
    return jax.tree.map(lambda *arrays: jnp.asarray(np.stack(arrays)), *(_view(own, exponents) for own in eyes))


def _view(own: Eyes, exponents: np.ndarray) -> Any:
    center = np.ldexp(own.center, -exponents)
    high = center.astype(np.float32)
    spread = np.ldexp(own.spread, -exponents)
    inverse = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread != 0)
    fill = (np.ldexp(own.fill, -exponents) - center) * inverse
    numbers = [high, center - high, inverse, fill, 1 / own.spread[-1]]
    rows: list[Any] = []
    for some in (own.train, own.held):
        rows += [pad_rows(some, power_of_two(len(some))), np.int32(len(some))]
    more: list[Any] = [own.reach]
    if own.pixels is not None:
        center, spread = own.pixels
        more += [center, np.divide(1.0, spread, out=np.zeros_like(spread), where=spread != 0)]
    return View(*rows, *(None if array is None else array.astype(np.float32) for array in [*numbers, *more]))
