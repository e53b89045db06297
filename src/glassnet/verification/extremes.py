"""How far the mean prediction can be moved inside a box: a lower bound on its range, by points that are shown.

Projected gradient descent (Madry et al. 2018): t <- clip(t + step sign(d mean / dt), -1, 1), from several starts and
with steps that shrink, up and down. The gradient is dE/dx^0 of `network/backward`. Attack <= truth <= certificate.
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.network.activation import Activation
from glassnet.network.backward import backward
from glassnet.network.network import Network, forward
from glassnet.verification.bounds import Units

STARTS = 16
STEPS = 40
LONGEST, SHORTEST = 0.5, 0.005


def furthest(
    network: Network, link: Activation, parameters: Any, units: Units, low: np.ndarray, high: np.ndarray, seed: int = 0
) -> np.ndarray:
    """Return where the mean is pushed to, t (2 * outputs, rows, inputs): the first half down, the second half up.

    low and high (members, rows, inputs) are the boxes that members see; t = -1 is low and t = 1 is high.
    """
    count, rows, inputs = network.shapes[-1][0], low.shape[1], low.shape[2]
    starts = np.random.default_rng(seed).uniform(-1, 1, (STARTS, rows, inputs)).astype(np.float32)
    starts[0] = 0
    signs = np.concatenate([-np.eye(count), np.eye(count)]).astype(np.float32)
    numbers = jax.tree.map(
        lambda a: jnp.asarray(a, jnp.float32), (parameters, units, (low + high) / 2, (high - low) / 2)
    )
    return np.asarray(_furthest(network, link, *numbers, jnp.asarray(starts), jnp.asarray(signs)))


@partial(jax.jit, static_argnames=("network", "link"))
def _furthest(
    network: Network, link: Activation, parameters: Any, units: Any, middle: Any, radius: Any, starts: Any, signs: Any
) -> Any:
    def of_member(own: Any, t: Any, sign: Any) -> tuple[Any, Any]:
        parameters, units, middle, radius = own
        flat = (middle + radius * t).reshape(-1, t.shape[-1])
        kept = forward(network, parameters, flat)
        z, x = kept[-1].x, link.value(kept[-1].x)
        y = units.center + units.spread * x
        inside = (y > units.low) & (y < units.high)
        g = backward(network, parameters, kept, link.backward(z, x, sign * units.spread * inside))[0].g
        y = jnp.clip(y, units.low, units.high) @ sign
        return y.reshape(t.shape[:2]), radius * g.reshape(t.shape)

    def mean(t: Any, sign: Any) -> tuple[Any, Any]:
        value, slope = jax.vmap(of_member, (0, None, None))((parameters, units, middle, radius), t, sign)
        return jnp.mean(value, axis=0), jnp.mean(slope, axis=0)

    def of_sign(sign: Any) -> Any:
        def move(state: Any, step: Any) -> Any:
            t, best, most = state
            value, slope = mean(t, sign)
            better = value > most
            best, most = jnp.where(better[..., None], t, best), jnp.where(better, value, most)
            return (jnp.clip(t + step * jnp.sign(slope), -1, 1), best, most), None

        steps = jnp.geomspace(LONGEST, SHORTEST, STEPS)
        start = starts, starts, jnp.full(starts.shape[:2], -jnp.inf)
        (_, best, most), _ = jax.lax.scan(move, start, steps)
        return jnp.take_along_axis(best, jnp.argmax(most, axis=0)[None, :, None], axis=0)[0]

    return jax.lax.map(of_sign, signs)
