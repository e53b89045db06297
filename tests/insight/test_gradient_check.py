"""The gradient check: backpropagation beside a central difference, of one entry."""

import json

import numpy as np
import pytest

from glassnet import Dense, Loss, Network, gradient_check

NETWORK = Network(2, [Dense(2, "logistic"), Dense(2, "logistic")])
MAZUR = [
    {"W": [[0.15, 0.25], [0.20, 0.30]], "b": [0.35, 0.35]},
    {"W": [[0.40, 0.50], [0.45, 0.55]], "b": [0.60, 0.60]},
]
DATA = {"x": [[0.05, 0.10]], "y": [[0.01, 0.99]]}


def cost_by_hand(W, x=DATA["x"], y=DATA["y"]):
    """Return half the squared error in NumPy, with W of the first layer."""
    logistic = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731
    hidden = logistic(np.array(x) @ W + MAZUR[0]["b"])
    return float(np.mean(np.sum(0.5 * (logistic(hidden @ MAZUR[1]["W"] + MAZUR[1]["b"]) - y) ** 2, axis=1)))


def test_both_numbers_are_those_worked_out_by_hand():
    found = gradient_check(NETWORK, MAZUR, **DATA, layer=1, parameter="W", index=(2, 1))
    h, W = 1e-5, np.array(MAZUR[0]["W"])
    step = np.zeros((2, 2))
    step[1, 0] = h
    assert found.name == "dE/dW^1_21"
    assert (found.h, found.E_above) == (h, pytest.approx(cost_by_hand(W + step), rel=1e-14))
    assert found.difference == pytest.approx((cost_by_hand(W + step) - cost_by_hand(W - step)) / (2 * h), rel=1e-9)
    assert found.backpropagated == pytest.approx(found.difference, rel=1e-7)
    assert found.gap == abs(found.backpropagated - found.difference)
    assert found.relative_gap == pytest.approx(found.gap / found.backpropagated, rel=1e-6)


def test_the_published_derivatives():
    """M. Mazur, A Step by Step Backpropagation Example, 2015."""
    for layer, index, published in ((2, (1, 1), 0.082167041), (1, (1, 1), 0.000438568)):
        found = gradient_check(NETWORK, MAZUR, **DATA, layer=layer, parameter="W", index=index)
        assert found.backpropagated == pytest.approx(published, abs=5e-10)
        assert found.difference == pytest.approx(published, abs=1e-9)


def test_weights_samples_and_another_step_count():
    x, y = [[0.05, 0.10], [0.7, -0.2]], [[0.01, 0.99], [0.5, 0.5]]
    options = {"layer": 2, "parameter": "b", "index": 2, "loss": "squared_error", "sample_weight": [1.0, 3.0]}
    found = gradient_check(NETWORK, MAZUR, x, y, h=1e-4, **options)
    each = [
        gradient_check(NETWORK, MAZUR, [a], [b], **{**options, "sample_weight": None})
        for a, b in zip(x, y, strict=True)
    ]
    expected = (each[0].backpropagated + 3 * each[1].backpropagated) / 2
    assert found.h == 1e-4
    assert found.backpropagated == pytest.approx(expected, rel=1e-12)
    assert found.difference == pytest.approx(expected, rel=1e-6)


class Wrong(Loss):
    """A loss whose derivative lacks a factor."""

    def value(self, x, y):
        return (x - y) ** 2

    def derivative(self, x, y):
        return x - y


def test_a_wrong_derivative_shows():
    found = gradient_check(Network(1, [Dense(1)]), [{"W": [[0.8]], "b": [1.0]}], 1.5, 0.5, layer=1, parameter="W",
                           index=(1, 1), loss=Wrong())  # fmt: skip
    assert found.difference == pytest.approx(5.1, rel=1e-8)  # the lecture's number
    assert found.backpropagated == pytest.approx(2.55)
    assert found.relative_gap == pytest.approx(0.5, rel=1e-6)


def test_the_record_is_shown():
    found = gradient_check(NETWORK, MAZUR, **DATA, layer=2, parameter="b", index=1)
    assert json.loads(json.dumps(found.to_dict()))["gap"] == found.gap
    header, line = str(found).splitlines()
    assert header.split() == ["backpropagated", "central", "difference", "gap", "h"]
    assert line.split()[:3] == ["dE/db^2_1", "0.138499", "0.138499"]
    assert "dE/db^2_1" in found._repr_html_()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"layer": 3}, "there is no layer 3: the network has layers 1 to 2"),
        ({"parameter": "V"}, "layer 1 has no parameter 'V'; it has W, b"),
        ({"index": 1}, r"index=1 is no entry of W, which has 2 x 2; give 2 numbers, counted from 1 and up to \(2, 2\)"),
        ({"index": (0, 1)}, "no entry of W"),
        ({"parameter": "b", "index": 3}, "index=3 is no entry of b, which has 2 entries; give a number from 1 to 2"),
        ({"h": 0.0}, "h=0.0 must be a number above 0"),
        ({"h": 1e-30}, "h=1e-30 does not change a weight of 0.15; leave h out for 1e-5"),
        ({"h": 1e300}, r"h=1e\+300 is so large that a weight of 0.15 is lost in it; leave h out for 1e-5"),
        ({"sample_weight": [1, 2]}, r"sample_weight has shape \(2,\) for 1 row\(s\); give one weight a row"),
    ],
)
def test_what_there_is_not_is_refused(changed, message):
    with pytest.raises(ValueError, match=message):
        gradient_check(NETWORK, MAZUR, **DATA, **{"layer": 1, "parameter": "W", "index": (1, 1), **changed})


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"layer": "1"}, "layer='1' must be an integer, as in layer=1"),
        ({"layer": 1.0}, "layer=1.0 must be an integer, as in layer=1"),
        ({"layer": True}, "layer=True must be an integer, as in layer=1"),
        (
            {"index": "11"},
            r"index='11' is made of what is no integer; give 2 numbers, counted from 1 and up to \(2, 2\)",
        ),
        ({"index": (1.0, 1)}, r"index=\(1.0, 1\) is made of what is no integer; give 2 numbers"),
        ({"h": "1"}, "h='1' must be a number above 0, as in h=1e-4; leave it out for 1e-5"),
        ({"parameter": None}, "parameter=None must be the name of one, as in parameter='W'"),
    ],
)
def test_what_is_no_number_is_refused(changed, message):
    with pytest.raises(TypeError, match=message):
        gradient_check(NETWORK, MAZUR, **DATA, **{"layer": 1, "parameter": "W", "index": (1, 1), **changed})


@pytest.mark.parametrize("index", [np.int64(2), np.array([2]), [2], (np.int8(2),)])
def test_numbers_of_numpy_are_integers_too(index):
    found = gradient_check(NETWORK, MAZUR, **DATA, layer=np.int64(1), parameter="b", index=index)
    plain = gradient_check(NETWORK, MAZUR, **DATA, layer=1, parameter="b", index=2)
    assert (found.name, found.difference) == ("dE/db^1_2", plain.difference)


def test_a_cost_that_is_not_finite_has_no_difference():
    line, given = Network(1, [Dense(1)]), {"layer": 1, "parameter": "W", "index": (1, 1)}
    with pytest.raises(ValueError, match=r"E is inf at w - h and inf at w \+ h with h=1e\+155, .* give a smaller h"):
        gradient_check(line, [{"W": [[1e154]], "b": [0.0]}], 1.0, 0.5, h=1e155, **given)
