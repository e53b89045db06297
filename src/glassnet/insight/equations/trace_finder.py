"""The right side of every quantity of a trace, in letters, with what the trace has for it."""

from dataclasses import dataclass
from typing import SupportsIndex

import numpy as np

from glassnet.insight.equations.entries import Index, Letters
from glassnet.insight.equations.entries_of_layers import LinearPathEntries
from glassnet.insight.equations.entry_index import EntryIndex, checked_index, checked_integer
from glassnet.insight.equations.losses import LossRules, loss_rules
from glassnet.insight.equations.notation import plain, signal
from glassnet.insight.equations.traced_layers import entries_of, layer_of
from glassnet.insight.equations.traced_numbers import TracedNumbers, agrees
from glassnet.insight.equations.tree import (
    Derivative,
    Fraction,
    Node,
    Product,
    Symbol,
    Words,
    minus,
    number,
    times,
    total,
)
from glassnet.insight.trace_record import Trace
from glassnet.insight.traced_step import LayerStep, Step
from glassnet.network.layer import SeesInputs
from glassnet.network.linear_path import LinearPath
from glassnet.network.loss import LOSSES, Loss, as_loss
from glassnet.network.network import Network

SIGNALS = ("z", "x", "delta", "dE/dx")


@dataclass(frozen=True)
class TraceFinder:
    """One step of a trace, and what helps to read it.

    Parameters
    ----------
    trace : Trace
        The trace.
    step : Step
        One of its steps.
    row : int or None
        The sample, counted from 0; None for the first one, or all of them.
    network : Network or None
        The network that was traced, if it is known.
    loss : str, Loss or None
        The loss, if it is known.
    """

    trace: Trace
    step: Step
    row: int | None
    network: Network | None
    loss: str | Loss | None

    def found(
        self, quantity: str, layer: SupportsIndex | None, unit: EntryIndex | None
    ) -> tuple[Node, Node, float]:  # fmt: skip
        """Return left side, right side and value of a quantity."""
        if not isinstance(quantity, str):
            raise TypeError(f"quantity={quantity!r} must be text, as in 'z', 'dE/dW', 'W after' or 'E'")
        if quantity != "E":
            return self.entry(quantity, None if layer is None else checked_integer(layer, "layer", "layer=1"), unit)
        if layer is not None or unit is not None:
            raise ValueError(f"E belongs to no layer or unit; leave layer={layer} and unit={unit} out")
        return self.cost()

    def with_numbers(self, quantity: str, general: Node, value: float) -> Node:
        """Return a right side with numbers; `ValueError` unless it gives what the trace has."""
        numbers = TracedNumbers(self.trace, self.step).put_in(general)
        if not agrees(numbers, value):
            raise ValueError(
                f"the equation of {quantity} does not give {value:.6g}, which the trace has: it was made with "
                "sample_weight, which equations leave out, or with another network or loss than these"
            )
        return numbers

    def entry(self, quantity: str, place: int | None, unit: EntryIndex | None) -> tuple[Node, Node, float]:
        """Return left side, right side and value of an entry of a layer."""
        layers = len(self.step.layers)
        first = 0 if quantity == "dE/dx" else 1
        if place is None or not first <= place <= layers:
            raise ValueError(f"layer={place} must be a layer of the trace, from {first} to {layers}, for {quantity!r}")
        if quantity in SIGNALS:
            return self._signal(quantity, place, unit)
        traced = self.step.layers[place - 1]
        if quantity in traced.before:
            raise ValueError(self._given(quantity, place))
        name = quantity.removeprefix("dE/d") if quantity.startswith("dE/d") else quantity.removesuffix(" after")
        if name not in traced.before or quantity not in (f"dE/d{name}", f"{name} after"):
            raise ValueError(f"layer {place} has no {quantity!r}; choose from {', '.join(_choices(traced))}")
        if self.row is not None and len(self.trace.x) > 1:
            raise ValueError(f"{quantity} is a sum over all rows; leave row={self.row} out")
        at = checked_index(unit, traced.before[name].shape, "unit", quantity)
        letter = signal(name, place, *(i + 1 for i in at))
        if quantity.endswith(" after"):
            left = Product((letter, Words("after")))
            return left, self._after(name, place, letter), float(traced.after[name][at])
        return Derivative(letter), self._gradient(name, place, at), float(traced.gradient[name][at])

    def cost(self) -> tuple[Node, Node, float]:
        """Return E, its equation and its value."""
        if self.row is not None and len(self.trace.x) > 1:
            raise ValueError(f"E is a mean over all rows; leave row={self.row} out")
        rules, terms = self._loss_rules(), list[Node]()
        for sample in range(len(self.trace.x)):
            values = rules.values(*self._ends(sample))
            terms += [value for j, value in enumerate(values) if not np.isnan(self.trace.y[sample, j])]
        return plain("E"), times(self._row_weight(), total(*terms)), self.step.E

    def _given(self, name: str, place: int) -> str:
        """Return where a parameter before a step comes from: it is the result of no equation of that step."""
        number = self.step.number
        made = f"{name} after"
        if number > 1:
            return f"{name} of layer {place} before step {number} is {made!r} of step {number - 1}; ask for that"
        return (
            f"{name} of layer {place} before step 1 is given and has no equation; {made!r} has one, from which "
            f"{name} of a later step comes"
        )

    def _signal(self, quantity: str, place: int, unit: EntryIndex | None) -> tuple[Node, Node, float]:
        sample = self.row or 0
        array = self._array(quantity, place)[sample]
        at = checked_index(unit, array.shape, "unit", quantity)
        letter = self._letters(place if place else 1, sample).of(
            "x" if quantity == "dE/dx" else quantity, *at, layer=place
        )
        left: Node = Derivative(letter) if quantity == "dE/dx" else letter
        return left, self._right(quantity, place, at, sample), float(array[at])

    def _right(self, quantity: str, place: int, at: Index, sample: int) -> Node:
        if quantity == "dE/dx":
            return self._arriving(place, at, sample)
        entries = entries_of(layer_of(self.trace, self.network, place), self._letters(place, sample))
        return {"z": entries.z, "x": entries.x, "delta": entries.delta}[quantity](at)

    def _array(self, quantity: str, place: int) -> np.ndarray:
        if place == 0:
            return self.step.input_gradient
        traced = self.step.layers[place - 1]
        return {"z": traced.z, "x": traced.x, "delta": traced.delta, "dE/dx": traced.g}[quantity]

    def _arriving(self, place: int, at: Index, sample: int) -> Node:
        """Return dE/dx^l of an entry: from the layer above, from the loss at the top, and for x^0 from linear paths."""
        if place == len(self.step.layers):
            targets = self.trace.y[sample]
            each = len(self.step.layers[-1].x[sample]) // len(targets)
            if np.isnan(targets[at[0] // each]):
                return number(0)
            return times(self._row_weight(), self._loss_rules().derivatives(*self._ends(sample))[at[0]])
        above = layer_of(self.trace, self.network, place + 1)
        terms = [entries_of(above, self._letters(place + 1, sample)).back(at)]
        for number_of, traced in enumerate(self.trace.layers, start=1):
            if place == 0 and traced.kind == LinearPath.__name__:
                path = entries_of(layer_of(self.trace, self.network, number_of), self._letters(number_of, sample))
                terms += [path.direct(at)] if isinstance(path, LinearPathEntries) else []
        return total(*terms)

    def _gradient(self, name: str, place: int, at: Index) -> Node:
        layer = layer_of(self.trace, self.network, place)
        samples = range(len(self.trace.x))
        return total(*(entries_of(layer, self._letters(place, sample)).gradient(name, at) for sample in samples))

    def _after(self, name: str, place: int, letter: Symbol) -> Node:
        if self.trace.solver != "gd" and not self.trace.solver.startswith("GradientDescent"):
            raise ValueError(
                f"the trace was made with solver={self.trace.solver!r}, which moves parameters by more than "
                "- tau dE/dW; trace with solver='gd'"
            )
        layer, traced = layer_of(self.trace, self.network, place), self.trace.layers[place - 1]
        inputs = (traced.inputs[0] + self.trace.x.shape[1],) if isinstance(layer, SeesInputs) else traced.inputs
        if not layer.parameters(inputs)[name].trained:
            return letter
        return minus(letter, times(plain("tau"), Derivative(letter)))

    def _letters(self, place: int, sample: int) -> Letters:
        before = self.trace.x if place == 1 else self.step.layers[place - 2].x
        if self.trace.layers[place - 1].kind == LinearPath.__name__:
            before = self.trace.x
        several = sample if len(self.trace.x) > 1 else None
        return Letters(place, several, before[sample], self.step.layers[place - 1].x.shape[1:])

    def _ends(self, sample: int) -> tuple[list[Node], list[Node]]:
        """Return the outputs of a row and its targets."""
        place = len(self.step.layers)
        letters = self._letters(place, sample)
        first = () if letters.sample is None else (sample + 1,)
        outputs: list[Node] = [letters.of("x", j) for j in range(letters.shape[0])]
        return outputs, [plain("y", *first, j + 1) for j in range(self.trace.y.shape[1])]

    def _row_weight(self) -> Node:
        rows = len(self.trace.x)
        return number(1) if rows == 1 else Fraction(number(1), number(rows))

    def _loss_rules(self) -> LossRules:
        known = {**LOSSES, **{repr(loss): loss for loss in LOSSES.values()}}
        given = known.get(self.trace.loss) if self.loss is None else as_loss(self.loss)
        if given is None:
            raise ValueError(
                f"the trace keeps of its loss {self.trace.loss!r} no more than this; give the loss too: "
                "equation_of(..., loss=loss)"
            )
        rules = loss_rules(given)
        if rules is None:
            raise ValueError(f"{given!r} is a loss of your own, whose equations stand in its class and not here")
        return rules


def _choices(traced: LayerStep) -> list[str]:
    return [*SIGNALS, *(text for name in traced.before for text in (f"dE/d{name}", f"{name} after"))]
