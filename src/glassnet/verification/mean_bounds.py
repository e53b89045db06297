"""Bounds of the mean of several networks of the same rows, each in its own scale.

All members share t, from -1 to 1 along every input's interval, so the mean of their curves phi_i(t_i) is a curve again:
what one member gains by moving an input, another may lose. The mean's minimum is larger than the mean of the minima.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from glassnet._lazy import Array, jax, jnp
from glassnet._types import Entries
from glassnet.network.activation import Activation
from glassnet.network.compiled_programs import QUICK, Compiled, check_process, compiled
from glassnet.network.devices import float64
from glassnet.network.network import Network
from glassnet.network.parameters import HostParameters, Parameters
from glassnet.network.units import Units
from glassnet.verification.bounds import Walk, output_profile, walk
from glassnet.verification.slopes import input_slopes


class MemberBoxes(NamedTuple):
    """The boxes in each member's scale, (members, rows, inputs), and d(scaled) / d(unscaled), (members, inputs)."""

    low: Float[Array, "*members rows inputs"] | np.ndarray
    high: Float[Array, "*members rows inputs"] | np.ndarray
    inverse: Float[Array, "*members inputs"] | np.ndarray


class Range(NamedTuple):
    """Bounds of the mean prediction (rows, outputs) and of its slopes in unscaled inputs (rows, outputs, inputs)."""

    low: np.ndarray
    high: np.ndarray
    slope_low: np.ndarray
    slope_high: np.ndarray


def mean_range(
    network: Network,
    link: Activation,
    parameters: HostParameters,
    units: Units,
    boxes: MemberBoxes,
    method: str = "linear",
    slopes: bool = True,
    few: bool = False,
) -> Range:
    """Return bounds of the members' mean; every array of `parameters` and `units` has a leading member axis.

    Without `slopes` those of the slopes are infinite. With `few` calls to come the program is compiled quickly.
    """
    check_process()
    with float64():
        wide = jax.tree.map(lambda a: np.asarray(a, np.float64), (parameters, units, boxes))
        program = _quick_mean_range if few else _mean_range
        return Range(*map(np.asarray, program(network, link, method, slopes, *wide)))


Ends = Float[Array, "rows outputs"]
Slopes = Float[Array, "rows outputs inputs"]


@compiled(static=4)
def _mean_range(
    network: Network,
    link: Activation,
    method: str,
    slopes: bool,
    parameters: Parameters,
    units: Units,
    boxes: MemberBoxes,
) -> tuple[Ends, Ends, Slopes, Slopes]:
    def of_member(member: tuple[Parameters, Units, MemberBoxes]) -> tuple[Entries, ...]:
        parameters, units, boxes = member
        low, high, inverse = map(jnp.asarray, boxes)
        walked = walk(network, parameters, low, high, method, link, units, with_slopes=slopes)
        ends = _slopes(walked, (high - low) / 2, inverse, method == "linear") if slopes else ()
        return walked.low, walked.high, *output_profile(walked), *ends

    low, high, phi, offset, *ends = jax.lax.map(of_member, (parameters, units, boxes))
    least = jnp.mean(offset, axis=0) + jnp.sum(jnp.min(jnp.mean(phi, axis=0), axis=-1), axis=-1)
    low, high = jnp.mean(low, axis=0), jnp.mean(high, axis=0)
    if method == "linear":
        count = low.shape[1]
        low, high = jnp.maximum(low, least[:, :count]), jnp.minimum(high, -least[:, count:])
    if not slopes:
        unbounded = jnp.full((*low.shape, boxes.low.shape[2]), jnp.inf)
        return low, high, -unbounded, unbounded
    slope_low, slope_high = (jnp.mean(end, axis=0) for end in ends)
    return low, high, jnp.min(slope_low, axis=-1), jnp.max(slope_high, axis=-1)


_quick_mean_range = Compiled(_mean_range.function, static=4, options=QUICK)


def _slopes(
    walked: Walk, radius: Float[Array, "rows inputs"], inverse: Float[Array, " inputs"], linear: bool
) -> tuple[Entries, Entries]:
    """Return intervals of d(output) / d(unscaled input) between grid neighbours: (rows, outputs, inputs, cells)."""
    ends = jax.lax.map(lambda unit: input_slopes(walked, unit, linear), jnp.eye(walked.low.shape[1]))
    unscale = jnp.where(radius > 0, inverse / jnp.where(radius > 0, radius, 1), 0)[:, None, :, None]
    low, high = (jnp.moveaxis(end, 0, 1) * unscale for end in ends)
    return low, high
