"""Which columns a model uses, by how much its error grows when they are shuffled."""

import warnings

import numpy as np
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.inspection import permutation_importance

import glassnet
from glassnet import NetworkClassifier, NetworkRegressor, Quantile, importance
from glassnet.insight.figures.importance import ImportanceDisplay

RANDOM = np.random.default_rng(0)
ROWS = 300
FRAME = pl.DataFrame(
    {
        "strong": RANDOM.normal(size=ROWS),
        "weak": RANDOM.normal(size=ROWS),
        "noise": RANDOM.normal(size=ROWS),
        "kind": RANDOM.choice(["a", "b", "c"], ROWS),
    }
)
Y = 3 * FRAME["strong"].to_numpy() + FRAME["weak"].to_numpy() + 2.0 * (FRAME["kind"] == "a").to_numpy()
Y = Y + 0.3 * RANDOM.normal(size=ROWS)
LINEAR = NetworkRegressor((), solver="lbfgs", n_members=5, random_state=0, early_stopping=False)


@pytest.fixture(scope="module")
def model():
    return clone(LINEAR).fit(FRAME, Y)


def test_out_of_fold_importance_of_a_linear_model(model):
    """Shuffling a column of coefficient c adds about 2 c^2 var to the squared error."""
    found = importance(model, FRAME, Y, repeats=20)
    assert found.basis.startswith("out of fold")
    assert found.error == pytest.approx(np.sqrt(np.mean((Y - model.oof_prediction_) ** 2)), rel=1e-6)
    of = dict(zip(found.names, found.increase, strict=True))
    assert found.names[:3] == ["strong", "weak", "kind"]
    for name, c in (("strong", 3), ("weak", 1)):
        expected = np.sqrt(found.error**2 + 2 * c**2 * np.var(FRAME[name].to_numpy())) - found.error
        assert of[name] == pytest.approx(expected, rel=0.1)
    low, high = found.lower[-1], found.upper[-1]
    assert found.names[-1] == "noise"
    assert low <= 0.01
    assert high >= -0.01
    assert (found.lower[:3] > 0).all()


def test_other_rows_agree_with_scikit_learn(model):
    """On rows that are not those of the fit all members predict, as `permutation_importance` lets them."""
    X, y = FRAME[:150], Y[:150]
    found = importance(model, X, y, repeats=30)
    assert "by all members" in found.basis
    rmse = permutation_importance(
        model, X.to_pandas(), y, scoring="neg_root_mean_squared_error", n_repeats=30, random_state=1
    ).importances_mean
    peer = dict(zip(FRAME.columns, rmse, strict=True))
    for name, value in zip(found.names, found.increase, strict=True):
        assert value == pytest.approx(peer[name], rel=0.1, abs=0.01)


def test_columns_that_say_the_same_are_shuffled_together():
    frame = FRAME.with_columns(twin=pl.col("strong") * 2.54 + 0.01 * pl.col("noise"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        found = importance(clone(LINEAR).fit(frame, Y), frame, Y)
    assert found.names[0] == "strong + twin"
    assert found.columns[0] == ("strong", "twin")
    assert len(found.names) == 4


def test_dates_are_shuffled_with_what_is_made_of_them():
    start = pl.date_range(pl.date(2020, 1, 1), pl.date(2020, 12, 1), "1d", eager=True)[:ROWS]
    days = RANDOM.permutation(ROWS) % 50
    frame = pl.DataFrame({"start": start, "a": RANDOM.normal(size=ROWS)})
    frame = frame.with_columns(end=pl.col("start") + pl.duration(days=pl.Series(days)))
    y = days + 0.1 * RANDOM.normal(size=ROWS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        found = importance(clone(LINEAR).fit(frame, y, groups=np.arange(ROWS) // 2), frame, y)
    assert set(found.names[0].split(" + ")) <= {"start", "end"}
    assert found.increase[0] > 10 * abs(found.increase[-1])


def test_classes_labels_quantiles_and_several_targets():
    classes = (Y > 0).astype(int)
    one = NetworkClassifier((), n_members=3, max_iter=40, random_state=0).fit(FRAME, classes)
    found = importance(one, FRAME, classes)
    expected = -np.mean(np.log(one.oof_prediction_[np.arange(ROWS), classes]))
    assert (found.error_name, found.names[0]) == ("log loss", "strong")
    assert found.error == pytest.approx(expected)
    labels = np.column_stack([classes, FRAME["weak"].to_numpy() > 0]).astype(int)
    several = NetworkClassifier((), n_members=3, max_iter=40, random_state=0).fit(FRAME, labels)
    least = np.finfo(float).eps
    p = np.clip(several.oof_prediction_, least, 1 - least)
    expected = -np.mean(labels * np.log(p) + (1 - labels) * np.log(1 - p))
    assert importance(several, FRAME, labels).error == pytest.approx(expected)
    quantiles = NetworkRegressor((), loss=Quantile((0.2, 0.8)), n_members=3, max_iter=40, random_state=0).fit(FRAME, Y)
    r = Y[:, None] - quantiles.oof_prediction_
    expected = np.mean(np.maximum(np.array([0.2, 0.8]) * r, np.array([-0.8, -0.2]) * r))
    assert importance(quantiles, FRAME, Y).error == pytest.approx(expected)
    both = np.column_stack([Y, 1000 * FRAME["noise"].to_numpy() + RANDOM.normal(size=ROWS)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of the leak that it is
        of_two = importance(clone(LINEAR).fit(FRAME, both), FRAME, both)
    assert set(of_two.names[:2]) == {"strong", "noise"}
    assert of_two.error_name == "RMSE in standard deviations of each target"


def test_weights_of_the_fit_recognise_its_rows():
    weights = np.where(np.arange(ROWS) % 3 == 0, 0.0, 2.0)
    model = clone(LINEAR).fit(FRAME, Y, sample_weight=weights)
    assert importance(model, FRAME, Y, sample_weight=weights).basis.startswith("out of fold")
    assert "by all members" in importance(model, FRAME, Y).basis
    alone = clone(LINEAR).set_params(n_members=1).fit(FRAME, Y)
    assert "so this flatters" in importance(alone, FRAME, Y).basis


def test_record_file_and_figure(model, tmp_path):
    again = glassnet.load(glassnet.save(model, tmp_path / "m"))
    found = importance(again, FRAME, Y)
    np.testing.assert_array_equal(found.increase, importance(model, FRAME, Y).increase)
    assert found.to_dict()["importance"][0]["columns"] == ["strong"]
    assert str(found).startswith(f"RMSE {found.error:.6g} (out of fold")
    display = ImportanceDisplay(found)
    display.save(tmp_path / "i.png")
    assert (tmp_path / "i.png").read_bytes()[:4] == b"\x89PNG"
    assert display.dots_[0].get_xdata().tolist() == found.increase.tolist()
    assert [label.get_text() for label in display.ax_.get_yticklabels()] == found.names
    assert f"most without strong ({found.increase[0]:+.4g})" in display.describe()
    assert display.frame()["lower"].to_list() == found.lower.tolist()
    title = ImportanceDisplay(found, most=1).plot().ax_.get_title().replace("\n", " ")
    assert "3 less important columns are not shown" in title


def test_what_is_refused(model):
    with pytest.raises(ValueError, match="repeats=0 must be at least 1"):
        importance(model, FRAME, Y, repeats=0)
    with pytest.raises(ValueError, match=r"X has 1 row\(s\), and shuffling needs at least 2"):
        importance(model, FRAME[:1], Y[:1])
    X = np.random.default_rng(0).random((30, 4, 4))
    images = NetworkRegressor(n_members=1, max_iter=1, random_state=0).fit(X, X[:, 0, 0])
    with pytest.raises(TypeError, match="importance is of columns, and this model was fitted to images"):
        importance(images, X, X[:, 0, 0])
