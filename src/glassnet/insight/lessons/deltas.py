"""Lesson: the recursion of the deltas, from the last layer to the first, and where small ones make descent slow.

Source: the network 2-2-3-2 of Higham and Higham, "Deep Learning: An Introduction for Applied Mathematicians", SIAM
Review 61(4), 2019, with first weights of its own.
"""

from glassnet.insight.lessons.lesson import Answer, Lesson, TraceSteps
from glassnet.insight.lessons.plateau import plateau
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.lessons.stepped import trace_of
from glassnet.insight.viewer_record import viewer_record


def deltas() -> Lesson:
    """Return the lesson: delta^l = sigma'(z^l) (*) W^{l+1} delta^{l+1}."""
    record = trace_of("deltas")
    tables = (record.table(["output before", "output after", "E"]), *record.layer_tables())
    return Lesson(
        name="deltas",
        title="Deltas from layer to layer",
        question=QUESTIONS["deltas"],
        options=("in the first", "in the second", "in the last", "they are alike"),
        answer=Answer(
            0,
            "The mean of |delta| is 0.126 in the last layer, 0.016 in the second and 0.004 in the first. Each layer on "
            "the way back multiplies by weights and by sigma'(z), and sigma'(z) of the logistic function is at most "
            "1/4. With up to three units and weights of size 1 or less, deltas become smaller from layer to layer. "
            "With many such layers the gradients of the first ones are almost 0: they vanish.",
        ),
        body=(
            TraceSteps(
                viewer_record(
                    record,
                    "Layers of 2, 3 and 2 logistic neurons; targets 1 and 0, E is half the sum of (output - target)^2",
                ),
                tables,
            ),
            plateau(),
        ),
    )
