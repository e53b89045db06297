"""A linear path beside the network: exact sums, a line where nothing more can be learned, and members by themselves."""

import warnings

import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import RidgeCV
from sklearn.metrics import r2_score, root_mean_squared_error

from glassnet import NetworkRegressor, Note, Recipe, certify, load, save, trace
from glassnet.ensemble.candidates import beats
from glassnet.insight.extrapolation import extrapolation

LINE = Recipe(linear_path=True)


def model(**parameters):
    return NetworkRegressor(**{"preset": LINE, "n_members": 4, "max_iter": 20, "random_state": 0, **parameters})


def columns_that_add_up(rows=200, seed=0):
    X = np.random.default_rng(seed).lognormal(size=(rows, 3))
    return X, X[:, 0] + X[:, 1] - 2 * X[:, 2]


@pytest.fixture(scope="module")
def exact():
    X, y = columns_that_add_up()
    return model().fit(X, y), X, y


def lines_and_waves():
    X = np.random.default_rng(0).uniform(0, 3, (300, 2))
    return X, 10 * X[:, 0] + np.sin(3 * X[:, 1])


def residuals(fitted, member, X, y):
    scaled = member.preprocessing.scale_inputs(fitted.schema_.encode(fitted.schema_.match(_samples(fitted, X))))
    line = scaled @ member.parameters[-1]["V"] + member.parameters[-1]["a"]
    return member.preprocessing.scale_targets(y[:, None])[member.split.train] - line[member.split.train]


def has_line(member):
    return bool(np.any(member.parameters[-1]["V"]))


def is_line_alone(member):
    return has_line(member) and not np.any(member.parameters[-3]["W"])


def test_a_sum_of_skewed_columns_is_exact(exact):
    fitted, _, _ = exact
    assert fitted.oof_score_ > 0.99999
    X, y = columns_that_add_up(seed=1)
    assert r2_score(y, fitted.predict(3 * X)) < r2_score(3 * y, fitted.predict(3 * X))
    assert r2_score(3 * y, fitted.predict(3 * X)) > 0.99999  # far beyond what was seen too
    assert all(map(has_line, fitted.members_))


def test_where_there_is_but_a_line_members_are_that_line():
    random = np.random.default_rng(0)
    X = random.normal(size=(260, 5))
    y = X.sum(axis=1) + 3 * random.normal(size=260)
    fitted = model(n_members=8).fit(X[:60], y[:60])
    assert sum(map(is_line_alone, fitted.members_)) >= 4
    assert {member.history.kept_epoch for member in fitted.members_ if is_line_alone(member)} == {0}
    ridge = RidgeCV(np.geomspace(1e-3, 1e3, 50)).fit(X[:60], y[:60])
    errors = [root_mean_squared_error(y[60:], other.predict(X[60:])) for other in (fitted, ridge)]
    assert errors[0] < 1.05 * errors[1]


def test_where_a_line_says_nothing_members_are_networks():
    random = np.random.default_rng(0)
    X = random.uniform(-2, 2, (400, 2))
    fitted = model(max_iter=60).fit(X, np.abs(X[:, 0]) + X[:, 1] ** 2)
    assert not any(map(is_line_alone, fitted.members_))
    assert fitted.oof_score_ > 0.95


def test_going_on_widens_what_the_network_may_add():
    X, y = lines_and_waves()
    fitted = model(warm_start=True, max_iter=80).fit(X, y)
    before = [member.parameters[-2] for member in fitted.members_]
    fitted.fit(X, 3 * y)
    assert any(map(has_line, fitted.members_))
    for member, was in zip(fitted.members_, before, strict=True):
        if has_line(member):
            rest = residuals(fitted, member, X, 3 * y)
            ends = [min(rest.min(), was["low"][0]), max(rest.max(), was["high"][0])]
            np.testing.assert_allclose([member.parameters[-2][name][0] for name in ("low", "high")], ends, rtol=1e-4)
            assert np.abs(ends).max() > 2 * max(np.abs(was["low"][0]), was["high"][0])


def test_going_on_from_a_line_alone_its_network_learns():
    random = np.random.default_rng(0)
    X = random.normal(size=(100, 5))
    fitted = model(warm_start=True, max_iter=5).fit(X, X.sum(axis=1) + 3 * random.normal(size=100))
    lines = [is_line_alone(member) for member in fitted.members_]
    assert any(lines)
    fitted.fit(X, X.sum(axis=1) + 3 * np.sin(3 * X[:, 0]))
    assert not any(is_line_alone(member) for member, was in zip(fitted.members_, lines, strict=True) if was)


def test_what_the_network_adds_stays_within_the_residuals(exact):
    X, y = lines_and_waves()
    fitted = model(max_iter=60, n_members=2).fit(X, y)
    for member in filter(has_line, fitted.members_):
        low, high = (member.parameters[-2][name][0] for name in ("low", "high"))
        rest = residuals(fitted, member, X, y)
        np.testing.assert_allclose([low, high], [rest.min(), rest.max()], rtol=1e-4, atol=1e-4)
        assert np.isinf(member.preprocessing.limits).all()


def _samples(fitted, X):
    from glassnet.estimators.validation import check_inputs

    return check_inputs(fitted, X, reset=False)


def test_levels_flags_gaps_and_several_targets():
    random = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "a": random.lognormal(size=300),
            "few": random.choice(["x", "y", "z"], 300).tolist(),
            "many": [f"level {number}" for number in random.integers(0, 20, 300)],
            "yes": random.integers(0, 2, 300),
        }
    )
    effect = np.array([int(name.split()[1]) for name in frame["many"]])
    first = frame["a"].to_numpy() + 3 * (frame["few"] == "x").to_numpy() + effect - 2 * frame["yes"].to_numpy()
    Y = np.column_stack([first, -first])
    Y[:5, 1] = np.nan
    fitted = model().fit(frame, Y)
    assert fitted.network_.layers[-1].levels == (20,)
    assert fitted.oof_score_ > 0.999
    with pytest.warns(UserWarning, match="was never missing|level"):
        assert np.isfinite(fitted.predict(frame.with_columns(a=None, many=pl.lit("never seen")))).all()


def test_a_member_learns_nothing_of_its_own_fold():
    X, y = columns_that_add_up(120)
    y = y + np.random.default_rng(1).normal(size=120)
    first = model().fit(X, y)
    poisoned = y.copy()
    poisoned[first.fold_rows_[1]] += 1e3
    second = model().fit(X, poisoned)
    one, other = first.members_[1].parameters, second.members_[1].parameters
    for layer, same in zip(one, other, strict=True):
        for name, array in layer.items():
            np.testing.assert_array_equal(array, same[name])


def test_rows_given_to_validate_on_are_not_learned_from():
    X, y = columns_that_add_up()
    moved = y.copy()
    moved[150:] += 0.01
    lines = [
        model(n_members=1).fit(X[:150], y[:150], X_val=X[150:], y_val=other[150:]).members_[0].parameters[-1]
        for other in (y, moved)
    ]
    np.testing.assert_array_equal(lines[0]["V"], lines[1]["V"])


def test_a_line_is_judged_before_it_learns_from_the_rows_that_judge_it():
    """Beside a network it never does; alone it does in the end."""
    X, waves = lines_and_waves()
    for y, beside in ((waves, True), (X[:, 0] + X[:, 1], False)):
        first = model(max_iter=64).fit(X, y)
        place = next(
            number
            for number, member in enumerate(first.members_)
            if has_line(member) and is_line_alone(member) != beside
        )
        validation = first.members_[place].split.validation
        moved = y.copy()
        moved[validation] += 0.001 * X[validation, 1]
        one, other = (fitted.members_[place] for fitted in (first, model(max_iter=64).fit(X, moved)))
        assert has_line(other)
        assert is_line_alone(other) != beside
        assert np.array_equal(one.parameters[-1]["V"], other.parameters[-1]["V"]) == beside


@pytest.mark.parametrize(
    ("losses", "others", "beaten"),
    [
        ([1.0] * 20, [2.0] * 20, True),
        ([2.0] * 20, [1.0] * 20, False),
        ([1.0] * 20, [1.0] * 20, False),
        ([1.0] * 3, [2.0] * 3, False),  # three of three come by chance once in eight
        ([1.0] * 4, [2.0] * 4, True),  # four of four once in sixteen
        ([1.0] * 19 + [100.0], [2.0] * 20, True),  # one row of few hardly counts
        ([1.0] * 300 + [1000.0], [2.0] * 301, False),  # of many the mean says it
        ([1.0] * 300 + [100.0], [2.0] * 301, True),
    ],
)
def test_of_few_rows_ranks_decide_and_of_many_the_mean(losses, others, beaten):
    assert beats(np.array(losses), np.array(others)) is beaten


def test_files_traces_and_certificates(exact, tmp_path):
    fitted, X, _ = exact
    again = load(save(fitted, tmp_path / "m.glass"))
    np.testing.assert_array_equal(again.predict(X), fitted.predict(X))
    np.testing.assert_array_equal(again.target_range_, fitted.target_range_)
    row = trace(fitted, X, row=3)
    line = row.forward.layers[-1]
    scaled = np.array(list(row.inputs.values()))
    np.testing.assert_allclose(line.z[0], scaled @ line.parameters["V"] + line.parameters["a"], rtol=1e-6)
    assert row.prediction["y0"] == pytest.approx(fitted.ensemble_.predict_members(_samples(fitted, X[3:4]))[0, 0, 0])
    found = certify(fitted, X[:3], 0.5, slopes=True)
    corners = [fitted.predict(X[:3] + 0.5 * sign * fitted.ensemble_.input_scales.mean(axis=0)) for sign in (-1, 1)]
    for corner in corners:
        assert (found.lower[:, 0] <= corner).all()
        assert (found.upper[:, 0] >= corner).all()
    # the slopes are those of the sum: 1, 1, -2
    np.testing.assert_allclose(found.slope_lower[:, 0], np.tile([1.0, 1.0, -2.0], (3, 1)), atol=1e-3)
    np.testing.assert_allclose(found.slope_upper[:, 0], np.tile([1.0, 1.0, -2.0], (3, 1)), atol=1e-3)


def test_predictions_beyond_the_targets_are_said(exact):
    fitted, X, y = exact
    assert fitted.target_range_[:, 0].tolist() == [y.min(), y.max()]
    found = extrapolation(fitted, 100 * X[:4])
    assert found.predicted_outside.tolist() == ((100 * y[:4] < y.min()) | (100 * y[:4] > y.max())).tolist()
    assert "predictions lie outside the targets that were learned from" in str(found)
    assert not extrapolation(fitted, X[:4]).predicted_outside.any()


def test_going_on_keeps_the_line(exact):
    _, X, y = exact
    fitted = model(warm_start=True, max_iter=3)
    before = [member.parameters[-1]["V"] for member in fitted.fit(X, y).members_]
    fitted.fit(X, y)
    fitted.partial_fit(X[:50], y[:50])
    for old, member in zip(before, fitted.members_, strict=True):
        np.testing.assert_array_equal(old, member.parameters[-1]["V"])


@pytest.mark.parametrize(
    "parameters",
    [{"loss": "quantile"}, {"loss": "gamma"}, {"output_range": (0, None)}, {"loss": "poisson"}],
    ids=str,
)
def test_it_is_refused_where_it_has_nothing_to_do(parameters):
    X, y = columns_that_add_up()
    with pytest.raises(ValueError, match=r"linear_path=True has nothing to do here"):
        model(**parameters).fit(X, np.abs(y))


def test_beside_a_line_members_train_on_where_a_short_try_was_better():
    random = np.random.default_rng(0)
    X, noise = random.uniform(0, 3, (300, 2)), random.normal(size=300)
    targets = {"noisy line": X[:, 0] + noise, "wave": np.sin(4 * X[:, 0]), "both": lines_and_waves()[1]}
    runs = {}
    for name, y in targets.items():
        heard = []
        given = lines_and_waves()[0] if name == "both" else X
        options = {"preset": Recipe(embedding="periodic", linear_path=True, final_epochs=0.0), "max_iter": 64}
        fitted = model(**options, callback=lambda progress, kept=heard: kept.append(progress)).fit(given, y)
        turns = [n for n in range(1, len(heard)) if heard[n].epoch < heard[n - 1].epoch]
        runs[name] = [heard[n].max_epochs for n in (0, *turns)]
        assert any(map(has_line, fitted.members_)) == (name != "wave")
    assert runs == {"noisy line": [64, 12], "wave": [64, 12], "both": [64, 12, 64]}


def test_robust_losses_have_one_too():
    X, y = columns_that_add_up()
    for loss in ("huber", "absolute_error"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Note)
            assert model(loss=loss).fit(X, y).oof_score_ > 0.99999


def test_it_can_be_left_out():
    X, y = columns_that_add_up()
    fitted = model(preset=Recipe(linear_path=False), max_iter=3).fit(X, y)
    assert "LinearPath" not in str(fitted.network_)
