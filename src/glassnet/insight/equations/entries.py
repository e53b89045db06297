"""The equations of one layer in entries, of one sample: what they are made of, and what every kind answers.

Places are counted from 0 here and printed from 1.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from glassnet.insight.equations.activations import rules_of, softmax_back
from glassnet.insight.equations.notation import signal
from glassnet.insight.equations.tree import Derivative, Fraction, Node, Symbol, call, times, total
from glassnet.network.activation import Activation, Increasing, Softmax

Index = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Letters:
    """The letters of a layer for one sample.

    Parameters
    ----------
    place : int
        The number of the layer, counted from 1.
    sample : int or None
        The number of the sample, counted from 0; None where it is the only one and needs no index.
    inputs : array
        What enters the layer, for rules that depend on it, as that of a largest entry.
    shape : tuple of int
        The shape of x^l.
    """

    place: int
    sample: int | None
    inputs: np.ndarray
    shape: tuple[int, ...]

    def of(self, name: str, *at: int, layer: int | None = None) -> Symbol:
        """Return an entry of z, x or delta of this layer, or of another."""
        first = () if self.sample is None else (self.sample + 1,)
        return signal(name, self.place if layer is None else layer, *first, *(i + 1 for i in at))

    def before(self, *at: int) -> Symbol:
        """Return an entry of x^{l-1}."""
        return self.of("x", *at, layer=self.place - 1)

    def parameter(self, name: str, *at: int) -> Symbol:
        """Return an entry of a parameter."""
        return signal(name, self.place, *(i + 1 for i in at))

    def g(self, *at: int) -> Derivative:
        """Return dE/dx^l of an entry."""
        return Derivative(self.of("x", *at))


class Entries(Protocol):
    """What a layer computes, entry by entry."""

    def z(self, at: Index) -> Node:
        """Return an entry of z^l."""
        ...

    def x(self, at: Index) -> Node:
        """Return an entry of x^l."""
        ...

    def delta(self, at: Index) -> Node:
        """Return an entry of delta^l."""
        ...

    def back(self, at: Index) -> Node:
        """Return an entry of dE/dx^{l-1}, as far as it comes through this layer."""
        ...

    def gradient(self, name: str, at: Index) -> Node:
        """Return what one sample adds to an entry of dE/d(parameter)."""
        ...


def activation_value(activation: Activation, letters: Letters, at: Index) -> Node | None:
    """Return x^l = sigma(z^l) of an entry; None for an activation that is not ours."""
    *front, j = at
    z = letters.of("z", *at)
    if isinstance(activation, Softmax):
        every = [call("exp", letters.of("z", *front, k)) for k in range(letters.shape[-1])]
        return Fraction(call("exp", z), total(*every))
    if isinstance(activation, Increasing):
        start = j - j % activation.size
        return z if j == start else total(letters.of("x", *front, j - 1), call("softplus", z))
    rules = rules_of(activation)
    return None if rules is None else rules.value(z)


def activation_back(activation: Activation, letters: Letters, at: Index) -> Node | None:
    """Return delta^l of an entry from dE/dx^l; None for an activation that is not ours."""
    *front, j = at
    if isinstance(activation, Softmax):
        terms = [times(letters.g(*front, k), letters.of("x", *front, k)) for k in range(letters.shape[-1])]
        return softmax_back(letters.of("x", *at), letters.g(*at), total(*terms))
    if isinstance(activation, Increasing):
        start = j - j % activation.size
        above = total(*(letters.g(*front, k) for k in range(j, start + activation.size)))
        return above if j == start else times(call("logistic", letters.of("z", *at)), above)
    rules = rules_of(activation)
    if rules is None:
        return None
    return times(letters.g(*at), rules.derivative(letters.of("z", *at), letters.of("x", *at)))
