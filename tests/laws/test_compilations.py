"""How often the training program is compiled: once for tables of similar size and equal columns."""

import jax
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes
from sklearn.utils.estimator_checks import check_estimator

from glassnet import NetworkClassifier, NetworkRegressor
from glassnet.training.epochs import advance

MODEL = NetworkRegressor(max_iter=2, random_state=0)


@pytest.fixture
def compiled():
    """A function that counts how many programs were compiled since the start of the test."""
    jax.clear_caches()
    before = advance._cache_size()
    return lambda: advance._cache_size() - before


def test_tables_of_similar_size_share_a_program(compiled):
    X, y = load_diabetes(return_X_y=True)
    clone(MODEL).fit(X, y)
    assert compiled() == 1
    for rows in (430, 440):
        clone(MODEL).fit(X[:rows], y[:rows])
    clone(MODEL).fit(np.concatenate([X, X[:18]]), np.concatenate([y, y[:18]]))
    clone(MODEL).set_params(alpha=0.3, learning_rate_init=0.01, max_iter=3, random_state=7).fit(3 * X, y)
    assert compiled() == 1
    clone(MODEL).set_params(hidden_layer_sizes=(5,)).fit(X, y)
    assert compiled() == 2


@pytest.mark.parametrize(
    ("parameters", "most"), [({}, 4), ({"solver": "lbfgs"}, 5), ({"solver": "lm", "hidden_layer_sizes": (4,)}, 7)]
)
def test_a_first_fit_compiles_a_handful_of_programs(small, caplog, parameters, most):
    """An operation on arrays outside a program is a program of its own, for every shape: they add up."""
    jax.clear_caches()
    with jax.log_compiles():
        clone(MODEL).set_params(**parameters).fit(*small).predict(small[0])
    programs = [text for text in caplog.messages if text.startswith("Finished XLA compilation of")]
    assert 1 < len(programs) <= most, programs


@pytest.mark.slow
@pytest.mark.parametrize("estimator", [NetworkRegressor(), NetworkClassifier()])
@pytest.mark.filterwarnings("ignore")
def test_scikit_learns_checks_need_at_most_40(compiled, estimator):
    check_estimator(estimator, on_fail=None)
    assert compiled() <= 40
