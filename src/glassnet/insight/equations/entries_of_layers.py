"""Entries of dense layers, of those that act on every entry alone, and of the linear path."""

from dataclasses import dataclass

from glassnet.insight.equations.activations import rules_of
from glassnet.insight.equations.entries import Index, Letters, activation_back, activation_value
from glassnet.insight.equations.tree import (
    Cases,
    Fraction,
    Node,
    Power,
    Relation,
    Sum,
    call,
    minus,
    number,
    times,
    total,
)
from glassnet.network.bounded_scaling import BoundedScaling
from glassnet.network.dense import Dense
from glassnet.network.dropout import Dropout
from glassnet.network.layer import Layer
from glassnet.network.linear_path import LinearPath
from glassnet.network.parametric import ParametricActivation
from glassnet.network.scaling import InputScaling
from glassnet.network.smooth_clip import SmoothClip

ZERO = number(0)


def not_ours(layer: Layer) -> ValueError:
    """Return the error for an activation without equations."""
    return ValueError(f"{layer!r} has an activation of your own, whose equations stand in its class and not here")


@dataclass(frozen=True, eq=False)
class DenseEntries:
    """z_j = sum_i W_ij x_i + b_j, x_j = sigma(z_j)."""

    layer: Dense
    letters: Letters

    def z(self, at: Index) -> Node:
        to, inputs = self.letters, range(self.letters.inputs.size)
        return total(*(times(to.parameter("W", i, *at), to.before(i)) for i in inputs), to.parameter("b", *at))

    def x(self, at: Index) -> Node:
        value = activation_value(self.layer.activation, self.letters, at)
        if value is None:
            raise not_ours(self.layer)
        return value

    def delta(self, at: Index) -> Node:
        value = activation_back(self.layer.activation, self.letters, at)
        if value is None:
            raise not_ours(self.layer)
        return value

    def back(self, at: Index) -> Node:
        to = self.letters
        return total(*(times(to.parameter("W", *at, j), to.of("delta", j)) for j in range(self.layer.outputs)))

    def gradient(self, name: str, at: Index) -> Node:
        delta = self.letters.of("delta", at[-1])
        return delta if name == "b" else times(self.letters.before(at[0]), delta)


@dataclass(frozen=True, eq=False)
class DropoutEntries:
    """x = m x^{l-1} with m = 1, as in predictions; z stands for m."""

    layer: Dropout
    letters: Letters

    def z(self, at: Index) -> Node:
        return number(1)

    def x(self, at: Index) -> Node:
        return times(self.letters.of("z", *at), self.letters.before(*at))

    def delta(self, at: Index) -> Node:
        return self.letters.g(*at)

    def back(self, at: Index) -> Node:
        return times(self.letters.of("z", *at), self.letters.g(*at))

    def gradient(self, name: str, at: Index) -> Node:
        raise KeyError(name)


@dataclass(frozen=True, eq=False)
class SmoothClipEntries:
    """x_j = z_j x^{l-1}_j, z_j = 1 / sqrt(1 + (x^{l-1}_j / c)^2), 1 beyond the numbers."""

    layer: SmoothClip
    letters: Letters

    def z(self, at: Index) -> Node:
        if self.layer.numbers is not None and at[0] >= self.layer.numbers:
            return number(1)
        squared = Power(Fraction(self.letters.before(*at), number(self.layer.limit)), number(2))
        return Fraction(number(1), call("sqrt", Sum((number(1), squared))))

    def x(self, at: Index) -> Node:
        return times(self.letters.before(*at), self.letters.of("z", *at))

    def delta(self, at: Index) -> Node:
        return self.letters.g(*at)

    def back(self, at: Index) -> Node:
        return times(self.letters.g(*at), Power(self.letters.of("z", *at), number(3)))

    def gradient(self, name: str, at: Index) -> Node:
        raise KeyError(name)


@dataclass(frozen=True, eq=False)
class InputScalingEntries:
    """x_j = z_j = s_j x^{l-1}_j."""

    layer: InputScaling
    letters: Letters

    def z(self, at: Index) -> Node:
        return times(self.letters.parameter("s", *at), self.letters.before(*at))

    def x(self, at: Index) -> Node:
        return self.letters.of("z", *at)

    def delta(self, at: Index) -> Node:
        return self.letters.g(*at)

    def back(self, at: Index) -> Node:
        return times(self.letters.parameter("s", *at), self.letters.g(*at))

    def gradient(self, name: str, at: Index) -> Node:
        return times(self.letters.g(*at), self.letters.before(*at))


@dataclass(frozen=True, eq=False)
class ParametricEntries:
    """x = u + a (sigma(u) - u) with u = x^{l-1} and z = sigma(u)."""

    layer: ParametricActivation
    letters: Letters

    def z(self, at: Index) -> Node:
        rules = rules_of(self.layer.activation)
        if rules is None:
            raise not_ours(self.layer)
        return rules.value(self.letters.before(*at))

    def x(self, at: Index) -> Node:
        u, a = self.letters.before(*at), self.letters.parameter("a", *at)
        return Sum((u, times(a, minus(self.letters.of("z", *at), u))))

    def delta(self, at: Index) -> Node:
        rules = rules_of(self.layer.activation)
        if rules is None:
            raise not_ours(self.layer)
        a, g = self.letters.parameter("a", *at), self.letters.g(*at)
        slope = rules.derivative(self.letters.before(*at), self.letters.of("z", *at))
        return Sum((times(minus(number(1), a), g), times(slope, a, g)))

    def back(self, at: Index) -> Node:
        return self.letters.of("delta", *at)

    def gradient(self, name: str, at: Index) -> Node:
        return times(self.letters.g(*at), minus(self.letters.of("z", *at), self.letters.before(*at)))


@dataclass(frozen=True, eq=False)
class BoundedScalingEntries:
    """x = clip(z, low, high), z = s x^{l-1}."""

    layer: BoundedScaling
    letters: Letters

    def z(self, at: Index) -> Node:
        return times(self.letters.parameter("s", *at), self.letters.before(*at))

    def x(self, at: Index) -> Node:
        return call("clip", self.letters.of("z", *at), *self._ends(at))

    def delta(self, at: Index) -> Node:
        low, high = self._ends(at)
        inside = Relation((low, self.letters.of("z", *at), high), "<=")
        return Cases(self.letters.g(*at), inside, ZERO)

    def back(self, at: Index) -> Node:
        return times(self.letters.parameter("s", *at), self.letters.of("delta", *at))

    def gradient(self, name: str, at: Index) -> Node:
        if name == "s":
            return times(self.letters.of("delta", *at), self.letters.before(*at))
        end, z = self.letters.parameter(name, *at), self.letters.of("z", *at)
        return Cases(self.letters.g(*at), Relation((z, end), "<" if name == "low" else ">"), ZERO)

    def _ends(self, at: Index) -> tuple[Node, Node]:
        return self.letters.parameter("low", *at), self.letters.parameter("high", *at)


@dataclass(frozen=True, eq=False)
class LinearPathEntries:
    """x = x^{l-1} + z, z_j = sum_i V_ij x^0_i + E_k[c_k]_j + a_j."""

    layer: LinearPath
    letters: Letters  # whose inputs are x^0

    def z(self, at: Index) -> Node:
        to = self.letters
        terms = [times(to.parameter("V", i, *at), to.of("x", i, layer=0)) for i in range(self._numbers)]
        codes = enumerate(self.letters.inputs[self._numbers :])
        rows = [
            to.parameter(f"E{k}", int(code), *at) for k, code in codes if 0 <= int(code) < self.layer.levels[k]
        ]  # fmt: skip
        return total(*terms, *rows, to.parameter("a", *at))

    def x(self, at: Index) -> Node:
        return Sum((self.letters.before(*at), self.letters.of("z", *at)))

    def delta(self, at: Index) -> Node:
        return self.letters.g(*at)

    def back(self, at: Index) -> Node:
        return self.letters.g(*at)

    def direct(self, at: Index) -> Node:
        """Return what is added to an entry of dE/dx^0."""
        if at[0] >= self._numbers:
            return ZERO
        to = self.letters
        return total(*(times(to.parameter("V", *at, j), to.g(j)) for j in range(self.layer.outputs)))

    def gradient(self, name: str, at: Index) -> Node:
        g = self.letters.g(at[-1])
        if name == "V":
            return times(self.letters.of("x", at[0], layer=0), g)
        if name == "a":
            return g
        code = self.letters.inputs[self._numbers + int(name[1:])]
        return g if int(code) == at[0] else ZERO

    @property
    def _numbers(self) -> int:
        return self.letters.inputs.size - len(self.layer.levels)
