"""The lesson on Rosenblatt's rule, in every order of the rows, against the rule in plain Python."""

from functools import cache

import numpy as np
import pytest

from glassnet.insight.lessons.perceptron import AT_THE_END, DECISIONS, perceptron

FESTIVAL, AND, OR, XOR = (
    "The festival: y = 1 if the weather is good",
    "AND: y = 1 if both inputs are 1",
    "OR: y = 1 if at least one input is 1",
    "XOR: y = 1 if exactly one input is 1",
)
LISTED, REVERSED, ONES_FIRST = "as listed", "reversed", "rows with y = 1 first"


@cache
def lesson():
    return perceptron()


def learned(name):
    return lesson().body[[*DECISIONS].index(name)]


def columns(frame):
    """Return the columns of a frame's table by their names."""
    return dict(zip(frame.table.header, zip(*frame.table.rows, strict=True), strict=True))


def in_order(name, order):
    """Return rows and what is right for them, in one of the orders."""
    pairs = [*zip(*DECISIONS[name], strict=True)]
    if order == REVERSED:
        return [*reversed(pairs)]
    return [pair for y in (1, 0) for pair in pairs if pair[1] == y] if order == ONES_FIRST else pairs


def states(name, order):
    """Return weights, threshold and row after every mistake of 1,000 passes or up to one without a mistake."""
    pairs = in_order(name, order)
    w, threshold, found = [0] * len(pairs[0][0]), 0, [((0,) * len(pairs[0][0]), 0, None)]
    for _ in range(1000):
        before = len(found)
        for x, y in pairs:
            error = y - int(sum(a * b for a, b in zip(w, x, strict=True)) > threshold)
            if error:
                w, threshold = [a + error * b for a, b in zip(w, x, strict=True)], threshold - error
                found.append((tuple(w), threshold, x))
        if len(found) == before:
            break
    return found


CASES = [(name, order) for name in DECISIONS for order in (LISTED, REVERSED, ONES_FIRST)]


@pytest.mark.parametrize(("name", "order"), CASES)
def test_every_mistake_is_that_of_the_rule_by_hand(name, order):
    found, sweep = states(name, order), learned(name)
    pairs = in_order(name, order)
    for number, label in zip(sweep.controls[1].values, sweep.controls[1].labels, strict=True):
        place = len(found) - 1 if label == AT_THE_END else min(int(number), len(found) - 1)
        w, threshold, row = found[place]
        frame = sweep.at(order, number)
        shown = columns(frame)
        z = [sum(a * b for a, b in zip(w, x, strict=True)) - threshold for x, _ in pairs]
        assert shown["w·x - threshold"] == tuple(z)
        assert shown["y"] == tuple(y for _, y in pairs)
        assert shown["f(x)"] == tuple(int(value > 0) for value in z)
        assert shown["decision"] == tuple(
            "right" if (v > 0) == y else "wrong" for v, (_, y) in zip(z, pairs, strict=True)
        )
        assert f"; now w = ({', '.join(map(str, w))}), threshold {threshold}, and " in frame.sentence
        if 0 < number < len(found) and label != AT_THE_END:
            assert frame.sentence.startswith(f"Mistake {place}, in pass ")
            assert f": ({', '.join(map(str, row))}) was decided as " in frame.sentence


@pytest.mark.parametrize(
    ("name", "weights", "threshold", "mistakes"),
    [(FESTIVAL, (1, 0, 0), 0, 2), (AND, (2, 1), 2, 10), (OR, (1, 1), 0, 4)],
)
def test_what_a_line_separates_is_learned(name, weights, threshold, mistakes):
    assert states(name, LISTED)[-1][:2] == (weights, threshold)
    assert len(states(name, LISTED)) - 1 == mistakes
    before, last = (learned(name).at(LISTED, float(number)) for number in (mistakes - 1, mistakes))
    assert before.sentence.endswith("wrong.")
    assert last.sentence.startswith(f"Mistake {mistakes}, ")
    for order in (LISTED, REVERSED, ONES_FIRST):
        end = learned(name).at(order, learned(name).controls[1].values[-1])
        assert end.sentence.endswith("and all rows are right.")


@pytest.mark.parametrize(("order", "mistakes"), [(LISTED, 3997), (REVERSED, 3998), (ONES_FIRST, 3999)])
def test_xor_is_never_learned(order, mistakes):
    xor = learned(XOR)
    assert len(states(XOR, order)) - 1 == mistakes
    assert xor.controls[1].labels[-2:] == ("12", AT_THE_END)
    end = xor.at(order, xor.controls[1].values[-1])
    assert end.sentence.startswith(f"After 1,000 passes and {mistakes:,} mistakes; ")
    assert " of 4 rows are wrong." in end.sentence
    assert AT_THE_END == "after 1,000 passes"


def test_after_the_last_mistake_nothing_moves():
    """AND has 10 mistakes as listed, and 12 in reverse, for which the slider has places."""
    assert learned(AND).controls[1].labels[-1] == "12"
    ended = learned(AND).at(LISTED, 11.0)
    assert ended.sentence == "After 6 passes and 10 mistakes; now w = (2, 1), threshold 2, and all rows are right."


def contains(band, x, y):
    """Return whether a band has a point."""
    low, high = (float(np.interp(x, band.x, ends)) for ends in (band.low, band.y))
    return band.x[0] <= x <= band.x[-1] and low < y < high


@pytest.mark.parametrize(("name", "order"), [case for case in CASES if case[0] != FESTIVAL])
def test_the_side_of_1_has_the_points_that_are_above_the_threshold(name, order):
    sweep, random = learned(name), np.random.default_rng(0)
    for place, (w, threshold, _) in enumerate(states(name, order)[:13]):
        series = {each.name: each for each in sweep.at(order, float(place)).plot.series}
        if w == (0, 0):
            assert "f(x) = 1" not in series
            assert "there is no line to draw" in sweep.at(order, float(place)).sentence
            continue
        for x, y in random.uniform(-0.5, 1.5, (50, 2)).tolist():
            inside = "f(x) = 1" in series and contains(series["f(x) = 1"], x, y)
            assert inside == (w[0] * x + w[1] * y > threshold)
