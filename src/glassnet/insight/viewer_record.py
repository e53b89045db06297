"""What the viewer shows of traces: the units that matter, their numbers in every step, and the weights between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from glassnet.insight.trace_record import Arrays, Step, Trace
from glassnet.insight.viewer_checks import MOST_CHECKED, checks_of
from glassnet.insight.viewer_columns import INPUTS, Column, ShownEntries, columns_of, entries_of, source_of
from glassnet.insight.viewer_equations import COSTS, Place, ShownUnits, viewer_equations
from glassnet.storage.json_value import JSON, finite

FORMAT = 1
MOST_SAMPLES = 20
DIGITS = 9  # where there is little room


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
    equations: bool = True,
    checked: int = MOST_CHECKED,
) -> dict[str, JSON]:
    """Return what `<glass-view>` shows of one trace, or of several of the same network.

    Of more than 8 units those 8 are shown whose signals change the cost most: the largest sum |x dE/dx| over the
    samples of the first step of the first run.

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
    equations : bool
        Whether every number has the equation that it comes from.
    checked : int
        How many bytes the gradient checks may have: those of the first steps as far as there is room.

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
    columns = columns_of(first)
    entries, last = entries_of(first, columns), columns[-1]
    labels = [
        _names(inputs, "x_", columns[INPUTS].shown, columns[INPUTS].size),
        *(_numbers(column.shown) for column in columns[1:-1]),
        _names(outputs, "output ", last.shown, last.size),
    ]
    checks = checks_of(traces, entries, checked)
    values: Sequence[float | None] = [None] * len(traces) if varied is None else varied.values
    rows = min(len(first.x), MOST_SAMPLES)
    return {
        "format": FORMAT,
        "title": title if rows == len(first.x) else f"{title}; the first {rows} of {len(first.x)} rows",
        "samples": [f"row {row + 1}" for row in range(rows)],
        "x": _of_samples(first.x, columns[INPUTS].shown),
        "y": finite(_flat_rows(first.y)),
        "outputs": _names(outputs, "output ", np.arange(last.size), last.size),
        "columns": _drawn(first, columns, labels),
        "layers": _layers(first, columns, labels),
        "edges": _edges(first, columns),
        "equations": _equations(first, columns, entries) if equations else {},
        "vary": None if varied is None else varied.to_dict(),
        "runs": [
            {
                "value": value,
                "stepSize": trace.step_size,
                "steps": [_step(step, columns, entries) for step in trace.steps],
                "checks": of_run,
            }
            for value, trace, of_run in zip(values, traces, checks, strict=True)
        ],
    }


def _drawn(trace: Trace, columns: list[Column], labels: list[list[str]]) -> list[JSON]:
    found: list[JSON] = []
    for place, (column, names) in enumerate(zip(columns, labels, strict=True)):
        titles = [] if place else ["inputs"]
        heights: list[JSON] = [1 - (unit + 0.5) / len(names) for unit in range(len(names))]
        found.append(
            {
                "names": [*titles, *(part for number in column.layers for part in trace.names[number - 1].split(", "))],
                "size": column.size,
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
                elif array.shape != (column.size,):
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
                if source is None:
                    continue
                pairs = [(a, b) for a in range(len(columns[source].shown)) for b in range(len(column.shown))]
                edges += [
                    {"layer": number, "parameter": name, "index": [a, b], "from": [source, a], "to": [place, b]}
                    for a, b in pairs
                ]
    return edges


def _step(step: Step, columns: list[Column], entries: ShownEntries) -> dict[str, JSON]:
    layers: list[JSON] = []
    for column in columns:
        for number in column.layers:
            layer = step.layers[number - 1]
            signals = {
                name: _of_samples(array, column.shown)
                for name, array in layer.signals().items()
                if array.shape == layer.x.shape and array.ndim == 2
            }
            layers.append(
                {
                    "signals": signals,
                    "parameters": _of_entries(layer.before, number, entries),
                    "gradients": _of_entries(layer.gradient, number, entries),
                    "after": _of_entries(layer.after, number, entries),
                }
            )
    return {
        "number": step.number,
        "E": step.E,
        "E_after": step.E_after,
        "output_before": _flat_rows(step.output_before),
        "output_after": _flat_rows(step.output_after),
        "layers": layers,
    }


def _equations(trace: Trace, columns: list[Column], entries: ShownEntries) -> dict[str, JSON]:
    """Return where every number comes from that is shown; E and gradients of many rows are sums too long to show."""
    signals = [columns[INPUTS].shown, *(column.shown for column in columns for _ in column.layers)]
    sources = {place: index[:, 0, 0] for place, index in entries.items() if index.ndim == 3}
    places: list[Place] = [
        (quantity, number, (unit,))
        for number, shown in enumerate(signals[1:], start=1)
        for quantity in ("z", "x", "dE/dx", "delta")
        for unit in range(len(shown))
    ]
    if len(trace.x) <= MOST_SAMPLES:
        places += [(quantity, 0, ()) for quantity in COSTS]
        places += [
            (text, number, at)
            for (number, name), index in entries.items()
            for text in (f"dE/d{name}", f"{name} after")
            for at in np.ndindex(index.shape[:-1])
        ]
    return viewer_equations(trace, ShownUnits(signals, sources), places)


def _of_entries(arrays: Arrays, number: int, entries: ShownEntries) -> dict[str, JSON]:
    shown = {name: entries[number, name] for name in arrays if (number, name) in entries}
    return {name: arrays[name][tuple(np.moveaxis(index, -1, 0))].tolist() for name, index in shown.items()}


def _of_samples(array: np.ndarray, places: np.ndarray) -> JSON:
    return array[:MOST_SAMPLES, places].tolist() if array.ndim == 2 else [[] for _ in array[:MOST_SAMPLES]]


def _flat_rows(array: np.ndarray) -> JSON:
    return array[:MOST_SAMPLES].reshape(min(len(array), MOST_SAMPLES), -1).tolist()


def _names(given: Sequence[str] | None, before: str, places: np.ndarray, size: int) -> list[str]:
    if given is not None and len(given) == size:
        return [str(given[place]) for place in map(int, places)]
    return [f"{before}{place + 1}" for place in map(int, places)]


def _numbers(places: np.ndarray) -> list[str]:
    return [str(place + 1) for place in map(int, places)]


def with_digits(record: dict[str, JSON], digits: int) -> dict[str, JSON]:
    """Return a record whose numbers have so many significant digits."""
    return {name: _rounded(value, digits) for name, value in record.items()}


def _rounded(value: JSON, digits: int) -> JSON:
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    if isinstance(value, Mapping):
        return {name: _rounded(item, digits) for name, item in value.items()}
    return [_rounded(item, digits) for item in value] if isinstance(value, list) else value
