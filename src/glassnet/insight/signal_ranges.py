"""How large signals and deltas are in every layer of a trace: where do they vanish?"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from glassnet._counted import counted
from glassnet._notebook import Fragment, NotebookRecord
from glassnet.insight.text import TextTable, rounded
from glassnet.insight.trace_record import Trace
from glassnet.storage.json_value import JSON


@dataclass(frozen=True)
class SignalRange:
    """How large the numbers of one layer are, over all rows and units; sizes are of those that are not 0.

    Attributes
    ----------
    layer : int
        The layer; 0 is the inputs.
    name : str
        What it is.
    quantity : str
        "x" or "delta".
    count, zeros : int
        How many numbers there are, and how many of them are 0.
    least, median, largest : float or None
        Of the sizes of the others; None where all are 0.

    Examples
    --------
    >>> from glassnet import Dense, Network, signal_ranges, trace
    >>> network = Network(2, [Dense(2, "relu"), Dense(1)])
    >>> parameters = [{"W": [[1, -1], [0, 1]], "b": [0, 0]}, {"W": [[2], [1]], "b": [0]}]
    >>> steps = trace(network, parameters, [[3.0, 1.0]], [[5.0]])
    >>> hidden = signal_ranges(steps).signals[1]
    >>> hidden.name, hidden.quantity, hidden.count, hidden.zeros, hidden.largest
    ('Dense, relu', 'x', 2, 1, 3.0)
    """

    layer: int
    name: str
    quantity: str
    count: int
    zeros: int
    least: float | None
    median: float | None
    largest: float | None


@dataclass(frozen=True)
class SignalRanges(NotebookRecord):
    """The sizes |x| and |delta| of every layer in one step of a trace.

    Attributes
    ----------
    step : int
        The step, counted from 1.
    rows : int
        How many rows the trace has.
    signals : tuple of SignalRange
        |x| of the inputs and of every layer, first to last.
    deltas : tuple of SignalRange
        |delta| of every layer, first to last.

    Examples
    --------
    >>> from glassnet import Dense, Network, signal_ranges, trace
    >>> network = Network(2, [Dense(2, "relu"), Dense(1)])
    >>> parameters = [{"W": [[1, -1], [0, 1]], "b": [0, 0]}, {"W": [[2], [1]], "b": [0]}]
    >>> steps = trace(network, parameters, [[3.0, 1.0]], [[5.0]])
    >>> ranges = signal_ranges(steps)
    >>> ranges.step, ranges.rows, len(ranges.signals), len(ranges.deltas)
    (1, 1, 3, 2)
    >>> [(delta.layer, delta.largest) for delta in ranges.deltas]
    [(1, 2.0), (2, 1.0)]
    """

    step: int
    rows: int
    signals: tuple[SignalRange, ...]
    deltas: tuple[SignalRange, ...]

    def table(self) -> TextTable:
        """Return a line a layer and quantity."""
        head = ("layer", "name", "quantity", "numbers", "zeros", "least", "median", "largest")
        rows = tuple(tuple(asdict(each).values()) for each in (*self.signals, *self.deltas))
        return TextTable(head, rows, None, f"sizes of what is not 0, step {self.step}, {counted(self.rows, 'row')}")

    def describe(self) -> str:
        """Return in which layers the medians of |x| and |delta| are least, and what is 0."""
        zeros = [
            f"{each.zeros:,} of {each.count:,} {each.quantity} in {_place(each)}"
            for each in (*self.signals, *self.deltas)
            if each.zeros
        ]
        said = [_least("|x|", self.signals), _least("|delta|", self.deltas)]
        said.append(f"exactly 0 are {', '.join(zeros)}" if zeros else "none is exactly 0")
        return f"Step {self.step}, {counted(self.rows, 'row')}: {'; '.join(said)}."

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON."""
        return asdict(self)

    def to_json(self) -> str:
        """Return everything as JSON."""
        return json.dumps(self.to_dict(), indent=2)

    def __str__(self) -> str:
        return f"{self.table()}\n{self.describe()}"

    def _fill(self, fragment: Fragment) -> None:
        fragment.text(self.describe())
        fragment.table(self.table())


def signal_ranges(trace: Trace, step: int = 1) -> SignalRanges:
    """Return range and median of |x| and |delta| of every layer in one step of a trace, and how many are 0.

    Parameters
    ----------
    trace : Trace
        At least one step.
    step : int, default=1
        The step, counted from 1.

    Returns
    -------
    SignalRanges
        Over all rows and units.

    Raises
    ------
    ValueError
        For a step that the trace does not have.

    Examples
    --------
    >>> from glassnet import Dense, Network, signal_ranges, trace
    >>> network = Network(2, [Dense(2, "relu"), Dense(1)])
    >>> parameters = [{"W": [[1, -1], [0, 1]], "b": [0, 0]}, {"W": [[2], [1]], "b": [0]}]
    >>> steps = trace(network, parameters, [[3.0, 1.0]], [[5.0]])
    >>> print(signal_ranges(steps).table())
    sizes of what is not 0, step 1, 1 row
    layer  name         quantity  numbers  zeros  least  median  largest
        0  inputs       x               2      0      1       2        3
        1  Dense, relu  x               2      1      3       3        3
        2  Dense        x               1      0      6       6        6
        1  Dense, relu  delta           2      1      2       2        2
        2  Dense        delta           1      0      1       1        1
    """
    if not 1 <= step <= len(trace.steps):
        raise ValueError(f"there is no step {step}: the trace has {len(trace.steps)}, counted from 1")
    layers = trace.steps[step - 1].layers
    names = trace.names or ("",) * len(layers)
    numbered = list(enumerate(zip(names, layers, strict=True), start=1))
    signals = [_range(0, "inputs", "x", trace.x), *(_range(at, name, "x", each.x) for at, (name, each) in numbered)]
    deltas = [_range(at, name, "delta", each.delta) for at, (name, each) in numbered]
    return SignalRanges(step, len(trace.x), tuple(signals), tuple(deltas))


def _range(layer: int, name: str, quantity: str, values: np.ndarray) -> SignalRange:
    sizes = np.abs(values[values != 0])
    ends = (float(sizes.min()), float(np.median(sizes)), float(sizes.max())) if sizes.size else (None, None, None)
    return SignalRange(layer, name, quantity, values.size, values.size - sizes.size, *ends)


def _least(what: str, ranges: Sequence[SignalRange]) -> str:
    """Return where the median is least, and where it is largest."""
    known = [(each.median, each) for each in ranges if each.median is not None]
    if not known:
        return f"every {what} is 0"
    least, first = min(known, key=lambda pair: pair[0])
    most, last = max(known, key=lambda pair: pair[0])
    if first is last:
        return f"the median of {what} is {rounded(least)} in {_place(first)}"
    return (
        f"the median of {what} is least in {_place(first)}, {rounded(least)}, and largest in {_place(last)}, "
        f"{rounded(most)}"
    )


def _place(each: SignalRange) -> str:
    return f"layer {each.layer}" if each.layer else "the inputs"
