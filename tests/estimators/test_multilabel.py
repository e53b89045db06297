"""Several labels a row: sigmoid outputs, one 0 or 1 a label, as scikit-learn's networks do it."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.datasets import make_multilabel_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, hamming_loss
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

import glassnet
from glassnet import NetworkClassifier
from glassnet.insight.evaluation import evaluate_classes
from glassnet.insight.summary import summarise
from glassnet.training.lbfgs import LBFGS

X, Y = make_multilabel_classification(160, 6, n_classes=3, n_labels=1, random_state=0)
X = StandardScaler().fit_transform(X)
FAST = NetworkClassifier((8,), max_iter=20, n_members=2, random_state=0)


@pytest.fixture(scope="module")
def fitted():
    return clone(FAST).fit(X, Y)


def test_shapes_and_score(fitted):
    probabilities, labels = fitted.predict_proba(X), fitted.predict(X)
    assert probabilities.shape == labels.shape == Y.shape
    assert fitted.multilabel_
    assert labels.dtype.kind == "i"
    np.testing.assert_array_equal(labels, probabilities > 0.5)
    np.testing.assert_array_equal(fitted.predict_log_proba(X), np.log(probabilities))
    assert fitted.score(X, Y) == accuracy_score(Y, labels) == np.mean(np.all(labels == Y, axis=1))
    assert (fitted.classes_.tolist(), fitted.target_names_) == ([0, 1, 2], ["y0", "y1", "y2"])
    assert fitted.out_activation_ == "logistic"


def test_linear_model_is_a_logistic_regression_of_every_label():
    """Each label has a problem of its own, whose solution scikit-learn finds too."""
    random = np.random.default_rng(0)
    noisy = (X[:, :3] + random.normal(size=(160, 3)) > 0.3).astype(int)
    model = NetworkClassifier(
        (), solver=LBFGS(1e-9), n_members=1, early_stopping=False, alpha=0.0, tol=0.0, n_iter_no_change=500,
        max_iter=500,
    )  # fmt: skip
    ours = model.fit(X, noisy).predict_proba(X)
    for place, label in enumerate(noisy.T):
        peer = LogisticRegression(C=np.inf, tol=1e-9, max_iter=1000).fit(X, label).predict_proba(X)[:, 1]
        np.testing.assert_allclose(ours[:, place], peer, atol=1e-4)


def test_as_good_as_a_network_of_scikit_learn(fitted):
    train, test = slice(0, 120), slice(120, None)
    ours = clone(FAST).set_params(max_iter=100, learning_rate_init=0.01).fit(X[train], Y[train])
    peer = MLPClassifier((8,), max_iter=1000, random_state=0).fit(X[train], Y[train])
    mine, theirs = (hamming_loss(Y[test], model.predict(X[test])) for model in (ours, peer))
    assert mine <= theirs + 2 * np.sqrt(theirs * (1 - theirs) / Y[test].size)


def test_out_of_fold(fitted):
    for place, member in enumerate(fitted.members_):
        rows = fitted.used_rows_[member.split.test]
        alone = 1 / (1 + np.exp(-fitted.ensemble_.predict_encoded(X[rows])[place]))
        s = fitted.label_smoothing_
        has, lacks = (np.maximum(p - 0.8 * s / 2, 0.2 * s / 2) for p in (alone, 1 - alone))
        # Members at once and one alone add in different orders: float32 logits of up to 5 differ by some 2^-22.
        np.testing.assert_allclose(fitted.oof_prediction_[rows], has / (has + lacks), rtol=1e-5)
    assert s > 0
    assert fitted.oof_score_ == accuracy_score(Y, fitted.oof_prediction_ > 0.5)


@pytest.mark.parametrize("form", [csr_matrix, pd.DataFrame, pl.DataFrame, lambda y: y.astype(bool), np.ndarray.tolist])
def test_forms_of_y(fitted, form):
    model = clone(FAST).fit(X, form(Y))
    np.testing.assert_array_equal(model.predict_proba(X), fitted.predict_proba(X))


def test_names_of_labels_come_from_a_frame():
    model = clone(FAST).fit(X, pl.DataFrame(Y, schema=["red", "round", "ripe"]))
    assert model.target_names_ == ["red", "round", "ripe"]
    found = summarise(model, X, Y).errors["red, round, ripe"]
    assert found.error_rate == pytest.approx(1 - model.oof_score_)
    assert found.of_class["ripe"][0] == Y[:, 2].sum()


def test_errors(fitted):
    evaluation = evaluate_classes(fitted, X, Y)
    labels, probabilities = fitted.predict(X), fitted.predict_proba(X)
    assert evaluation.errors.error_rate == pytest.approx(1 - fitted.score(X, Y))
    expected = -np.mean(Y * np.log(probabilities) + (1 - Y) * np.log(1 - probabilities))
    assert evaluation.errors.log_loss == pytest.approx(expected)
    right = np.sum((labels == 1) & (Y == 1), axis=0)
    assert evaluation.errors.of_class["y1"] == (Y[:, 1].sum(), right[1] / labels[:, 1].sum(), right[1] / Y[:, 1].sum())
    most = max(np.mean(np.all(row == Y, axis=1)) for row in Y)
    assert evaluation.constant == pytest.approx(1 - most)
    assert "most frequent answer" in str(evaluation.table())


def test_a_file_keeps_it(fitted, tmp_path):
    again = glassnet.load(glassnet.save(fitted, tmp_path / "labels"))
    assert again.multilabel_
    np.testing.assert_array_equal(again.predict(X), fitted.predict(X))
    np.testing.assert_array_equal(again.predict_proba(X), fitted.predict_proba(X))


def test_going_on(fitted):
    model = clone(FAST).set_params(warm_start=True).fit(X, Y)
    assert model.fit(X, Y).n_iter_ == 20
    parts = clone(FAST).partial_fit(X[:80], Y[:80]).partial_fit(X[80:], Y[80:], classes=[0, 1, 2])
    assert parts.predict_proba(X).shape == Y.shape
    with pytest.raises(ValueError, match=r"classes=\['a', 'b'\] names classes, but y has several labels a row"):
        clone(FAST).partial_fit(X, Y, classes=["a", "b"])
    with pytest.raises(ValueError, match=r"y has 2 label\(s\), but the model was fitted to 3; give a column for each"):
        parts.partial_fit(X, Y[:, :2])


def test_attack_and_validation_rows(fitted):
    result = glassnet.attack(fitted, X[:20], Y[:20], 0.3)
    assert result.error_after >= result.error_before == pytest.approx(1 - fitted.score(X[:20], Y[:20]))
    model = clone(FAST).fit(X[:100], Y[:100], X_val=X[100:], y_val=Y[100:])
    assert model.validation_loss_curve_


def test_what_cannot_be_done_is_refused(fitted):
    for call in (lambda: fitted.predict_set(X), lambda: fitted.calibrate(X, Y)):
        with pytest.raises(
            ValueError, match=r"a prediction set holds the one class of a row, .* several labels; use predict_proba"
        ):
            call()
    with pytest.raises(ValueError, match=r"class_weight='balanced' is for one class a row, .* give sample_weight"):
        clone(FAST).set_params(class_weight="balanced").fit(X, Y)
    wrong = Y.astype(float)
    wrong[4, 2] = 0.5
    with pytest.raises(ValueError, match=r"y has 3 columns, .* must hold 0 or 1, but row 4, column 2 has 0.5"):
        clone(FAST).fit(X, wrong)
    with pytest.raises(ValueError, match=r"must hold 0 or 1, but row 0, column 0 has 'a'"):
        clone(FAST).fit(X, np.array([["a", "b"]] * 160))
    with pytest.raises(ValueError, match=r"y has shape \(100, 3\), but X has 160 rows"):
        clone(FAST).fit(X, Y[:100])


def test_log_probabilities_of_classes():
    model = clone(FAST).fit(X, Y[:, 0])
    assert not model.multilabel_
    np.testing.assert_array_equal(model.predict_log_proba(X), np.log(model.predict_proba(X)))
