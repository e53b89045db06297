"""Gradient checks that the viewer shows: a central difference beside every gradient of a parameter."""

from collections.abc import Sequence
from math import prod

import numpy as np

from glassnet.insight.central_differences import CentralDifference, CostFunction
from glassnet.insight.trace_record import Trace
from glassnet.insight.traced_step import Step
from glassnet.insight.viewer_columns import ShownEntries
from glassnet.storage.json_value import JSON

MOST_CHECKED = 20_000  # bytes of a record, a seventh of what a notebook has of a row of a default model
MOST_WORK = 30_000_000  # parameters in passes of rows: a tenth of a second
BYTES = 70  # of one check, about
DIGITS = (6, 15, 15, 10, 3)  # of what a check has


def checks_of(traces: Sequence[Trace], entries: ShownEntries, room: int) -> list[list[JSON]]:
    """Return the checks of the first steps of every run, as many as have room.

    A step has a list of its layers, with [h, E(p - h), E(p + h), quotient, quotient - gradient] for every entry of a
    parameter that is shown and trained.

    Parameters
    ----------
    traces : sequence of Trace
        The runs.
    entries : mapping of (layer, name) to array of int (..., axes)
        The indices of the entries that are shown.
    room : int
        The most bytes.
    """
    costs = [trace.cost for trace in traces if trace.cost is not None]
    if not room or len(costs) < len(traces):
        return [[] for _ in traces]
    specs = costs[0].network.parameters
    trained = {(number, name): index for (number, name), index in entries.items() if specs[number - 1][name].trained}
    count = max(len(traces) * sum(index[..., 0].size for index in trained.values()), 1)
    of_one = 2 * len(traces[0].x) * _products(traces[0])
    steps = min(room // (BYTES * count), MOST_WORK // (of_one * count))
    return [
        [_of_step(cost, step, trained) for step in trace.steps[:steps]]
        for cost, trace in zip(costs, traces, strict=True)
    ]


def _products(trace: Trace) -> int:
    """Return how many products a row takes, about: a parameter of a convolution has one for every place."""
    layers = zip(trace.steps[0].layers, trace.layers, strict=True)
    return sum(prod(kind.outputs[:-1]) * sum(array.size for array in layer.before.values()) for layer, kind in layers)


def _of_step(cost: CostFunction, step: Step, entries: ShownEntries) -> JSON:
    places = [
        (*place, tuple(map(int, at))) for place, index in entries.items() for at in index.reshape(-1, index.shape[-1])
    ]
    differences = iter(cost.differences([layer.before for layer in step.layers], places))
    found: list[dict[str, JSON]] = [{} for _ in step.layers]
    for (number, name), index in entries.items():
        gradient = step.layers[number - 1].gradient[name][tuple(np.moveaxis(index, -1, 0))]
        checks = [_rounded(next(differences), float(each)) for each in gradient.flat]
        found[number - 1][name] = np.reshape(checks, (*gradient.shape, len(DIGITS))).tolist()
    return list(found)


def _rounded(difference: CentralDifference, gradient: float) -> list[float]:
    numbers = (*difference, difference.quotient - gradient)
    return [float(f"{number:.{digits}g}") for number, digits in zip(numbers, DIGITS, strict=True)]
