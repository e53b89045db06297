"""NetworkClassifier beside its peers, and what it refuses."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.base import clone
from sklearn.datasets import load_iris, load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.class_weight import compute_sample_weight

from glassnet import NetworkClassifier
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
