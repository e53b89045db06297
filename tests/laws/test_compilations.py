"""How often the training program is compiled: once for tables of similar size and equal columns."""

import jax
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes
from sklearn.utils.estimator_checks import check_estimator

from glassnet import Adam, Dense, Dropout, Huber, LeakyReLU, NetworkClassifier, NetworkRegressor, Quantile, Tweedie
from glassnet.training.epochs import advance

MODEL = NetworkRegressor(n_members=8, max_iter=2, random_state=0)
FINISHED = "Finished XLA compilation of"


@pytest.fixture
def compiled(caplog):
    """A function that counts how many training programs were compiled since the start of the test."""
    jax.clear_caches()
    jax.config.update("jax_log_compiles", True)  # on all threads, unlike jax.log_compiles()
    yield lambda: sum(text.startswith(f"{FINISHED} jit(advance)") for text in caplog.messages)
    jax.config.update("jax_log_compiles", False)


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
    "changes",
    [
        [{"dropout": 0.05}, {"dropout": 0.5}],
        [{"loss": Huber(0.5)}, {"loss": Huber(2.0)}],
        [{"loss": Tweedie(1.3)}, {"loss": Tweedie(1.7)}],
        [{"loss": Quantile((0.1, 0.9))}, {"loss": Quantile((0.2, 0.6))}],
        [{"solver": Adam(weight_decay=0.1, warmup=0.1)}, {"solver": Adam(weight_decay=0.2, warmup=0.3)}],
        [{"alpha": 0.1, "tol": 0.1, "n_iter_no_change": 1}, {"alpha": 0.2, "tol": 0.0, "n_iter_no_change": 2}],
        [{"layers": [Dense(4, LeakyReLU(slope)), Dropout(slope)]} for slope in (0.1, 0.2)],
    ],
)
def test_numbers_that_people_search_over_share_a_program_and_act(small, compiled, changes):
    X, y = small[0], np.abs(small[1])  # which every loss takes
    models = [clone(MODEL).set_params(preset="plain", max_iter=4, **change).fit(X, y) for change in changes]
    assert compiled() == 1
    losses = [model.loss_curve_ for model in models]
    if "tol" not in changes[0]:
        assert losses[0][-1] != losses[1][-1]
    jax.clear_caches()
    advance.drop()
    np.testing.assert_array_equal(clone(models[1]).fit(X, y).loss_curve_, losses[1])


@pytest.mark.parametrize(
    ("parameters", "most"), [({}, 7), ({"solver": "lbfgs"}, 5), ({"solver": "lm", "hidden_layer_sizes": (4,)}, 7)]
)
def test_a_first_fit_compiles_a_handful_of_programs(small, caplog, parameters, most):
    """An operation on arrays outside a program is a program of its own, for every shape: they add up."""
    jax.clear_caches()
    with jax.log_compiles():
        clone(MODEL).set_params(**parameters).fit(*small).predict(small[0])
    programs = [text for text in caplog.messages if text.startswith(FINISHED)]
    assert 1 < len(programs) <= most, programs


@pytest.mark.slow
@pytest.mark.parametrize("estimator", [NetworkRegressor(), NetworkClassifier()])
@pytest.mark.filterwarnings("ignore")
def test_scikit_learns_checks_need_at_most_40(compiled, estimator):
    check_estimator(estimator, on_fail=None)
    assert compiled() <= 40
