"""What a fit is given beside the data: range, activations, splits, a monitor, weights; tools of scikit-learn."""

import pickle

import numpy as np
import pytest
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import BaggingRegressor
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from glassnet import NetworkRegressor, Note

FAST = NetworkRegressor((8,), "tanh", solver="lbfgs", max_iter=30, random_state=0, n_members=2)


@pytest.mark.parametrize(
    ("given", "inside"),
    [((0, None), lambda p: p >= 0), ((None, 1), lambda p: p <= 1), ((0, 1), lambda p: (p >= 0) & (p <= 1))],
)
def test_predictions_stay_in_their_range(given, inside):
    random = np.random.default_rng(0)
    X = random.normal(size=(200, 2))
    y = 1 / (1 + np.exp(-2 * X[:, 0] - 0.3 * X[:, 1]))
    model = clone(FAST).set_params(output_range=given, max_iter=60).fit(X, y)
    assert inside(model.predict(100 * random.normal(size=(500, 2)))).all()
    assert model.score(X, y) > 0.9


def test_activation_of_each_layer(small):
    model = NetworkRegressor((4, 3), ["tanh", "mish"], preset="plain", max_iter=2, random_state=0).fit(*small)
    assert [type(layer.activation).__name__ for layer in model.network_.layers] == ["Tanh", "Mish", "Identity"]


def test_own_split_and_own_metric(small):
    X, y = small
    seen = []

    def worst(truth, prediction):
        seen.append(truth.copy())
        return float(np.max(np.abs(truth - prediction)))

    model = clone(FAST).set_params(monitor=worst, n_iter_no_change=50).fit(X[:80], y[:80], X_val=X[80:], y_val=y[80:])
    curve = model.members_[1].history.validation_loss
    np.testing.assert_array_equal(seen[0].ravel(), y[80:])
    assert curve[model.members_[1].history.kept_epoch - 1] == min(curve)
    kept = worst(y[80:], model.predict_members(X[80:])[1])
    assert kept == pytest.approx(min(curve), rel=1e-5)
    assert model.members_[0].split.train.size == 40  # the other half is its fold; nothing else is held out


def test_what_belongs_together(small):
    X, y = small
    with pytest.raises(ValueError, match="X_val and y_val belong together"):
        clone(FAST).fit(X, y, y_val=y)
    with pytest.raises(ValueError, match="groups has 130 entries for 120 rows"):
        clone(FAST).fit(X, y, groups=np.zeros(130))
    with pytest.raises(ValueError, match=r"dropout=0\.1 acts in batches, which solver='lm' has not"):
        clone(FAST).set_params(solver="lm", learning_rate_init=None, dropout=0.1).fit(X, y)
    with pytest.raises(ValueError, match=r"monitor returned .*nan.* finite number"):
        clone(FAST).set_params(monitor=lambda truth, prediction: np.nan).fit(X, y)


def test_splitters_by_row_number_and_rows_of_weight_zero(small):
    X, y = small
    weights = np.where(np.arange(120) % 3 == 0, 0.0, 1.0)
    splits = list(KFold(2).split(X))
    model = clone(FAST).set_params(cv=splits).fit(X, y, sample_weight=weights)
    own = np.flatnonzero(weights)
    assert own[model.members_[0].split.test].tolist() == [row for row in splits[0][1] if weights[row]]


def test_a_constant_and_a_tiny_column_train_alike(small):
    X, y = small
    with pytest.warns(Note, match="1 of 4 columns are left out: 'x3'"):
        model = clone(FAST).fit(np.column_stack([X, np.full(120, 1e9)]), y)
    offset = clone(FAST).fit(np.column_stack([X, 1e9 + X[:, 0]]), y)
    doubled = clone(FAST).fit(np.column_stack([X, X[:, 0]]), y)
    assert np.isfinite(model.predict(np.column_stack([X, np.zeros(120)]))).all()
    np.testing.assert_allclose(
        offset.predict(np.column_stack([X, 1e9 + X[:, 0]])), doubled.predict(np.column_stack([X, X[:, 0]])), atol=1e-3
    )


@pytest.mark.filterwarnings("ignore:.*fork.*:RuntimeWarning")
def test_the_rest_of_scikit_learn(small):
    X, y = small
    search = GridSearchCV(clone(FAST), {"alpha": [0.0, 1.0], "hidden_layer_sizes": [(4,), (8,)]}, cv=2).fit(X, y)
    assert search.best_score_ > 0
    assert make_pipeline(StandardScaler(), clone(FAST)).fit(X, y).predict(X).shape == (120,)
    assert BaggingRegressor(clone(FAST), n_estimators=2, random_state=0).fit(X, y).score(X, y) > 0
    logged = TransformedTargetRegressor(clone(FAST), func=np.log, inverse_func=np.exp).fit(X, np.exp(y))
    assert np.all(logged.predict(X) > 0)
    model = clone(FAST).fit(X, y)
    again = pickle.loads(pickle.dumps(model))  # noqa: S301 - our own bytes
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    parallel = Parallel(n_jobs=2, backend="loky")(delayed(clone(FAST).fit)(X, y) for _ in range(2))
    np.testing.assert_array_equal(parallel[1].predict(X), model.predict(X))
