"""When to stop: the best parameters so far, and for how many epochs nothing better was seen."""

from typing import NamedTuple

import jax.numpy as jnp

from glassnet._types import Integer, Scalar, Theta


class Best(NamedTuple):
    """The best parameters so far, by the watched loss."""

    theta: Theta
    loss: Scalar
    epoch: Integer
    stale: Integer  # epochs in a row that improved the watched loss by no more than the tolerance


def nothing_yet(theta: Theta) -> Best:
    """Return the record before the first epoch."""
    zero = jnp.zeros((), jnp.int32)
    return Best(jnp.copy(theta), jnp.asarray(jnp.inf, theta.dtype), zero, jnp.copy(zero))


def watch(best: Best, theta: Theta, loss: Scalar, epoch: Integer, tolerance: Scalar) -> Best:
    """Return the record after one more epoch; scikit-learn's rule: stale unless loss <= best - tolerance."""
    better = loss < best.loss
    return Best(
        theta=jnp.where(better, theta, best.theta),
        loss=jnp.where(better, loss, best.loss),
        epoch=jnp.where(better, epoch, best.epoch),
        stale=jnp.where(loss > best.loss - tolerance, best.stale + 1, 0),
    )
