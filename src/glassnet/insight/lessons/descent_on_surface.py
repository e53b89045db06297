"""Lesson 6: gradient descent on the surface of the cost, for several step sizes.

Source: lecture notes "Regression with Neural Networks": E = (w x + b - y)^2 with x = 1.5, y = 0.5.
"""

import numpy as np

from glassnet.insight.lessons.lesson import Answer, Lesson
from glassnet.insight.lessons.one_neuron import HITS, NEVER_SETTLES, steps_of_one_neuron
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.sweep_plot import Plot, Series, axis
from glassnet.insight.sweep_record import Frame, slider, sweep
from glassnet.insight.text import TextTable

STEP_SIZES = (0.02, 0.05, 0.1, HITS, 0.2, 0.25, NEVER_SETTLES)
STEPS = 8
LEVELS = (0.0, 0.25, 1.0, 2.89)
W_AXIS, B_AXIS = (-0.9, 1.0), (-0.2, 1.2)


def descent() -> Lesson:
    """Return the lesson: E falls fastest across the valley 1.5 w + b = 0.5, whose curvature is 2 (1 + 1.5^2) = 6.5."""
    return Lesson(
        name="descent",
        title="Descent on the surface of the cost",
        question=QUESTIONS["descent"],
        options=(
            "at w = 0 and b = 0.5",
            "at w = 1/3 and b = 0",
            "at w = 1/65 and b = 31/65",
            "nowhere: it never stops",
        ),
        answer=Answer(
            2,
            "Every gradient points the same way, 1.5 parts of w for one of b, since the only row has x = 1.5. The path "
            "is a straight line from (0.8, 1) across the valley, and ends where it meets the line 1.5 w + b = 0.5: at "
            "(1/65, 31/65). Every point of that line has E = 0; where descent ends depends on where it begins.",
        ),
        body=(sweep("The way of w and b", [slider("step size tau", STEP_SIZES, 0.1)], _frame),),
    )


def _frame(step_size: float) -> Frame:
    steps = steps_of_one_neuron(step_size, STEPS).steps
    first = steps[0].layers[0].before
    w = [float(first["W"][0, 0]), *(float(step.layers[0].after["W"][0, 0]) for step in steps)]
    b = [float(first["b"][0]), *(float(step.layers[0].after["b"][0]) for step in steps)]
    costs = [steps[0].E, *(step.E_after for step in steps)]
    table = TextTable(("step", "w", "b", "E"), tuple(zip(range(STEPS + 1), w, b, costs, strict=True)))
    sentence = f"After {STEPS} steps w = {w[-1]:.4f}, b = {b[-1]:.4f} and E = {costs[-1]:.3g}."
    path = Series("line", "path", tuple(w), tuple(b), None, 1), Series("points", "steps", tuple(w), tuple(b), None, 1)
    about = f"The path of w and b from (0.8, 1) on the surface of E, with lines of equal E. {sentence}"
    return Frame(sentence, table, Plot(about, axis("w", *W_AXIS), axis("b", *B_AXIS), (*_levels(), *path)))


def _levels() -> list[Series]:
    """Return lines of equal E: 1.5 w + b = 0.5 +- sqrt(E)."""
    found: list[Series] = []
    for level in LEVELS:
        for side in (-1, 1) if level else (0,):
            target = 0.5 + side * np.sqrt(level)
            ends = [(max(W_AXIS[0], (target - B_AXIS[1]) / 1.5)), (min(W_AXIS[1], (target - B_AXIS[0]) / 1.5))]
            if ends[0] < ends[1]:
                named = f"E = {level:g}" if side >= 0 else ""
                heights = tuple(target - 1.5 * end for end in ends)
                found.append(Series("line", named, tuple(ends), heights, None, 0 if level else 2))
    return found
