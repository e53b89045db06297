"""Intervals of a file: those of `predict_interval`, for one coverage, with the ends counted by hand too."""

import numpy as np
import pytest
from onnx_cases import outputs_of

from glassnet import NetworkRegressor, Quantile, export_onnx
from glassnet.exchange.onnx import write_intervals

SMALL = {"hidden_layer_sizes": (3,), "max_iter": 2, "random_state": 0, "preset": "plain"}


def made(rows=90, seed=0):
    random = np.random.default_rng(seed)
    X = random.normal(size=(rows, 2))
    return X, X[:, 0] + random.normal(size=rows)


def expected(model, X, coverage):
    ends = model.predict_interval(X, coverage)
    members = model.predict_members(X)
    deviations = {"members_standard_deviation": members.std(axis=0)} if len(members) > 1 else {}
    return {"prediction": model.predict(X), **deviations, "lower": ends.lower, "upper": ends.upper}


@pytest.mark.parametrize("coverage", [0.5, 0.9, 0.999])
@pytest.mark.parametrize("members", [3, 6])
def test_intervals_of_folds(agrees, coverage, members):
    X, y = made()
    model = NetworkRegressor(**SMALL, n_members=members, cv=3).fit(X, y)
    rows = np.concatenate([X, made(40, 1)[0]])
    written = agrees(model, rows, expected(model, rows, coverage), coverage=coverage)
    assert written.coverage == coverage


def test_the_ends_are_ranks_among_all_sums(tmp_path):
    X, y = made()
    model = NetworkRegressor(**SMALL, n_members=3, cv=3).fit(X, y)
    export_onnx(model, tmp_path / "m.onnx", coverage=0.8)
    members, fold = model.predict_members(X), model.calibration_.fold
    errors = np.abs(y - model.oof_prediction_)
    high = np.sort(members[fold] + errors[:, None], axis=0)[int(np.ceil(0.8 * 91)) - 1]
    low = np.sort(members[fold] - errors[:, None], axis=0)[int(np.floor(0.2 * 91)) - 1]
    for found in outputs_of(tmp_path / "m.onnx", X):
        np.testing.assert_allclose(found["upper"], high, atol=1e-5)
        np.testing.assert_allclose(found["lower"], low, atol=1e-5)


@pytest.mark.parametrize("parameters", [{"n_members": 1}, {"n_members": 2}, {"loss": Quantile((0.1, 0.5, 0.9))}])
def test_intervals_of_rows_given_later(agrees, parameters):
    X, y = made()
    model = NetworkRegressor(**SMALL, **parameters).fit(X, y).calibrate(*made(50, 2))
    agrees(model, X, expected(model, X, 0.8), coverage=0.8)


def test_quantiles_gaps_in_targets_and_ranges(agrees):
    X, y = made()
    both = np.column_stack([y, np.exp(y)])
    both[::7, 1] = np.nan
    model = NetworkRegressor(**SMALL, n_members=3, output_range=(-9, 99)).fit(X, both)
    agrees(model, X, expected(model, X, 0.9), coverage=0.9)
    model = NetworkRegressor(**SMALL, n_members=3, loss=Quantile((0.1, 0.5, 0.9))).fit(X, both)
    agrees(model, X, expected(model, X, 0.9), coverage=0.9)
    model = NetworkRegressor(**SMALL, n_members=3, loss="poisson").fit(X, np.round(np.abs(y)))
    agrees(model, X, expected(model, X, 0.6), coverage=0.6)


def test_more_residuals_than_a_graph_takes(monkeypatch, tmp_path):
    X, y = made()
    model = NetworkRegressor(**SMALL, n_members=3).fit(X, y)
    monkeypatch.setattr(write_intervals, "MOST_RESIDUALS", 89)
    with pytest.raises(ValueError, match=r"every row with 90 residuals.* up to 89; call calibrate\(X, y\) with rows"):
        export_onnx(model, tmp_path / "m.onnx", coverage=0.9)
    assert list(tmp_path.iterdir()) == []
    export_onnx(model.calibrate(*made(50, 2)), tmp_path / "m.onnx", coverage=0.9)
