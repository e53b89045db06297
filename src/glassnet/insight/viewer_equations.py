"""Where every number that the viewer shows comes from: formulas as nested lists, with a place for every letter.

A list is an element of MathML, its letter first: ["r", ...] is a row. {"s": [name, layer, index]} is a letter that
stands for a number, and with a 1 behind it for the derivative of E by it; indices count from 0, and null is the row
that is looked at. Where units are left out, the places among those that are shown follow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np

from glassnet.insight.equations.mathml_printer import to_mathml
from glassnet.insight.equations.trace_finder import TraceFinder
from glassnet.insight.equations.tree import Derivative, Node, Rest, Sum, Symbol, Words, mapped, nodes_in
from glassnet.insight.trace_record import Trace
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
    """Which units of every layer are shown, and where the matrices begin.

    Parameters
    ----------
    signals : sequence of arrays of int
        The units of x^0 and of every layer.
    sources : mapping of (layer, name) to array of int
        The units that a matrix leads from.
    """

    signals: Sequence[np.ndarray]
    sources: dict[tuple[int, str], np.ndarray]

    def place(self, name: str, layer: int, index: tuple[int, ...]) -> tuple[int, ...] | None:
        """Return an index among the units that are shown; None where one of them is not."""
        axes = [self.signals[layer]]
        if name not in SIGNALS and len(index) == 2 and (layer, name) in self.sources:
            axes = [self.sources[layer, name], self.signals[layer]]
        elif len(index) != 1:
            return index  # of a parameter that is shown in full
        found = [np.flatnonzero(axis == at) for axis, at in zip(axes, index, strict=True)]
        return tuple(int(one[0]) for one in found) if all(one.size for one in found) else None


def viewer_equations(trace: Trace, shown: ShownUnits, places: Sequence[Place]) -> dict[str, JSON]:
    """Return the right sides for these quantities, layers and indices among the units that are shown.

    What has no equation here, as a layer of a user's own or another solver's step, is left out.
    """
    found: dict[str, JSON] = {}
    several, finder = len(trace.x) > 1, TraceFinder(trace, trace.steps[0], None, None, None)
    for quantity, layer, index in places:
        if quantity in COSTS:
            right = _cost(finder, shown, after=quantity != "E")
            if right is not None:
                lists = _as_lists(right, shown, several, any_row=False)
                found[f"{quantity}|0|"] = lists if quantity == "E" else "E|0|"  # the same, of other outputs
            continue
        signal = quantity in (*SIGNALS, "dE/dx")
        name = quantity.removeprefix("dE/d").removesuffix(" after")
        unit = _units(shown, "x" if signal else name, layer, index)
        entry = tuple(at + 1 for at in unit)
        try:
            _, right, _ = finder.found(quantity, layer, entry)
            if quantity == "dE/dx" and layer == len(trace.layers) and not _holds(trace, quantity, layer, entry):
                continue
        except ValueError:
            continue
        key = f"{quantity}|{layer}|{','.join(map(str, index))}"
        found[key] = _as_lists(_only_shown(right, shown, several), shown, several, any_row=signal)
    return found


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


def _units(shown: ShownUnits, name: str, layer: int, index: tuple[int, ...]) -> list[int]:
    axes = [shown.sources[layer, name], shown.signals[layer]] if len(index) == 2 else [shown.signals[layer]]
    return [int(axis[at]) for axis, at in zip(axes, index, strict=True)]


def _only_shown(node: Node, shown: ShownUnits, several: bool) -> Node:
    """Return a formula whose sums have dots for the terms of units that are not shown."""

    def known(term: Node) -> bool:
        return all(_place(part, shown, several) is not None for part in nodes_in(term) if isinstance(part, Symbol))

    def change(part: Node) -> Node | None:
        if not isinstance(part, Sum) or all(map(known, part.terms)):
            return None
        kept = tuple(term for term in part.terms if known(term))
        return Sum((*kept, Rest(len(part.terms) - len(kept))))

    return mapped(node, change)


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
