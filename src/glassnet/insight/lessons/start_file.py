"""Reading a start of one's own: every number is checked, and an error says what to write instead."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields

from glassnet._counted import counted
from glassnet.insight.lessons.starts import STEPPED, LayerStart, Numbers, Start

MOST_BYTES = 100_000
MOST_UNITS = 8  # of a layer, and inputs: as many as a viewer shows
MOST_STEPS = 20
# Lists that --write-start writes have a space after each comma. No search begins within digits: it would be quadratic.
DECIMAL_COMMA = re.compile(r"(?<!\d)-?\d+,\d+")
KEYS = tuple(field.name for field in fields(Start))
PARAMETERS = tuple(field.name for field in fields(LayerStart))


def read_start(content: bytes, own: Start) -> Start:
    """Return the start that is written as JSON, in the form of `Start.to_json`.

    Parameters
    ----------
    content : bytes
        An object with inputs, targets, step_size, steps and layers, each of which has W and b.
    own : Start
        The lesson's own start, which says how many layers there are.

    Returns
    -------
    Start
        Finite numbers whose shapes fit each other.

    Raises
    ------
    ValueError
        When it is no such JSON, shapes do not fit, or there are more than 8 inputs, 8 units of a layer or 20 steps.
    """
    try:
        return _read(content, own)
    except ValueError as error:
        comma = DECIMAL_COMMA.search(content[:MOST_BYTES].decode("utf-8", "replace"))
        if comma is None:
            raise
        point = comma[0].replace(",", ".")
        raise ValueError(f"{error}. If {comma[0]} is one number, write {point}, with a point") from error


def _read(content: bytes, own: Start) -> Start:
    found = _object(_parsed(content), KEYS, "the start")
    inputs, targets = (_numbers(found[name], name) for name in ("inputs", "targets"))
    step_size = _number(found["step_size"], "step_size")
    if step_size <= 0:
        raise ValueError(f"step_size is {step_size:g}; write a number above 0, as in {own.step_size:g}")
    steps = found["steps"]
    if isinstance(steps, bool) or not isinstance(steps, int) or not 1 <= steps <= MOST_STEPS:
        raise ValueError(f"steps is {_shown(steps)}; write an integer from 1 to {MOST_STEPS}, as in {own.steps}")
    layers = found["layers"]
    needed = counted(len(own.layers), "layer")
    if not isinstance(layers, list):
        raise ValueError(f'layers is {_shown(layers)}; write a list of {needed}, each as {{"W": ..., "b": ...}}')
    if len(layers) != len(own.layers):
        others = [name for name, stepped in STEPPED.items() if len(stepped.start.layers) == len(layers)]
        what = f"the file is for another lesson: {' or '.join(others)}" if others else f"write {needed}"
        raise ValueError(
            f"there {_are(len(layers))} {counted(len(layers), 'layer')}, but this lesson has {needed}; {what}"
        )
    read, before, source = list[LayerStart](), len(inputs), ("input", "inputs")
    for number, layer in enumerate(layers, start=1):
        read.append(_layer(layer, f"layer {number}", before, source))
        before, source = len(read[-1].b), (f"unit of layer {number}", f"units of layer {number}")
    if len(targets) != before:
        raise ValueError(
            f"targets has {counted(len(targets), 'number')}, but there {_are(before)} {counted(before, *source)}; "
            "write one for each"
        )
    return Start(inputs, targets, step_size, steps, tuple(read))


def _layer(given: object, name: str, before: int, source: tuple[str, str]) -> LayerStart:
    found = _object(given, PARAMETERS, name)
    b, W = _numbers(found["b"], f"b of {name}"), found["W"]
    if not isinstance(W, list) or not W:
        raise ValueError(f"W of {name} is {_shown(W)}; write a list of rows, as in [[0.1, 0.2], [0.3, 0.4]]")
    rows = tuple(_numbers(row, f"row {place} of W of {name}") for place, row in enumerate(W, start=1))
    if len(rows) != before:
        raise ValueError(
            f"W of {name} has {counted(len(rows), 'row')}, but there {_are(before)} {counted(before, *source)}; write "
            "one row for each"
        )
    for place, row in enumerate(rows, start=1):
        if len(row) != len(b):
            raise ValueError(
                f"row {place} of W of {name} has {counted(len(row), 'number')}, but b of {name} has {len(b)}; write "
                "one number for each unit of the layer in both"
            )
    return LayerStart(rows, b)


def _parsed(content: bytes) -> object:
    if len(content) > MOST_BYTES:
        raise ValueError(f"it has more than {MOST_BYTES:,} bytes, and a start has fewer; give another file")
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_without_repeats, parse_int=_integer)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}: {error.msg}"
    except UnicodeDecodeError:
        where = "it is no text in UTF-8"
    except RecursionError:
        where = "its lists lie too deep in each other"
    raise ValueError(f"it is not JSON ({where}); write it as --write-start does")


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict[str, object]()
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{_shown(name)} stands twice in one object; leave one of them out")
        found[name] = value
    return found


def _integer(text: str) -> float:
    """Return an integer; one of so many digits that Python reads them slowly, or not at all, as a float."""
    return int(text) if len(text) <= 20 else float(text)


def _object(given: object, keys: Sequence[str], name: str) -> Mapping[str, object]:
    if not isinstance(given, dict):
        raise ValueError(f"{name} is {_shown(given)}; write an object with {', '.join(keys)}")
    for key in given:
        if key not in keys:
            raise ValueError(f"{name} has {_shown(key)}, which means nothing here; it has {', '.join(keys)}")
    missing = [key for key in keys if key not in given]
    if missing:
        raise ValueError(f"{name} has no {_shown(missing[0])}; write {', '.join(keys)}")
    return given


def _numbers(given: object, name: str) -> Numbers:
    if not isinstance(given, list) or not given:
        raise ValueError(f"{name} is {_shown(given)}; write a list of numbers, as in [0.1, 0.2]")
    if len(given) > MOST_UNITS:
        raise ValueError(f"{name} has {len(given):,} numbers; a page shows at most {MOST_UNITS}: write fewer")
    return tuple(_number(each, f"number {place} of {name}") for place, each in enumerate(given, start=1))


def _number(given: object, name: str) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ValueError(f"{name} is {_shown(given)}; write a number, as in 0.1, without quotes")
    if not math.isfinite(given):
        raise ValueError(f"{name} is {_shown(given)}, which is not finite; write a number such as 0.1")
    return float(given)


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _shown(value: object) -> str:
    """Return a value as JSON has it, shortened."""
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:36]} ..."
