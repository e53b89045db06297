"""Lesson: the recursion of the deltas, from the last layer to the first.

Source: the network 2-2-3-2 of Higham and Higham, "Deep Learning: An Introduction for Applied Mathematicians", SIAM
Review 61(4), 2019, with first weights of its own.
"""

from glassnet.insight.lessons.lesson import Answer, Lesson, TraceSteps
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.trace import trace_network
from glassnet.insight.trace_record import Trace
from glassnet.insight.viewer_record import viewer_record
from glassnet.network.dense import Dense
from glassnet.network.network import Network

NETWORK = Network(2, [Dense(2, "logistic"), Dense(3, "logistic"), Dense(2, "logistic")])
START = [
    {"W": [[0.1, 0.2], [0.3, 0.4]], "b": [0.1, -0.1]},
    {"W": [[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]], "b": [0.0, 0.1, -0.1]},
    {"W": [[0.2, -0.1], [0.3, 0.4], [-0.5, 0.6]], "b": [0.1, -0.2]},
]


def steps_of_deltas(steps: int = 3) -> Trace:
    """Return the trace of one row through the network."""
    return trace_network(NETWORK, START, [0.1, 0.1], [1.0, 0.0], loss="half_squared_error", step_size=0.05, steps=steps)


def deltas() -> Lesson:
    """Return the lesson: delta^l = sigma'(z^l) (*) W^{l+1} delta^{l+1}."""
    record = steps_of_deltas()
    tables = (record.table(["output before", "output after", "E"]), *record.layer_tables())
    return Lesson(
        name="deltas",
        title="Deltas from layer to layer",
        question=QUESTIONS["deltas"],
        options=("in the first", "in the second", "in the last", "they are alike"),
        answer=Answer(
            0,
            "Every layer multiplies what comes back by its weights and by sigma'(z), which is at most 1/4: the mean of "
            "|delta| is 0.126 in the last layer, 0.016 in the second and 0.004 in the first. That is how gradients "
            "vanish in networks with many such layers.",
        ),
        body=(
            TraceSteps(
                viewer_record(
                    record,
                    "Layers of 2, 3 and 2 logistic neurons; targets 1 and 0, E is half the sum of (output - target)^2",
                ),
                tables,
            ),
        ),
    )
