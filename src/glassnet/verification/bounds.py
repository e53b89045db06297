"""Certified bounds: numbers that a fitted network's output cannot leave while its input stays in a box.

The layers are walked with a box and, from every bent layer on, with pulls g that are carried back to the entrance:

    g . x^l  >=  (A' g) . x^{l-1} + g . c      through a layer that mixes
    g . x^l  >=  s . x^{l-1} + c               through one that bends, between its lines over the box so far
    g . x^0  >=  sum_i min_t phi_i(t)          at the entrance

With g = e_j and g = -e_j these are the ends of unit j, which the lines of the next bent layer need. What holds: the
real-valued network of these weights stays within the bounds, and so does its float32 evaluation with products in full
precision (see `rounding`).
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from glassnet._types import RowsIn, RowsOut
from glassnet.network.activation import Activation, Identity
from glassnet.network.embedding import Embedding
from glassnet.network.layer import LayerParameters, Parameters
from glassnet.network.network import Network
from glassnet.verification.coordinatewise import of_units
from glassnet.verification.input_table import Entrance, PerPull, Profile, Pulls, entrance, entrance_layers
from glassnet.verification.propagation import Relaxed, Step, activation_steps, bent, steps_of

ROWS_AT_ONCE = 8
PULLS_AT_ONCE = 512  # more units than this are asked in turn: memory grows with rows * pulls * inputs
METHODS = ("linear", "interval")


class Units(NamedTuple):
    """How outputs become predictions: y = clip(center + spread z, low, high), each (outputs,)."""

    center: Any
    spread: Any
    low: Any
    high: Any


class Walk(NamedTuple):
    """Where the outputs lie, and what was kept on the way: the entrance and the steps over their boxes."""

    low: RowsOut
    high: RowsOut
    entrance: Entrance
    steps: list[Relaxed]
    bends: list[bool]  # which of the steps bend


def chain(network: Network, parameters: Sequence[LayerParameters], link: Activation, units: Units | None) -> list[Step]:
    """Return the steps after the entrance: the layers', the link's, and the step to predictions."""
    first, steps = entrance_layers(network), list[Step]()
    for layer, own, inputs in list(zip(network.layers, parameters, network.shapes, strict=False))[first:]:
        steps += steps_of(layer, own, inputs)
    steps += activation_steps(link)
    if units is not None:
        steps.append(Step(lambda low, high: bent(of_units(*units), low, high), bends=True, mixes=False))
    return steps


def walk(
    network: Network,
    parameters: Sequence[LayerParameters],
    low: RowsIn,
    high: RowsIn,
    method: str = "linear",
    link: Activation = Identity(),  # noqa: B008, it is frozen
    units: Units | None = None,
) -> Walk:
    """Return the walk over a box, in the precision of its arrays, which should be float64."""
    count = entrance_layers(network)
    first = entrance(network.layers[:count], parameters[:count], low, high)
    shape = (len(low), *network.shapes[count])
    low, high = first.low.reshape(shape), first.high.reshape(shape)
    done, stale = list[Relaxed](), False
    steps = chain(network, parameters, link, units)
    for step in steps:
        if method == "linear" and stale and step.bends:
            low, high = tightened(first, done, low, high)
            stale = False
        done.append(step.relax(low, high))
        low, high, stale = done[-1].low, done[-1].high, stale or step.mixes
    if method == "linear" and done:
        low, high = tightened(first, done, low, high)
    if units is not None:  # which the clip keeps exactly, whatever rounding did before it
        low, high = jnp.clip(low, units.low, units.high), jnp.clip(high, units.low, units.high)
    return Walk(low, high, first, done, [step.bends for step in steps])


def lowered(steps: Sequence[Relaxed], g: Any) -> tuple[Pulls, PerPull]:
    """Return pulls at the entrance and constants whose sum bounds g . x^l from below."""
    total = jnp.zeros(g.shape[:2])
    for step in reversed(steps):
        g, constant = step.lowered(g)
        total = total + constant
    return g.reshape(*g.shape[:2], -1), total


def tightened(first: Entrance, steps: Sequence[Relaxed], low: RowsOut, high: RowsOut) -> tuple[RowsOut, RowsOut]:
    """Return the smaller of a box and the one that pulls find."""
    units = low[0].size

    def least(pulls: Float[Array, "pulls units"]) -> PerPull:
        g = jnp.broadcast_to(pulls.reshape(1, -1, *low.shape[1:]), (len(low), len(pulls), *low.shape[1:]))
        back, constant = lowered(steps, g)
        return constant + first.least(back)

    pulls = jnp.concatenate([jnp.eye(units), -jnp.eye(units)])
    if len(pulls) <= PULLS_AT_ONCE:
        found = least(pulls)
    else:
        room = -len(pulls) % PULLS_AT_ONCE
        blocks = jnp.pad(pulls, ((0, room), (0, 0))).reshape(-1, PULLS_AT_ONCE, units)
        found = jax.lax.map(least, blocks).swapaxes(0, 1).reshape(len(low), -1)[:, : 2 * units]
    below, above = found[:, :units].reshape(low.shape), -found[:, units:].reshape(low.shape)
    return jnp.maximum(low, below), jnp.minimum(high, above)


def output_profile(found: Walk) -> tuple[Profile, PerPull]:
    """Return phi_i(t) and constants below x^L_1, x^L_2, ..., -x^L_1, -x^L_2, ..., in that order."""
    unit = jnp.eye(found.low.shape[1])
    pulls = jnp.concatenate([unit, -unit])
    g = jnp.broadcast_to(pulls, (len(found.low), *pulls.shape))
    back, constant = lowered(found.steps, g)
    phi, same = found.entrance.profile(back)
    return phi, constant + same


def bounds(
    network: Network, parameters: Sequence[Any], low: Any, high: Any, method: str = "linear"
) -> tuple[np.ndarray, np.ndarray]:
    """Return float64 bounds (rows, *out) of the output over the boxes low <= x <= high, each (rows, *in).

    `method` is "linear" (lines carried back) or "interval" (interval arithmetic, cheap and loose). Raises `ValueError`
    for boxes that are none and `TypeError` for layers without rules. Codes of an `Embedding` must be the same in both.
    """
    box = check_box(network, low, high)
    if method not in METHODS:
        raise ValueError(f"method={method!r} is not known; choose 'linear' or 'interval'")
    with jax.enable_x64(True):
        own = [{name: jnp.asarray(a, jnp.float64) for name, a in layer.items()} for layer in parameters]
        parts = [_bounds(network, method, own, box[0][rows], box[1][rows]) for rows in chunks(len(box[0]))]
        least, most = (np.concatenate(end)[: len(box[0])] for end in zip(*parts, strict=True))
        return least, most


def chunks(rows: int) -> list[np.ndarray]:
    """Return row numbers in chunks of one size, a power of two, the last one filled up with the last row."""
    size = min(ROWS_AT_ONCE, 1 << max(rows - 1, 0).bit_length())
    return [np.minimum(np.arange(start, start + size), rows - 1) for start in range(0, rows, size)]


def check_box(network: Network, low: Any, high: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the box as float64, widened to hold its ends rounded to float32; `ValueError` says what is wrong."""
    ends = [np.asarray(end, np.float64) for end in (low, high)]
    for name, end in zip(("low", "high"), ends, strict=True):
        if end.ndim != 1 + len(network.inputs) or end.shape[1:] != network.inputs or end.shape != ends[0].shape:
            expected = ", ".join(["rows", *map(str, network.inputs)])
            raise ValueError(f"{name} has shape {end.shape}; expected ({expected}), the same for both ends of the box")
    if not len(ends[0]):
        raise ValueError("the box has no rows; give at least one")
    if not (np.isfinite(ends).all() and (ends[0] <= ends[1]).all()):
        raise ValueError("the box needs finite numbers with low <= high in every entry; swap or correct its ends")
    with np.errstate(over="ignore"):
        near = [end.astype(np.float32).astype(np.float64) for end in ends]
    if not np.isfinite(near).all():
        raise ValueError("the box leaves what float32 holds (3e38), in which predictions are computed; make it smaller")
    codes = sum(len(layer.levels) for layer in network.layers if isinstance(layer, Embedding))
    if codes and np.any(ends[0][:, -codes:] != ends[1][:, -codes:]):
        raise ValueError("the box moves the code of a level, between which there is nothing; give both ends the same")
    return np.minimum(ends[0], near[0]), np.maximum(ends[1], near[1])


@partial(jax.jit, static_argnames=("network", "method"))
def _bounds(network: Network, method: str, parameters: Parameters, low: Any, high: Any) -> tuple[Any, Any]:
    found = walk(network, parameters, low, high, method)
    return found.low, found.high
