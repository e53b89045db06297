"""From a start to the steps that a lesson shows: one way for the lesson's own numbers and for those of a reader."""

from dataclasses import replace
from typing import Any

from glassnet.insight.lessons.lesson import TraceSteps
from glassnet.insight.lessons.starts import STEPPED, Start
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
    title = "Your numbers; the question and the answer are about the lesson's own, which follow"
    table = replace(record.table(["output before", "output after", "E"]), title=title)
    return TraceSteps(viewer_record(record, title), (table, *record.layer_tables()))
