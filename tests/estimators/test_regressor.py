import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression

from glassnet import Adam, NetworkRegressor, Note, Recipe
from glassnet.training.divergence import DivergenceError
from glassnet.training.stopping import StopReason

FAST = NetworkRegressor((8,), "tanh", solver="lbfgs", max_iter=30, random_state=0, n_members=1)


def rmse(y, prediction):
    return float(np.sqrt(np.mean(np.square(np.asarray(y) - prediction))))


def test_linear_network_reaches_linear_regression():
    """Without hidden layers the minimum is that of least squares, so full-batch descent has to end there."""
    X, y = load_diabetes(return_X_y=True)
    model = NetworkRegressor(
        (), solver="gd", learning_rate_init=0.2, max_iter=3000, tol=0.0, alpha=0.0, early_stopping=False, random_state=0
    ).fit(X, y)
    peer = LinearRegression().fit(X, y)
    assert rmse(peer.predict(X), model.predict(X)) < 0.01 * np.std(y)


def test_it_learns_a_curve(small):
    X, y = small
    model = NetworkRegressor((32, 32), learning_rate_init=0.01, random_state=0).fit(X, y)
    assert rmse(y, model.predict(X)) < 0.5 * rmse(y, LinearRegression().fit(X, y).predict(X))


def test_best_weights_are_kept(small):
    X, y = small
    model = NetworkRegressor((32, 32), learning_rate_init=0.01, max_iter=60, random_state=0, n_members=1).fit(X, y)
    held = model.validation_rows_
    scaled = (model.predict(X)[held] - y[held]) / model.members_[0].preprocessing.targets.scale
    assert 0.5 * np.mean(np.square(scaled)) == pytest.approx(min(model.validation_loss_curve_), rel=1e-4)
    assert model.validation_loss_curve_[model.best_iter_ - 1] == min(model.validation_loss_curve_)
    assert set(model.training_rows_) | set(held) == set(range(len(y)))


def test_held_out_rows_teach_nothing_but_when_to_stop(small):
    X, y = small
    base = clone(FAST).set_params(max_iter=3, n_iter_no_change=5, solver=Adam(weight_decay=0.1))
    model = clone(base).fit(X, y)
    poisoned = y.copy()
    poisoned[model.validation_rows_] += 3.0
    other = clone(base).fit(X, poisoned)
    own, same = (one.members_[0].preprocessing.targets for one in (model, other))
    np.testing.assert_array_equal(own.center, same.center)
    assert model.loss_curve_ == other.loss_curve_


def test_units_of_the_target_are_kept(small):
    X, y = small
    model, scaled = clone(FAST).fit(X, y), clone(FAST).fit(1e6 * X + 1e3, 1e-9 * y)
    np.testing.assert_allclose(scaled.predict(1e6 * X + 1e3), 1e-9 * model.predict(X), rtol=1e-3, atol=1e-12)


def test_several_outputs(small):
    X, y = small
    both = clone(FAST).fit(X, np.column_stack([y, -y]))
    assert both.predict(X).shape == (120, 2)
    assert both.n_outputs_ == 2
    assert clone(FAST).fit(X, y[:, None]).predict(X).shape == (120, 1)
    assert clone(FAST).fit(X, y).predict(X).shape == (120,)


def test_rows_of_weight_zero_are_left_out(small):
    X, y = small
    weights = np.ones(120)
    weights[::3] = 0
    poisoned = np.where(weights > 0, y, 1e6)
    weighted = clone(FAST).fit(X, poisoned, sample_weight=weights)
    np.testing.assert_array_equal(weighted.predict(X), clone(FAST).fit(X[weights > 0], y[weights > 0]).predict(X))


def test_weights_pull(small):
    X, _ = small
    y = np.where(np.arange(120) < 60, 0.0, 1.0)
    random = np.random.default_rng(0).permutation(120)
    heavy = np.where(y > 0, 9.0, 1.0)
    model = NetworkRegressor(
        (), solver="gd", learning_rate_init=0.3, max_iter=300, alpha=0, early_stopping=False, tol=0
    )
    prediction = model.fit(np.zeros((120, 1)) + X[random][:, :1] * 1e-12, y, sample_weight=heavy).predict(
        X[:, :1] * 1e-12
    )
    assert np.mean(prediction) == pytest.approx(0.9, abs=0.05)


def test_seeds(small):
    X, y = small
    same = [clone(FAST).fit(X, y).predict(X) for _ in range(2)]
    np.testing.assert_array_equal(*same)
    assert not np.allclose(same[0], clone(FAST).set_params(random_state=1).fit(X, y).predict(X))


@pytest.mark.parametrize(
    "make", [pd.DataFrame, pl.DataFrame, lambda d: pa.table(d)], ids=["pandas", "polars", "pyarrow"]
)
def test_frames_are_matched_by_name(small, make):
    X, y = small
    columns = {name: X[:, place] for place, name in enumerate("abc")}
    model = clone(FAST).fit(make(columns), y)
    assert model.feature_names_in_.tolist() == ["a", "b", "c"]
    expected = clone(FAST).fit(X, y).predict(X)
    np.testing.assert_array_equal(model.predict(make({name: columns[name] for name in "cab"})), expected)
    with pytest.raises(ValueError, match=r"1 column\(s\) of the training table are missing:\n  - b"):
        model.predict(make({name: columns[name] for name in "ac"}))


def test_mixed_columns_with_gaps():
    random = np.random.default_rng(0)
    size = random.normal(size=300)
    kind = random.choice(["flat", "house"], size=300)
    price = 10 * size + np.where(kind == "house", 40, 0)
    size[::10] = np.nan
    frame = pl.DataFrame({"size": size, "kind": [None if i % 25 == 0 else k for i, k in enumerate(kind)]})
    model = NetworkRegressor((32,), learning_rate_init=0.01, random_state=0).fit(frame, pl.Series("price", price))
    assert model.schema_.inputs == ("size", "size is missing", "kind=flat", "kind=house", "kind is missing")
    assert model.target_names_ == ["price"]
    known = ~np.isnan(size) & (np.arange(300) % 25 != 0)
    assert rmse(price[known], model.predict(frame)[known]) < 0.25 * np.std(price)
    assert np.isfinite(model.predict(pl.DataFrame({"size": [1.0, None, 2.0], "kind": ["castle", None, "flat"]}))).all()


def test_a_constant_column_changes_nothing(small):
    X, y = small
    with pytest.warns(Note, match=r"1 of 4 columns are left out: 'x3' \(the same in every row\)"):
        with_constant = clone(FAST).set_params(solver="gd").fit(np.column_stack([X, np.full(120, 0.1)]), y)
    assert with_constant.schema_.columns[-1].reason == "the same in every row"
    moved = np.column_stack([X, np.full(120, 9.9)])
    np.testing.assert_array_equal(
        with_constant.predict(moved), with_constant.predict(np.column_stack([X, np.full(120, 0.1)]))
    )


def test_a_constant_target_is_answered_exactly(small):
    X, _ = small
    assert set(clone(FAST).fit(X, np.full(120, 0.1)).predict(X)) == {0.1}


def test_callback_stops_and_sees_progress(small):
    X, y = small
    seen = []
    model = (
        clone(FAST)
        .set_params(max_iter=500, n_iter_no_change=500, callback=lambda p: seen.append(p) or len(seen) == 3)
        .fit(X, y)
    )
    assert model.stop_reason_ is StopReason.CALLBACK
    assert str(model.stop_reason_) == "the callback asked to stop"
    assert len(seen) == 3
    assert seen[-1].epoch == model.n_iter_ < 500
    assert seen[-1].validation_loss == model.validation_loss_curve_[-1]


def test_verbose_prints_lines_where_there_is_no_terminal(small, capsys):
    clone(FAST).set_params(verbose=True).fit(*small)
    assert capsys.readouterr().out.startswith("epoch 1, loss ")


def test_silent_by_default(small, capsys):
    clone(FAST).fit(*small)
    assert capsys.readouterr() == ("", "")


def test_divergence_is_said(small):
    X, y = small
    with pytest.raises(
        DivergenceError, match=r"training diverged in epoch \d+: a parameter of layer \d .* and 3 retries .* try 1e\+06"
    ):
        clone(FAST).set_params(solver="sgd", activation="relu", learning_rate_init=1e10).fit(X, y)


def replaced(column, row, value):
    changed = np.array(column, dtype=float)
    changed[row] = value
    return changed


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X, y: (X, replaced(y, 17, np.nan)), "the target is nan in row 17"),
        (lambda X, y: (X, replaced(y, 3, np.inf)), "the target is inf in row 3"),
        (lambda X, y: (X, y[:-1]), r"inconsistent numbers of samples: \[120, 119\]"),
        (lambda X, y: (X, np.array(["a"] * 120)), "the target must be numbers, but holds text"),
        (lambda X, y: (X[:1], y[:1]), "n_samples=1: a network needs at least 2 rows"),
        (lambda X, y: (X[:0], y[:0]), "Found array with 0 sample"),
        (lambda X, y: (pl.DataFrame({"a": []}, schema={"a": pl.Float64}), y[:0]), "Found array with 0 sample"),
        (lambda X, y: (replaced(X, (5, 1), np.inf), y), r"column 'x1' is infinite \(inf\) in row 5"),
        (lambda X, y: (X, np.arange(120).astype("M8[D]")), "the target must be numbers, but holds dates"),
        (lambda X, y: (pl.DataFrame({}), y), "the table has no column left"),
        (lambda X, y: (replaced(X, (5, 1), 1e30), y), r"column 'x1' has 1e\+30 in row 5"),
        (lambda X, y: (X, replaced(y, 9, -1e30)), r"the target has -1e\+30 in row 9"),
        (
            lambda X, y: (pl.DataFrame({"id": [f"row {i}" for i in range(600)]}), np.arange(600.0)),
            "no column can be used",
        ),
        (lambda X, y: (pl.LazyFrame({"a": [1.0]}), y), r"call .collect\(\) on it first"),
        (lambda X, y: (pd.DataFrame(X, columns=["a", "b", "a"]), y), "column 'a' appears more than once; give every"),
    ],
)
def test_bad_input_is_named(small, change, message):
    with pytest.raises((ValueError, TypeError), match=message):
        clone(FAST).fit(*change(*small))


def test_values_of_1e30_everywhere_are_only_units(small):
    X, y = small
    model, huge = clone(FAST).fit(X, y), clone(FAST).fit(X * 1e30, y * 1e30)
    np.testing.assert_allclose(huge.predict(X * 1e30), 1e30 * model.predict(X), rtol=1e-4, atol=1e26)


def test_far_outside_is_an_error_not_nan(small):
    X, y = small
    model = clone(FAST).set_params(activation="relu", solver="adam").fit(X, y)
    with pytest.raises(ValueError, match=r"row 1 is not finite: 'x2' lies .* times its scale in training"):
        model.predict([[0, 0, 0], [0, 0, 1e300]])


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"hidden_layer_sizes": (8, 0)}, r"hidden_layer_sizes=\(8, 0\)\): .* must be an integer of at least 1 or"),
        ({"alpha": -1}, "alpha must be a number of at least 0"),
        ({"batch_size": "large"}, "batch_size must be an integer of at least 1 or 'auto'"),
        ({"learning_rate_init": 0}, "learning_rate_init must be a number above 0"),
        ({"max_iter": 1.5}, "max_iter must be an integer of at least 1"),
        ({"early_stopping": "no"}, "early_stopping must be True or False or None"),
        ({"validation_fraction": 1}, "validation_fraction must be a number between 0 and 1"),
        ({"solver": "adagrad"}, "solver='adagrad' is not known; choose one of adam, adamw, sgd, gd, lbfgs, lm, auto"),
        ({"activation": "softsign"}, r"activation='softsign' is not known; .* \(did you mean 'tanh'\?\)"),
        (
            {"loss": "rmse"},
            "loss='rmse' is not known; .* 'squared_error', which has the same minimum",
        ),
        ({"loss": "bce"}, "loss='bce' is for classes; use NetworkClassifier"),
        ({"loss": "cross_entropy"}, "loss='cross_entropy' is for classes; use NetworkClassifier"),
        ({"preset": "fancy"}, "preset='fancy' is not known; choose one of fast, balanced, best, plain"),
        ({"activation": ["relu", "tanh"]}, r"names 2 layer\(s\), but there are 1"),
        ({"dropout": 1.0}, "dropout must be a number of at least 0 and below 1"),
        ({"monitor": max, "early_stopping": False}, "monitor needs rows to judge on"),
        ({"solver": "lm", "loss": "huber", "learning_rate_init": None}, "solver='lm' minimises squares"),
        ({"n_members": 4, "cv": 3}, "n_members=4 must be a multiple of the 3 folds"),
        ({"output_range": (3, 1)}, r"output_range=\(3, 1\) must be 'seen', or \(low, high\) with low < high"),
        ({"output_range": (0, None)}, r"the target .* in row \d+ lies outside output_range"),
        ({"preset": Recipe(output_range=(3, 1))}, r"output_range=\(3, 1\) must be 'seen'"),
        ({"preset": Recipe(output_range=(0, None))}, r"the target .* in row \d+ lies outside output_range"),
    ],
)
def test_bad_parameters_are_named(small, parameters, message):
    with pytest.raises(ValueError, match=message):
        clone(FAST).set_params(**parameters).fit(*small)


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "huber"])
@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_every_loss_and_solver_learns(small, loss, solver):
    X, y = small
    long = {"learning_rate_init": 0.01, "max_iter": 400, "early_stopping": False, "tol": 0, "n_iter_no_change": 400}
    model = clone(FAST).set_params(loss=loss, solver=solver, **long).fit(X, y)
    assert model.score(X, y) > 0.9
