"""Numbers put into equations: what the printed formula gives is what the trace has, of every entry."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest

from glassnet import (
    AveragePool,
    Convolution,
    Crop,
    CrossEntropy,
    CustomLoss,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Flip,
    InputScaling,
    LeakyReLU,
    MaxPool,
    Network,
    ParametricActivation,
    Periodic,
    PiecewiseLinear,
    Shift,
    SmoothClip,
    TracedLayer,
    trace,
)
from glassnet.insight.equations.text_printer import to_text
from glassnet.insight.equations.traced_equation import equation_of
from glassnet.insight.equations.traced_numbers import rests_in
from glassnet.network.bounded_scaling import BoundedScaling
from glassnet.network.linear_path import LinearPath

random = np.random.default_rng(0)
EMBEDDINGS = [Embedding((3,), 2), SmoothClip(4, 2.0), Periodic(4, 2, 3), PiecewiseLinear(4, 2, 3), InputScaling()]
ENDS = [Dense(3), ParametricActivation("gelu"), Dense(2), BoundedScaling(), LinearPath(2, (3,))]
CODED = np.column_stack([random.uniform(-1, 1, size=(2, 4)), [1, -1]])  # a level, and none
IMAGE = [Convolution(2, 3, "tanh", padding="same", stride=2, flip=True), MaxPool(2, 1), AveragePool(2, 1, "same")]
LAST = Dense(1)
CASES = {
    "dense": (Network(3, [Dense(4, "tanh"), Dense(2, "logistic")]), (3, 3), 2, "squared_error"),
    "many inputs": (Network(12, [Dense(4, "relu"), Dense(2)]), (1, 12), 2, "cross_entropy"),
    "softmax": (Network(3, [Dense(3, "gelu"), Dense(3, "softmax")]), (2, 3), 3, "half_squared_error"),
    "image": (Network((5, 6, 2), [*IMAGE, Flatten(), Dense(2)]), (2, 5, 6, 2), 2, "huber"),
    "signal": (Network((6, 2), [Convolution(2, 3, "silu"), MaxPool(None), Flatten(), LAST]), (1, 6, 2), 1, "poisson"),
    "rearranged": (
        Network((5, 4, 1), [Shift(1), Flip(), Crop(2, 3), Flatten(), Dropout(0.3), Dense(1)]), (1, 5, 4, 1), 1, "gamma"
    ),
    "embeddings": (Network(5, [*EMBEDDINGS, *ENDS]), CODED, 2, "half_squared_error"),
}  # fmt: skip


def numbers_of(network):
    """Return parameters away from where they start, as zeros and ones hide mistakes; edges and ends stay."""
    rows = np.column_stack([np.random.default_rng(4).uniform(-1, 1, (9, 4)), np.arange(9) % 3])
    drawn = network.initialize(0, np.float64, rows if network.data_dependent else None)
    noise = np.random.default_rng(1)
    return [
        {
            name: np.asarray(array) + (0 if name in ("e", "low", "high") else 0.1 * noise.normal(size=array.shape))
            for name, array in layer.items()
        }
        for layer in drawn
    ]


@pytest.fixture(scope="module", params=CASES)
def traced(request):
    network, x, targets, loss = CASES[request.param]
    x = np.random.default_rng(2).normal(size=x) if isinstance(x, tuple) else x
    y = np.eye(targets)[:1] if loss == "cross_entropy" else np.random.default_rng(3).uniform(0.2, 1, (len(x), targets))
    return network, trace(network, numbers_of(network), x, y, loss=loss, step_size=0.05)


@pytest.fixture
def check(printed_value):
    """Assert that an equation has the number of the trace, and that its printed numbers give it."""

    def checked(equation, expected):
        assert equation.value == expected
        rests = [rest.total for rest in rests_in(equation.numbers)]
        assert printed_value(to_text(equation.numbers), rests) == pytest.approx(expected, rel=1e-4, abs=1e-4)

    return checked


def place(at):
    return tuple(index + 1 for index in at)


def test_every_signal_of_every_layer(traced, check):
    network, record = traced
    for layer, arrays in enumerate(record.steps[0].layers, start=1):
        for name, array in {"z": arrays.z, "x": arrays.x, "delta": arrays.delta, "dE/dx": arrays.g}.items():
            for row, *at in np.ndindex(array.shape):
                equation = equation_of(record, name, layer, place(at), row=row, network=network)
                check(equation, array[(row, *at)])


def test_every_parameter_of_every_layer(traced, check):
    network, record = traced
    for layer, arrays in enumerate(record.steps[0].layers, start=1):
        for name, gradient in arrays.gradient.items():
            for at in np.ndindex(gradient.shape):
                check(equation_of(record, f"dE/d{name}", layer, place(at), network=network), gradient[at])
                check(equation_of(record, f"{name} after", layer, place(at), network=network), arrays.after[name][at])


def test_cost_and_slopes_of_the_inputs(traced, check):
    network, record = traced
    check(equation_of(record, "E", network=network), record.steps[0].E)
    for row, *at in np.ndindex(record.x.shape):
        slope = equation_of(record, "dE/dx", 0, place(at), row=row, network=network)
        check(slope, record.steps[0].input_gradient[(row, *at)])


def test_a_loss_with_parameters_is_to_be_given(check):
    network, loss = Network(2, [Dense(2)]), CrossEntropy(0.1)
    record = trace(network, numbers_of(network), [0.3, -0.8], [0.0, 1.0], loss=loss)
    check(equation_of(record, "E", loss=loss), record.steps[0].E)
    check(equation_of(record, "dE/dx", 1, 2, loss=loss), record.steps[0].layers[0].g[0, 1])
    with pytest.raises(ValueError, match="give the loss too"):
        equation_of(record, "E")


MAZUR = [
    {"W": [[0.15, 0.25], [0.20, 0.30]], "b": [0.35, 0.35]},
    {"W": [[0.40, 0.50], [0.45, 0.55]], "b": [0.60, 0.60]},
]


def test_the_published_example_of_two_layers():
    """M. Mazur, A Step by Step Backpropagation Example, 2015; its biases stay, and ours move after all is computed."""
    network = Network(2, [Dense(2, "logistic"), Dense(2, "logistic")])
    record = trace(network, MAZUR, [0.05, 0.10], [0.01, 0.99], loss="half_squared_error", step_size=0.5)
    for unit, output in ((1, 0.751365070), (2, 0.772928465)):
        assert equation_of(record, "x", 2, unit).value == pytest.approx(output, abs=5e-10)
    assert equation_of(record, "E").value == pytest.approx(0.298371109, abs=5e-10)
    after = {(1, 1): 0.358916480, (2, 1): 0.408666186, (1, 2): 0.511301270, (2, 2): 0.561370121}
    for unit, weight in after.items():
        assert equation_of(record, "W after", 2, unit).value == pytest.approx(weight, abs=5e-10)
    assert str(equation_of(record, "W after", 2, (1, 1))) == (
        "W^2_11 after = W^2_11 - tau dE/dW^2_11 = 0.4 - 0.5·0.082167 = 0.358916"
    )
    assert str(equation_of(record, "z", 1, 1)) == (
        "z^1_1 = W^1_11 x^0_1 + W^1_21 x^0_2 + b^1_1 = 0.15·0.05 + 0.2·0.1 + 0.35 = 0.3775"
    )
    assert "1 / (1 + exp(-0.3775)) = 0.59327" in str(equation_of(record, "x", 1, 1))
    assert str(equation_of(record, "E")) == (
        "E = 0.5 (x^2_1 - y_1)^2 + 0.5 (x^2_2 - y_2)^2\n"
        "  = 0.5 (0.751365 - 0.01)^2 + 0.5 (0.772928 - 0.99)^2\n  = 0.298371"
    )


def test_the_lectures_neuron():
    record = trace(Network(1, [Dense(1)]), [{"W": [[0.8]], "b": [1.0]}], [1.5], [0.5], loss="squared_error")
    asked = (("x", 1), ("dE/dx", 1), ("dE/dW", (1, 1)), ("dE/db", 1), ("W after", (1, 1)), ("b after", 1))
    assert [str(equation_of(record, name, 1, unit)) for name, unit in asked] == [
        "x^1_1 = z^1_1 = 2.2",
        "dE/dx^1_1 = 2 (x^1_1 - y_1) = 2 (2.2 - 0.5) = 3.4",
        "dE/dW^1_11 = x^0_1 delta^1_1 = 1.5·3.4 = 5.1",
        "dE/db^1_1 = delta^1_1 = 3.4",
        "W^1_11 after = W^1_11 - tau dE/dW^1_11 = 0.8 - 0.1·5.1 = 0.29",
        "b^1_1 after = b^1_1 - tau dE/db^1_1 = 1 - 0.1·3.4 = 0.66",
    ]


def test_long_sums_are_cut_in_the_middle_and_say_so():
    network = Network(60, [Dense(1)])
    x = np.arange(1, 61) / 100
    record = trace(network, [{"W": np.full((60, 1), 0.5), "b": [0.25]}], x, 0.0)
    equation = equation_of(record, "z", 1, 1)
    hidden = 0.5 * x[4:58].sum()
    assert equation.notes == (f"... stands for 54 more terms, together {hidden:.6g}",)
    assert equation.text().splitlines()[-1] == equation.notes[0]
    assert to_text(equation.numbers).startswith("0.5·0.01 + 0.5·0.02 + 0.5·0.03 + 0.5·0.04 + ... + 0.5·0.59")


def test_all_three_forms_of_a_record():
    record = trace(Network(2, [Dense(2, "softmax")]), numbers_of(Network(2, [Dense(2)])), [1e-7, 2.0], [1.0, 0.0])
    equation = equation_of(record, "x", 1, 2)
    assert ET.fromstring(equation.mathml()).tag == "math"
    assert r"\frac{\exp\left(z^{1}_{2}\right)}{\exp\left(z^{1}_{1}\right) + \exp" in equation.latex()
    assert json.loads(json.dumps(equation.to_dict()))["value"] == equation.value
    html = equation._repr_html_()
    assert "<math" in html
    assert "x^1_2 = exp(z^1_2) / (exp(z^1_1) + exp(z^1_2))" in html
    assert r"1 \times 10^{-7}" in equation_of(record, "z", 1, 1).latex()


def test_activations_that_a_trace_names_only_need_the_network(check):
    network = Network(2, [Dense(2, LeakyReLU(0.3))])
    record = trace(network, numbers_of(network), [1.0, -2.0], [1.0, 0.0])
    check(equation_of(record, "x", 1, 1, network=network), record.steps[0].layers[0].x[0, 0])
    with pytest.raises(ValueError, match=r"layer 1 is a Dense with LeakyReLU.*give the network too"):
        equation_of(record, "x", 1, 1)


@pytest.fixture(scope="module")
def small():
    network = Network(2, [Dense(2, "tanh"), Dense(1)])
    return network, trace(network, numbers_of(network), [[1.0, -2.0], [0.5, 0.1]], [[1.0], [0.0]])


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("y", 1, 1), {}, r"layer 1 has no 'y'; choose from z, x, delta, dE/dx, dE/dW, W after, dE/db, b after"),
        (("W", 1, (1, 1)), {}, "W of layer 1 before step 1 is given and has no equation; 'W after' has one"),
        (("z", 3, 1), {}, "layer=3 must be a layer of the trace, from 1 to 2, for 'z'"),
        (("z", None, 1), {}, "layer=None must be a layer"),
        (("z", 1, 3), {}, "unit=3 is no entry of z, which has 2 entries; give a number from 1 to 2"),
        (("z", 1, 0), {}, "unit=0 is no entry"),
        (("dE/dW", 1, 1), {}, r"unit=1 is no entry of dE/dW, which has 2 x 2; give 2 numbers, .* up to \(2, 2\)"),
        (("E", 1, None), {}, "E belongs to no layer or unit; leave layer=1"),
        (("E",), {"row": 0}, "E is a mean over all rows; leave row=0 out"),
        (("dE/db", 1, 1), {"row": 1}, "dE/db is a sum over all rows; leave row=1 out"),
        (("z", 1, 1), {"row": 2}, "there is no row 2: the trace has rows 0 to 1"),
        (("z", 1, 1), {"step": 2}, "there is no step 2: the trace has steps 1 to 1"),
        (("z", 1, 1), {"network": Network(2, [Dense(3), Dense(1)])}, "give the network that was traced"),
        (("E",), {"loss": "squared_error"}, "does not give .* another network or loss"),
        (("E",), {"loss": CustomLoss(lambda x, y: x, lambda x, y: y)}, "a loss of your own"),
    ],
)
def test_what_there_is_not_is_refused(small, arguments, options, message):
    with pytest.raises(ValueError, match=message):
        equation_of(small[1], *arguments, **options)


def test_a_parameter_of_a_later_step_is_what_the_step_before_made_of_it(small):
    network, _ = small
    steps = trace(network, numbers_of(network), [[1.0, -2.0]], [[1.0]], steps=2)
    with pytest.raises(ValueError, match="W of layer 1 before step 2 is 'W after' of step 1; ask for that"):
        equation_of(steps, "W", 1, (1, 2), step=2)
    assert equation_of(steps, "W after", 1, (1, 2)).value == steps.steps[1].layers[0].before["W"][0, 1]


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((None, 1, 1), {}, "quantity=None must be text, as in 'z', 'dE/dW', 'W after' or 'E'"),
        (("z", "1", 1), {}, "layer='1' must be an integer, as in layer=1"),
        (("z", 1, 1.0), {}, "unit=1.0 is made of what is no integer; give a number from 1 to 2"),
        (("z", 1, 1), {"step": "1"}, "step='1' must be an integer, as in step=1"),
        (("z", 1, 1), {"row": 0.0}, "row=0.0 must be an integer, as in row=0"),
    ],
)
def test_what_is_no_number_is_refused(small, arguments, options, message):
    with pytest.raises(TypeError, match=message):
        equation_of(small[1], *arguments, **options)


def test_what_is_no_trace_is_refused(small):
    with pytest.raises(TypeError, match=r"takes what trace\(network, ...\) returns, and this is a Network; of a row"):
        equation_of(small[0], "z", 1, 1)


def test_numbers_of_numpy_are_integers_too(small):
    found = equation_of(small[1], "z", np.int64(1), np.int64(2), row=np.int64(1), step=np.int64(1))
    assert found.value == small[1].steps[0].layers[0].z[1, 1]


def test_traces_whose_equations_are_others_are_refused(small):
    record = small[1]
    step = record.steps[0]
    weighted = replace(record, steps=(replace(step, E=1.5 * step.E),))  # as sample weights would make it
    with pytest.raises(ValueError, match="made with sample_weight"):
        equation_of(weighted, "E")
    with pytest.raises(ValueError, match="solver='adam', which moves parameters by more than"):
        equation_of(replace(record, solver="adam"), "W after", 1, (1, 1))
    pooled = replace(record, layers=(TracedLayer("MaxPool", None, (2,), (2,)), *record.layers[1:]))
    with pytest.raises(ValueError, match="layer 1 is a MaxPool, and a trace does not keep all"):
        equation_of(pooled, "x", 1, 1)
