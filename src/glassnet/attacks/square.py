"""Square attack (Andriushchenko, Croce, Flammarion and Hein 2020): an adversary that asks for costs alone.

It starts from vertical stripes of +- epsilon. Each query sets a square of every image to +- epsilon, one random sign a
channel, and an image keeps the change if its cost grows. A square covers 0.8 of the pixels at first; this share is
halved at fixed fractions of the number of queries. Of inputs that are not images, as large a share is drawn at random,
each input with its own sign. The attack needs no gradient, so misleading gradients do not defend against it.
"""

import jax
import jax.numpy as jnp
import numpy as np

from glassnet._types import PerSample
from glassnet.attacks.gradient import Ball, Best, MemberInputs, Rows, in_chunks, worse_of
from glassnet.network.compiled_programs import compiled
from glassnet.network.cost import cost_of_each
from glassnet.network.loss import Loss
from glassnet.network.network import Network, output
from glassnet.network.parameters import as_arrays

FIRST_SHARE = 0.8
HALVED_AT = (0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8)  # of the queries


def square(network: Network, loss: Loss, members: MemberInputs, ball: Ball, queries: int, seed: int) -> np.ndarray:
    """Return the offsets (rows, *inputs) of the largest cost among so many queries, every input within the ball."""
    random = np.random.default_rng(seed)

    def attack(members: MemberInputs, ball: Ball) -> Rows:
        shape = ball.low.shape
        stripes = (len(ball.low), 1, *shape[2:]) if len(shape) > 2 else shape
        signs = np.broadcast_to(random.choice([-1.0, 1.0], stripes), shape)
        best: Best = jnp.zeros(shape, jnp.float32), jnp.full(len(ball.low), -jnp.inf)
        best = _query(network, loss, members, ball, best, jnp.asarray(signs, jnp.float32))
        for query in range(1, queries):
            change = _squares(random, shape, share_of(query / queries))
            best = _query(network, loss, members, ball, best, jnp.asarray(change, jnp.float32))
        return best[0]

    return in_chunks(attack, members, ball)


def share_of(done: float) -> float:
    """Return what share of the inputs one query changes after a fraction of all queries."""
    return FIRST_SHARE / 2 ** sum(done > fraction for fraction in HALVED_AT)


def _squares(random: np.random.Generator, shape: tuple[int, ...], share: float) -> np.ndarray:
    """Return the signs (rows, *inputs) that a query sets, 0 where it leaves an input as it is."""
    change = np.zeros(shape, np.float32)
    rows = np.arange(shape[0])[:, None]
    if len(shape) != 4:
        flat = change.reshape(shape[0], -1)
        count = max(1, round(share * flat.shape[1]))
        places = np.argsort(random.random(flat.shape), axis=1)[:, :count]
        flat[rows, places] = random.choice([-1.0, 1.0], places.shape)
        return change
    _, height, width, channels = shape
    side = int(np.clip(round(np.sqrt(share * height * width)), 1, min(height, width)))
    top, left = (random.integers(0, end - side + 1, shape[0]) for end in (height, width))
    signs = random.choice([-1.0, 1.0], (shape[0], 1, 1, channels))
    down, right = np.arange(height)[None], np.arange(width)[None]
    in_rows = (down >= top[:, None]) & (down < top[:, None] + side)
    in_columns = (right >= left[:, None]) & (right < left[:, None] + side)
    return (in_rows[:, :, None, None] & in_columns[:, None, :, None]) * signs


@compiled(static=2)
def _query(network: Network, loss: Loss, members: MemberInputs, ball: Ball, best: Best, signs: Rows) -> Best:
    d = jnp.where(signs != 0, jnp.clip(ball.epsilon * signs, ball.low, ball.high), best[0])
    return worse_of(best, d, _costs(network, loss, members, d))


def _costs(network: Network, loss: Loss, members: MemberInputs, d: Rows) -> PerSample:
    """Return every row's cost, (rows,), the mean over the members."""

    def of_member(member: MemberInputs) -> PerSample:
        origin, gain, targets = map(jnp.asarray, (member.origin, member.gain, member.targets))
        return cost_of_each(loss, output(network, as_arrays(member.parameters), origin + gain * d), targets)

    return jnp.mean(jax.lax.map(of_member, members), axis=0)
