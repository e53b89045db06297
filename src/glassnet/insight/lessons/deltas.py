"""Lesson: the recursion of the deltas, from the last layer to the first, and where small ones make descent slow.

Source: the network 2-2-3-2 of Higham and Higham, "Deep Learning: An Introduction for Applied Mathematicians", SIAM
Review 61(4), 2019, with first weights of its own.
"""

import numpy as np

from glassnet.insight.lessons.lesson import Answer, Lesson, TraceSteps
from glassnet.insight.lessons.plateau import in_words, plateau
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.lessons.stepped import said, trace_of
from glassnet.insight.lessons.ten_points import record_descent, record_least_squares
from glassnet.insight.viewer_record import viewer_record


def deltas() -> Lesson:
    """Return the lesson: delta^l = sigma'(z^l) (*) W^{l+1} delta^{l+1}."""
    record = trace_of("deltas")
    descent = record_descent()
    early, later = (in_words(descent.deltas[np.searchsorted(descent.steps, step)]) for step in (0, 50_000))
    return Lesson(
        name="deltas",
        title="Deltas from layer to layer",
        question=QUESTIONS["deltas"],
        options=("in the first", "in the second", "in the last", "they are alike"),
        answer=Answer(
            0,
            "The mean of |delta| is 0.126 in the last layer, 0.016 in the second and 0.004 in the first. Each layer "
            "on the way back multiplies by weights and by sigma'(z), and sigma'(z) of the logistic function is at "
            "most 1/4. With up to three units and weights of size 1 or less, deltas become smaller from layer to "
            "layer. With many such layers the gradients of the first ones are almost 0: they vanish. This is so at "
            "the start of training, where weights are small. Later it can change: in the second network the means of "
            f"|delta| are {early}, first layer to last, at step 0. At step 50,000 they are {later}: largest in the "
            "first layer.",
        ),
        notation=(
            "A logistic neuron has the output sigma(z) = 1 / (1 + exp(-z)), and z is the sum of its inputs times "
            "their weights, plus b. E is the cost, and delta of a neuron is dE/dz. A number at the top right is the "
            "number of the layer. tau is the step size."
        ),
        body=(
            TraceSteps(
                viewer_record(
                    record,
                    f"Layers of 2, 3 and 2 logistic neurons: {said('deltas')}",
                ),
                record.all_tables(),
            ),
            plateau(descent, record_least_squares()),
        ),
    )
