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

MEMBERS = 256
EPOCHS = 300
SIZES = (1, 2, 4, 8, 16)
MOST_CURVES = 16
ROWS, NOISE = 40, 0.3
POINTS = np.linspace(0, 1, 41)
LOWEST, HIGHEST = -1.5, 1.5


def fitted_members() -> NetworkRegressor:
    """Return 256 networks fitted to the same 40 rows of y = sin(2 pi x) + N(0, 0.3^2), from different starting weights.

    All take 300 epochs: some stand still for a while at a straight line, where a usual fit would end.
    """
    random = np.random.default_rng(0)
    x = np.sort(random.uniform(size=ROWS))
    y = np.sin(2 * np.pi * x) + NOISE * random.normal(size=ROWS)
    recipe = Recipe("plain", batch_size=ROWS, learning_rate_init=0.02, n_iter_no_change=EPOCHS)
    model = NetworkRegressor((16,), "tanh", preset=recipe, n_members=MEMBERS, cv=None, max_iter=EPOCHS, random_state=0)
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
        options=("it falls to a half", "it falls to a quarter", "it falls to a sixteenth", "it stays the same"),
        answer=Answer(
            1,
            "The starting weights are random, and the networks differ because of them. The variance of the mean of K "
            "independent networks is the variance of one network divided by K. In the table, groups of four have 0.25 "
            "of the variance of one network; 1/4 is expected. The other rows differ from 1/K a little, by chance. "
            "Errors that all networks share do not become smaller: the noise in the rows, and what a network of this "
            "size cannot follow.",
        ),
        notation=(
            f"{MEMBERS} networks were fitted to the same {ROWS} rows of y = sin(2 pi x) + noise, each from starting "
            "weights of its own. They are put in groups of K, and a group predicts the mean of its K networks. The "
            f"variance says how much the groups differ at a point x. It is computed at {len(POINTS)} points x from 0 "
            "to 1, and their mean is shown."
        ),
        body=(sweep("The mean of K networks", [slider("K", SIZES)], lambda size: _frame(predictions, int(size))),),
    )


def _frame(predictions: np.ndarray, size: int) -> Frame:
    """Return the means of disjoint groups of `size` networks, and how much they and smaller groups differ."""
    one = float(predictions.var(axis=0, ddof=1).mean())
    rows: list[tuple[int, int, float, float]] = []
    for number in SIZES[: SIZES.index(size) + 1]:
        means = predictions.reshape(MEMBERS // number, number, -1).mean(axis=1)
        rows.append((number, len(means), float(means.var(axis=0, ddof=1).mean()), one / number))
    means = predictions.reshape(MEMBERS // size, size, -1).mean(axis=1)
    head = ("K", "groups", "variance between groups", "expected: that of one / K")
    between = next(row[2] for row in rows if row[0] == size)
    said = f"have a variance of {rounded(between)}"
    groups = f"The means of {len(means)} groups of {size} networks" if size > 1 else f"{MEMBERS} single networks"
    expected = f"; expected is that of one network divided by {size}, {rounded(one / size)}" if size > 1 else ""
    sentence = f"{groups} {said}{expected}."
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
