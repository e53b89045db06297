"""What the viewer shows of traces: the units that matter, their numbers in every step, and the weights between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from glassnet.insight.trace_record import Arrays, Step, Trace
from glassnet.insight.viewer_equations import Place, ShownUnits, viewer_equations
from glassnet.storage.json_value import JSON, finite

FORMAT = 1
MOST_UNITS = 8  # of a column, those whose signals change the cost most
MOST_SAMPLES = 20
DIGITS = 9  # where there is little room
INPUTS = 0  # the column of the inputs
WEIGHTS = {"Dense": "W", "LinearPath": "V"}  # what leads from units to units, by the kind of layer


@dataclass(frozen=True, eq=False)
class Column:
    """Layers that are drawn as one: the first has weights or another size, the others act unit by unit.

    Parameters
    ----------
    layers : tuple of int
        Their numbers, counted from 1; of the inputs those of the layers that follow them unit by unit.
    shown : array of int
        The places of the units that are shown; none of images.
    size : int
        How many units there are.
    """

    layers: tuple[int, ...]
    shown: np.ndarray
    size: int


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
        The names of the inputs and outputs; x_1, x_2, ... and y_1, y_2, ... unless given.
    varied : Varied or None
        What differs between runs; None for one.
    equations : bool
        Whether every number has the equation that it comes from.

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
    columns = _columns(first)
    last = columns[-1]
    labels = [
        _names(inputs, "x", columns[INPUTS].shown, columns[INPUTS].size),
        *(_numbers(column.shown) for column in columns[1:-1]),
        _names(outputs, "y", last.shown, last.size),
    ]
    values: Sequence[float | None] = [None] * len(traces) if varied is None else varied.values
    rows = min(len(first.x), MOST_SAMPLES)
    return {
        "format": FORMAT,
        "title": title if rows == len(first.x) else f"{title}; the first {rows} of {len(first.x)} rows",
        "samples": [f"row {row + 1}" for row in range(rows)],
        "x": _of_samples(first.x, columns[INPUTS].shown),
        "y": finite(_flat_rows(first.y)),
        "outputs": _names(outputs, "y", np.arange(last.size), last.size),
        "columns": _drawn(first, columns, labels),
        "layers": _layers(first, columns, labels),
        "edges": _edges(first, columns),
        "equations": _equations(first, columns) if equations else {},
        "vary": None if varied is None else varied.to_dict(),
        "runs": [
            {
                "value": value,
                "stepSize": trace.step_size,
                "steps": [_step(trace, step, columns) for step in trace.steps],
            }
            for value, trace in zip(values, traces, strict=True)
        ],
    }


def _columns(trace: Trace) -> list[Column]:
    """Return the columns, first that of the inputs."""
    step = trace.steps[0]
    found = [Column((), _places(trace.x, step.input_gradient), int(trace.x[0].size))]
    for number, layer in enumerate(step.layers, start=1):
        size, before = int(layer.x[0].size), found[-1].size
        if size != before or trace.layers[number - 1].kind == "Dense" or _is_first_path(trace, number, found):
            found.append(Column((number,), _places(layer.x, layer.g), size))
        else:
            found[-1] = Column((*found[-1].layers, number), found[-1].shown, size)
    return found


def _is_first_path(trace: Trace, number: int, found: list[Column]) -> bool:
    """Return whether a linear path leads to outputs that no other layer has opened a column for."""
    return trace.layers[number - 1].kind == "LinearPath" and len(found) == 1


def _places(x: np.ndarray, slope: np.ndarray) -> np.ndarray:
    if x.ndim != 2:
        return np.arange(0)
    if x.shape[1] <= MOST_UNITS:
        return np.arange(x.shape[1])
    effect = np.abs(x * slope).sum(axis=0)
    return np.sort(np.argsort(-effect, kind="stable")[:MOST_UNITS])


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
                source = _source(name, trace, columns, place, number)
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


def _source(name: str, trace: Trace, columns: list[Column], place: int, number: int) -> int | None:
    """Return the column that a matrix leads from: the one before, or the inputs; None for what is no such matrix."""
    kind = trace.layers[number - 1].kind
    if WEIGHTS.get(kind) != name or not columns[place].shown.size:
        return None
    before = INPUTS if kind == "LinearPath" else place - 1
    return before if columns[before].shown.size else None


def _edges(trace: Trace, columns: list[Column]) -> list[JSON]:
    """Return the weights between units that are shown."""
    edges: list[JSON] = []
    for place, column in enumerate(columns):
        for number in column.layers:
            layer = trace.steps[0].layers[number - 1]
            for name in layer.before:
                source = _source(name, trace, columns, place, number)
                if source is None:
                    continue
                pairs = [(a, b) for a in range(len(columns[source].shown)) for b in range(len(column.shown))]
                edges += [
                    {"layer": number, "parameter": name, "index": [a, b], "from": [source, a], "to": [place, b]}
                    for a, b in pairs
                ]
    return edges


def _step(trace: Trace, step: Step, columns: list[Column]) -> dict[str, JSON]:
    layers: list[JSON] = []
    for place, column in enumerate(columns):
        for number in column.layers:
            layer = step.layers[number - 1]
            signals = {
                name: _of_samples(array, column.shown)
                for name, array in layer.signals().items()
                if array.shape == layer.x.shape and array.ndim == 2
            }
            of_layer = (trace, columns, place, number)
            layers.append(
                {
                    "signals": signals,
                    "parameters": _parameters(layer.before, *of_layer),
                    "gradients": _parameters(layer.gradient, *of_layer),
                    "after": _parameters(layer.after, *of_layer),
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


def _equations(trace: Trace, columns: list[Column]) -> dict[str, JSON]:
    """Return where every number comes from that is shown; gradients of many rows are sums too long to show."""
    signals, sources, places = [columns[INPUTS].shown], dict[tuple[int, str], np.ndarray](), list[Place]()
    gradients = len(trace.x) <= MOST_SAMPLES
    for place, column in enumerate(columns):
        for number in column.layers:
            signals.append(column.shown)
            layer, units = trace.steps[0].layers[number - 1], [(unit,) for unit in range(len(column.shown))]
            places += [(quantity, number, unit) for quantity in ("z", "x", "dE/dx", "delta") for unit in units]
            for name, array in layer.before.items():
                source = _source(name, trace, columns, place, number)
                if source is not None:
                    sources[number, name] = columns[source].shown
                    pairs = list(product(range(len(columns[source].shown)), range(len(column.shown))))
                    places += [
                        (text, number, pair) for text in (f"dE/d{name}", f"{name} after") for pair in pairs if gradients
                    ]
                elif array.shape == (column.size,) and gradients:
                    places += [(text, number, unit) for text in (f"dE/d{name}", f"{name} after") for unit in units]
    return viewer_equations(trace, ShownUnits(signals, sources), places)


def _parameters(arrays: Arrays, trace: Trace, columns: list[Column], place: int, number: int) -> dict[str, JSON]:
    """Return the entries of the units that are shown, of parameters of units and between units."""
    found, targets = dict[str, JSON](), columns[place].shown
    for name, array in arrays.items():
        source = _source(name, trace, columns, place, number)
        if source is not None:
            found[name] = array[np.ix_(columns[source].shown, targets)].tolist()
        elif array.shape == (columns[place].size,):
            found[name] = array[targets].tolist()
    return found


def _of_samples(array: np.ndarray, places: np.ndarray) -> JSON:
    return array[:MOST_SAMPLES, places].tolist() if array.ndim == 2 else [[] for _ in array[:MOST_SAMPLES]]


def _flat_rows(array: np.ndarray) -> JSON:
    return array[:MOST_SAMPLES].reshape(min(len(array), MOST_SAMPLES), -1).tolist()


def _names(given: Sequence[str] | None, letter: str, places: np.ndarray, size: int) -> list[str]:
    if given is not None and len(given) == size:
        return [str(given[place]) for place in map(int, places)]
    return [f"{letter}_{place + 1}" for place in map(int, places)]


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
