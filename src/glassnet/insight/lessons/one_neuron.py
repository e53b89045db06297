"""Lesson: gradient descent on one linear neuron, with small and large step sizes.

Source: lecture notes "Regression with Neural Networks": E = (w x + b - y)^2 with x = 1.5, y = 0.5, from w = 0.8, b = 1.
"""

from dataclasses import replace

from glassnet.insight.lessons.lesson import Answer, Lesson, TraceSteps
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.lessons.stepped import said, trace_of
from glassnet.insight.viewer_record import Varied, viewer_record

HITS, NEVER_SETTLES = 2 / 13, 4 / 13  # the inverse of half the curvature 2 (1 + x^2) = 6.5, and twice that
STEP_SIZES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.12, HITS, 0.18, 0.2, 0.25, 0.3, NEVER_SETTLES, 0.32)
SHOWN = (
    "W^1 before", "b^1 before", "z^1", "x^1", "sigma'(z)^1", "E", "dE/dx^1", "delta^1", "dE/dW^1", "dE/db^1", "dE/dx^0",
    "W^1", "b^1", "output before", "output after", "E after",
)  # fmt: skip


def one_neuron() -> Lesson:
    """Return the lesson: the output after k - 1 steps is 0.5 + 1.7 (1 - 6.5 tau)^(k-1)."""
    runs = [trace_of("one-neuron", step_size=step_size) for step_size in STEP_SIZES]
    marks = {HITS: "2/13, hits the target", NEVER_SETTLES: "4/13, jumps for ever"}
    record = viewer_record(
        runs,
        f"One linear neuron: {said('one-neuron', step_size=False)}",
        varied=Varied("step size tau", STEP_SIZES, marks, STEP_SIZES.index(0.2)),
    )
    tables = tuple(replace(run.table(SHOWN), title=f"step size {run.step_size:g}") for run in runs)
    return Lesson(
        name="one-neuron",
        title="One neuron",
        question=QUESTIONS["one-neuron"],
        options=("between 2.2 and 0.5", "exactly 0.5", "below 0.5", "above 2.2"),
        answer=Answer(
            2,
            "dE/dw = 2·1.7·1.5 = 5.1 and dE/db = 2·1.7 = 3.4. So w becomes 0.8 - 0.2·5.1 = -0.22, b becomes 1 - "
            "0.2·3.4 = 0.32, and the output is -0.01. Every step multiplies the distance from 0.5 by 1 - 6.5 tau, "
            "where 6.5 = 2 (1.5^2 + 1). This factor is -0.3 for tau = 0.2, 0 for tau = 2/13 = 0.153846 (one "
            "step hits the target), and -1 for tau = 4/13 = 0.307692 (the output jumps between 2.2 and -1.2 for ever). "
            "With a larger tau it moves away from 0.5.",
        ),
        notation=(
            "The output is 1.5 w + b, the target is 0.5, and the cost is E = (output - 0.5)^2. A step of gradient "
            "descent with the step size tau subtracts tau dE/dw from w and tau dE/db from b."
        ),
        body=(TraceSteps(record, tables),),
    )
