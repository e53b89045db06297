"""A network beside simple models on equal rows: folds, errors and limits against independent fits."""

import json

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import log_loss, root_mean_squared_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from glassnet import ComparisonDisplay, NetworkClassifier, NetworkRegressor, compare, save
from glassnet.cli.command_line import cli
from glassnet.insight.peers import frequencies, of_classes

ROWS = 120
SMALL = {"n_members": 6, "max_iter": 3, "hidden_layer_sizes": (8,), "random_state": 0}


def table(rows=ROWS, seed=0):
    random = np.random.default_rng(seed)
    X = random.normal(size=(rows, 3))
    return X, X[:, 0] - X[:, 1] ** 2 + 0.3 * random.normal(size=rows)


@pytest.fixture(scope="module")
def model():
    return NetworkRegressor(**SMALL).fit(*table())


@pytest.fixture(scope="module")
def found(model):
    return compare(model, *table())


def by_folds(model, X, y, simple):
    predicted = np.full(len(y), np.nan)
    for fold in model.fold_rows_:
        others = np.setdiff1d(np.arange(len(y)), fold)
        predicted[fold] = simple.fit(X[others], y[others]).predict(X[fold])
    return predicted


def test_simple_models_learn_from_the_other_rows_of_each_fold(model, found):
    X, y = table()
    errors = {each.name: each.error for each in found.models}
    assert set(errors) == {"network", "mean", "straight line", "gradient boosting"}
    assert errors["network"] == pytest.approx(root_mean_squared_error(y, model.oof_prediction_))
    for name, simple in (("mean", DummyRegressor()), ("straight line", LinearRegression())):
        assert errors[name] == pytest.approx(root_mean_squared_error(y, by_folds(model, X, y, simple)), rel=1e-4)


def test_a_simple_model_never_sees_the_fold_that_it_predicts(model):
    X, y = table()
    seen = []

    def by_heart(inputs, targets, train, new):
        seen.append((train, new))
        return np.zeros((len(new), 1))

    compare(model, X, y, peers={"zero": by_heart})
    assert len(seen) == 6
    for train, new in seen:
        assert sorted([*train, *new]) == list(range(ROWS))
    assert sorted(np.concatenate([new for _, new in seen])) == list(range(ROWS))


def test_limits_are_those_of_a_paired_bootstrap(model, found):
    X, y = table()
    ours = np.square(y - model.oof_prediction_)
    theirs = np.square(y - by_folds(model, X, y, LinearRegression()))
    line = next(each for each in found.models if each.name == "straight line")
    drawn = np.random.default_rng(7).integers(ROWS, size=(20_000, ROWS))
    differences = np.sqrt(theirs[drawn].mean(axis=1)) - np.sqrt(ours[drawn].mean(axis=1))
    width = np.std(differences)
    low, high = np.quantile(differences, [0.025, 0.975])
    assert line.difference == pytest.approx(
        np.sqrt(theirs.mean()) - np.sqrt(ours.mean()), abs=1e-5
    )  # inputs are float32
    # A limit of 2,000 resamples has a standard error of sqrt(.025 .975 / 2000) / phi(1.96) = .06 standard deviations.
    assert abs(line.difference_lower - low) < 4 * 0.06 * width
    assert abs(line.difference_upper - high) < 4 * 0.06 * width
    better = sum(theirs[fold].mean() < ours[fold].mean() for fold in model.fold_rows_)
    assert (line.parts_better, line.parts) == (better, 6)


def test_on_test_rows_all_learn_from_the_fit(model):
    (X, y), (X_test, y_test) = table(), table(80, seed=1)
    found = compare(model, X, y, X_test=X_test, y_test=y_test)
    line = next(each for each in found.models if each.name == "straight line")
    fitted = LinearRegression().fit(X, y)
    assert found.rows == 80
    assert found.network.error == pytest.approx(root_mean_squared_error(y_test, model.predict(X_test)))
    assert line.error == pytest.approx(root_mean_squared_error(y_test, fitted.predict(X_test)), rel=1e-4)
    assert found.basis == "test rows, by all members"


def test_what_it_says_follows_from_the_limits():
    X, waves = table(200)[0], np.sin(3 * table(200)[0][:, 0])
    sums = X.sum(axis=1) + 0.1 * np.random.default_rng(1).normal(size=200)
    hardly = NetworkRegressor(preset="plain", n_members=4, cv=4, max_iter=1, random_state=0).fit(X, sums)
    worse = compare(hardly, X, sums).describe()
    assert "the straight line is better by" in worse
    assert worse.endswith("prefer it here.")
    good = NetworkRegressor(preset="fast", n_members=4, random_state=0).fit(X, waves)
    assert "the network is better by" in compare(good, X, waves).describe()

    def itself(inputs, targets, train, new):
        return good.oof_prediction_[new][:, None]

    assert "the difference of 0 may be chance" in compare(good, X, waves, peers={"itself": itself}).describe()


def test_classes_labels_quantiles_and_several_targets():
    X, y = table()
    labels = np.where(y > 0.5, "high", np.where(y < -1, "low", "middle"))
    classifier = NetworkClassifier(**SMALL).fit(X, labels)
    found = compare(classifier, X, labels)
    assert found.error_name == "log loss"
    assert {each.name for each in found.models} == {"network", "class frequencies", "logistic regression",
                                                    "gradient boosting"}  # fmt: skip
    probabilities = np.zeros((ROWS, 3))
    for fold in classifier.fold_rows_:
        others = np.setdiff1d(np.arange(ROWS), fold)
        simple = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1_000)).fit(X[others], labels[others])
        probabilities[fold] = simple.predict_proba(X[fold])
    expected = log_loss(labels, probabilities, labels=classifier.classes_)
    assert next(m.error for m in found.models if m.name == "logistic regression") == pytest.approx(expected, rel=1e-3)
    both = np.stack([y > 0, X[:, 2] > 0], axis=1)
    several = compare(NetworkClassifier(**SMALL).fit(X, both), X, both)
    assert {each.name for each in several.models} >= {"label frequencies", "logistic regression"}
    quantiles = compare(NetworkRegressor(loss="quantile", **SMALL).fit(X, y), X, y)
    assert quantiles.error_name == "pinball loss"
    assert {each.name for each in quantiles.models} == {"network", "quantiles of the target", "gradient boosting"}
    targets = np.stack([y, -3 * y], axis=1)
    assert "standard deviations" in compare(NetworkRegressor(**SMALL).fit(X, targets), X, targets).error_name


def test_levels_and_gaps_reach_the_simple_models():
    random = np.random.default_rng(0)
    level = random.integers(0, 3, 200)
    y = 10.0 * level + random.normal(size=200)
    X = pl.DataFrame({"level": [f"l{code}" for code in level], "x": [None, *random.normal(size=199)]})
    found = compare(NetworkRegressor(**SMALL).fit(X, y), X, y)
    errors = {each.name: each.error for each in found.models}
    assert errors["straight line"] < 0.2 * errors["mean"]
    assert errors["gradient boosting"] < 0.2 * errors["mean"]


def test_what_is_refused(model):
    X, y = table()
    with pytest.raises(ValueError, match="these are other rows; give those of the fit"):
        compare(model, *table(seed=1))
    alone = NetworkRegressor(**{**SMALL, "n_members": 1}).fit(X, y)
    with pytest.raises(
        ValueError, match="this model has no folds to judge simple models by; give X_test and y_test too"
    ):
        compare(alone, X, y)
    assert compare(alone, X, y, X_test=X[:20] + 1, y_test=y[:20]).rows == 20
    with pytest.raises(ValueError, match="X_test has rows that the model was fitted to"):
        compare(model, X, y, X_test=X[:20], y_test=y[:20])
    with pytest.raises(ValueError, match=r"exactly the rows of the fit, but here 60 of them of the fit"):
        compare(model, X[:60], y[:60], X_test=X[:20] + 1, y_test=y[:20])
    with pytest.raises(ValueError, match=r"peers has \['network'\]; give at least one model, and none of the name"):
        compare(model, X, y, peers={"network": lambda inputs, targets, train, new: np.zeros((len(new), 1))})
    with pytest.raises(ValueError, match=r"peers has \[\]"):
        compare(model, X, y, peers={})
    images = NetworkRegressor(n_members=1, max_iter=1, random_state=0).fit(np.zeros((30, 4, 4)) + np.eye(4), y[:30])
    with pytest.raises(TypeError, match="this model was fitted to images"):
        compare(images, np.zeros((30, 4, 4)), y[:30])


def test_given_validation_rows_and_rows_of_weight_zero_are_left_out():
    (X, y), (X_val, y_val) = table(), table(30, seed=1)
    seen = []

    def by_heart(inputs, targets, train, new):
        seen.append((train, new))
        return np.zeros((len(new), 1))

    weights = np.where(np.arange(ROWS) < 20, 0.0, 1.0)
    wrong = np.where(weights > 0, y, 1e6)  # nobody may hear of these targets
    for model, extra in (
        (NetworkRegressor(**SMALL).fit(X, y, X_val=X_val, y_val=y_val), {}),
        (NetworkRegressor(**SMALL).fit(X, wrong, sample_weight=weights), {"sample_weight": weights}),
    ):
        seen.clear()
        found = compare(model, X, wrong if extra else y, peers={"zero": by_heart}, **extra)
        assert found.rows == ROWS - (20 if extra else 0)
        used = set(range(20 if extra else 0, ROWS))
        for train, new in seen:  # of folds that differ by one row, members leave one more out
            assert set(train) <= used - set(new)
            assert len(used) - len(train) - len(new) in (0, 1)
        assert sorted(np.concatenate([new for _, new in seen])) == sorted(used)


def test_what_is_not_alike_is_said():
    X, y = table()
    median = NetworkRegressor(loss="absolute_error", **SMALL).fit(X, y)
    assert (
        compare(median, X, y)
        .describe()
        .endswith(
            "But the network minimised AbsoluteError, the simple models the squared error, by which all are judged."
        )
    )
    weights = np.linspace(0.5, 1.5, ROWS)
    weighted = NetworkRegressor(**SMALL).fit(X, y, sample_weight=weights)
    assert "the network learned with weights" in compare(weighted, X, y, sample_weight=weights).caution
    balanced = NetworkClassifier(class_weight="balanced", **SMALL).fit(X, y > 0, np.where(np.arange(ROWS) < 20, 0, 1))
    found = compare(balanced, X, y > 0, sample_weight=np.where(np.arange(ROWS) < 20, 0, 1))
    assert "the network learned with weights" in found.caution
    assert found.rows == ROWS - 20


def test_frequencies_add_up_and_no_class_is_impossible():
    y = np.eye(5)[[0, 0, 1, 2, 2, 3]]
    train, new = np.arange(6), np.array([0])
    np.testing.assert_allclose(frequencies(5)(None, y, train, new), [np.array([3, 2, 3, 2, 1]) / 11])

    def sure(inputs, codes, train, new):
        return np.arange(4), np.tile([1.0, 0, 0, 0], (len(new), 1))

    found = of_classes(sure)(None, y, train, new)[0]
    assert found[4] == 1 / 11
    assert found.sum() == pytest.approx(1)


def test_the_figure_draws_the_differences(found):
    display = ComparisonDisplay(found).plot()
    assert display.differences_[0].get_xdata().tolist() == [each.difference for each in found.models[1:]]
    names = [label.get_text().split("\n")[0] for label in display.ax_.get_yticklabels()]
    assert names == [each.name for each in found.models]
    assert display.frame()["error"].to_list() == [each.error for each in found.models]
    assert display.describe() == found.describe()


def test_the_command(model, tmp_path):
    X, y = table()
    frame = pl.DataFrame(X, schema=["a", "b", "c"]).with_columns(y=y)
    frame.write_csv(tmp_path / "t.csv")
    fitted = NetworkRegressor(**SMALL).fit(frame.drop("y"), frame["y"])
    path = save(fitted, tmp_path / "m")
    arguments = ["compare", str(path), str(tmp_path / "t.csv")]
    result = CliRunner().invoke(cli, [*arguments, "--figure", str(tmp_path / "c.png"), "--json"])
    assert result.exit_code == 0, result.output
    errors = {each["name"]: each["error"] for each in json.loads(result.stdout)["models"]}
    assert errors["network"] == pytest.approx(root_mean_squared_error(y, fitted.oof_prediction_))
    assert "training: gradient boosting" in result.stderr
    assert (tmp_path / "c.png").stat().st_size > 5_000
    shown = CliRunner().invoke(cli, arguments).stdout
    assert "better in parts" in shown
    assert f"network {errors['network']:.4g}" in shown
