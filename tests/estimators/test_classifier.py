"""NetworkClassifier beside its peers, and what it refuses."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.base import clone
from sklearn.datasets import load_iris, load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import cross_val_predict
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.class_weight import compute_sample_weight

import glassnet
from glassnet import NetworkClassifier, NetworkRegressor, Recipe, attack, trace
from glassnet.estimators.validation import check_inputs
from glassnet.training.lbfgs import LBFGS


@pytest.mark.parametrize("load", [load_iris, pytest.param(load_wine, marks=pytest.mark.slow)])
def test_classifier_against_peers(load):
    """Of the rows that only one of both gets right, the peer does not get significantly more."""
    X, y = load(return_X_y=True)
    peer = make_pipeline(StandardScaler(), MLPClassifier(max_iter=1000, random_state=0))
    model = NetworkClassifier(random_state=0, learning_rate_init=0.01, n_members=5, max_iter=80)
    ours, theirs = (cross_val_predict(one, X, y, cv=5) == y for one in (model, peer))
    assert ours.mean() > 0.94
    alone = int(np.sum(ours & ~theirs)), int(np.sum(theirs & ~ours))
    assert sum(alone) == 0 or binomtest(alone[0], sum(alone), alternative="less").pvalue > 0.05


def test_linear_classifier_reaches_logistic_regression():
    random = np.random.default_rng(0)
    X = StandardScaler().fit_transform(random.normal(size=(300, 3)))
    y = (X[:, 0] - X[:, 1] + random.normal(size=300) > 0.5).astype(int)
    weights = compute_sample_weight("balanced", y)
    model = NetworkClassifier(
        (),
        solver=LBFGS(1e-9),
        n_members=1,
        early_stopping=False,
        alpha=0.0,
        tol=0.0,
        n_iter_no_change=500,
        max_iter=500,
    )
    ours = model.set_params(class_weight="balanced").fit(X, y).predict_proba(X)
    peer = LogisticRegression(C=np.inf, tol=1e-9).fit(X, y, sample_weight=weights)
    np.testing.assert_allclose(ours, peer.predict_proba(X), atol=1e-4)


def test_balanced_classes_do_not_count_rows_of_weight_zero():
    random = np.random.default_rng(0)
    X = random.normal(size=(120, 2))
    y = (X[:, 0] > 0.5).astype(int)
    weights = np.where((y == 0) & (np.arange(120) % 2 == 0), 0.0, 1.0)
    model = NetworkClassifier((4,), max_iter=5, n_members=1, class_weight="balanced", random_state=0)
    weighted = clone(model).fit(X, y, sample_weight=weights).predict_proba(X)
    np.testing.assert_allclose(weighted, clone(model).fit(X[weights > 0], y[weights > 0]).predict_proba(X), rtol=1e-6)


def test_classifier_refuses():
    X = np.zeros((30, 1))
    with pytest.raises(ValueError, match="y holds one class only"):
        NetworkClassifier().fit(X, np.ones(30))
    with pytest.raises(ValueError, match="the label is missing in row 4"):
        NetworkClassifier().fit(X, np.where(np.arange(30) == 4, None, "a"))
    with pytest.raises(ValueError, match=r"class_weight='balanced' counts the rows of every class, .* as a dict"):
        NetworkClassifier(class_weight="balanced").partial_fit(X, np.arange(30) % 2)
    model = NetworkClassifier(max_iter=1, n_members=1).partial_fit(X, np.arange(30) % 2, classes=[0, 1, 2])
    assert model.predict_proba(X).shape == (30, 3)
    with pytest.raises(ValueError, match=r"y holds the class 7, which is none of \[0, 1, 2\]"):
        model.partial_fit(X, np.full(30, 7))


def softmax(logits):
    u = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return u / u.sum(axis=-1, keepdims=True)


def test_smoothing_is_by_the_number_of_rows_and_is_taken_out_again():
    X, y = load_iris(return_X_y=True)
    small = {"n_members": 4, "max_iter": 20, "random_state": 0}
    model = NetworkClassifier(**small).fit(X, y)
    s = model.recipe_.label_smoothing
    assert s == 15 / 150
    assert NetworkClassifier(**small).fit(np.repeat(X, 3, axis=0), np.repeat(y, 3)).recipe_.label_smoothing == 15 / 450
    logits = np.asarray(model.ensemble_.predict_members(check_inputs(model, X, reset=False)))
    left = np.maximum(softmax(logits) - 0.8 * s / 3, 0.2 * s / 3)
    expected = np.mean(left / left.sum(axis=2, keepdims=True), axis=0)
    np.testing.assert_allclose(model.predict_proba(X), expected, rtol=1e-6)
    # A member that gives everything to one class: what is taken out of the two others adds at most s/3 each.
    assert model.oof_prediction_.min() >= 0.2 * s / 3 / (1 - 0.8 * s + 2 * s / 3)
    assert traced_probabilities(model, X) == pytest.approx(left[1, 7] / left[1, 7].sum(), rel=1e-4)


def traced_probabilities(model, X):
    return list(trace(model, X, row=7, member=1).prediction.values())


def test_without_smoothing_probabilities_are_the_softmax():
    X, y = load_iris(return_X_y=True)
    model = NetworkClassifier(preset=Recipe(label_smoothing=0.0), n_members=4, max_iter=5, random_state=0).fit(X, y)
    logits = np.asarray(model.ensemble_.predict_members(check_inputs(model, X, reset=False)))
    np.testing.assert_allclose(model.predict_proba(X), softmax(logits).mean(axis=0), rtol=1e-6)


def test_smoothing_keeps_members_from_being_too_sure():
    """The out-of-fold log loss of single members on classes that are nearly separable."""
    X, y = load_iris(return_X_y=True)
    small = {"n_members": 4, "max_iter": 100, "random_state": 0}
    found = {
        smoothing: NetworkClassifier(preset=Recipe(label_smoothing=smoothing), **small).fit(X, y).oof_prediction_
        for smoothing in (0.0, None)
    }
    assert log_loss(y, found[None]) < 0.8 * log_loss(y, found[0.0])


def test_smoothing_is_refused_for_numbers_and_out_of_range():
    X, y = load_iris(return_X_y=True)
    with pytest.raises(
        ValueError, match=r"label_smoothing=0.1 is of the indicators of classes, and this model predicts"
    ):
        NetworkRegressor(preset=Recipe(label_smoothing=0.1)).fit(X, y)
    with pytest.raises(ValueError, match="label_smoothing"):
        NetworkClassifier(preset=Recipe(label_smoothing=1.0)).fit(X, y)


def test_rows_that_come_bit_by_bit_are_not_smoothed_unless_asked():
    X, y = load_iris(return_X_y=True)
    online = NetworkClassifier(random_state=0).partial_fit(X[::3], y[::3], classes=[0, 1, 2])
    assert not online.recipe_.label_smoothing
    asked = NetworkClassifier(preset=Recipe(label_smoothing=0.2), random_state=0)
    assert asked.partial_fit(X[::3], y[::3], classes=[0, 1, 2]).recipe_.label_smoothing == 0.2
    went_on = NetworkClassifier(n_members=2, max_iter=2, random_state=0).fit(X, y).partial_fit(X[:30], y[:30])
    assert went_on.recipe_.label_smoothing == 15 / 150


def test_a_file_without_its_recipe_keeps_the_smoothing(tmp_path):
    """Of a solver of your own the recipe is not stored."""

    class Descent:
        def init(self, flat_parameters):
            return ()

        def update(self, flat_parameters, state, gradient, step_size):
            return flat_parameters - step_size * gradient, state

    X, y = load_iris(return_X_y=True)
    own = NetworkClassifier(
        solver=Descent(), preset=Recipe(label_smoothing=0.1), n_members=2, max_iter=2, random_state=0
    ).fit(X, y)
    again = glassnet.load(glassnet.save(own, tmp_path / "own"))
    assert again.label_smoothing_ == 0.1
    np.testing.assert_array_equal(again.predict_proba(X), own.predict_proba(X))


def test_going_on_keeps_the_smoothing_unless_another_is_given():
    X, y = load_iris(return_X_y=True)
    model = NetworkClassifier(n_members=2, max_iter=2, random_state=0, warm_start=True).fit(X, y)
    model.fit(np.repeat(X, 3, axis=0), np.repeat(y, 3))
    assert model.label_smoothing_ == 15 / 150
    model.set_params(preset=Recipe(label_smoothing=0.0)).partial_fit(X, y)
    assert model.label_smoothing_ == 0.0


def test_an_adversary_never_makes_a_sure_row_surer():
    """Under the smoothed loss the gradient changes its sign where the right class is nearly certain.

    The cost of a linear classifier is convex, so a step along the sign of its gradient never lowers it.
    """
    X, y = load_iris(return_X_y=True)
    preset = Recipe("plain", label_smoothing=0.3)
    model = NetworkClassifier((), preset=preset, learning_rate_init=0.1, max_iter=300, random_state=0).fit(X, y)

    def learned(rows):
        logits = np.asarray(model.ensemble_.predict_members(check_inputs(model, rows, reset=False)))
        return softmax(logits)[0, np.arange(150), y]

    before, after = learned(X), learned(np.asarray(attack(model, X, y, epsilon=0.01).X))
    assert np.mean(before > 0.8) > 0.3  # .8 is where the gradient of the smoothed loss is zero
    assert np.all(after <= before + 1e-6)
    with pytest.raises(ValueError, match="leave out one of label_smoothing and adversarial"):
        NetworkClassifier(preset=Recipe(label_smoothing=0.1, adversarial=0.1), max_iter=1).fit(X, y)
    trained = NetworkClassifier(preset=Recipe(adversarial=0.1), n_members=1, max_iter=1, random_state=0).fit(X, y)
    assert trained.label_smoothing_ == 0.0
