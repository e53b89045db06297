"""Lesson 13: which of n residuals makes an interval that the next row falls into with a given probability."""

import numpy as np

from glassnet.conformal.coverage import as_coverage, rank
from glassnet.conformal.kth_smallest import kth_smallest, sorted_scores
from glassnet.insight.lessons.lesson import Answer, Lesson
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.sweep_plot import Plot, Series, axis
from glassnet.insight.sweep_record import Frame, slider, sweep
from glassnet.insight.text import TextTable, rounded

# Sizes |y - prediction| of residuals of 40 rows that a model has not learned from, in the order of the rows.
RESIDUALS = (
    0.31, 1.24, 0.08, 0.77, 2.05, 0.42, 0.95, 0.16, 1.61, 0.58, 0.27, 1.08, 0.69, 0.03, 1.43, 0.36, 0.84, 2.48, 0.51,
    0.22, 1.17, 0.63, 0.12, 0.91, 1.82, 0.47, 0.39, 1.31, 0.05, 0.73, 0.54, 1.01, 0.19, 1.52, 0.66, 0.25, 0.88, 2.21,
    0.34, 0.8,
)  # fmt: skip
NUMBERS = (4, 8, 9, 10, 15, 18, 19, 20, 30, 39, 40)
COVERAGES = (0.5, 0.8, 0.9, 0.95)
HIGHEST = 2.6  # of the axis of residuals


def intervals() -> Lesson:
    """Return the lesson on the rank of the residual that makes an interval.

    Of n residuals the k-th smallest with k = ceil(coverage (n + 1)) bounds that of the next row with at least that
    probability, if the rows are exchangeable; where k = n + 1 none does, and the interval is infinite.

    References
    ----------
    Vovk, Gammerman and Shafer 2005, Algorithmic learning in a random world.
    """
    controls = [slider("residuals", NUMBERS, 19), slider("coverage", COVERAGES, 0.5)]  # another case
    return Lesson(
        name="intervals",
        title="Which residual makes the interval",
        question=QUESTIONS["intervals"],
        options=("the 8th smallest", "the 9th smallest, which is the largest", "none of them"),
        answer=Answer(
            1,
            "Take the 9 rows and the next one together: each of the 10 has the same chance to have the largest "
            "residual. The next row has it with probability 1/10. Otherwise its residual is at most the largest of "
            "the 9, and the interval contains its target: this happens with probability 9/10. The rule: of n "
            "residuals the one of rank k = ceil(coverage·(n + 1)) is taken, here ceil(0.9·10) = 9. With 8 residuals "
            "it gives ceil(0.9·9) = 9, but there is no 9th residual: no residual is large enough, and the interval is "
            "infinite. For 95% at least 19 residuals are needed.",
        ),
        notation=(
            "A residual is the size of an error, |target - prediction|, of a row that the model has not learned from. "
            "The residuals are sorted, and rank 1 is the smallest. The residuals here are an example. The interval is "
            "prediction ± residual, with the residual that is taken. Its coverage is the probability that it contains "
            "the target. ceil rounds up to an integer."
        ),
        body=(sweep("The residual that is taken", controls, _frame),),
    )


def _frame(number: float, coverage: float) -> Frame:
    n = int(number)
    residuals = np.sort(RESIDUALS[:n])
    k = rank(as_coverage(coverage), n)
    taken = k <= n
    formula = f"k = ceil({coverage:g}·({n} + 1)) = {k}"
    if taken:
        one = np.ones((1, 1))
        half = float(kth_smallest(0 * one, one, sorted_scores([residuals]), k)[0])
        sentence = f"{formula}: the {_ordinal(k)} smallest of {n} residuals is taken, prediction ± {rounded(half)}."
    else:
        half = None
        sentence = (
            f"{formula}, but there are only {n} residuals: no residual is large enough, and the interval is infinite."
        )
    rows = [(place, float(size), "taken" if place == k else "") for place, size in enumerate(residuals, start=1)]
    missing = () if taken else ((k, "there is none", "needed"),)
    table = TextTable(("rank", "residual", ""), (*rows, *missing), None, "Residuals")
    return Frame(sentence, table, _plot(residuals, k, half, sentence))


def _plot(residuals: np.ndarray, k: int, half: float | None, sentence: str) -> Plot:
    n = len(residuals)
    ranks = axis("rank of the residual", 0.0, float(max(n + 1, 5)))
    series = [Series("points", "residuals", tuple(map(float, range(1, n + 1))), tuple(residuals.tolist()), None, 0)]
    if half is not None:
        series += [
            Series("points", "the one that is taken", (float(k),), (half,), None, 2),
            Series("line", "half the width of the interval", (0.0, ranks.high), (half, half), None, 1),
        ]
    about = f"The sizes of {n} residuals in rising order. {sentence}"
    return Plot(about, ranks, axis("size of the residual", 0.0, HIGHEST), tuple(series))


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
