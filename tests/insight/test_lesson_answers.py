"""Numbers in the answers of lessons on gradient descent, by hand."""

import numpy as np
import pytest
from scipy.special import expit

from glassnet.insight.lessons.catalogue import LESSONS


@pytest.fixture
def why(request):
    """The answer of the lesson that a test names."""
    return LESSONS[request.param]().answer.why


def said(*numbers, digits=3):
    return [f"{number:.{digits}f}" for number in numbers]


@pytest.mark.parametrize("why", ["one-neuron"], indirect=True)
def test_one_neuron(why):
    w, b = 0.8 - 0.2 * 2 * 1.7 * 1.5, 1 - 0.2 * 2 * 1.7
    for part in (
        f"0.2·5.1 = {w:.2f}",
        f"= {b:.2f}",
        f"is {1.5 * w + b:.2f}",
        f"is {1 - 6.5 * 0.2:.1f} for tau = 0.2",
        f"{2 / 13:.6f}",
        f"{4 / 13:.6f}",
    ):
        assert part in why
    assert [1 - 6.5 * tau for tau in (2 / 13, 4 / 13)] == pytest.approx([0, -1])


@pytest.mark.parametrize("why", ["two-neurons"], indirect=True)
def test_two_neurons(why):
    x_1 = 1.5 * 0.8 + 1
    delta_2 = 2 * (0.8 * x_1 + 1 - 0.5)
    delta_1 = 0.8 * delta_2
    gradients = delta_2 * x_1, delta_2, delta_1 * 1.5, delta_1
    for number in (x_1, *gradients):
        assert f"{number:g}" in why
    assert max(gradients) == gradients[0]
    assert f"w of the second neuron falls by {0.1 * gradients[0]:.3f}, the others by less" in why


def layers_back(x, parameters, targets):
    """Return the outputs and the deltas of all layers of logistic neurons, with E half the sum of squares."""
    outputs = [np.array(x)]
    for weights, bias in parameters:
        outputs.append(expit(outputs[-1] @ np.array(weights) + bias))
    deltas = [(outputs[-1] - targets) * outputs[-1] * (1 - outputs[-1])]
    for (weights, _), output in zip(parameters[:0:-1], outputs[-2:0:-1], strict=True):
        deltas.insert(0, (np.array(weights) @ deltas[0]) * output * (1 - output))
    return outputs, deltas


@pytest.mark.parametrize("why", ["published-example"], indirect=True)
def test_published_example(why):
    start = [([[0.15, 0.25], [0.2, 0.3]], [0.35, 0.35]), ([[0.4, 0.5], [0.45, 0.55]], [0.6, 0.6])]
    targets = np.array([0.01, 0.99])
    outputs, deltas = layers_back([0.05, 0.1], start, targets)
    assert "{} and {}, those of the outputs {} and {}".format(*said(*deltas[0], *deltas[1])) in why
    after = [
        (np.array(weights) - 0.5 * np.outer(x, delta), np.array(bias) - 0.5 * delta)
        for (weights, bias), x, delta in zip(start, outputs, deltas, strict=False)
    ]
    moved, _ = layers_back([0.05, 0.1], after, targets)
    costs = [np.sum((each[-1] - targets) ** 2) / 2 for each in (outputs, moved)]
    assert "from {} to {}".format(*said(*costs, digits=4)) in why
    assert moved[-1][0] < outputs[-1][0]
    assert moved[-1][1] > outputs[-1][1]


@pytest.mark.parametrize("why", ["deltas"], indirect=True)
def test_deltas(why):
    start = [
        ([[0.1, 0.2], [0.3, 0.4]], [0.1, -0.1]),
        ([[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]], [0, 0.1, -0.1]),
        ([[0.2, -0.1], [0.3, 0.4], [-0.5, 0.6]], [0.1, -0.2]),
    ]
    _, deltas = layers_back([0.1, 0.1], start, np.array([1, 0]))
    first, second, last = said(*(np.abs(delta).mean() for delta in deltas))
    assert f"is {last} in the last layer, {second} in the second and {first} in the first" in why


@pytest.mark.parametrize("why", ["descent"], indirect=True)
def test_descent(why):
    c = 1.7 / 3.25
    w, b = 0.8 - 1.5 * c, 1 - c
    assert (
        f"(0.8 - 1.5 c, 1 - c) with c = 1.7/3.25, which is ({65 * w:.0f}/65, {65 * b:.0f}/65) = ({w:.4f}, {b:.4f})"
        in why
    )
    assert 1.5 * w + b == pytest.approx(0.5)
    assert (w - 0.8) / (b - 1) == pytest.approx(1.5)
