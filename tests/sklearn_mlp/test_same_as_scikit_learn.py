"""The same random_state gives scikit-learn's weights, losses and epochs, up to rounding."""

import re
import warnings

import numpy as np
import pytest
from sklearn import neural_network
from sklearn.base import clone
from sklearn.datasets import make_classification, make_multilabel_classification

from glassnet import sklearn as ours

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(95, 4))
Y = np.column_stack([X[:, 0] - X[:, 1] ** 2, np.sin(X[:, 2])])
COUNTS = RANDOM.poisson(np.exp(0.3 * X[:, 0] + 0.5))
CLASSES = make_classification(95, 4, n_classes=3, n_informative=3, n_redundant=0, random_state=0)
LABELS = make_multilabel_classification(95, 4, n_classes=3, random_state=0)
WEIGHTS = RANDOM.uniform(size=95)

REGRESSION = [
    {},
    {"activation": "tanh", "batch_size": 20, "alpha": 0.5, "epsilon": 1e-3},
    {"activation": "logistic", "solver": "sgd", "learning_rate_init": 0.05, "batch_size": 30},
    {"solver": "sgd", "learning_rate": "invscaling", "learning_rate_init": 0.1, "power_t": 0.3, "momentum": 0.5},
    {"solver": "sgd", "learning_rate": "adaptive", "learning_rate_init": 0.1, "tol": 1e-2, "n_iter_no_change": 2},
    {"solver": "sgd", "nesterovs_momentum": False, "learning_rate_init": 0.05, "shuffle": False, "batch_size": 40},
    {"early_stopping": True, "learning_rate_init": 0.01, "n_iter_no_change": 3, "hidden_layer_sizes": (5, 4)},
    {"learning_rate_init": 0.05, "tol": 1e-2, "n_iter_no_change": 3, "max_iter": 200},
]


def agree(model, theirs):
    for name in ("coefs_", "intercepts_"):
        for one, other in zip(getattr(model, name), getattr(theirs, name), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-9)
    for name in ("n_iter_", "t_", "n_layers_", "n_outputs_", "out_activation_", "n_features_in_"):
        assert getattr(model, name) == getattr(theirs, name)
    for name in ("loss_", "best_loss_", "loss_curve_", "validation_scores_", "best_validation_score_"):
        one, other = (getattr(fitted, name, None) for fitted in (model, theirs))
        assert (one is None) == (other is None)
        if one is not None:
            np.testing.assert_allclose(one, other, rtol=1e-8)


def both(name, parameters, *given, **named):
    parameters = {"hidden_layer_sizes": (6,), "max_iter": 25, "random_state": 3, **parameters}
    fitted = [getattr(home, name)(**parameters).fit(*given, **named) for home in (ours, neural_network)]
    agree(*fitted)
    return fitted


@pytest.mark.parametrize("parameters", REGRESSION, ids=str)
def test_regression(parameters):
    model, theirs = both("MLPRegressor", parameters, X, Y, sample_weight=WEIGHTS)
    np.testing.assert_allclose(model.predict(X), theirs.predict(X), rtol=1e-6, atol=1e-9)


def test_counts():
    both("MLPRegressor", {"loss": "poisson", "learning_rate_init": 0.01}, X, COUNTS)


@pytest.mark.parametrize("solver", ["adam", "sgd"])
@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize(
    ("table", "y"),
    [(CLASSES[0], CLASSES[1]), (CLASSES[0], np.array(["no", "yes"])[CLASSES[1] % 2]), LABELS],
    ids=["three classes", "two classes", "labels"],
)
def test_classes(table, y, early_stopping, solver):
    parameters = {"solver": solver, "early_stopping": early_stopping, "learning_rate_init": 0.02}
    model, theirs = both("MLPClassifier", parameters, table, y)
    np.testing.assert_array_equal(model.classes_, theirs.classes_)
    np.testing.assert_array_equal(model.predict(table), theirs.predict(table))
    np.testing.assert_allclose(model.predict_proba(table), theirs.predict_proba(table), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("name", "y"), [("MLPRegressor", Y[:, 0]), ("MLPClassifier", CLASSES[1])])
def test_lbfgs(name, y):
    """Few steps, since rounding grows with every line search."""
    both(name, {"solver": "lbfgs", "max_iter": 8}, X, y)


def test_lbfgs_of_several_targets_minimises_what_it_differentiates():
    """scikit-learn's value is the mean over targets and its gradient that of the sum: its search ends early."""
    parameters = {"hidden_layer_sizes": (6,), "activation": "tanh", "solver": "lbfgs", "random_state": 0, "alpha": 0.1}

    def slope(model):
        """Return the largest slope of the sum over targets among some directions, by differences."""
        random, slopes = np.random.default_rng(0), []
        for _ in range(10):
            directions = [random.normal(size=W.shape) for W in model.coefs_]
            values = [objective(model, [W + h * d for W, d in zip(model.coefs_, directions, strict=True)])
                      for h in (1e-5, -1e-5)]  # fmt: skip
            slopes.append(abs(values[0] - values[1]) / 2e-5)
        return max(slopes)

    def objective(model, coefs):
        hidden = np.tanh(X @ coefs[0] + model.intercepts_[0])
        errors = hidden @ coefs[1] + model.intercepts_[1] - Y
        return 0.5 * (np.sum(errors**2) + 0.1 * sum(np.sum(W**2) for W in coefs)) / len(X)

    model, theirs = (
        home.MLPRegressor(**parameters, max_iter=3000, tol=1e-6).fit(X, Y) for home in (ours, neural_network)
    )
    assert slope(model) < 1e-3 < slope(theirs)
    penalty = 0.05 * sum(np.sum(W**2) for W in model.coefs_) / len(X)
    assert model.loss_ == pytest.approx(0.5 * np.mean((model.predict(X) - Y) ** 2) + penalty, rel=1e-9)


@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_going_on(solver):
    """Warm starts begin with a new optimiser, partial fits go on with the old one; the curves grow in both."""
    start = {"hidden_layer_sizes": (6,), "max_iter": 5, "random_state": 3, "solver": solver, "warm_start": True}
    models = [home.MLPRegressor(**start).fit(X, Y).fit(X[:50], Y[:50]) for home in (ours, neural_network)]
    agree(*models)
    for model in models:
        model.partial_fit(X[50:], Y[50:]).partial_fit(X[:30], Y[:30])
    agree(*models)


def test_parameters_and_their_defaults():
    for name in ("MLPRegressor", "MLPClassifier"):
        model, theirs = (getattr(home, name)() for home in (ours, neural_network))
        assert model.get_params() == theirs.get_params()
        assert list(vars(model)) == list(vars(theirs)) or set(vars(model)) <= {*vars(theirs), "loss"}


@pytest.mark.parametrize(
    "parameters",
    [{"alpha": -1}, {"solver": "lm"}, {"max_iter": 0}, {"n_iter_no_change": 2.5}, {"hidden_layer_sizes": (3, 0)}],
    ids=str,
)
def test_wrong_parameters_are_refused_in_the_same_words(parameters):
    messages = []
    for home in (ours, neural_network):
        with pytest.raises(ValueError, match="must be") as caught:
            home.MLPRegressor(**parameters).fit(X, Y)
        messages.append(str(caught.value).replace("np.int64(0)", "0"))
    # scikit-learn lists the members of a set in an order that differs from process to process
    assert re.split(r"[{}]", messages[0])[::2] == re.split(r"[{}]", messages[1])[::2]
    assert sorted(re.findall(r"'\w+'", messages[0])) == sorted(re.findall(r"'\w+'", messages[1]))


@pytest.mark.parametrize(
    ("parameters", "given"),
    [({}, {}), ({"solver": "sgd"}, {}), ({"solver": "lbfgs"}, {}), ({"batch_size": 1000, "max_iter": 1}, {})],
    ids=str,
)
@pytest.mark.filterwarnings("default")
def test_warnings_are_the_same(parameters, given):
    words = []
    for home in (ours, neural_network):
        model = home.MLPRegressor(hidden_layer_sizes=(6,), random_state=0, **{"max_iter": 3, **parameters})
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            model.fit(X, Y[:, 0], **given)
        words.append([(warning.category, str(warning.message)) for warning in caught])
    assert words[0] == words[1]
    assert words[0]


def test_what_is_printed_is_the_same(capsys):
    for parameters in ({"learning_rate": "adaptive", "solver": "sgd"}, {"early_stopping": True}):
        lines = []
        for home in (ours, neural_network):
            model = home.MLPRegressor(
                hidden_layer_sizes=(6,), random_state=0, tol=0.5, n_iter_no_change=1, verbose=True, **parameters
            )
            model.fit(X, Y)
            lines.append(capsys.readouterr().out)
        assert lines[0] == lines[1]
        assert "Stopping." in lines[0]


def test_fitting_does_not_change_the_parameters():
    model = ours.MLPClassifier((6,), max_iter=2, random_state=0)
    before = clone(model).get_params()
    assert model.fit(*CLASSES).get_params() == before
