"""Lesson: gradient descent on one linear neuron, with small and large step sizes.

Source: lecture notes "Regression with Neural Networks": E = (w x + b - y)^2 with x = 1.5, y = 0.5, from w = 0.8, b = 1.
"""

from dataclasses import replace

from glassnet.insight.lessons.lesson import Answer, Lesson, TraceSteps
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.trace import trace_network
from glassnet.insight.trace_record import Trace
from glassnet.insight.viewer_record import Varied, viewer_record
from glassnet.network.dense import Dense
from glassnet.network.network import Network

HITS, NEVER_SETTLES = 2 / 13, 4 / 13  # the inverse of half the curvature 2 (1 + x^2) = 6.5, and twice that
STEP_SIZES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.12, HITS, 0.18, 0.2, 0.25, 0.3, NEVER_SETTLES, 0.32)
STEPS = 8


def steps_of_one_neuron(step_size: float, steps: int = STEPS) -> Trace:
    """Return the trace of the lecture's neuron."""
    start = [{"W": [[0.8]], "b": [1.0]}]
    return trace_network(
        Network(1, [Dense(1)]), start, 1.5, 0.5, loss="squared_error", step_size=step_size, steps=steps
    )


def one_neuron() -> Lesson:
    """Return the lesson: the output after k - 1 steps is 0.5 + 1.7 (1 - 6.5 tau)^(k-1)."""
    runs = [steps_of_one_neuron(step_size) for step_size in STEP_SIZES]
    marks = {HITS: "hits the target", NEVER_SETTLES: "never settles"}
    record = viewer_record(
        runs,
        "One linear neuron: input 1.5, target 0.5, E = (output - target)^2",
        varied=Varied("step size tau", STEP_SIZES, marks, STEP_SIZES.index(0.2)),
    )
    tables = tuple(
        replace(run.table(["output before", "W^1", "b^1", "E"]), title=f"step size {run.step_size:g}") for run in runs
    )
    return Lesson(
        name="one-neuron",
        title="One neuron",
        question=QUESTIONS["one-neuron"],
        options=("between 2.2 and 0.5", "exactly 0.5", "below 0.5", "above 2.2"),
        answer=Answer(
            2,
            "A step with tau = 0.2 goes too far, to -0.01: every step multiplies the distance to 0.5 by 1 - 6.5 tau, "
            "where 6.5 = 2 (1.5^2 + 1). That is -0.3 here, 0 for tau = 2/13, and -1 for tau = 4/13, where the output "
            "jumps between 2.2 and -1.2 for ever. Larger steps lead away from the target.",
        ),
        body=(TraceSteps(record, tables),),
    )
