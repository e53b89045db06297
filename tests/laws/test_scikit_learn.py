"""scikit-learn's own checks."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from glassnet import NetworkClassifier, NetworkRegressor, Perceptron
from glassnet.estimators.estimator import NetworkEstimator

ANOTHER_PATH = "a row of weight 2 is drawn once an epoch and the row twice is drawn twice: other batches, another path"
STOCHASTIC = {f"check_sample_weight_equivalence_on_{kind}_data": ANOTHER_PATH for kind in ("dense", "sparse")}


def expected_to_fail(estimator):
    return STOCHASTIC if isinstance(estimator, NetworkEstimator) and estimator.solver == "adam" else {}


ALONE = {"hidden_layer_sizes": (16,), "n_members": 1, "solver": "lbfgs", "early_stopping": False, "max_iter": 100}


@parametrize_with_checks(
    [
        NetworkRegressor(**ALONE),
        NetworkClassifier(**ALONE),
        Perceptron(max_iter=50),
    ],
    expected_failed_checks=expected_to_fail,
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # tables that no line separates
@pytest.mark.filterwarnings("ignore:cv has no effect")  # one of them gives it to all that have such a parameter
def test_scikit_learn_check(estimator, check):
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks(
    [NetworkRegressor(), NetworkClassifier(), Perceptron()], expected_failed_checks=expected_to_fail
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_scikit_learn_check_with_defaults(estimator, check):
    check(estimator)


def test_full_batch_gradient_descent_takes_weights_as_repetitions(small):
    X, y = small
    counts = np.random.default_rng(1).integers(0, 4, size=len(y))
    model = NetworkRegressor(
        (6,), "tanh", solver="gd", alpha=5.0, learning_rate_init=0.1, early_stopping=False, max_iter=50, random_state=0,
        n_members=1,
    )  # fmt: skip
    weighted = clone(model).fit(X, y, sample_weight=counts).predict(X)
    repeated = clone(model).fit(np.repeat(X, counts, axis=0), np.repeat(y, counts)).predict(X)
    np.testing.assert_allclose(weighted, repeated, rtol=1e-4, atol=1e-4)
