"""How far the mean prediction can be moved inside a box: a lower bound on its range, by points that are shown.

Projected gradient descent (Madry et al. 2018): t <- clip(t + step sign(d mean / dt), -1, 1), from several starts and
with steps that shrink, up and down. The gradient is dE/dx^0 of `network/backward`. Attack <= true range <= certificate.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from glassnet._lazy import Array, jax, jnp
from glassnet._types import Outputs
from glassnet.network.activation import Activation
from glassnet.network.backward import pullback
from glassnet.network.compiled_programs import QUICK, Compiled, check_process, compiled
from glassnet.network.network import Network
from glassnet.network.parameters import HostParameters, as_arrays
from glassnet.network.units import Units

STARTS = 16
STEPS = 40
LONGEST, SHORTEST = 0.5, 0.005

Points = Float[Array, "starts rows inputs"]
Values = Float[Array, "starts rows"]
State = tuple[Points, Points, Values]  # where the starts are, where each was furthest, and how far that was


class _Member(NamedTuple):
    """A network, its units and its boxes; a member axis comes first."""

    parameters: HostParameters
    units: Units
    middle: Float[Array, "*members rows inputs"] | np.ndarray
    radius: Float[Array, "*members rows inputs"] | np.ndarray


def furthest(
    network: Network,
    link: Activation,
    parameters: HostParameters,
    units: Units,
    low: Float[Array | np.ndarray, "members rows inputs"],
    high: Float[Array | np.ndarray, "members rows inputs"],
    seed: int = 0,
    few: bool = False,
) -> np.ndarray:
    """Return where the mean is pushed to, t (2 * outputs, rows, inputs): the first half down, the second half up.

    low and high (members, rows, inputs) are the boxes in each member's scale; t = -1 is low and t = 1 is high. With
    `few` calls to come the program is compiled quickly.
    """
    check_process()
    count, rows, inputs = network.shapes[-1][0], low.shape[1], low.shape[2]
    starts = np.random.default_rng(seed).uniform(-1, 1, (STARTS, rows, inputs)).astype(np.float32)
    starts[0] = 0
    signs = np.concatenate([-np.eye(count), np.eye(count)]).astype(np.float32)
    with np.errstate(over="ignore"):
        members = jax.tree.map(
            lambda a: np.asarray(a, np.float32), _Member(parameters, units, (low + high) / 2, (high - low) / 2)
        )
    program = _quick_furthest if few else _furthest
    return np.asarray(program(network, link, members, starts, signs))


@compiled(static=2)
def _furthest(
    network: Network, link: Activation, members: _Member, starts: Points, signs: Float[Array, "signs outputs"]
) -> Float[Array, "signs rows inputs"]:
    def of_sign(sign: Float[Array, " outputs"]) -> Float[Array, "rows inputs"]:
        def move(state: State, step: Float[Array, ""]) -> tuple[State, None]:
            t, best, most = state
            value, slope = _mean_and_slope(network, link, members, t, sign)
            better = value > most
            best, most = jnp.where(better[..., None], t, best), jnp.where(better, value, most)
            return (jnp.clip(t + step * jnp.sign(slope), -1, 1), best, most), None

        steps = jnp.geomspace(LONGEST, SHORTEST, STEPS)
        start = starts, starts, jnp.full(starts.shape[:2], -jnp.inf)
        (_, best, most), _ = jax.lax.scan(move, start, steps)
        return jnp.take_along_axis(best, jnp.argmax(most, axis=0)[None, :, None], axis=0)[0]

    return jax.lax.map(of_sign, signs)


_quick_furthest = Compiled(_furthest.function, static=2, options=QUICK)


def _mean_and_slope(
    network: Network, link: Activation, members: _Member, t: Points, sign: Float[Array, " outputs"]
) -> tuple[Values, Points]:
    """Return sign . (the mean prediction) at t, and its derivative in t."""

    def of_member(member: _Member) -> tuple[Values, Points]:
        units, middle, radius = member.units, jnp.asarray(member.middle), jnp.asarray(member.radius)

        def derivative(z: Outputs) -> Outputs:
            x = link.value(z)
            return link.backward(z, x, units.backward(x, sign))

        z, g = pullback(
            network, as_arrays(member.parameters), (middle + radius * t).reshape(-1, t.shape[-1]), derivative
        )
        y = units.value(link.value(z)) @ sign
        return y.reshape(t.shape[:2]), radius * g.reshape(t.shape)

    values, slopes = jax.vmap(of_member)(members)
    return jnp.mean(values, axis=0), jnp.mean(slopes, axis=0)
