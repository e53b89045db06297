"""From a start to the steps that a lesson shows: one way for the lesson's own numbers and for those of a reader."""

from dataclasses import replace
from typing import Any

from glassnet.insight.lessons.lesson import TraceSteps
from glassnet.insight.lessons.starts import STEPPED, Numbers, Start
from glassnet.insight.trace import trace_network
from glassnet.insight.trace_record import Trace
from glassnet.insight.viewer_record import viewer_record
from glassnet.network.dense import Dense
from glassnet.network.network import Network
from glassnet.training.divergence import DivergenceError


def trace_of(name: str, start: Start | None = None, **changes: Any) -> Trace:
    """Return the trace of a lesson from its own start or another one, with changes of single fields of it."""
    stepped = STEPPED[name]
    start = replace(start or stepped.start, **changes)
    network = Network(len(start.inputs), [Dense(len(layer.b), stepped.activation) for layer in start.layers])
    parameters = [{"W": layer.W, "b": layer.b} for layer in start.layers]
    return trace_network(
        network,
        parameters,
        [start.inputs],
        [start.targets],
        loss=stepped.loss,
        step_size=start.step_size,
        steps=start.steps,
    )


COSTS = {
    ("squared_error", False): "E = (output - target)^2",
    ("squared_error", True): "E is the sum of (output - target)^2",
    ("half_squared_error", False): "E is half of (output - target)^2",
    ("half_squared_error", True): "E is half the sum of (output - target)^2",
}


def said(name: str, start: Start | None = None, *, step_size: bool = True) -> str:
    """Return the inputs, the targets, the step size and the cost of a lesson's start in words."""
    start = start or STEPPED[name].start
    tau = f"tau = {start.step_size:g}, " if step_size else ""
    cost = COSTS[STEPPED[name].loss, len(start.targets) > 1]
    return f"{_listed('input', start.inputs)}, {_listed('target', start.targets)}, {tau}{cost}"


def _listed(name: str, numbers: Numbers) -> str:
    *others, last = (f"{number:g}" for number in numbers)
    return f"{name}s {', '.join(others)} and {last}" if others else f"{name} {last}"


def own_steps(name: str, start: Start) -> TraceSteps:
    """Return what a lesson shows of a start of a reader's own.

    Raises
    ------
    ValueError
        When the run leaves the finite numbers.
    """
    try:
        record = trace_of(name, start)
    except DivergenceError:
        record = None
    if record is None or not record.is_finite:
        raise ValueError(
            f"the run leaves the finite numbers within its {start.steps} steps; write smaller numbers or a smaller "
            f"step_size, as the lesson's own {STEPPED[name].start.step_size:g}"
        )
    title = (
        f"Your numbers: {said(name, start)}. The question and the answer are about the lesson's own numbers, which "
        "come below."
    )
    far = tuple(target for target in start.targets if not 0 <= target <= 1)
    if STEPPED[name].activation == "logistic" and far:
        title += (
            f" The output of a logistic neuron lies between 0 and 1, so it never reaches the {_listed('target', far)}."
        )
    steps, *layers = record.all_tables()
    return TraceSteps(viewer_record(record, title), (replace(steps, title=title), *layers))
