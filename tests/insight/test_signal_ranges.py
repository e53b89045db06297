"""Sizes of signals and deltas against NumPy on the numbers of a trace, and their figure."""

import json

import numpy as np
import pytest

from glassnet import Dense, Network, SignalDisplay, signal_ranges, trace

HIGHAM = Network(2, [Dense(2, "logistic"), Dense(3, "logistic"), Dense(2, "logistic")])
START = [
    {"W": [[0.1, 0.2], [0.3, 0.4]], "b": [0.1, -0.1]},
    {"W": [[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]], "b": [0.0, 0.1, -0.1]},
    {"W": [[0.2, -0.1], [0.3, 0.4], [-0.5, 0.6]], "b": [0.1, -0.2]},
]
DELTAS = [[0.002093329, -0.005429661], [-0.009016168, 0.005111919, 0.034461374], [-0.114342420, 0.137603400]]
RELU = Network(2, [Dense(4, "relu"), Dense(3, "relu"), Dense(1)])


@pytest.fixture(scope="module")
def rectified():
    return trace(RELU, RELU.initialize(0), np.random.default_rng(0).normal(size=(5, 2)), np.ones((5, 1)), steps=2)


def test_deltas_of_2_2_3_2_shrink_towards_the_inputs():
    record = signal_ranges(trace(HIGHAM, START, [0.1, 0.1], [1.0, 0.0]))
    for each, deltas in zip(record.deltas, DELTAS, strict=True):
        sizes = np.abs(deltas)
        assert (each.least, each.median, each.largest) == pytest.approx(
            (sizes.min(), np.median(sizes), sizes.max()), abs=1e-9
        )
    assert (record.signals[0].median, record.signals[0].name) == (0.1, "inputs")
    assert "the median of |delta| is least in layer 1, 0.003761, and largest in layer 3, 0.126" in record.describe()
    assert record.describe().endswith("none is exactly 0.")


def test_zeros_are_counted_and_left_out_of_the_sizes(rectified):
    record = signal_ranges(rectified, step=2)
    arrays = [rectified.x, *(layer.x for layer in rectified.steps[1].layers)]
    for each, array in zip(record.signals, arrays, strict=True):
        sizes = np.abs(array[array != 0])
        assert (each.count, each.zeros) == (array.size, np.sum(array == 0))
        assert (each.least, each.median, each.largest) == (sizes.min(), np.median(sizes), sizes.max())
    assert record.signals[1].zeros > 0
    assert f"{record.signals[1].zeros} of 20 x in layer 1" in record.describe()
    assert f"{record.deltas[0].zeros} of 20 delta in layer 1" in str(record)
    read = json.loads(record.to_json())
    assert read["deltas"][2]["median"] == record.deltas[2].median
    assert "Step 2, 5 rows" in record._repr_html_()


def test_a_network_that_learns_nothing_has_deltas_of_0():
    still = trace(Network(1, [Dense(1)]), [{"W": [[0.0]], "b": [0.0]}], [0.0], [0.0])
    record = signal_ranges(still)
    assert record.describe() == (
        "Step 1, 1 row: every |x| is 0; every |delta| is 0; exactly 0 are 1 of 1 x in the inputs, 1 of 1 x in layer 1, "
        "1 of 1 delta in layer 1."
    )
    assert len(SignalDisplay(record).plot().ax_.texts) == 3
    assert SignalDisplay(record).frame()["median"].to_list() == [None] * 3


def test_artists_hold_the_record(rectified):
    display = SignalDisplay.from_trace(rectified)
    record = display.record
    for drawn, ranges, aside in ((display.signals_, record.signals, -0.15), (display.deltas_, record.deltas, 0.15)):
        line, _, (bars,) = drawn
        np.testing.assert_allclose(line.get_xydata(), [(each.median, each.layer + aside) for each in ranges])
        ends = np.array([segment[:, 0] for segment in bars.get_segments()])
        np.testing.assert_allclose(ends, [(each.least, each.largest) for each in ranges])
    assert display.ax_.get_xscale() == "log"
    names = ["inputs  0", "Dense, relu  1", "Dense, relu  2", "Dense  3"]
    assert [label.get_text() for label in display.ax_.get_yticklabels()] == names
    said = [text.get_text() for text in display.ax_.texts]
    assert f"{record.signals[1].zeros} of 20 x are 0" in said
    assert display.frame()["largest"].to_list() == [each.largest for each in (*record.signals, *record.deltas)]
    assert display.describe() == record.describe()


def test_steps_that_are_not_there_are_refused(rectified):
    with pytest.raises(ValueError, match="there is no step 3: the trace has 2, counted from 1"):
        signal_ranges(rectified, 3)
