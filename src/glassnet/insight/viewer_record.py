"""What the viewer shows of traces: the units and channels that matter, their numbers in every step, and weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from glassnet.insight.equations.trace_finder import SIGNALS
from glassnet.insight.trace_record import Trace
from glassnet.insight.traced_step import Arrays, Step
from glassnet.insight.viewer_checks import MOST_CHECKED, checks_of
from glassnet.insight.viewer_columns import (
    INPUTS,
    MOST_CHANNELS,
    Column,
    ShownEntries,
    columns_of,
    entries_of,
    source_of,
)
from glassnet.insight.viewer_equations import viewer_equations
from glassnet.insight.viewer_pictures import pictures_of, step_of
from glassnet.insight.viewer_places import places_of, shown_units
from glassnet.network.network import Network
from glassnet.storage.json_value import JSON, finite

FORMAT = 1
MOST_SAMPLES = 20
FORWARD_ALONE = ("z", "x")
PICTURES = ("x", "delta")  # of images that are too large for numbers


@dataclass(frozen=True)
class Varied:
    """What differs between runs.

    Parameters
    ----------
    name : str
        Such as "step size".
    values : sequence of float
        Its value in every run.
    marks : mapping of float to str
        What is to be known of some values.
    start : int
        The place of the value that is shown first.
    """

    name: str
    values: Sequence[float]
    marks: Mapping[float, str]
    start: int = 0

    def to_dict(self) -> dict[str, JSON]:
        """Return its name, where it starts and its marks, for JSON."""
        return {
            "name": self.name,
            "start": self.start,
            "marks": [{"value": value, "text": text} for value, text in self.marks.items()],
        }


def viewer_record(
    runs: Trace | Sequence[Trace],
    title: str,
    *,
    inputs: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    varied: Varied | None = None,
    equations: Literal["all", "units", "none"] = "all",
    checked: int = MOST_CHECKED,
    samples: int = MOST_SAMPLES,
    channels: int = MOST_CHANNELS,
    forward: Network | None = None,
) -> dict[str, JSON]:
    """Return what `<glass-view>` shows of one trace, or of several of the same network.

    Of more than 8 units, or 4 channels, those are shown whose signals change the cost most: the largest sum |x dE/dx|
    over the samples of the first step of the first run; without a target, the largest sum |x|. Images of more than 100
    places are pictures.

    Parameters
    ----------
    runs : Trace or sequence of Trace
        What was recorded; every one has at least one step.
    title : str
        What it is.
    inputs, outputs : sequence of str or None
        The names of the inputs and outputs; x_1, x_2, ... and output 1, output 2, ... unless given.
    varied : Varied or None
        What differs between runs; None for one.
    equations : "all", "units" or "none"
        Which numbers have the equation that they come from: all, or those of layers of units alone, or none.
    checked : int
        How many bytes the gradient checks may have: those of the first steps as far as there is room.
    samples, channels : int
        How many rows, and of images channels, are shown at most.
    forward : Network or None
        The network of a forward pass alone, of whose trace nothing but z, x and the parameters is shown.

    Returns
    -------
    dict
        Plain JSON.

    Raises
    ------
    ValueError
        When a trace has no step, numbers are not finite, or runs are of different networks.
    """
    traces = [runs] if isinstance(runs, Trace) else list(runs)
    first = traces[0]
    if any(not trace.steps for trace in traces):
        raise ValueError("a trace without a step has nothing to step through; trace at least one")
    if not all(trace.is_finite for trace in traces):
        raise ValueError("the numbers of a trace leave the finite ones; trace with a smaller step size to view it")
    if any(trace.layers != first.layers for trace in traces):
        raise ValueError("runs that are viewed together need the same layers")
    columns = columns_of(first, channels)
    entries, last = entries_of(first, columns), columns[-1]
    labels = [
        _names(inputs, "x_", columns[INPUTS]),
        *(_numbers(column) for column in columns[1:-1]),
        _names(outputs, "output ", last),
    ]
    values: Sequence[float | None] = [None] * len(traces) if varied is None else varied.values
    rows = min(len(first.x), samples)
    known: dict[str, JSON] = {}
    if equations != "none":
        known = _equations(first, columns, entries, rows, images=equations == "all", forward=forward)
    return {
        "format": FORMAT,
        "title": title if rows == len(first.x) else f"{title}; the first {rows} of {len(first.x)} rows",
        "phases": 3 if forward is None else 1,
        "samples": [f"row {row + 1}" for row in range(rows)],
        "x": _numbers_of(first.x, columns[INPUTS], rows),
        "pictures": _pictures({"x": first.x}, columns[INPUTS], rows),
        "y": finite(_flat_rows(first.y, rows)),
        "outputs": _all_names(outputs, "output ", last.size),
        "columns": _drawn(first, columns, labels),
        "layers": _layers(first, columns, labels),
        "edges": _edges(first, columns),
        "equations": known,
        "vary": None if varied is None else varied.to_dict(),
        "runs": [
            {
                "value": value,
                "stepSize": trace.step_size,
                "steps": [_step(step, columns, entries, rows, forward is not None) for step in trace.steps],
                "checks": of_run,
            }
            for value, trace, of_run in zip(values, traces, checks_of(traces, entries, checked), strict=True)
        ],
    }


def _drawn(trace: Trace, columns: list[Column], labels: list[list[str]]) -> list[JSON]:
    found: list[JSON] = []
    for place, (column, names) in enumerate(zip(columns, labels, strict=True)):
        titles = [] if place else ["inputs"]
        marks = 1 if column.of_images else len(names)
        heights: list[JSON] = [1 - (unit + 0.5) / marks for unit in range(marks)]
        found.append(
            {
                "names": [*titles, *(part for number in column.layers for part in trace.names[number - 1].split(", "))],
                "size": column.size,
                "shape": list(column.shape),
                "shown": column.shown.tolist(),
                "every": step_of(column.shape) if column.as_pictures else 0,
                "labels": list(names),
                "layers": list(column.layers),
                "x": place / max(len(columns) - 1, 1),
                "y": heights,
            }
        )
    return found


def _layers(trace: Trace, columns: list[Column], labels: list[list[str]]) -> list[JSON]:
    """Return what the tables of every layer need: the names of its units, and where each of its matrices begins."""
    found: list[JSON] = []
    for place, column in enumerate(columns):
        for number in column.layers:
            layer, sources = trace.steps[0].layers[number - 1], dict[str, JSON]()
            elsewhere: list[JSON] = []
            for name, array in layer.before.items():
                source = source_of(name, trace, columns, place, number)
                if source is not None:
                    sources[name] = source
                elif array.shape != column.shape[-1:]:
                    elsewhere.append(name)
            found.append(
                {
                    "name": trace.names[number - 1],
                    "column": place,
                    "labels": list(labels[place]),
                    "sources": sources,
                    "elsewhere": elsewhere,
                }
            )
    return found


def _edges(trace: Trace, columns: list[Column]) -> list[JSON]:
    """Return the weights between units that are shown."""
    edges: list[JSON] = []
    for place, column in enumerate(columns):
        for number in column.layers:
            layer = trace.steps[0].layers[number - 1]
            for name in layer.before:
                source = source_of(name, trace, columns, place, number)
                if source is None or column.of_images:
                    continue
                pairs = [(a, b) for a in range(len(columns[source].shown)) for b in range(len(column.shown))]
                edges += [
                    {"layer": number, "parameter": name, "index": [a, b], "from": [source, a], "to": [place, b]}
                    for a, b in pairs
                ]
    return edges


def _step(step: Step, columns: list[Column], entries: ShownEntries, rows: int, forward: bool) -> dict[str, JSON]:
    layers: list[JSON] = []
    for column in columns:
        for number in column.layers:
            layer = step.layers[number - 1]
            signals = {
                name: array
                for name, array in layer.signals().items()
                if array.shape == layer.x.shape and (name in FORWARD_ALONE or not forward)
            }
            numbers = {} if column.as_pictures else signals
            layers.append(
                {
                    "signals": {name: _numbers_of(array, column, rows) for name, array in numbers.items()},
                    "pictures": _pictures(signals, column, rows),
                    "parameters": _of_entries(layer.before, number, entries),
                    "gradients": {} if forward else _of_entries(layer.gradient, number, entries),
                    "after": {} if forward else _of_entries(layer.after, number, entries),
                }
            )
    return {
        "number": step.number,
        "E": None if forward else step.E,
        "E_after": None if forward else step.E_after,
        "output_before": _flat_rows(step.output_before, rows),
        "output_after": [] if forward else _flat_rows(step.output_after, rows),
        "layers": layers,
    }


def _equations(
    trace: Trace, columns: list[Column], entries: ShownEntries, rows: int, *, images: bool, forward: Network | None
) -> dict[str, JSON]:
    """Return where every number comes from that is shown; E and gradients of many rows are sums too long to show."""
    network = trace.cost.network if forward is None and trace.cost is not None else forward
    places = places_of(trace, columns, entries, images=images, forward=forward is not None)
    if len(trace.x) > rows:
        places = [place for place in places if place[0] in SIGNALS]
    return viewer_equations(trace, shown_units(columns, entries), places, network)


def _of_entries(arrays: Arrays, number: int, entries: ShownEntries) -> dict[str, JSON]:
    shown = {name: entries[number, name] for name in arrays if (number, name) in entries}
    return {name: arrays[name][tuple(np.moveaxis(index, -1, 0))].tolist() for name, index in shown.items()}


def _numbers_of(array: np.ndarray, column: Column, rows: int) -> JSON:
    return [[] for _ in array[:rows]] if column.as_pictures else array[:rows][..., column.shown].tolist()


def _pictures(signals: Arrays, column: Column, rows: int) -> dict[str, JSON]:
    drawn = [name for name in PICTURES if name in signals] if column.as_pictures else []
    return {name: pictures_of(signals[name][:rows], column.shown) for name in drawn}


def _flat_rows(array: np.ndarray, rows: int) -> JSON:
    return array[:rows].reshape(min(len(array), rows), -1).tolist()


def _names(given: Sequence[str] | None, before: str, column: Column) -> list[str]:
    names = _numbers(column) if column.of_images else _all_names(given, before, column.size)
    return names if column.of_images else [names[place] for place in column.shown]


def _all_names(given: Sequence[str] | None, before: str, size: int) -> list[str]:
    return list(map(str, given)) if given and len(given) == size else [f"{before}{place + 1}" for place in range(size)]


def _numbers(column: Column) -> list[str]:
    return [f"channel {place + 1}" if column.of_images else str(place + 1) for place in column.shown]
