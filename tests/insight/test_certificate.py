"""Certificates of fitted regressors: what predictions never leave, in the units of the target."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from sklearn.base import clone

from glassnet import NetworkClassifier, NetworkRegressor, Recipe, certify
from glassnet.estimators.validation import check_inputs

RANDOM = np.random.default_rng(0)


def encoded_rows(model, X):
    return model.ensemble_.encode(check_inputs(model, X, reset=False))


def mixed_table(rows=90):
    random = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "size": 1000 * random.normal(size=rows),
            "age": random.uniform(20, 60, rows),
            "kind": random.choice(["a", "b", "c"], rows).tolist(),
            "yes": random.integers(0, 2, rows),
            "day": [f"2024-{1 + row % 12:02d}-{1 + row % 27:02d}" for row in range(rows)],
        }
    ).with_columns(age=pl.when(pl.int_range(rows) % 10 == 3).then(None).otherwise("age"))
    y = 50 + frame["size"].to_numpy() / 100 + 10 * (frame["kind"] == "a").to_numpy() + random.normal(size=rows)
    return frame, y


@pytest.fixture(scope="module", params=[(12,), pytest.param((12, 12), marks=pytest.mark.slow)], ids=str)
def mixed(request):
    frame, y = mixed_table()
    model = NetworkRegressor(
        request.param, max_iter=15, n_members=2, random_state=0, cv=None, preset=Recipe(linear_path=False)
    )
    return model.fit(frame, y), frame[:6]


def moved(model, frame, epsilon, draws=300, seed=1):
    """Return predictions (draws, rows) of rows whose numbers were moved within the box, many into its corners."""
    random, found = np.random.default_rng(seed), []
    spread = np.mean(model.ensemble_.input_scales, axis=0)
    for draw in range(draws):
        moves = {}
        for name in ("size", "age"):
            t = random.uniform(-1, 1, frame.height)
            t = np.sign(t) if draw % 3 == 0 else t
            moves[name] = pl.col(name) + epsilon * spread[model.schema_.inputs.index(name)] * t
        found.append(model.predict(frame.with_columns(**moves)))
    return np.stack(found)


@pytest.mark.parametrize("epsilon", [pytest.param(0.05, marks=pytest.mark.slow), 0.5])
def test_no_prediction_leaves_the_certificate(mixed, epsilon):
    model, frame = mixed
    found, tried = certify(model, frame, epsilon), moved(model, frame, epsilon)
    np.testing.assert_allclose(found.prediction[:, 0], model.predict(frame), rtol=1e-6)
    assert (found.lower[:, 0] <= tried.min(axis=0)).all()
    assert (found.upper[:, 0] >= tried.max(axis=0)).all()
    assert (found.lower <= found.attacked_lower).all()
    assert (found.attacked_lower <= found.attacked_upper).all()
    assert (found.attacked_upper <= found.upper).all()
    reach = found.attacked_upper - found.attacked_lower
    assert (reach[:, 0] >= 0.9 * np.ptp(tried, axis=0)).all()  # the attack finds what chance finds


def test_the_attacked_points_are_in_the_box_and_give_what_they_claim(mixed):
    model, frame = mixed
    found = certify(model, frame, {"size": 40.0})
    assert found.columns == ("size", "age")
    np.testing.assert_allclose(found.box_upper[:, 0] - found.box_lower[:, 0], 80)
    at = found.highest_at[:, 0, 0]
    assert ((at >= found.box_lower[:, 0]) & (at <= found.box_upper[:, 0])).all()
    np.testing.assert_allclose(
        np.maximum(model.predict(frame.with_columns(size=pl.Series(at))), found.prediction[:, 0]),
        found.attacked_upper[:, 0],
        rtol=1e-6,
    )


def test_what_is_no_number_is_held_fixed(mixed):
    """With numbers held too nothing moves, and another category is outside."""
    model, frame = mixed
    found, rounding = certify(model, frame, {}), 2e-4 * np.ptp(model.predict(frame))
    assert (found.upper - found.lower).max() < rounding
    assert np.array_equal(found.attacked_lower, found.prediction)
    other = model.predict(frame.with_columns(kind=pl.lit("a")))
    outside = (other < found.lower[:, 0]) | (other > found.upper[:, 0])
    assert np.array_equal(outside, (frame["kind"] != "a").to_numpy())
    raw = encoded_rows(model, frame)
    missing = np.isnan(raw[:, model.schema_.inputs.index("age")])
    alone = certify(model, frame, {"age": 3.0}, slopes=True)
    assert missing.any()
    assert (alone.upper - alone.lower)[missing].max() < rounding
    assert (alone.monotone[missing, 0, 1] == "held fixed").all()
    assert (alone.monotone[:, 0, 0] == "held fixed").all()
    assert np.array_equal(np.isnan(alone.slope_lower), alone.monotone == "held fixed")


def test_what_was_seen_limits_every_box(small):
    """Rounding before a clip can be large, and the clip takes it away."""
    X, y = small
    networks = Recipe(linear_path=False)
    model = NetworkRegressor((8,), max_iter=20, n_members=2, preset=networks, random_state=0).fit(X, y)
    found = certify(model, X[:4], 1e9)
    assert (found.lower >= y.min()).all()
    assert (found.upper <= y.max()).all()
    assert (found.attacked_lower >= found.lower).all()
    assert (found.attacked_upper <= found.upper).all()


def test_two_corners(mixed):
    model, frame = mixed
    upper = frame.with_columns(size=pl.col("size") + 100)
    found = certify(model, frame, upper=upper)
    for to_shared in (0.0, 0.3, 1.0):
        inside = model.predict(frame.with_columns(size=pl.col("size") + 100 * to_shared))
        assert (found.lower[:, 0] <= inside).all()
        assert (found.upper[:, 0] >= inside).all()
    with pytest.raises(ValueError, match=r"X and upper are no box in row 0: 'size' goes from .* numbers must not fall"):
        certify(model, upper, upper=frame)
    other = frame.with_columns(kind=pl.lit("b"))
    with pytest.raises(ValueError, match=r"X and upper are no box in row \d: 'kind=.*must be the same in both"):
        certify(model, frame, upper=other)
    with pytest.raises(ValueError, match=r"X has 6 row\(s\) and upper 2; give the opposite corner of every row"):
        certify(model, frame, upper=frame[:2])


def test_methods_and_splits(mixed):
    model, frame = mixed
    found = [certify(model, frame, 0.4, **how) for how in ({"splits": 3}, {}, {"method": "interval"})]
    widths = [np.mean(one.upper - one.lower) for one in found]
    assert widths[0] < 0.95 * widths[1]
    assert widths[1] < 0.95 * widths[2]
    tried = moved(model, frame, 0.4)
    assert (found[0].lower[:, 0] <= tried.min(axis=0)).all()
    assert (found[0].upper[:, 0] >= tried.max(axis=0)).all()


def test_the_mean_is_tighter_than_its_members(mixed):
    model, frame = mixed
    moves = [pl.col("size") + 200, pl.col("age") + 2]  # in the units of the columns: a box that all members share
    alone = []
    for member in model.members_:
        one = clone(model).set_params(n_members=1)
        vars(one).update({**vars(model), "ensemble_": replace(model.ensemble_, members=(member,))})
        alone.append(certify(one, frame, upper=frame.with_columns(moves)))
    both = certify(model, frame, upper=frame.with_columns(moves))
    assert (both.lower >= np.mean([one.lower for one in alone], axis=0) - 1e-6).all()
    assert (both.upper <= np.mean([one.upper for one in alone], axis=0) + 1e-6).all()
    assert (both.upper - both.lower < np.mean([one.upper - one.lower for one in alone], axis=0)).any()


@pytest.mark.parametrize(
    ("parameters", "target"),
    [
        ({"loss": "quantile"}, lambda y: y),
        ({"loss": "poisson"}, lambda y: np.round(np.exp(y / 4))),
        ({"output_range": (0, None)}, lambda y: np.exp(y / 3)),
        pytest.param({"output_range": (None, 9)}, lambda y: np.minimum(y, 9), marks=pytest.mark.slow),
        pytest.param({"output_range": (-20, 20)}, lambda y: np.clip(y, -20, 20), marks=pytest.mark.slow),
        pytest.param(
            {"preset": Recipe(embedding="both"), "dropout": 0.1, "learning_rate_init": None},
            lambda y: np.column_stack([y, -y]),
            marks=pytest.mark.slow,
        ),
        ({"activation": "tanh", "solver": "lbfgs", "learning_rate_init": None}, lambda y: y),
    ],
)
def test_links_ranges_and_several_outputs(small, parameters, target):
    X, y = small
    given = {"n_members": 2, "max_iter": 12, "random_state": 0, "hidden_layer_sizes": (8,), "cv": None}
    given |= {"preset": "plain", "learning_rate_init": 0.01}
    model = NetworkRegressor(**{**given, **parameters}).fit(X, target(y))
    found = certify(model, X[:3], 0.3, slopes=True)
    radius = (found.box_upper - found.box_lower) / 2
    t = np.random.default_rng(1).uniform(-1, 1, (600, 3, 3))
    tried = model.predict((X[:3] + t * radius).reshape(-1, 3)).reshape(600, 3, -1)
    assert (found.lower <= tried).all()
    assert (found.upper >= tried).all()
    step = 1e-3 * radius[:, None, :] * np.eye(3)  # one column at a time
    base = (X[:3] + 0.9 * t[:50] * radius)[:, :, None, :]
    ends = [model.predict((base + move).reshape(-1, 3)).reshape(50, 3, 3, -1) for move in (step, -step)]
    slope = np.moveaxis(ends[0] - ends[1], 3, 2) / (2 * np.diagonal(step, axis1=1, axis2=2))[None, :, None, :]
    noise = 2e-3 * np.ptp(tried) / radius.min()  # float32 differences
    assert (slope >= found.slope_lower - noise).all()
    assert (slope <= found.slope_upper + noise).all()


def test_monotone_answers():
    """y = 3 a - 2 b + c^2 by networks without and with bends; d is the same in every row."""
    X = np.random.default_rng(0).normal(size=(200, 3))
    line = NetworkRegressor((4,), "identity", preset="plain", solver="lbfgs", random_state=0)
    found = certify(line.fit(X, 3 * X[:, 0] - 2 * X[:, 1] + 1), X[:4], 0.5, slopes=True)
    assert found.monotone[:, 0, 0].tolist() == ["increasing"] * 4
    assert found.monotone[:, 0, 1].tolist() == ["decreasing"] * 4
    np.testing.assert_allclose(found.slope_lower[:, 0, :2], [[3, -2]] * 4, atol=0.05)
    np.testing.assert_allclose(found.slope_upper, found.slope_lower, atol=0.05)
    width = (found.box_upper - found.box_lower)[:, None]
    expected = np.sum(np.maximum(np.abs(found.slope_lower), np.abs(found.slope_upper)) * width, axis=2)
    np.testing.assert_allclose(found.lipschitz, expected)
    assert (found.attacked_upper - found.attacked_lower <= found.lipschitz * (1 + 1e-5)).all()
    bowl = NetworkRegressor((16,), "tanh", preset="plain", solver="lbfgs", random_state=0, max_iter=500)
    found = certify(bowl.fit(X, X[:, 2] ** 2), np.zeros((1, 3)), [0.0, 0.0, 1.0], slopes=True)
    assert found.monotone[0, 0].tolist() == ["held fixed", "held fixed", "neither"]


def test_slopes_by_lines_are_narrower_and_prove_more(small):
    X, y = small
    smooth = Recipe(embedding="periodic", linear_path=False)
    model = NetworkRegressor((16, 16), max_iter=30, n_members=1, preset=smooth, random_state=0).fit(X, y)
    lines, boxes = (certify(model, X[:5], 0.02, slopes=True, method=how) for how in ("linear", "interval"))
    assert (lines.slope_lower >= boxes.slope_lower - 1e-9).all()
    assert (lines.slope_upper <= boxes.slope_upper + 1e-9).all()
    assert np.mean(lines.slope_upper - lines.slope_lower) < 0.5 * np.mean(boxes.slope_upper - boxes.slope_lower)
    assert (lines.monotone[:, 0, 0] == "increasing").all()  # the target is 3 + 2 a - b^2 + noise


def test_tables_and_json(mixed):
    model, frame = mixed
    found = certify(model, frame, 0.1, slopes=True)
    lines = str(found).splitlines()
    names = ["row", "prediction", "lower", "upper", "attacked", "lower", "attacked", "upper", "Lipschitz", "bound"]
    assert lines[1].split() == names
    assert found.table().rows[0][-1] == found.lipschitz[0, 0]
    assert lines[2 + frame.height :] == ["", *str(found.monotone_table()).splitlines()]
    assert str(found.table(5)).splitlines()[2].split()[0] == "5"
    assert len(str(found.monotone_table()).splitlines()) == 2 + 2 * frame.height - frame["age"].null_count()
    read = json.loads(found.to_json(5))
    assert read["rows"][0]["row"] == 5
    assert read["rows"][2]["lower"] == found.lower[2].tolist()
    assert read["rows"][3]["box_lower"][1] is None  # a gap
    assert "held fixed" in read["assumptions"]
    with pytest.raises(ValueError, match=r"this certificate has no slopes; ask with certify\(\.\.\., slopes=True\)"):
        certify(model, frame, 0.1).monotone_table()


def test_a_certificate_without_slopes_says_how_to_get_them(mixed):
    model, frame = mixed
    found = certify(model, frame[:2], 0.1)
    assert found.table().header[-1] == "attacked upper"
    said = "Slopes are bounded on request: certify(..., slopes=True), or glassnet certify --monotone, bounds the deriv"
    assert said in " ".join(str(found).split())
    assert said in found._repr_html_()


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({}, "certify needs a box: give either epsilon, such as 0.1, or upper, a table of upper corners"),
        ({"epsilon": 0.1, "upper": 1}, "certify needs a box: give either epsilon"),
        ({"epsilon": -1}, "epsilon=-1 must be finite and at least 0, in every column"),
        ({"epsilon": {"kind": 1}}, "epsilon names 'kind', which is no column of numbers; these can move: size, age"),
        ({"epsilon": [1, 2, 3]}, r"epsilon has shape \(3,\); expected a number, or one for each of 2 columns: size"),
        ({"epsilon": 0.1, "method": "exact"}, "method='exact' is not known; choose 'linear' or 'interval'"),
        ({"epsilon": 0.1, "splits": 40}, "splits=40 must be an integer from 0 to 12"),
    ],
)  # fmt: skip
def test_mistakes(mixed, how, words):
    with pytest.raises(ValueError, match=words):
        certify(*mixed, **how)


def test_it_takes_regressors():
    with pytest.raises(TypeError, match="certify takes a fitted NetworkRegressor, not NetworkClassifier; fit one"):
        certify(NetworkClassifier(), [[0.0]], 0.1)


def test_it_takes_tables():
    random = np.random.default_rng(0)
    images = random.uniform(size=(40, 6, 6)).astype(np.float32)
    model = NetworkRegressor(max_iter=1, n_members=1, random_state=0).fit(images, random.normal(size=40))
    with pytest.raises(TypeError, match="certify moves the numbers of tables, but this model takes images of 6 x 6"):
        certify(model, images[:2], 0.1)
