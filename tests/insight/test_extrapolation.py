"""Rows outside what training saw, column by column."""

import numpy as np
import polars as pl
import pytest
from sklearn.base import clone

import glassnet
from glassnet import NetworkRegressor, extrapolation

ROWS = 101
FRAME = pl.DataFrame(
    {
        "size": np.arange(ROWS, dtype=float),
        "new": [3.0 if row % 2 else 1.0 for row in range(ROWS)],
        "town": ["Bonn", "Aachen", "Jülich"] * 33 + ["Bonn"] * 2,
        "day": pl.date_range(pl.date(2024, 1, 1), pl.date(2024, 4, 10), eager=True),
    }
)
Y = np.random.default_rng(0).normal(size=ROWS)
MODEL = NetworkRegressor((2,), n_members=1, max_iter=1, random_state=0)
NEW = pl.DataFrame(
    {
        "size": [50.0, -0.5, 100.0, 250.0, None],
        "new": [1.0, 3.0, 2.0, 1.0, 3.0],
        "town": ["Bonn", "Bonn", "Paris", "Aachen", "Bonn"],
        "day": pl.Series(["2024-02-01", "2024-02-01", "2024-02-01", "2025-01-01", "2024-02-01"]).str.to_date(),
    }
)


@pytest.fixture(scope="module")
def fitted():
    return clone(MODEL).fit(FRAME, Y)


@pytest.mark.filterwarnings("ignore:column 'size' was never missing")
def test_cells_outside(fitted):
    found = extrapolation(fitted, NEW)
    assert found.columns == ("size", "new", "town", "day")
    expected = [[0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 1, 0], [1, 0, 0, 1], [0, 0, 0, 0]]
    np.testing.assert_array_equal(found.outside, np.array(expected, bool))
    assert found.rows.tolist() == [1, 2, 3]
    assert found.counts == {"size": 2, "new": 1, "town": 1, "day": 1}
    assert (found.least[0], found.largest[0]) == (0, 100)
    np.testing.assert_allclose(found.percentile[:, 0], [0.5, 0, 1, 1, np.nan])
    assert str(found) == (
        "3 of 5 rows lie outside what training saw, so their predictions extrapolate: in column 'size' (2), 'new' (1), "
        "'town' (1), 'day' (1)"
    )
    assert found.to_dict() == {
        "rows": 5, "rows_outside": 3, "columns": found.counts, "predictions_outside": 0, "unknown_text": {}
    }  # fmt: skip
    assert "rows outside or rare" in str(found.table())


def test_training_rows_lie_within(fitted):
    found = extrapolation(fitted, FRAME)
    assert str(found) == "all 101 rows lie within what training saw"
    assert found.rare[:, 0].sum() == 2  # the least and the largest of 101 equally spaced numbers


def test_predictions_that_are_known_are_not_made_again(fitted, monkeypatch):
    model, X = fitted, FRAME
    low, high = model.target_range_[:, 0]
    prediction = np.linspace(low - 1, high + 1, len(X))
    monkeypatch.setattr(type(model.ensemble_), "predict", None)
    found = extrapolation(model, X, prediction)
    np.testing.assert_array_equal(found.predicted_outside, (prediction < low) | (prediction > high))


def test_a_file_keeps_it_and_an_old_one_lacks_it(fitted, tmp_path):
    again = glassnet.load(glassnet.save(fitted, tmp_path / "m"))
    np.testing.assert_array_equal(again.input_quantiles_, fitted.input_quantiles_)
    del vars(again)["_input_quantiles"]
    with pytest.raises(ValueError, match="does not hold the ranges of its columns; fit it again"):
        extrapolation(again, FRAME)


def test_ranges_grow_with_what_is_learned():
    X = np.linspace(0, 1, 60)[:, None]
    model = clone(MODEL).partial_fit(X, X[:, 0]).partial_fit(X + 2, X[:, 0])
    found = extrapolation(model, [[-0.1], [1.5], [2.9], [3.1]])
    assert found.outside[:, 0].tolist() == [True, False, False, True]
    model = clone(MODEL).set_params(warm_start=True).fit(X, X[:, 0]).fit(X - 5, X[:, 0])
    assert extrapolation(model, [[-5.0], [1.0], [1.1]]).rows.tolist() == [2]


def test_images_have_no_columns():
    X = np.random.default_rng(0).random((30, 4, 4))
    model = NetworkRegressor(n_members=1, max_iter=1, random_state=0).fit(X, X[:, 0, 0])
    with pytest.raises(TypeError, match="this model was fitted to images, which have none"):
        extrapolation(model, X)
