"""Kinds of rows that are predicted too high or too low, against pandas and SciPy."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_1samp

from glassnet import NetworkRegressor
from glassnet.insight.slices import LEAST_ROWS, slices

ROWS = 200


def table():
    random = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "size": random.lognormal(size=ROWS),
            "town": random.choice(["York", "Bath", "Ely"], ROWS, p=[0.5, 0.45, 0.05]),
            "new": random.choice([0.0, 1.0], ROWS),
            "day": pd.Timestamp("2024-03-01") + pd.to_timedelta(np.arange(ROWS), "D"),
            "same": 1.0,
        }
    )
    frame.loc[:29, "size"] = np.nan
    return frame, random.normal(size=ROWS)


@pytest.fixture(scope="module")
def model():
    with pytest.warns(UserWarning, match="left out"):
        return NetworkRegressor((2,), preset="plain", max_iter=1, random_state=0).fit(*table())


def test_slices_are_quarters_levels_and_gaps_with_the_t_test_of_scipy(model):
    X, residuals = table()
    found = {(one.column, one.part): one for one in slices(model, X, residuals).slices}
    parts = {(column, part) for column, part in found if column == "size"}
    present = X["size"].dropna()
    quarters = pd.qcut(present, 4, labels=False)
    expected = {("size", "missing"): X.index[:30]}
    for number in range(4):
        inside = present[quarters == number]
        expected["size", f"{inside.min():.6g} to {inside.max():.6g}"] = inside.index
    assert parts == set(expected)
    expected |= {("town", repr(name)): X.index[X["town"] == name] for name in ("York", "Bath")}
    assert ("town", "'Ely'") not in found
    assert (X["town"] == "Ely").sum() < LEAST_ROWS
    for key, rows in expected.items():
        test = ttest_1samp(residuals[rows], 0.0)
        assert found[key].rows == len(rows)
        assert found[key].mean_residual == pytest.approx(residuals[rows].mean())
        assert found[key].t == pytest.approx(test.statistic)
    assert {column for column, _ in found} == {"size", "town", "new", "day"}
    assert ("day", "2024-03-01 00:00:00 to 2024-04-19 00:00:00") in found


def test_p_values_are_corrected_for_all_slices_that_were_looked_at(model):
    X, residuals = table()
    found = slices(model, X, residuals + 0.15)
    single = sorted(2 * (1 - _student(abs(one.t), one.rows - 1)) for one in found.slices)
    m, largest, expected = len(single), 0.0, []
    for number, p in enumerate(single):
        largest = max(largest, p * (m - number))
        expected.append(min(largest, 1.0))
    assert [one.p_value for one in found.slices] == pytest.approx(expected)


def _student(t, freedom):
    from scipy.stats import t as student

    return student.cdf(t, freedom)


def test_a_biased_level_is_found_and_comes_first(model):
    X, residuals = table()
    assert slices(model, X, residuals).biased == ()
    assert "none is predicted too high or too low beyond chance" in slices(model, X, residuals).describe()
    residuals[X["town"] == "Bath"] -= 0.8
    found = slices(model, X, residuals)
    assert str(found.biased[0]) == "'town' 'Bath'"
    assert "too high in the mean" in found.describe()
    assert json.loads(json.dumps(found.to_dict()))["slices"][0]["column"] == "town"


def test_rows_without_a_residual_count_for_nothing(model):
    X, residuals = table()
    residuals[:40] = np.nan
    every, without = slices(model, X, residuals), slices(model, X[40:], residuals[40:])
    assert every == without
    assert not any(one.part == "missing" for one in every.slices)


def test_residuals_of_another_number_of_rows_are_refused(model):
    X, residuals = table()
    with pytest.raises(ValueError, match=r"residuals has shape \(199,\), but X has 200 rows"):
        slices(model, X, residuals[1:])
