"""A column that alone gives the target: said where there are others, and where the rows are enough."""

import warnings

import numpy as np
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris, load_wine

from glassnet import NetworkClassifier, NetworkRegressor

ROWS = 120
RANDOM = np.random.default_rng(0)
NOISE = RANDOM.normal(size=ROWS)
Y = RANDOM.normal(size=ROWS)
ONE = NetworkRegressor((2,), n_members=1, max_iter=1, random_state=0)
CLASSES = NetworkClassifier((2,), n_members=1, max_iter=1, random_state=0)


def said(model, X, y):
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        clone(model).fit(X, y)
    return [str(one.message) for one in found if "leak?" in str(one.message)]


LEAKS = {
    "the target in another unit": (Y * 2.54 + 3, r"'b' alone gives 'y0' nearly exactly \(correlation 1"),
    "a curve of it": (np.exp(3 * Y), r"'b' alone .* \(rank correlation 1"),
    "falling": (-(Y**3), r"'b' alone .* \(rank correlation 1"),
}


@pytest.mark.parametrize("name", LEAKS)
def test_a_number(name):
    column, message = LEAKS[name]
    with pytest.warns(UserWarning, match=message) as found:
        clone(ONE).fit(pl.DataFrame({"a": NOISE, "b": column}), Y)
    assert "--exclude 'b' on the command line, or drop the column 'b' of X" in str(found[0].message)
    assert found[0].filename == __file__


def test_a_category():
    kind = np.arange(ROWS) % 4
    frame = pl.DataFrame({"a": NOISE, "grade": np.array(["poor", "fair", "good", "best"])[kind]})
    assert "'grade' alone" in said(ONE, frame, 10.0 * kind + 1e-4 * NOISE)[0]
    assert "R2 of the means of its levels" in said(ONE, frame, 10.0 * kind**2)[0]
    assert said(ONE, frame, 10.0 * kind + 2 * NOISE) == []
    assert "'grade' alone gives 'y0'" in said(CLASSES, frame, kind // 2)[0]
    assert "'grade' alone" in said(CLASSES, frame, np.array(["x", "y", "z"])[np.minimum(kind, 2)])[0]
    assert said(CLASSES, frame, (kind + (NOISE > 1)) % 3) == []


def test_a_number_with_gaps_and_several_targets():
    gaps = np.where(np.arange(ROWS) % 20 == 3, np.nan, 5 * Y)
    X = np.column_stack([NOISE, gaps])
    found = said(ONE, X, np.column_stack([NOISE**2 + RANDOM.normal(size=ROWS), Y]))
    assert len(found) == 1
    assert "column 'x1' alone gives 'y1'" in found[0]


@pytest.mark.parametrize(
    ("X", "y"),
    [
        pytest.param(Y[:, None], 3 * Y, id="the only column"),
        pytest.param(np.column_stack([Y, np.ones(ROWS)]), 3 * Y, id="the only column that varies"),
        pytest.param(np.column_stack([Y, NOISE]), 3 * Y + 0.2 * RANDOM.normal(size=ROWS), id="R2 of .99"),
        pytest.param(np.column_stack([Y, NOISE]), Y + NOISE, id="a sum of two"),
        pytest.param(np.column_stack([Y, NOISE])[:40], 3 * Y[:40], id="few rows"),
        pytest.param(np.column_stack([Y, NOISE]), np.full(ROWS, 2.0), id="a constant target"),
        pytest.param(*load_diabetes(return_X_y=True), id="diabetes"),
    ],
)
def test_no_false_alarm(X, y):
    assert said(ONE, X, y) == []


def test_names_of_rows_are_no_leak():
    frame = pl.DataFrame({"a": NOISE, "name": [f"row {row // 2}" for row in range(ROWS)]})
    assert said(ONE, frame, np.repeat(Y[: ROWS // 2], 2)) == []


@pytest.mark.parametrize("load", [load_iris, load_wine])
def test_no_false_alarm_for_classes(load):
    assert said(CLASSES, *load(return_X_y=True)) == []
