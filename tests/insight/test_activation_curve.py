"""Curves of activations against NumPy by hand, and their figure."""

import json

import numpy as np
import polars as pl
import pytest
from matplotlib.figure import Figure

from glassnet import ActivationDisplay, Dense, LeakyReLU, Network, activation_curve, trace

NETWORK = Network(2, [Dense(4, "relu"), Dense(3, LeakyReLU(0.3)), Dense(2, "softmax")])


def logistic(z):
    return 1 / (1 + np.exp(-z))


@pytest.fixture(scope="module")
def traced():
    X = np.random.default_rng(0).normal(size=(5, 2))
    return trace(NETWORK, NETWORK.initialize(0), X, np.tile([1.0, 0.0], (5, 1)), steps=2)


def test_the_logistic_function():
    record = activation_curve("logistic", [2.2, 7.0, -1.0])
    np.testing.assert_allclose(record.x, logistic(record.z), rtol=1e-12)
    np.testing.assert_allclose(record.derivative, logistic(record.z) * logistic(-record.z), rtol=1e-6)
    assert (record.z[0], record.z[-1]) == (-6, 7)  # as far as the given z reach
    assert record.x[np.argmin(np.abs(record.z - 2.2))] == pytest.approx(0.900249511, abs=1e-3)
    assert record.derivative[-1] == pytest.approx(0.000910221, abs=1e-9)
    edge = np.log((1 + np.sqrt(0.96)) / (1 - np.sqrt(0.96)))  # where x (1 - x) = .01
    np.testing.assert_allclose(record.flat, [(-6, -edge), (edge, 7)], atol=0.02)
    assert record.given_flat.tolist() == [False, True, False]
    assert "the steepest sigma'(z) there is 0.25" in record.describe()
    assert "below -4.592 and above 4.595; 1 of 3 z lies where it is flat." in record.describe()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("relu", r"flat (|sigma'| < 0.01) below 0."),
        ("heaviside", r"flat (|sigma'| < 0.01) everywhere."),
        ("identity", r"nowhere flat (|sigma'| < 0.01)."),
        ("gelu", r"below -3.07 and from -0.77 to -0.73."),
    ],
)
def test_where_it_is_flat_is_said(name, sentence):
    assert sentence in activation_curve(name).describe()


def test_it_is_told_as_a_table_as_json_and_in_a_notebook():
    record = activation_curve(LeakyReLU(0.3), [1.0], of_what="unit 1")
    assert record.name == "LeakyReLU(slope=0.3)"
    assert record.table().rows[0] == (-6.0, pytest.approx(-1.8), 0.3)
    read = json.loads(record.to_json())
    assert (read["kinks"], read["flat"], read["given"], read["of_what"]) == ([0.0], [], [1.0], "unit 1")
    assert "0 of 1 z of unit 1 lie where it is flat" in record._repr_html_()


def test_two_panels_share_z_and_hold_the_record():
    display = ActivationDisplay.from_activation("logistic", [2.2, 7.0])
    record = display.record
    np.testing.assert_array_equal(display.curve_.get_xydata(), np.stack([record.z, record.x]).T)
    np.testing.assert_array_equal(display.derivative_.get_ydata(), record.derivative)
    assert display.derivative_ax_.get_shared_x_axes().joined(display.value_ax_, display.derivative_ax_)
    assert (display.given_.get_xdata().tolist(), display.given_flat_.get_xdata().tolist()) == ([2.2], [7.0])
    ends = [patch.get_extents().transformed(display.value_ax_.transData.inverted()).x0 for patch in display.flat_[:2]]
    assert len(display.flat_) == 4
    assert ends[0] < ends[1]
    labels = (display.value_ax_.get_ylabel(), display.derivative_ax_.get_ylabel(), display.derivative_ax_.get_xlabel())
    assert labels == ("sigma(z)", "sigma'(z)", "z")
    frame = display.frame()
    assert frame["derivative"].to_list() == record.derivative.tolist()
    assert frame.filter(pl.col("flat"))["derivative"].abs().max() < 0.01
    assert display.describe() == record.describe()
    axes = Figure().subplots()
    assert display.plot(axes).ax_ is axes


def test_no_line_stands_where_it_jumps():
    display = ActivationDisplay.from_activation("heaviside")
    z, x = display.curve_.get_xydata().T
    gap = np.flatnonzero(np.isnan(z))
    assert gap.size >= 1
    assert (x[gap.min() - 1], x[gap.max() + 1]) == (0, 1)
    legend = display.derivative_ax_.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["flat: |sigma'| < 0.01"]
    assert ActivationDisplay.from_activation("identity").derivative_ax_.get_legend() is None


def test_of_a_trace_the_z_of_a_layer_are_marked(traced):
    display = ActivationDisplay.from_trace(traced, 1, step=2)
    z = traced.steps[1].layers[0].z.ravel()
    assert display.record.given.tolist() == z.tolist()
    assert display.given_flat_.get_xdata().tolist() == z[z <= 0].tolist()
    assert f"{np.sum(z <= 0)} of 20 z of layer 1, step 2 lie where it is flat" in display.describe()


def test_what_has_no_curve_is_refused(traced):
    with pytest.raises(TypeError, match="couples the entries of z, so that it is no curve over one z"):
        activation_curve("softmax")
    with pytest.raises(ValueError, match="z holds NaN, infinity or numbers beyond"):
        activation_curve("tanh", [np.nan])
    with pytest.raises(ValueError, match="activation='sine'"):
        activation_curve("sine")
    with pytest.raises(ValueError, match="layer 3, Dense, has no sigma'"):
        ActivationDisplay.from_trace(traced, 3)
    with pytest.raises(
        ValueError, match=r"from_activation\(LeakyReLU\(\.\.\.\), z=trace\.steps\[0\]\.layers\[1\]\.z\)"
    ):
        ActivationDisplay.from_trace(traced, 2)
    with pytest.raises(ValueError, match="there is no layer 4 in step 1: the trace has layers 1 to 3 and steps 1 to 2"):
        ActivationDisplay.from_trace(traced, 4)
