"""The numbers of a step of a trace, by the letters of its equations; and long sums cut in the middle."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from glassnet.insight.equations.evaluation import value_of
from glassnet.insight.equations.tree import Call, Derivative, Node, Number, Rest, Sum, Symbol, mapped, nodes_in, number
from glassnet.insight.trace_record import Trace
from glassnet.insight.traced_step import Step

SIGNALS = ("x", "z", "delta")
MOST_TERMS = 8
FIRST, LAST = 4, 3  # of more terms, those that are shown


@dataclass(frozen=True)
class TracedNumbers:
    """What stands for every letter in one step.

    Parameters
    ----------
    trace : Trace
        The trace.
    step : Step
        One of its steps.
    """

    trace: Trace
    step: Step

    def put_in(self, node: Node) -> Node:
        """Return a formula with numbers in the place of its letters."""

        def change(part: Node) -> Node | None:
            if isinstance(part, Derivative):
                return number(self._slope(part))
            return number(self.value(part)) if isinstance(part, Symbol) else None

        return mapped(node, change)

    def value(self, letter: Symbol) -> float:
        """Return the number that a letter stands for."""
        if not letter.above:
            return {"pi": math.pi, "tau": self.trace.step_size}[letter.name] if letter.name != "y" else self._y(letter)
        place, at = int(letter.above), tuple(int(index) - 1 for index in letter.below)
        if letter.name not in SIGNALS:
            return float(self.step.layers[place - 1].before[letter.name][at])
        at = self._with_sample(at)
        if place == 0:
            return float(self.trace.x[at])
        return float(getattr(self.step.layers[place - 1], letter.name)[at])

    def _y(self, letter: Symbol) -> float:
        return float(self.trace.y[self._with_sample(tuple(int(index) - 1 for index in letter.below))])

    def _slope(self, derivative: Derivative) -> float:
        """Return dE/dx^l or dE/d(parameter) of an entry."""
        by = derivative.by
        if not isinstance(by, Symbol):
            raise TypeError(f"{derivative!r} is no derivative with respect to a letter")
        place, at = int(by.above), tuple(int(index) - 1 for index in by.below)
        if by.name != "x":
            return float(self.step.layers[place - 1].gradient[by.name][at])
        at = self._with_sample(at)
        return float((self.step.input_gradient if place == 0 else self.step.layers[place - 1].g)[at])

    def _with_sample(self, at: tuple[int, ...]) -> tuple[int, ...]:
        return (0, *at) if len(self.trace.x) == 1 else at


def shortened(node: Node) -> Node:
    """Return a formula whose sums and largest entries of many terms show the first and the last of them."""

    def change(part: Node) -> Node | None:
        if isinstance(part, Sum) and len(part.terms) > MOST_TERMS:
            return Sum(_cut(part.terms, Sum))
        if isinstance(part, Call) and len(part.arguments) > MOST_TERMS:
            return Call(part.function, _cut(part.arguments, lambda some: Call(part.function, some)))
        return None

    return mapped(node, change)


def rests_in(node: Node) -> list[Rest]:
    """Return the dots of a formula, in their order."""
    return [part for part in nodes_in(node) if isinstance(part, Rest)]


def _cut(terms: tuple[Node, ...], joined: Callable[[tuple[Node, ...]], Node]) -> tuple[Node, ...]:
    hidden = terms[FIRST:-LAST]
    rest = Rest(len(hidden), _known(joined(hidden)))
    return (*map(shortened, terms[:FIRST]), rest, *map(shortened, terms[-LAST:]))


def _known(node: Node) -> float | None:
    try:
        return value_of(node)
    except (TypeError, OverflowError):  # of letters, or of numbers too large to be added up one by one
        return None


def agrees(node: Node, value: float) -> bool:
    """Return whether a formula of numbers gives a value, within rounding; what overflows on the way is not judged."""
    found = _known(node)
    sizes = [abs(part.value) for part in nodes_in(node) if isinstance(part, Number) and math.isfinite(part.value)]
    scale = max(1e-12, abs(value), *sizes)
    return found is None or abs(found - value) <= 1e-7 * scale
