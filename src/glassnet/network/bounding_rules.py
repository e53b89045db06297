"""Rules for bounds: what a layer or an activation states, so that its outputs over a box can be bounded.

A rule is one of three records. `Linear` needs nothing but the layer's forward and backward rules, `Curves` describes
outputs that depend on one input each, and `Custom` computes a `Relaxation` of its own. A layer or activation returns a
list of them, applied one after the other: a dense layer is `Linear`, then the `Curves` of its activation.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from glassnet._lazy import jnp
from glassnet._types import Entries, Parameter, RowsIn
from glassnet.network.parameters import LayerParameters, Shape
from glassnet.network.passes import TwoPasses
from glassnet.network.relaxation import Relaxation

OfBox = Callable[[Entries, Entries], Entries | float]


class Linear(NamedTuple):
    """x^l = A x^{l-1} + c, where A and c are linear in the parameters, and A >= 0 where these are.

    Parameters
    ----------
    layer : TwoPasses
        Its `forward` is A x + c, and the g of its `backward` is A' g.
    parameters : dict
        The arrays that A and c are made of.
    terms : int
        How many products an output sums up, the offset included: rounding grows with it. 0 for a layer that
        only moves numbers to other places, which rounds nothing and combines no inputs.
    one_by_one : bool
        Whether vectors of coefficients are propagated one after the other rather than all at once.

    Examples
    --------
    >>> from glassnet import Dense, Linear, Network
    >>> layer = Dense(1, weights=[[1.0], [2.0]])
    >>> parameters = Network(2, [layer]).initialize(0)
    >>> (rule,) = layer.bounds(parameters[0], (2,))
    >>> isinstance(rule, Linear), rule.terms  # two products and the bias
    (True, 3)
    """

    layer: TwoPasses
    parameters: LayerParameters
    terms: int
    one_by_one: bool = False


class Curves(NamedTuple):
    """x_j = h_j(x_i): each output is a function of a single input.

    Along a diagonal of a box, all inputs moving at once, one forward pass evaluates every h_j.

    Parameters
    ----------
    value : callable
        From (batch, *in) to (batch, *out).
    sources : array (out,) or None
        The place i of the input of every output j, -1 for an output that cannot change and -2, -3, ... for the last
        inputs, from the end; None: j itself.
    kinks : tuple of array
        Where a slope, or h_j itself, jumps; each broadcasts to the inputs, in rising order.
    curvature : callable or None
        From the box of the inputs to a bound of |h_j''| between the kinks, for every output; None: piecewise linear.
    error : callable
        How far float32 may be off, from the largest sizes of the inputs (by source) and of the outputs.
    steepness : array, float or None
        A bound of |h_j'| for every output; None where none is known.
    monotone : bool
        Whether no h_j ever falls, so that its extremes are at the ends of an interval.
    bends : callable or None
        What kinks do in a box of the inputs, at most, for every output: how much h_j' changes at them, all changes
        added up, and how far they move h_j from its chord; None where there are none, or nothing is known.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import Curves, ReLU
    >>> (rule,) = ReLU().bounds()
    >>> isinstance(rule, Curves), rule.monotone, rule.curvature is None
    (True, True, True)
    >>> [float(kink) for kink in rule.kinks]
    [0.0]
    >>> rule.value(jnp.array([[-1.0, 2.0]]))
    Array([[0., 2.]], dtype=float32)
    """

    value: Callable[[Entries], Entries]
    sources: np.ndarray | None
    kinks: tuple[Parameter, ...]
    curvature: OfBox | None
    error: OfBox
    steepness: Entries | float | None = None
    monotone: bool = False
    bends: Callable[[Entries, Entries], tuple[Entries, Entries]] | None = None

    @property
    def straight(self) -> bool:
        """Whether every h_j is linear: two points determine it."""
        return not self.kinks and self.curvature is None

    @property
    def can_be_tabulated(self) -> bool:
        """Whether values on a grid, with bounds of both derivatives between them, bound every h_j everywhere."""
        return self.steepness is not None and (not self.kinks or self.bends is not None)


class Custom(NamedTuple):
    """A rule of its own: `relax(low, high)` over the box low <= x^{l-1} <= high, each (rows, *in)."""

    relax: Callable[[RowsIn, RowsIn], Relaxation]


Rule = Linear | Curves | Custom


def beside(inputs: Shape, of_input: float, of_others: Parameter) -> Parameter:
    """Return a number for every output of [x, further outputs]: the same for all of x, and those of the others."""
    return jnp.concatenate([jnp.full(inputs, of_input), of_others.reshape(-1)])


def repeated_sources(inputs: int, numbers: int, size: int) -> np.ndarray:
    """Return the sources of [x, `size` functions of each of the first numbers]."""
    return np.concatenate([np.arange(inputs), np.repeat(np.arange(numbers), size)])
