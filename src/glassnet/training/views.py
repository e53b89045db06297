"""From raw float64 numbers, rows and scales to what the compiled epochs take."""

from collections.abc import Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.training.batches import View, pad_rows, padded_size


@dataclass(frozen=True)
class Eyes:
    """How a member sees the columns of the shared table: (raw - center) / spread, a gap as `fill`, in raw units.

    The last column is the sample weight, whose center is 0 and whose spread is its mean over the training rows.
    """

    train: np.ndarray
    held: np.ndarray
    center: np.ndarray
    spread: np.ndarray
    fill: np.ndarray


def views(eyes: Sequence[Eyes], exponents: np.ndarray) -> View:
    """Return all members' views with a leading member axis; row counts must be equal."""
    return jax.tree.map(lambda *arrays: jnp.stack(arrays), *(_view(own, exponents) for own in eyes))


def _view(own: Eyes, exponents: np.ndarray) -> View:
    center = np.ldexp(own.center, -exponents)
    high = center.astype(np.float32)
    spread = np.ldexp(own.spread, -exponents)
    inverse = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread != 0)
    fill = (np.ldexp(own.fill, -exponents) - center) * inverse
    return View(
        rows=jnp.asarray(pad_rows(own.train, padded_size(len(own.train)))),
        real=jnp.asarray(len(own.train), jnp.int32),
        held=jnp.asarray(pad_rows(own.held, padded_size(len(own.held)) if len(own.held) else 0)),
        held_real=jnp.asarray(len(own.held), jnp.int32),
        center_high=jnp.asarray(high),
        center_low=jnp.asarray((center - high).astype(np.float32)),
        inverse=jnp.asarray(inverse.astype(np.float32)),
        fill=jnp.asarray(fill.astype(np.float32)),
        lightness=jnp.asarray(1 / own.spread[-1], jnp.float32),
    )
