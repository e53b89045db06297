"""Rows for calibrate must be new: rows of the fit are found however few, in any order, and from a model file."""

import numpy as np
import pytest
from sklearn.base import clone

from glassnet import NetworkClassifier, NetworkRegressor, load, save
from glassnet.data.dataset import Dataset
from glassnet.data.seen_rows import SeenRows, row_digests, seen_rows

MODEL = NetworkRegressor(solver="lbfgs", n_members=2, max_iter=5, random_state=0)
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(300, 3))
Y = X[:, 0] + 0.1 * RANDOM.normal(size=300)
FITTED = clone(MODEL).fit(X[:200], Y[:200])
SHUFFLED = RANDOM.permutation(200)


@pytest.mark.parametrize(
    ("rows", "known"),
    [
        (SHUFFLED, 200),
        (np.arange(50), 50),
        (np.tile(np.arange(200), 2), 400),
        (np.concatenate([np.arange(190, 200), np.arange(200, 300)]), 10),
    ],
)
def test_rows_of_the_fit_are_refused(rows, known, tmp_path):
    message = f"{known} of these {len(rows)} rows are among those that the model was fitted to.* leave calibrate out"
    with pytest.raises(ValueError, match=message):
        clone_of(FITTED).calibrate(X[rows], Y[rows])
    with pytest.raises(ValueError, match=message):
        load(save(FITTED, tmp_path / "model.glass")).calibrate(X[rows], Y[rows])


def test_rows_that_went_through_single_precision_are_the_same():
    with pytest.raises(ValueError, match="200 of these 200 rows are among those that the model was fitted to"):
        clone_of(FITTED).calibrate(X[:200].astype(np.float32), Y[:200].astype(np.float32))


def clone_of(model):
    other = clone(model)
    vars(other).update(vars(model))
    return other


def test_up_to_one_row_in_twenty_is_said():
    rows = np.concatenate([np.arange(5), np.arange(200, 300)])
    with pytest.warns(
        UserWarning, match="5 of these 105 rows are among those that the model was fitted to, or equal"
    ) as w:
        model = clone_of(FITTED).calibrate(X[rows], Y[rows])
    assert w[0].filename == __file__
    assert model.predict_interval(X).rows == 105
    clone_of(FITTED).calibrate(X[200:], Y[200:])
    clone_of(FITTED).calibrate(np.concatenate([X[200:], X[:2]]), np.concatenate([Y[200:], Y[:2]]))  # chance: 3 at most


def test_the_same_inputs_with_other_targets_are_new():
    clone_of(FITTED).calibrate(X[:100], Y[:100] + 1)


def test_equal_rows_are_no_reason_to_refuse_where_columns_have_few_values():
    flags = RANDOM.integers(0, 2, size=(400, 3)).astype(float)
    y = flags.sum(axis=1)
    model = clone(MODEL).fit(flags[:300], y[:300])
    with pytest.warns(UserWarning, match="100 of these 100 rows are among those .* or equal them by chance"):
        assert model.calibrate(flags[300:], y[300:]).predict_interval(flags).rows == 100


def test_rows_of_validation_and_of_every_part_of_a_stream_are_known():
    model = clone(MODEL).set_params(solver="adam", cv=None).fit(X[:100], Y[:100], X_val=X[100:200], y_val=Y[100:200])
    with pytest.raises(ValueError, match="100 of these 100 rows are among those"):
        model.calibrate(X[100:200], Y[100:200])
    stream = clone(MODEL).set_params(solver="adam")
    for start in (0, 50, 0, 50):
        stream.partial_fit(X[start : start + 50], Y[start : start + 50])
    with pytest.raises(ValueError, match="60 of these 80 rows are among those"):
        stream.calibrate(X[40:120], Y[40:120])
    stream.calibrate(X[100:], Y[100:])


def test_classes_too():
    labels = np.where(Y > 0, "up", "down")
    model = NetworkClassifier(solver="lbfgs", n_members=2, max_iter=5, random_state=0).fit(X[:200], labels[:200])
    with pytest.raises(ValueError, match=r"80 of these 80 rows are among .* For sets without such rows"):
        model.calibrate(X[:80][::-1], labels[:80][::-1])
    model.calibrate(X[200:], labels[200:])


def test_a_file_of_an_earlier_version_knows_its_rows_as_a_whole(tmp_path):
    model = clone_of(FITTED)
    del vars(model)["_seen"]
    earlier = load(save(model, tmp_path / "model.glass"))
    with pytest.raises(ValueError, match="these are the rows that the model was fitted to"):
        earlier.calibrate(X[:200], Y[:200])
    assert earlier.calibrate(X[:50], Y[:50]).predict_interval(X).rows == 50


def test_how_many_equal_rows_chance_explains():
    """The chance is the share of rows with an equal one; three deviations of a binomial are allowed, of 1 at least."""
    model = clone(MODEL).fit(np.array([[1.0], [1], [2], [2], [3], [4], [5], [6]]), np.zeros(8))
    seen = vars(model)["_seen"]
    assert (len(seen.digests), seen.chance) == (6, 0.5)
    assert seen.most_by_chance(100) == pytest.approx(50 + 3 * 5)
    assert SeenRows(seen.digests, 0.0).most_by_chance(100) == 3
    other = SeenRows(np.array([1, 2, 3], np.uint64), 0.1)
    assert other.joined(seen).chance == pytest.approx(max(0.1 * 9 / 3, 0.5 * 9 / 6))


def test_a_row_is_the_same_whatever_bits_its_zeros_and_gaps_have():
    model = clone(MODEL).fit(X[:20], Y[:20])
    gaps = np.frombuffer(np.array([0x7FF8000000000001, 0xFFF8000000000000], np.uint64).tobytes())
    rows = [dataset_of(model, np.array([[zero, 1.0, gap]])) for zero, gap in zip((0.0, -0.0), gaps, strict=True)]
    assert row_digests(rows[0]) == row_digests(rows[1])
    assert seen_rows(rows[0]).count(rows[1]) == 1
    assert row_digests(dataset_of(model, np.array([[0.0, 1.0, 2.0]]))) != row_digests(rows[0])


def dataset_of(model, x):
    return Dataset(model.schema_, x, np.zeros((1, 1)), np.ones(1), np.arange(1))
