"""Lesson 6: gradient descent on the surface of the cost, for several step sizes and starts.

Source: lecture notes "Regression with Neural Networks": E = (w x + b - y)^2 with x = 1.5, y = 0.5.
"""

from collections.abc import Sequence

import numpy as np

from glassnet.insight.lessons.lesson import Answer, Lesson
from glassnet.insight.lessons.one_neuron import HITS, NEVER_SETTLES
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.lessons.starts import LayerStart
from glassnet.insight.lessons.stepped import trace_of
from glassnet.insight.sweep_plot import Plot, Series, axis
from glassnet.insight.sweep_record import Control, Frame, choice, sweep
from glassnet.insight.text import TextTable

STEP_SIZES = (0.02, 0.05, 0.1, HITS, 0.2, 0.25, NEVER_SETTLES, 0.32)
STARTS = {  # of w and b; the first is not that of the question
    "w = 1, b = 0": (1.0, 0.0),
    "w = 0.8, b = 1": (0.8, 1.0),
    "w = 0.29, b = 0.66": (0.29, 0.66),
    "w = 0, b = 0": (0.0, 0.0),
    "w = -1, b = 1": (-1.0, 1.0),
}
X, Y = 1.5, 0.5
CURVATURE = 2 * (X**2 + 1)  # of E along its gradient
STEPS = 8
LEVELS = (0.0, 0.25, 1.0, 2.89)
ROUNDING = 1e-25  # an E below it is one of 0
NUMBERED, APART = 4, 0.15  # how many steps have their number, and how far from each other
W_AXIS, B_AXIS = (-1.5, 1.6), (-1.0, 2.0)


def descent() -> Lesson:
    """Return the lesson: E falls fastest across the valley 1.5 w + b = 0.5, whose curvature is 2 (1 + 1.5^2) = 6.5."""
    return Lesson(
        name="descent",
        title="Descent on the surface of the cost",
        question=QUESTIONS["descent"],
        options=(
            "at (w, b) = (0, 0.5)",
            "at (w, b) = (0.2308, 0.1538) = (3/13, 2/13)",
            "at (w, b) = (0.0154, 0.4769) = (1/65, 31/65)",
            "nowhere: it never stops",
        ),
        answer=Answer(
            2,
            "The gradient is 2 (1.5 w + b - 0.5) times (1.5, 1): w changes 1.5 times as much as b in every step. So "
            "the path is a straight line from (0.8, 1), at a right angle to the lines of equal E. It ends where it "
            "meets the line 1.5 w + b = 0.5, at (0.8 - 1.5 c, 1 - c) with c = 1.7/3.25, which is (1/65, 31/65) = "
            "(0.0154, 0.4769). E is 0 at every point of that line; at which of them descent ends depends on the start. "
            "Every step multiplies 1.5 w + b - 0.5 by 1 - 6.5 tau, where 6.5 = 2 (1.5^2 + 1). Above tau = 2/6.5 = 4/13 "
            "this factor is below -1, and the distance to the line grows.",
        ),
        notation=(
            "A neuron with the output 1.5 w + b and the target 0.5 has the cost E. A step of gradient descent with the "
            "step size tau subtracts tau dE/dw from w and tau dE/db from b."
        ),
        body=(sweep("The path of w and b", [_step_size(), choice("start", [*STARTS])], _frame),),
    )


def _step_size() -> Control:
    """Return the slider of step sizes, in which two have a fraction too."""
    fractions = {HITS: "2/13 = ", NEVER_SETTLES: "4/13 = "}
    labels = tuple(f"{fractions.get(each, '')}{each:.6g}" for each in STEP_SIZES)
    return Control("step size tau", STEP_SIZES, labels, "slider", STEP_SIZES.index(0.1))


def _frame(step_size: float, start: str) -> Frame:
    first = STARTS[start]
    layer = LayerStart(((first[0],),), (first[1],))
    steps = trace_of("one-neuron", step_size=step_size, steps=STEPS, layers=(layer,)).steps
    w = [first[0], *(float(step.layers[0].after["W"][0, 0]) for step in steps)]
    b = [first[1], *(float(step.layers[0].after["b"][0]) for step in steps)]
    costs = [steps[0].E, *(step.E_after for step in steps)]
    table = TextTable(("step", "w", "b", "E"), tuple(zip(range(STEPS + 1), w, b, costs, strict=True)))
    sentence = (
        f"After {STEPS} steps w = {w[-1]:.4f}, b = {b[-1]:.4f} and E = {_short(costs[-1])}. {_tiny(costs)}"
        f"{_end(step_size, *first)}"
    )
    path = Series("line", "path", tuple(w), tuple(b), None, 3)
    about = f"The path from {start} on the surface of E, with lines of equal E. {sentence}"
    series = (*_levels(), path, *_steps(w, b))
    return Frame(sentence, table, Plot(about, axis("w", *W_AXIS), axis("b", *B_AXIS), series, equal=True))


def _short(cost: float) -> str:
    return f"{cost:.3g}".replace("e-0", "e-")


def _tiny(costs: Sequence[float]) -> str:
    """Return what an E is that only rounding keeps from 0, if there is one."""
    tiny = [cost for cost in costs if 0 < cost < ROUNDING]
    return f"An E such as {_short(tiny[0])} is 0 but for rounding errors. " if tiny else ""


def _steps(w: Sequence[float], b: Sequence[float]) -> list[Series]:
    """Return the points after every step, the first ones with their numbers where these have room."""
    numbered = list[int]()
    for step in range(NUMBERED):
        if any(np.hypot(w[step] - w[other], b[step] - b[other]) < APART for other in numbered):
            break
        numbered.append(step)
    found = [Series("points", "steps, the first with their numbers", tuple(w), tuple(b), None, 1)]
    return found + [Series("points", "", (w[step],), (b[step],), None, 1, str(step)) for step in numbered]


def _end(step_size: float, w: float, b: float) -> str:
    """Return where the path ends: in the foot of the perpendicular from the start onto 1.5 w + b = 0.5."""
    distance = X * w + b - Y
    foot = f"({w - X * distance / (X**2 + 1):.4f}, {b - distance / (X**2 + 1):.4f})"
    if step_size == HITS:
        return f"The first step ends on the line 1.5 w + b = 0.5, at {foot}, its nearest point to the start."
    if step_size < NEVER_SETTLES:
        return f"With more steps it ends on the line 1.5 w + b = 0.5 at {foot}, its nearest point to the start."
    if step_size == NEVER_SETTLES:
        return "It jumps between two points, with the same E in both, and ends nowhere."
    factor = abs(1 - CURVATURE * step_size)
    return (
        f"It ends nowhere: every step goes across the line and makes the distance {factor:g} times as large, since tau "
        "is above 4/13 = 0.3077."
    )


def _levels() -> list[Series]:
    """Return lines of equal E: 1.5 w + b = 0.5 +- sqrt(E)."""
    found: list[Series] = []
    for level in LEVELS:
        for side in (-1, 1) if level else (0,):
            target = Y + side * np.sqrt(level)
            ends = [(max(W_AXIS[0], (target - B_AXIS[1]) / X)), (min(W_AXIS[1], (target - B_AXIS[0]) / X))]
            if ends[0] < ends[1]:
                named = (
                    {LEVELS[0]: "E = 0", LEVELS[1]: "lines of equal E, with its value"}.get(level, "")
                    if side >= 0
                    else ""
                )
                heights = tuple(target - X * end for end in ends)
                found.append(Series("line", named, tuple(ends), heights, None, 0 if level else 2, f"{level:g}"))
    return found
