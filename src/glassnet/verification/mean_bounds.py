"""Bounds of the mean of several networks that see the same rows, each in its own scale.

All members share t, from -1 to 1 along every input's interval, so the mean of their curves phi_i(t_i) is a curve again:
what one member gains by moving an input, another may lose. The mean's minimum is larger than the mean of the minima.
"""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.network.activation import Activation
from glassnet.network.network import Network
from glassnet.verification.bounds import Units, Walk, output_profile, walk
from glassnet.verification.slopes import input_slopes


class Seen(NamedTuple):
    """What members see of the rows: a box each, (members, rows, inputs), and d(scaled) / d(raw), (members, inputs)."""

    low: Any
    high: Any
    inverse: Any


class Range(NamedTuple):
    """Bounds of the mean prediction (rows, outputs), and of its slopes in every raw input (rows, outputs, inputs)."""

    low: np.ndarray
    high: np.ndarray
    slope_low: np.ndarray
    slope_high: np.ndarray


def mean_range(
    network: Network,
    link: Activation,
    parameters: Any,
    units: Units,
    seen: Seen,
    method: str = "linear",
    slopes: bool = True,
) -> Range:
    """Return bounds of the members' mean; every array of `parameters` and `units` has a leading member axis.

    Without `slopes` those of the slopes are infinite.
    """
    with jax.enable_x64(True):
        given = jax.tree.map(lambda a: jnp.asarray(a, jnp.float64), (parameters, units, seen))
        found = _mean_range(network, link, method, slopes, *given)
        return Range(*map(np.asarray, found))


@partial(jax.jit, static_argnames=("network", "link", "method", "slopes"))
def _mean_range(
    network: Network, link: Activation, method: str, slopes: bool, parameters: Any, units: Any, seen: Any
) -> Any:
    def of_member(own: Any) -> Any:
        parameters, units, (low, high, inverse) = own
        found = walk(network, parameters, low, high, method, link, units)
        phi, same = output_profile(found)
        return (
            found.low,
            found.high,
            phi,
            same,
            *(_slopes(found, (high - low) / 2, inverse, method == "linear") if slopes else ()),
        )

    low, high, phi, same, *ends = jax.lax.map(of_member, (parameters, units, seen))
    least = jnp.mean(same, axis=0) + jnp.sum(jnp.min(jnp.mean(phi, axis=0), axis=-1), axis=-1)
    low, high = jnp.mean(low, axis=0), jnp.mean(high, axis=0)
    if method == "linear":
        count = low.shape[1]
        low, high = jnp.maximum(low, least[:, :count]), jnp.minimum(high, -least[:, count:])
    if not slopes:
        nothing = jnp.full((*low.shape, seen.low.shape[2]), jnp.inf)
        return low, high, -nothing, nothing
    slope_low, slope_high = (jnp.mean(end, axis=0) for end in ends)
    return low, high, jnp.min(slope_low, axis=-1), jnp.max(slope_high, axis=-1)


def _slopes(found: Walk, radius: Any, inverse: Any, linear: bool) -> Any:
    """Return intervals of d(output) / d(raw input) between neighbours on the grid: (rows, outputs, inputs, cells)."""
    ends = [input_slopes(found, unit, linear) for unit in jnp.eye(found.low.shape[1])]
    to_raw = jnp.where(radius > 0, inverse / jnp.where(radius > 0, radius, 1), 0)[:, None, :, None]
    low, high = (jnp.stack(parts, axis=1) * to_raw for parts in zip(*ends, strict=True))
    return low, high
