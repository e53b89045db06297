"""Lesson: gradient descent on two linear neurons one after the other.

Source: lecture notes "Regression with Neural Networks": E = (x^2 - y)^2 with x^0 = 1.5, y = 0.5, tau = 0.1.
"""

from glassnet.insight.lessons.lesson import Answer, Lesson, TraceSteps
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.trace import trace_network
from glassnet.insight.trace_record import Trace
from glassnet.insight.viewer_record import viewer_record
from glassnet.network.dense import Dense
from glassnet.network.network import Network


def steps_of_two_neurons(steps: int = 8) -> Trace:
    """Return the trace of the lecture's two neurons."""
    network = Network(1, [Dense(1), Dense(1)])
    start = [{"W": [[0.8]], "b": [1.0]}, {"W": [[0.8]], "b": [1.0]}]
    return trace_network(network, start, 1.5, 0.5, loss="squared_error", step_size=0.1, steps=steps)


def two_neurons() -> Lesson:
    """Return the lesson: the first gradients are 9.944, 4.52, 5.424 and 3.616."""
    record = steps_of_two_neurons()
    table = record.table(["W^2", "b^2", "W^1", "b^1", "output before", "output after"])
    return Lesson(
        name="two-neurons",
        title="Two neurons",
        question=QUESTIONS["two-neurons"],
        options=("w of the first neuron", "b of the first neuron", "w of the second neuron", "b of the second neuron"),
        answer=Answer(
            2,
            "The gradient of a weight is its neuron's delta times what enters it. The second neuron has the larger"
            " delta, 4.52 beside 3.616, and 2.2 enters it where 1.5 enters the first: 9.944 beside 5.424. The "
            "gradient of b is delta itself.",
        ),
        body=(
            TraceSteps(
                viewer_record(record, "Two linear neurons: input 1.5, target 0.5, tau 0.1, E = (output - target)^2"),
                (table,),
            ),
        ),
    )
