"""Square attack (Andriushchenko, Croce, Flammarion and Hein 2020): an adversary that asks for costs alone.

It starts from vertical stripes of +- epsilon. Each query sets a square of every image to +- epsilon, one random sign a
channel, and an image keeps the change if its cost grows. A square covers 0.8 of the pixels at first; this is
halved at fixed fractions of the number of queries. Of inputs that are not images, as large a fraction of those that may
move is drawn at random, each input with its own sign. The attack needs no gradient, so misleading gradients do not
defend against it. A square whose signs are already there is not drawn again, as it is by the authors' program.
"""

from functools import partial

import numpy as np

from glassnet._lazy import jnp
from glassnet.attacks.gradient import Ball, Best, MemberInputs, Rows, costs_at, in_chunks, unmoved, worse_of
from glassnet.network.compiled_programs import compiled
from glassnet.network.loss import Loss
from glassnet.network.network import Network

FIRST_FRACTION = 0.8  # as Croce and Hein (2020) have it
HALVED_AT = (0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8)  # of the queries


def square(network: Network, loss: Loss, members: MemberInputs, ball: Ball, queries: int, seed: int) -> np.ndarray:
    """Return the offsets (rows, *inputs) of the largest cost among none and so many queries, all within the ball."""
    random = np.random.default_rng(seed)

    def attack(members: MemberInputs, ball: Ball) -> Rows:
        shape = ball.low.shape
        draw = partial(_squares, random, shape) if len(shape) == 4 else partial(_places, random, _free(ball))
        best = unmoved(network, loss, members, ball)
        for query in range(queries):
            signs = draw(fraction_of(query / queries)) if query else _stripes(random, shape)
            best = _query(network, loss, members, ball, best, jnp.asarray(signs, jnp.float32))
        return best[0]

    return in_chunks(attack, members, ball)


def fraction_of(done: float) -> float:
    """Return what fraction of the inputs one query changes when so much of all queries is done."""
    return FIRST_FRACTION / 2 ** sum(done > halved for halved in HALVED_AT)


def _stripes(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Return one sign a column and channel of every image, or one of every other input, (rows, *inputs)."""
    columns = (shape[0], 1, *shape[2:]) if len(shape) == 4 else shape
    return np.broadcast_to(random.choice([-1.0, 1.0], columns), shape)


def _squares(random: np.random.Generator, shape: tuple[int, ...], fraction: float) -> np.ndarray:
    """Return the signs that a query sets in a square of every image, 0 elsewhere, (rows, height, width, channels)."""
    rows, height, width, channels = shape
    side = int(np.clip(round(np.sqrt(fraction * height * width)), 1, min(height, width)))
    top, left = (random.integers(0, end - side + 1, rows) for end in (height, width))
    signs = random.choice([-1.0, 1.0], (rows, 1, 1, channels))
    down, right = np.arange(height)[None], np.arange(width)[None]
    in_rows = (down >= top[:, None]) & (down < top[:, None] + side)
    in_columns = (right >= left[:, None]) & (right < left[:, None] + side)
    return (in_rows[:, :, None, None] & in_columns[:, None, :, None]) * signs


def _free(ball: Ball) -> np.ndarray:
    """Return which inputs may move, (rows, *inputs)."""
    return np.asarray(ball.high) > np.asarray(ball.low)


def _places(random: np.random.Generator, free: np.ndarray, fraction: float) -> np.ndarray:
    """Return the signs that a query sets at random places of every row's free inputs, 0 elsewhere, (rows, *inputs)."""
    flat = free.reshape(len(free), -1)
    count = np.maximum(1, np.rint(fraction * flat.sum(axis=1, keepdims=True)))
    order = np.where(flat, random.random(flat.shape), 2.0).argsort(axis=1).argsort(axis=1)
    return ((order < count) * random.choice([-1.0, 1.0], flat.shape)).reshape(free.shape)


@compiled(static=2)
def _query(network: Network, loss: Loss, members: MemberInputs, ball: Ball, best: Best, signs: Rows) -> Best:
    d = jnp.where(signs != 0, jnp.clip(ball.epsilon * signs, ball.low, ball.high), best[0])
    return worse_of(best, d, costs_at(network, loss, members, d))
