"""Lesson 14: why the mean of several networks is calmer than one."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from glassnet.ensemble.recipe import Recipe
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.insight.lessons.lesson import Answer, Lesson
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.sweep_plot import Plot, Series, axis, drawn
from glassnet.insight.sweep_record import Frame, slider, sweep
from glassnet.insight.text import TextTable, rounded

MEMBERS = 64
SIZES = (1, 2, 4, 8, 16)
MOST_CURVES = 16
FEW_GROUPS = 8
ROWS, NOISE = 40, 0.3
POINTS = np.linspace(0, 1, 41)
LOWEST, HIGHEST = -2.0, 2.0


def fitted_members() -> NetworkRegressor:
    """Return 64 networks fitted to the same 40 rows of y = sin(2 pi x) + N(0, 0.3^2), from different first weights."""
    random = np.random.default_rng(0)
    x = np.sort(random.uniform(size=ROWS))
    y = np.sin(2 * np.pi * x) + NOISE * random.normal(size=ROWS)
    recipe = Recipe("plain", batch_size=ROWS, learning_rate_init=0.02)
    model = NetworkRegressor((16,), "tanh", preset=recipe, n_members=MEMBERS, cv=None, max_iter=300, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it is long enough for the lesson
        return model.fit(x[:, None], y)


def members() -> Lesson:
    """Return the lesson: the mean of K networks with independent errors of variance v has the variance v / K."""
    model = fitted_members()
    predictions = model.predict_members(POINTS[:, None])
    return Lesson(
        name="members",
        title="Why many networks",
        question=QUESTIONS["members"],
        options=("it falls to a half", "it falls to a quarter", "it falls to a sixteenth", "it stays"),
        answer=Answer(
            1,
            "The first weights are random, and the networks differ because of them. The variance of the mean of K "
            "independent networks is the variance of one network divided by K. In the table, groups of four have 0.20 "
            "of the variance of one network; 1/4 is expected. Errors that all networks share do not become smaller: "
            "the noise in the rows, and what a network of this size cannot follow.",
        ),
        notation=(
            "64 networks were fitted to the same 40 rows of y = sin(2 pi x) + noise, each from first weights of its "
            "own. They are put in groups of K, and a group predicts the mean of its K networks. The variance is that "
            "between the groups, its mean over 41 points x from 0 to 1."
        ),
        body=(sweep("The mean of K networks", [slider("K", SIZES)], lambda size: _frame(predictions, int(size))),),
    )


def _frame(predictions: np.ndarray, size: int) -> Frame:
    """Return the means of disjoint groups of `size` networks, and how much they differ."""
    one = float(predictions.var(axis=0, ddof=1).mean())
    rows: list[tuple[int, int, float, float]] = []
    for number in SIZES:
        means = predictions.reshape(MEMBERS // number, number, -1).mean(axis=1)
        rows.append((number, len(means), float(means.var(axis=0, ddof=1).mean()), one / number))
    means = predictions.reshape(MEMBERS // size, size, -1).mean(axis=1)
    head = ("K", "groups", "variance between groups", "expected: that of one / K")
    between = next(row[2] for row in rows if row[0] == size)
    said = f"have a variance of {rounded(between)}"
    groups = f"The means of {len(means)} groups of {size} networks" if size > 1 else f"{MEMBERS} single networks"
    expected = f"; expected is that of one network divided by {size}, {rounded(one / size)}" if size > 1 else ""
    rough = ", but few groups show it only roughly" if len(means) <= FEW_GROUPS else ""
    sentence = f"{groups} {said}{expected}{rough}."
    return Frame(sentence, TextTable(head, tuple(rows)), _plot(means, sentence))


def _plot(means: np.ndarray, sentence: str) -> Plot:
    x, true = drawn(POINTS), drawn(np.sin(2 * np.pi * POINTS))
    many = len(means) > MOST_CURVES
    what = "networks" if len(means) == MEMBERS else "groups"
    curve = f"{MOST_CURVES} of the {len(means)} {what}" if many else f"all {len(means)} {what}"
    curves = [
        Series("line", curve if place == 0 else "", x, drawn(mean), None, 3)
        for place, mean in enumerate(np.clip(means[:MOST_CURVES], LOWEST, HIGHEST))
    ]
    axes = axis("input", 0, 1), axis("prediction", LOWEST, HIGHEST)
    function = Series("line", "true function", x, true, None, 1)
    return Plot(f"Predictions over the input. {sentence}", *axes, (*curves, function))
