"""Lesson: a published example of backpropagation, two inputs, two hidden neurons and two outputs.

Source: Matt Mazur, "A Step by Step Backpropagation Example" (2015), which leaves the biases as they are; here they move
too, which changes nothing in the numbers of the first step that are printed there.
"""

from glassnet.insight.lessons.lesson import Answer, Lesson, TraceSteps
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.trace import trace_network
from glassnet.insight.trace_record import Trace
from glassnet.insight.viewer_record import viewer_record
from glassnet.network.dense import Dense
from glassnet.network.network import Network


def steps_of_published_example(steps: int = 5) -> Trace:
    """Return the trace of the published example."""
    network = Network(2, [Dense(2, "logistic"), Dense(2, "logistic")])
    start = [
        {"W": [[0.15, 0.25], [0.2, 0.3]], "b": [0.35, 0.35]},
        {"W": [[0.4, 0.5], [0.45, 0.55]], "b": [0.6, 0.6]},
    ]
    targets = [0.01, 0.99]
    return trace_network(network, start, [0.05, 0.1], targets, loss="half_squared_error", step_size=0.5, steps=steps)


def published_example() -> Lesson:
    """Return the lesson: the outputs 0.751 and 0.773 should be 0.01 and 0.99."""
    record = steps_of_published_example()
    table = record.table(["output before", "output after", "E"])
    return Lesson(
        name="published-example",
        title="Two layers by hand",
        question=QUESTIONS["published-example"],
        options=("both do", "only the first", "only the second", "neither"),
        answer=Answer(
            0,
            "Each output has weights of its own, whose gradients have the sign of its own error; both outputs share "
            "the hidden neurons, but what these change is small here, with deltas of about 0.009. The first output "
            "falls, the second rises, and E falls from 0.2984 to 0.2805.",
        ),
        body=(
            TraceSteps(
                viewer_record(
                    record, "Two inputs, two hidden neurons, two outputs; E is half the sum of (output - target)^2"
                ),
                (table,),
            ),
        ),
    )
