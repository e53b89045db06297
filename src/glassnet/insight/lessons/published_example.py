"""Lesson: a published example of backpropagation, two inputs, two hidden neurons and two outputs.

Source: Matt Mazur, "A Step by Step Backpropagation Example" (2015), which leaves the biases as they are; here they move
too, which changes nothing in the numbers of the first step that are printed there.
"""

from glassnet.insight.lessons.lesson import Answer, Lesson, TraceSteps
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.lessons.stepped import said, trace_of
from glassnet.insight.viewer_record import viewer_record


def published_example() -> Lesson:
    """Return the lesson: the outputs 0.751 and 0.773 should be 0.01 and 0.99."""
    record = trace_of("published-example")
    return Lesson(
        name="published-example",
        title="Two layers by hand",
        question=QUESTIONS["published-example"],
        options=("both do", "only the first", "only the second", "neither"),
        answer=Answer(
            0,
            "The gradients of the weights into an output have the sign of the error of this output. The first output "
            "is too large, so its weights fall; the second is too small, so its weights rise. Both also depend on the "
            "hidden neurons, but these change little: their deltas are 0.009 and 0.010, those of the outputs 0.138 and "
            "-0.038. E falls from 0.2984 to 0.2805.",
        ),
        notation=(
            'The numbers are those of Matt Mazur, "A Step by Step Backpropagation Example" (2015). A logistic neuron '
            "has the output 1 / (1 + exp(-z)), and z is the sum of its inputs times their weights, plus b. The cost E "
            "is half the sum of (output - target)^2, and delta of a neuron is dE/dz. A step of gradient descent with "
            "the step size tau subtracts tau times its gradient from every weight and every b."
        ),
        body=(
            TraceSteps(
                viewer_record(record, f"Two inputs, two hidden neurons, two outputs: {said('published-example')}"),
                record.all_tables(),
            ),
        ),
    )
