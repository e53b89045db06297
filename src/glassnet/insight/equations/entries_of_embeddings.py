"""Entries of the embeddings of levels and of numbers."""

from dataclasses import dataclass

from glassnet.insight.equations.entries import Index, Letters
from glassnet.insight.equations.tree import (
    Cases,
    Fraction,
    Negative,
    Node,
    Relation,
    Sum,
    Symbol,
    call,
    minus,
    number,
    times,
    total,
)
from glassnet.network.embedding import Embedding
from glassnet.network.periodic import Periodic
from glassnet.network.piecewise import NARROWEST, PiecewiseLinear

ZERO = number(0)
TWO_PI = (number(2), Symbol("pi"))


@dataclass(frozen=True, eq=False)
class EmbeddingEntries:
    """x = z = [v, row c_0 of E0, row c_1 of E1, ...]."""

    layer: Embedding
    letters: Letters

    def z(self, at: Index) -> Node:
        if at[0] < self._numbers:
            return self.letters.before(*at)
        k, m = divmod(at[0] - self._numbers, self.layer.size)
        code = int(self.letters.inputs[self._numbers + k])
        return self.letters.parameter(f"E{k}", code, m) if 0 <= code < self.layer.levels[k] else ZERO

    def x(self, at: Index) -> Node:
        return self.z(at)

    def delta(self, at: Index) -> Node:
        return self.letters.g(*at)

    def back(self, at: Index) -> Node:
        return self.letters.g(*at) if at[0] < self._numbers else ZERO

    def gradient(self, name: str, at: Index) -> Node:
        k, (level, m) = int(name[1:]), at
        g = self.letters.g(self._numbers + k * self.layer.size + m)
        return g if int(self.letters.inputs[self._numbers + k]) == level else ZERO

    @property
    def _numbers(self) -> int:
        return self.letters.inputs.size - len(self.layer.levels)


@dataclass(frozen=True, eq=False)
class NumberEmbedding:
    """What both embeddings of numbers share: x = [x^{l-1}, y], y_im = sum_k t_ik V_ikm + d_im."""

    layer: Periodic | PiecewiseLinear
    letters: Letters

    @property
    def numbers(self) -> int:
        """How many of the inputs are embedded."""
        return self.letters.inputs.size if self.layer.numbers is None else self.layer.numbers

    @property
    def coordinates(self) -> int:
        """How many coordinates each has."""
        return self.layer.frequencies if isinstance(self.layer, Periodic) else self.layer.bins

    def coordinate(self, i: int, k: int) -> Node:
        """Return t_ik from z_ik."""
        z = self.letters.of("z", i, k)
        if isinstance(self.layer, Periodic):
            return call("cos", times(*TWO_PI, z))
        return call("clip", z, ZERO, number(1))

    def x(self, at: Index) -> Node:
        """Return an entry of x^l."""
        count = self.letters.inputs.size
        if at[0] < count:
            return self.letters.before(*at)
        i, m = divmod(at[0] - count, self.layer.size)
        to = self.letters
        terms = [times(self.coordinate(i, k), to.parameter("V", i, k, m)) for k in range(self.coordinates)]
        return total(*terms, to.parameter("d", i, m))

    def h(self, i: int, m: int) -> Node:
        """Return dE/dy_im."""
        return self.letters.g(self.letters.inputs.size + i * self.layer.size + m)

    def through(self, i: int, k: int) -> Node:
        """Return sum_m h_im V_ikm."""
        V = self.letters.parameter
        return total(*(times(self.h(i, m), V("V", i, k, m)) for m in range(self.layer.size)))

    def back_through(self, i: int, slopes: list[Node]) -> Node:
        """Return dE/dx^{l-1}_i from what comes back by each coordinate."""
        return total(self.letters.g(i), *(slopes if i < self.numbers else []))

    def gradient_of_line(self, name: str, at: Index) -> Node:
        """Return what a sample adds to dE/dV or dE/dd."""
        if name == "d":
            return self.h(*at)
        i, k, m = at
        return times(self.coordinate(i, k), self.h(i, m))


@dataclass(frozen=True, eq=False)
class PeriodicEntries:
    """z_ik = f_ik x_i + p_ik, t_ik = cos(2 pi z_ik)."""

    layer: Periodic
    letters: Letters

    def z(self, at: Index) -> Node:
        to = self.letters
        return Sum((times(to.parameter("f", *at), to.before(at[0])), to.parameter("p", *at)))

    def x(self, at: Index) -> Node:
        return self._line.x(at)

    def delta(self, at: Index) -> Node:
        turned = call("sin", times(*TWO_PI, self.letters.of("z", *at)))
        return Negative(times(*TWO_PI, turned, self._line.through(*at)))

    def back(self, at: Index) -> Node:
        to, i = self.letters, at[0]
        slopes: list[Node] = [
            times(to.parameter("f", i, k), to.of("delta", i, k)) for k in range(self.layer.frequencies)
        ]  # fmt: skip
        return self._line.back_through(i, slopes)

    def gradient(self, name: str, at: Index) -> Node:
        if name not in ("f", "p"):
            return self._line.gradient_of_line(name, at)
        delta = self.letters.of("delta", *at)
        return delta if name == "p" else times(self.letters.before(at[0]), delta)

    @property
    def _line(self) -> NumberEmbedding:
        return NumberEmbedding(self.layer, self.letters)


@dataclass(frozen=True, eq=False)
class PiecewiseLinearEntries:
    """z_ik = (x_i - e_ik) / w_ik, t_ik = clip(z_ik, 0, 1), w_ik = max(e_{i,k+1} - e_ik, 1e-6)."""

    layer: PiecewiseLinear
    letters: Letters

    def z(self, at: Index) -> Node:
        to = self.letters
        return Fraction(minus(to.before(at[0]), to.parameter("e", *at)), self._width(*at))

    def x(self, at: Index) -> Node:
        return self._line.x(at)

    def delta(self, at: Index) -> Node:
        inside = Relation((ZERO, self.letters.of("z", *at), number(1)), "<")
        return Cases(self._line.through(*at), inside, ZERO)

    def back(self, at: Index) -> Node:
        return self._line.back_through(at[0], [self._q(at[0], k) for k in range(self.layer.bins)])

    def gradient(self, name: str, at: Index) -> Node:
        if name != "e":
            return self._line.gradient_of_line(name, at)
        (i, k), terms = at, list[Node]()
        if k < self.layer.bins:
            terms.append(times(minus(self._line.coordinate(i, k), number(1)), self._q(i, k)))
        if k > 0:
            terms.append(Negative(times(self._line.coordinate(i, k - 1), self._q(i, k - 1))))
        return total(*terms)

    def _q(self, i: int, k: int) -> Node:
        return Fraction(self.letters.of("delta", i, k), self._width(i, k))

    def _width(self, i: int, k: int) -> Node:
        to = self.letters
        return call("max", minus(to.parameter("e", i, k + 1), to.parameter("e", i, k)), number(NARROWEST))

    @property
    def _line(self) -> NumberEmbedding:
        return NumberEmbedding(self.layer, self.letters)
