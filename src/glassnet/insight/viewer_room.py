"""How much of a trace or a forward pass a viewer is given: notebooks show at most 300 kB."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import takewhile

import numpy as np

from glassnet.insight.forward_pass import ForwardPass
from glassnet.insight.trace import layers_of, names_of
from glassnet.insight.trace_record import Trace
from glassnet.insight.traced_step import LayerStep, Step
from glassnet.insight.viewer_columns import MOST_CHANNELS, columns_of
from glassnet.insight.viewer_places import terms_of
from glassnet.insight.viewer_record import MOST_SAMPLES, viewer_record
from glassnet.network.network import Network
from glassnet.storage.json_value import JSON

MOST_VIEWED = 85_000  # bytes of the steps
MOST_WITH_EQUATIONS = 185_000
DIGITS = 9  # where there is little room
MOST_TERMS = 10_000  # of the equations of images: about half a second
ROWS_AND_CHANNELS = ((MOST_SAMPLES, MOST_CHANNELS), (5, MOST_CHANNELS), (1, MOST_CHANNELS), (1, 2), (1, 1))  # of images


def viewed_trace(
    trace: Trace,
    title: str,
    *,
    inputs: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    brief: bool = False,
    forward: Network | None = None,
) -> dict[str, JSON] | None:
    """Return what a viewer shows of a trace: as many rows, channels, steps and equations as have room.

    What is left out is said in its title. None where the first step leaves the finite numbers.

    Parameters
    ----------
    trace : Trace
        The trace.
    title : str
        What it is.
    inputs, outputs : sequence of str or None
        The names of the inputs and outputs; x_1, x_2, ... and output 1, output 2, ... unless given.
    brief : bool
        Whether numbers have nine digits, no equations and no gradient checks, for a page with much else.
    forward : Network or None
        The network of a forward pass alone.
    """
    finite = tuple(takewhile(lambda step: step.is_finite, trace.steps))
    if not finite:
        return None
    first = replace(trace, steps=trace.steps[:1])
    rows, channels, one = _rows_and_channels(first, title, forward)
    kept = finite[: max(MOST_VIEWED // one, 1)]
    about = title + (f"; the first {len(kept)} of {len(trace.steps)} steps" if len(kept) < len(trace.steps) else "")
    recorded = partial(
        viewer_record, replace(trace, steps=kept), inputs=inputs, outputs=outputs, samples=rows, channels=channels,
        forward=forward,
    )  # fmt: skip
    if brief:
        return _with_digits(recorded(about, equations="none", checked=0), DIGITS)
    of_images = terms_of(first, columns_of(first, channels))
    if of_images <= MOST_TERMS:
        record = recorded(about)
        if _size(record) <= MOST_WITH_EQUATIONS:
            return record
    if of_images:
        record = recorded(f"{about}; equations of images have no room here", equations="units")
        if _size(record) <= MOST_WITH_EQUATIONS:
            return record
    return recorded(f"{about}; equations have no room here", equations="none")


def _rows_and_channels(first: Trace, title: str, forward: Network | None) -> tuple[int, int, int]:
    """Return how many rows and channels of images have room, and the bytes of the first step with them."""
    rows, channels, size = 0, 0, 0
    for rows, channels in ROWS_AND_CHANNELS if first.x.ndim > 2 else ROWS_AND_CHANNELS[:1]:
        recorded = partial(viewer_record, first, title, samples=rows, channels=channels, forward=forward)
        size = _size(recorded(equations="none", checked=0))
        if size <= MOST_VIEWED:
            break
    return rows, channels, size


def viewed_forward(
    forward: ForwardPass,
    title: str,
    *,
    inputs: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    brief: bool = False,
) -> dict[str, JSON] | None:
    """Return what a viewer shows of a forward pass alone; the parameters are those of `viewed_trace`."""
    layers = tuple(_without_slopes(layer.z, layer.x, layer.parameters) for layer in forward.layers)
    nothing = np.zeros_like(forward.output)
    step = Step(1, 0.0, 0.0, forward.output, nothing, np.zeros_like(forward.x), layers)
    network = forward.network
    trace = Trace("", "", 0.0, forward.x, nothing, (step,), names_of(network), layers_of(network))
    return viewed_trace(trace, title, inputs=inputs, outputs=outputs, brief=brief, forward=network)


def _without_slopes(z: np.ndarray, x: np.ndarray, parameters: dict[str, np.ndarray]) -> LayerStep:
    """Return a layer of a step of which no derivative is known: zeros, which are not shown."""
    zeros = {name: np.zeros_like(array) for name, array in parameters.items()}
    return LayerStep(z, x, np.zeros_like(x), np.zeros_like(x), None, zeros, parameters, parameters)


def _size(record: dict[str, JSON]) -> int:
    return len(json.dumps(record, separators=(",", ":")))


def _with_digits(record: dict[str, JSON], digits: int) -> dict[str, JSON]:
    """Return a record whose numbers have so many significant digits."""
    return {name: _rounded(value, digits) for name, value in record.items()}


def _rounded(value: JSON, digits: int) -> JSON:
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    if isinstance(value, Mapping):
        return {name: _rounded(item, digits) for name, item in value.items()}
    return [_rounded(item, digits) for item in value] if isinstance(value, list) else value
