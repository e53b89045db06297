"""Where every number that the viewer shows comes from: formulas as nested lists, with a place for every letter.

A list is an element of MathML, its letter first: ["r", ...] is a row. {"s": [name, layer, index]} is a letter that
stands for a number, and with a 1 behind it for the derivative of E by it; indices count from 0, and null is the row
that is looked at. Where units are left out, the places among those that are shown follow.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np

from glassnet.insight.equations.mathml_printer import to_mathml
from glassnet.insight.equations.trace_finder import TraceFinder
from glassnet.insight.equations.tree import Derivative, Node, Rest, Sum, Symbol, Words, mapped, nodes_in
from glassnet.insight.trace_record import Trace
from glassnet.network.network import Network
from glassnet.storage.json_value import JSON

SIGNALS = ("z", "x", "delta")
COSTS = ("E", "E after")  # which belong to no layer
ELEMENTS = {
    "mrow": "r", "mfrac": "f", "msup": "p", "msub": "b", "msubsup": "c", "msqrt": "q", "munder": "u", "mo": "o",
    "mn": "n", "mi": "i", "mtext": "t", "mtable": "T", "mtr": "R", "mtd": "D",
}  # fmt: skip
Place = tuple[str, int, tuple[int, ...]]  # a quantity, its layer, and an index among the units that are shown
MOST_ROWS = 20  # that a formula is checked for
MARK = "\ue000"  # of a letter's place, in a text that no formula has


@dataclass(frozen=True, eq=False)
class ShownUnits:
    """Which units or channels of every layer are shown, and where the matrices and kernels begin.

    Parameters
    ----------
    signals : sequence of tuples of int
        The units or channels of x^0 and of every layer.
    sources : mapping of (layer, name) to tuple of int
        The units or channels that a matrix or kernel leads from.
    pictures : collection of int
        The layers, and 0 for x^0, whose signals are pictures without numbers.
    """

    signals: Sequence[tuple[int, ...]]
    sources: dict[tuple[int, str], tuple[int, ...]]
    pictures: Collection[int] = ()

    def place(self, name: str, layer: int, index: tuple[int, ...]) -> tuple[int, ...] | None:
        """Return an index among what is shown; None where there is no such number."""
        if name in SIGNALS and layer in self.pictures:
            return None
        axes = self._axes(name, layer, len(index))
        before = index[: len(index) - len(axes)]
        found = [(axis, at) for axis, at in zip(axes, index[len(before) :], strict=True) if at in axis]
        return (*before, *(axis.index(at) for axis, at in found)) if len(found) == len(axes) else None

    def index(self, name: str, layer: int, place: tuple[int, ...]) -> tuple[int, ...]:
        """Return the index of what is shown at a place."""
        axes = self._axes(name, layer, len(place))
        before = place[: len(place) - len(axes)]
        return (*before, *(axis[at] for axis, at in zip(axes, place[len(before) :], strict=True)))

    def _axes(self, name: str, layer: int, axes: int) -> list[tuple[int, ...]]:
        """Return what is shown along the last axes; before them, and of other parameters, everything is."""
        if (layer, name) in self.sources:
            return [self.sources[layer, name], self.signals[layer]]
        return [self.signals[layer]] if name in SIGNALS or axes == 1 else []


def viewer_equations(
    trace: Trace, shown: ShownUnits, places: Sequence[Place], network: Network | None
) -> dict[str, JSON]:
    """Return the right sides for these quantities, layers and indices among the units that are shown.

    What has no equation here, as a layer of a user's own or another solver's step, is left out, and so is what depends
    on one number that is not shown.
    """
    found: dict[str, JSON] = {}
    several, finder = len(trace.x) > 1, TraceFinder(trace, trace.steps[0], None, network, None)
    for quantity, layer, index in places:
        if quantity in COSTS:
            right = _cost(finder, shown, after=quantity != "E")
            if right is not None:
                lists = _as_lists(right, shown, several, any_row=False)
                found[f"{quantity}|0|"] = lists if quantity == "E" else "E|0|"  # the same, of other outputs
            continue
        signal = quantity in (*SIGNALS, "dE/dx")
        name = "x" if signal else quantity.removeprefix("dE/d").removesuffix(" after")
        entry = tuple(at + 1 for at in shown.index(name, layer, index))
        try:
            _, right, _ = finder.found(quantity, layer, entry)
            if quantity == "dE/dx" and layer == len(trace.layers) and not _holds(trace, quantity, layer, entry):
                continue
        except ValueError:
            continue
        lists = _of_shown(right, shown, several, any_row=signal)
        if lists is None:
            continue
        if quantity == "dE/dx" and layer < len(trace.layers) and trace.layers[layer].kind == "MaxPool":
            others = _of_every_row(trace, network, quantity, layer, entry)
            if any(_of_shown(other, shown, several, any_row=True) != lists for other in others):
                continue  # the largest is another one in other rows or steps
        found[f"{quantity}|{layer}|{','.join(map(str, index))}"] = lists
    return found


def _of_every_row(
    trace: Trace, network: Network | None, quantity: str, layer: int, entry: tuple[int, ...]
) -> Iterator[Node]:
    """Yield the equation of every row and step."""
    for step in trace.steps:
        for row in range(min(len(trace.x), MOST_ROWS)):
            yield TraceFinder(trace, step, row, network, None).found(quantity, layer, entry)[1]


def _cost(finder: TraceFinder, shown: ShownUnits, *, after: bool) -> Node | None:
    """Return the equation of E, where all outputs are shown and it holds; after the update only x^L is as predicted."""
    step = finder.step
    outputs = step.layers[-1].x
    if len(shown.signals[-1]) < outputs[0].size or (after and not np.array_equal(outputs, step.output_before)):
        return None
    try:
        _, right, value = finder.cost()
        finder.with_numbers("E", right, value)
    except ValueError:
        return None
    return right


def _holds(trace: Trace, quantity: str, layer: int, unit: tuple[int, ...]) -> bool:
    """Return whether dE/dx of the outputs is given by its formula in every row; with weights of rows it is not."""
    rows = [None] if len(trace.x) == 1 else range(min(len(trace.x), MOST_ROWS))
    for row in rows:
        finder = TraceFinder(trace, trace.steps[0], row, None, None)
        _, right, value = finder.found(quantity, layer, unit)
        try:
            finder.with_numbers(quantity, right, value)
        except ValueError:
            return False
    return True


def _only_shown(node: Node, shown: ShownUnits, several: bool) -> Node:
    """Return a formula whose sums have dots for the terms of units that are not shown."""

    def known(term: Node) -> bool:
        return all(_place(part, shown, several) is not None for part in nodes_in(term) if isinstance(part, Symbol))

    def change(part: Node) -> Node | None:
        kept = tuple(filter(known, part.terms)) if isinstance(part, Sum) else ()
        if not isinstance(part, Sum) or len(kept) == len(part.terms):
            return None
        return Sum((*kept, Rest(len(part.terms) - len(kept))))

    return mapped(node, change)


def _of_shown(node: Node, shown: ShownUnits, several: bool, *, any_row: bool) -> JSON:
    """Return a formula as lists; None where a number of it is not shown, and no term of a sum that dots stand for."""
    kept = _only_shown(node, shown, several)
    letters = (part for part in nodes_in(kept) if isinstance(part, Symbol))
    if any(_place(letter, shown, several) is None for letter in letters):
        return None
    return _as_lists(kept, shown, several, any_row=any_row)


def _place(letter: Symbol, shown: ShownUnits, several: bool) -> tuple[int, ...] | None:
    index = tuple(int(at) - 1 for at in letter.below)
    if not letter.above:
        return index
    if several and letter.name in SIGNALS:
        index = index[1:]
    return shown.place(letter.name, int(letter.above), index)


def _as_lists(node: Node, shown: ShownUnits, several: bool, *, any_row: bool) -> JSON:
    letters: list[JSON] = []

    def change(part: Node) -> Node | None:
        slope = isinstance(part, Derivative)
        letter = part.by if slope else part
        if not isinstance(letter, Symbol):
            return None
        letters.append(_letter(letter, shown, several, any_row=any_row, slope=slope))
        return Words(f"{MARK}{len(letters) - 1}")

    element = ElementTree.fromstring(str(to_mathml(mapped(node, change))))
    return _nested(element, letters)


def _letter(letter: Symbol, shown: ShownUnits, several: bool, *, any_row: bool, slope: bool) -> JSON:
    index: list[JSON] = [int(at) - 1 for at in letter.below]
    signal = letter.name in SIGNALS or letter.name == "y"
    if several and signal and any_row:
        index[0] = None
    layer = int(letter.above) if letter.above else None
    found: list[JSON] = [letter.name, layer, index]
    own: list[JSON] = index
    if layer is not None:
        own = [*(index[:1] if several and signal else []), *(_place(letter, shown, several) or ())]
    if slope or own != index:
        found.append(int(slope))
    if own != index:
        found.append(own)
    return {"s": found}


def _nested(element: ElementTree.Element, letters: list[JSON]) -> JSON:
    text = element.text or ""
    if text.startswith(MARK):
        return letters[int(text[1:])]
    children: list[JSON] = [_nested(child, letters) for child in element]
    return [ELEMENTS[element.tag], *([text] if text else []), *children]
