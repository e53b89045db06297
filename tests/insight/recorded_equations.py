"""Equations of the viewer's record, evaluated with the numbers of the record alone."""

import json

import numpy as np
import pytest

OPERATORS = {"\u2062": "*", "·": "*", "×": "*", "−": "-", "\u2061": ""}
FUNCTIONS = {name: getattr(np, name) for name in ("exp", "tanh", "cos", "sqrt", "minimum", "maximum", "abs")}
FUNCTIONS |= {
    "softplus": lambda z: np.logaddexp(0, z),
    "logistic": lambda z: 1 / (1 + np.exp(-z)),
    "clip": np.clip,
    "max": max,
}


def expression(node, number):
    """Return a formula of the viewer as Python, with numbers for its letters."""
    if isinstance(node, dict):
        return f"({number(*node['s'])!r})"
    kind, *children = node
    parts = [OPERATORS.get(child, child) if isinstance(child, str) else expression(child, number) for child in children]
    if kind == "f":
        return f"(({parts[0]})/({parts[1]}))"
    if kind == "p":
        return f"(({parts[0]})**({parts[1]}))"
    if kind == "q":
        return f"sqrt({''.join(parts)})"
    return "".join(parts)


class Numbers:
    """The numbers of a record's first step, for one row."""

    def __init__(self, record, row=0):
        self.record, self.run, self.row = record, record["runs"][0], row
        self.step = self.run["steps"][0]

    def of(self, quantity, layer, index, sample=0):
        numbers = self.step["layers"][layer - 1]
        if quantity in numbers["signals"]:
            return entry(numbers["signals"][quantity][sample], index)
        if quantity.startswith("dE/d"):
            return entry(numbers["gradients"][quantity[4:]], index)
        return entry(numbers["after" if quantity.endswith(" after") else "parameters"][quantity.split()[0]], index)

    def letter(self, name, layer, index, slope=0, at=None):
        place = [self.row if each is None else each for each in (index if at is None else at)]
        several = len(self.record["samples"]) > 1 and name in ("x", "z", "delta", "y")
        sample, place = (place[0], place[1:]) if several else (self.row, place)
        if layer is None:
            return {"tau": self.run["stepSize"], "pi": np.pi}.get(name) or self.record["y"][sample][place[0]]
        if layer == 0:
            return entry(self.record["x"][sample], place)
        return self.of(f"dE/d{name}" if slope else name, layer, place, sample)


def entry(array, index):
    for at in index:
        array = array[at]
    return array


def check_equations(record, row=0):
    """Check that every equation gives its number, from other numbers of the record alone; return how many.

    Those with dots are left out, with cases, and with parameters that the viewer does not have.
    """
    numbers, checked = Numbers(record, row), 0
    for key, tree in record["equations"].items():
        quantity, layer, index = key.split("|")
        if layer == "0":
            continue  # E, which is checked by itself
        if any(mark in json.dumps(tree, ensure_ascii=False) for mark in ("⋯", '"T"')):
            continue
        try:
            code = expression(tree, numbers.letter)
        except (KeyError, IndexError):
            continue
        expected = numbers.of(quantity, int(layer), [int(at) for at in index.split(",")], row)
        assert eval(code, {"__builtins__": {}}, FUNCTIONS) == pytest.approx(expected, rel=1e-5, abs=1e-9), key
        checked += 1
    return checked
