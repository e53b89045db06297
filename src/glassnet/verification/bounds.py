"""Certified bounds: numbers that a fitted network's output cannot leave while its input stays in a box.

The layers are walked with a box and, before every nonlinear layer, with coefficients g that are propagated backward:

    g . x^l  >=  (A' g) . x^{l-1} + g . c      through a linear layer
    g . x^l  >=  s . x^{l-1} + c               through a nonlinear one, between its lines over the box so far
    g . x^0  >=  sum_i min_t phi_i(t)          at the input table

With g = e_j and g = -e_j these are the ends of unit j, which the lines of the next nonlinear layer need. What
holds: the real-valued network of these weights stays within the bounds, and so does its float32 evaluation with
products in full precision (see `network/rounding.py`).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from glassnet._lazy import Array, jax, jnp
from glassnet._types import RowsIn, RowsOut
from glassnet.network.activation import Activation, Identity, activation_rules
from glassnet.network.bounding_rules import Rule
from glassnet.network.compiled_programs import check_process, compiled
from glassnet.network.devices import float64
from glassnet.network.layer import SeesInputs
from glassnet.network.network import Network
from glassnet.network.parameters import LayerParameters, Parameters, as_arrays
from glassnet.network.relaxation import Coefficients, Constants, Relaxation
from glassnet.network.units import Units
from glassnet.verification.input_table import InputTable, Profile, TableCoefficients, input_table, split
from glassnet.verification.propagation import layer_rules, step_of
from glassnet.verification.skip_connection import carrying

ROWS_AT_ONCE = 8
VECTORS_AT_ONCE = 512  # more vectors of coefficients are taken in turn: memory grows with rows * vectors * inputs
METHODS = ("linear", "interval")


class Walk(NamedTuple):
    """Where the outputs lie, and what was computed on the way: the input table and the steps over their boxes."""

    low: RowsOut
    high: RowsOut
    table: InputTable
    relaxations: list[Relaxation]
    nonlinear: list[bool]  # which of the relaxations are of nonlinear steps


def rules_of(
    network: Network, parameters: Sequence[LayerParameters], link: Activation, units: Units | None
) -> list[Rule]:
    """Return the rules of a network, one after the other: the layers', the link's, and those of predictions."""
    rules: list[Rule] = []
    for layer, arrays, inputs in zip(network.layers, parameters, network.entering_shapes, strict=True):
        if isinstance(layer, SeesInputs):
            rules = carrying(rules, network.inputs[0])
        rules += layer_rules(layer, arrays, inputs)
    rules += activation_rules(link)
    return rules if units is None else rules + units.bounds()


def walk(
    network: Network,
    parameters: Sequence[LayerParameters],
    low: RowsIn,
    high: RowsIn,
    method: str = "linear",
    link: Activation = Identity(),  # noqa: B008, it is frozen
    units: Units | None = None,
    with_slopes: bool = True,
) -> Walk:
    """Return the walk over a box, in the precision of its arrays, which should be float64.

    Without slopes those of curves are unbounded.
    """
    rules = rules_of(network, parameters, link, units)
    first, rest = split(rules, network.inputs)
    table = input_table(first, low, high)
    if len(network.inputs) == 1:
        low, high = table.low, table.high
    else:
        low, high = table.low.reshape(low.shape), table.high.reshape(high.shape)
    relaxations, may_tighten = list[Relaxation](), False  # whether propagated coefficients may narrow the box
    steps = [step_of(rule, with_slopes) for rule in rest]
    for step in steps:
        if method == "linear" and may_tighten and step.nonlinear:
            low, high = tightened(table, relaxations, low, high)
            may_tighten = False
        relaxations.append(step.relax(low, high))
        low, high, may_tighten = relaxations[-1].low, relaxations[-1].high, may_tighten or step.combines_inputs
    if method == "linear" and relaxations:
        low, high = tightened(table, relaxations, low, high)
    if units is not None:  # which the clip keeps exactly, whatever rounding did before it
        low, high = jnp.clip(low, units.low, units.high), jnp.clip(high, units.low, units.high)
    return Walk(low, high, table, relaxations, [step.nonlinear for step in steps])


def backward_propagated(relaxations: Sequence[Relaxation], g: Coefficients) -> tuple[TableCoefficients, Constants]:
    """Return coefficients at the input table and constants whose sum bounds g . x^l from below."""
    total = jnp.zeros(g.shape[:2])
    for relaxation in reversed(relaxations):
        g, constant = relaxation.backward_propagate(g)
        total = total + constant
    return g.reshape(*g.shape[:2], -1), total


def tightened(
    table: InputTable, relaxations: Sequence[Relaxation], low: RowsOut, high: RowsOut
) -> tuple[RowsOut, RowsOut]:
    """Return the smaller of a box and the one that backward propagation finds."""
    units = low[0].size

    def least(vectors: Float[Array, "coefficients units"]) -> Constants:
        g = jnp.broadcast_to(vectors.reshape(1, -1, *low.shape[1:]), (len(low), len(vectors), *low.shape[1:]))
        back, constant = backward_propagated(relaxations, g)
        return constant + table.least(back)

    vectors = jnp.concatenate([jnp.eye(units), -jnp.eye(units)])
    if len(vectors) <= VECTORS_AT_ONCE:
        ends = least(vectors)
    else:
        room = -len(vectors) % VECTORS_AT_ONCE
        blocks = jnp.pad(vectors, ((0, room), (0, 0))).reshape(-1, VECTORS_AT_ONCE, units)
        ends = jax.lax.map(least, blocks).swapaxes(0, 1).reshape(len(low), -1)[:, : 2 * units]
    below, above = ends[:, :units].reshape(low.shape), -ends[:, units:].reshape(low.shape)
    return jnp.maximum(low, below), jnp.minimum(high, above)


def output_profile(walked: Walk) -> tuple[Profile, Constants]:
    """Return phi_i(t) and constants below x^L_1, x^L_2, ..., -x^L_1, -x^L_2, ..., in that order."""
    unit = jnp.eye(walked.low.shape[1])
    vectors = jnp.concatenate([unit, -unit])
    g = jnp.broadcast_to(vectors, (len(walked.low), *vectors.shape))
    back, constant = backward_propagated(walked.relaxations, g)
    phi, offset = walked.table.profile(back)
    return phi, constant + offset


def bounds(
    network: Network,
    parameters: Sequence[Mapping[str, ArrayLike]],
    low: ArrayLike,
    high: ArrayLike,
    method: str = "linear",
) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers that the output of a network cannot leave while its input stays in a box.

    Parameters
    ----------
    network : Network
        The layers.
    parameters : sequence of dict
        Its parameters, one dict of arrays a layer.
    low : array (rows, *in)
        The lower ends of the boxes low <= x <= high.
    high : array (rows, *in)
        Their upper ends. Codes of an `Embedding` must be the same in both.
    method : {"linear", "interval"}
        Linear bounds, propagated backward, or interval arithmetic, which is cheap and loose.

    Returns
    -------
    low, high : array (rows, *out)
        The bounds, in float64.

    Raises
    ------
    ValueError
        Where the ends are no box.
    TypeError
        Where a layer or an activation has no rule for bounds.

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import Dense, Network, bounds
    >>> network = Network(2, [Dense(1)])
    >>> parameters = [{"W": np.array([[1.0], [-2.0]]), "b": np.array([0.5])}]
    >>> low, high = bounds(network, parameters, [[0.0, 0.0]], [[1.0, 1.0]])
    >>> low.round(4), high.round(4)
    (array([[-1.5]]), array([[1.5]]))
    """
    box = check_box(network, low, high)
    if method not in METHODS:
        raise ValueError(f"method={method!r} is not known; choose 'linear' or 'interval'")
    check_process()
    with float64():
        arrays = [{name: np.asarray(values) for name, values in layer.items()} for layer in parameters]
        wide = as_arrays(arrays, jnp.float64)
        parts = [_bounds(network, method, wide, box[0][rows], box[1][rows]) for rows in chunks(len(box[0]))]
        least, most = (np.concatenate(end)[: len(box[0])] for end in zip(*parts, strict=True))
        return least, most


def chunks(rows: int) -> list[np.ndarray]:
    """Return row numbers in chunks of one size, a power of two, the last one filled up with the last row."""
    size = min(ROWS_AT_ONCE, 1 << max(rows - 1, 0).bit_length())
    return [np.minimum(np.arange(start, start + size), rows - 1) for start in range(0, rows, size)]


def check_box(network: Network, low: ArrayLike, high: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return the box as float64, widened to hold its ends rounded to float32; `ValueError` where it is none."""
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
    codes = network.n_codes
    if codes and np.any(ends[0][:, -codes:] != ends[1][:, -codes:]):
        raise ValueError("the box moves the code of a level, between which there is nothing; give both ends the same")
    return np.minimum(ends[0], near[0]), np.maximum(ends[1], near[1])


@compiled(static=2)
def _bounds(
    network: Network, method: str, parameters: Parameters, low: RowsIn, high: RowsIn
) -> tuple[RowsOut, RowsOut]:
    walked = walk(network, parameters, low, high, method, with_slopes=False)
    return walked.low, walked.high
