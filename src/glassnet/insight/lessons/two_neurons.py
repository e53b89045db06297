"""Lesson: gradient descent on two linear neurons one after the other.

Source: lecture notes "Regression with Neural Networks": E = (output - target)^2, input 1.5, target 0.5, tau = 0.1.
"""

from glassnet.insight.lessons.lesson import Answer, Lesson, TraceSteps
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.lessons.stepped import said, trace_of
from glassnet.insight.viewer_record import viewer_record


def two_neurons() -> Lesson:
    """Return the lesson: the first gradients are 9.944, 4.52, 5.424 and 3.616."""
    record = trace_of("two-neurons")
    table = record.table(["W^2", "b^2", "W^1", "b^1", "output before", "output after"])
    return Lesson(
        name="two-neurons",
        title="Two neurons",
        question=QUESTIONS["two-neurons"],
        options=("w of the first neuron", "b of the first neuron", "w of the second neuron", "b of the second neuron"),
        answer=Answer(
            2,
            "The gradient of a weight is the delta of its neuron times the input of its neuron, and the gradient of b "
            "is delta. The second neuron has delta = 4.52 and the input 2.2, so dE/dw = 9.944 and dE/db = 4.52. The "
            "first has delta = 3.616 and the input 1.5, so dE/dw = 5.424 and dE/db = 3.616. A step changes each number "
            "by tau = 0.1 times its gradient: w of the second neuron falls by 0.994, the others by less.",
        ),
        notation=(
            "A number at the top right of x, w, b, z and delta is the number of the layer: the first neuron has the "
            "output x^1 = 1.5 w^1 + b^1, the second x^2 = w^2 x^1 + b^2. The cost is E = (output - target)^2, with the "
            "output x^2 and the target y = 0.5. The neurons are linear: the output of a neuron is its z. delta of a "
            "neuron is dE/dz."
        ),
        body=(
            TraceSteps(
                viewer_record(record, f"Two linear neurons: {said('two-neurons')}"),
                (table, *record.all_tables()),
            ),
        ),
    )
