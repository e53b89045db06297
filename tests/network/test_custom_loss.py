"""A loss written outside the package trains, scores and is evaluated; nothing in the package knows its name."""

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import d2_absolute_error_score

from glassnet import CustomLoss, Loss, NetworkRegressor
from glassnet.insight.evaluation import evaluate
from glassnet.network.activation import Increasing, Softplus

# Few epochs are enough here.
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@dataclass(frozen=True)
class LogCosh(Loss):
    """log cosh(x - y), derivative tanh(x - y)."""

    def value(self, x, y):
        return jnp.logaddexp(x - y, y - x) - jnp.log(2)

    def derivative(self, x, y):
        return jnp.tanh(x - y)


@dataclass(frozen=True)
class Wrong(LogCosh):
    def derivative(self, x, y):
        return x - y


@dataclass(frozen=True)
class OfOneTarget(Loss):
    """Adds up over targets: wrong as soon as there are two."""

    def value(self, x, y):
        return jnp.sum(jnp.square(x - y), axis=1, keepdims=True)

    def derivative(self, x, y):
        return 2 * (x - y)


@dataclass(frozen=True)
class Fourfold(Loss):
    """2 (x - y)^2."""

    least_squares_factor = 4.0

    def value(self, x, y):
        return 2 * jnp.square(x - y)

    def derivative(self, x, y):
        return 4 * (x - y)


@dataclass(frozen=True)
class WrongFactor(Fourfold):
    least_squares_factor = 2.0


@dataclass(frozen=True)
class RelativeError(Loss):
    """(log f - log y)^2 of the prediction f = softplus x > 0, scored by the absolute error."""

    link = Softplus()
    domain = "above 0"

    def value(self, x, y):
        return jnp.square(jnp.log(self.link.value(x)) - jnp.log(y))

    def derivative(self, x, y):
        f = self.link.value(x)
        return self.link.backward(x, f, 2 * (jnp.log(f) - jnp.log(y)) / f)

    def score(self, y, prediction, sample_weight=None, level=None):
        return float(d2_absolute_error_score(y, prediction, sample_weight=sample_weight))


@dataclass(frozen=True)
class Ends(Loss):
    """The pinball losses at 10% and 90%, squared: quantiles of another kind (expectiles)."""

    levels = (0.1, 0.9)
    link = Increasing(2)

    def value(self, x, y):
        r, t = self._residual_and_weight(x, y)
        return jnp.sum(t * jnp.square(r), axis=2)

    def derivative(self, x, y):
        r, t = self._residual_and_weight(x, y)
        return self.link.backward(x, self.link.value(x), (-2 * t * r).reshape(x.shape))

    def _residual_and_weight(self, x, y):
        r = y[:, :, None] - self.link.value(x).reshape(*y.shape, 2)
        return r, jnp.abs((r < 0) - jnp.asarray(self.levels, x.dtype))


MODEL = NetworkRegressor((8,), n_members=2, max_iter=150, random_state=0)


@pytest.mark.parametrize("solver", ["adam", "lbfgs", "auto"])
def test_a_loss_class_trains_scores_and_is_evaluated(small, solver):
    X, y = small
    model = clone(MODEL).set_params(loss=LogCosh(), solver=solver).fit(X, y)
    assert model.score(X, y) > 0.6
    assert model.oof_score_ > 0.4
    assert evaluate(model, X, y).errors["y0"].r2 == pytest.approx(model.score(X, y), rel=1e-12)
    assert np.isfinite(model.predict_interval(X).upper).all()


def test_a_loss_of_squares_says_so_and_lm_takes_it(small):
    """The factor of the loss takes alpha with it: 4 x the half squared error with 4 x the penalty."""
    X, y = small
    model = NetworkRegressor((4,), "tanh", n_members=1, solver="lm", max_iter=10, early_stopping=False, random_state=0)
    ours = clone(model).set_params(loss=Fourfold(), alpha=0.4).fit(X, y)
    half = clone(model).set_params(alpha=0.1).fit(X, y)
    np.testing.assert_allclose(ours.predict(X), half.predict(X), rtol=1e-9)
    assert ours.loss_curve_[-1] == pytest.approx(4 * half.loss_curve_[-1], rel=1e-9)
    assert clone(model).set_params(loss=Fourfold(), solver="auto").fit(X, y).solver_ == "lm"
    with pytest.raises(ValueError, match=r"solver='lm' minimises squares, so loss=LogCosh\(\) needs another solver"):
        clone(model).set_params(loss=LogCosh()).fit(X, y)


def test_a_loss_states_its_own_link_domain_and_score(small):
    X, y = small[0], np.exp(small[1] / 4)
    model = clone(MODEL).set_params(loss=RelativeError()).fit(X, y)
    assert (model.predict(X) > 0).all()
    weights = np.linspace(0, 1, len(y))
    expected = d2_absolute_error_score(y, model.predict(X), sample_weight=weights)
    assert model.score(X, y, weights) == pytest.approx(expected, rel=1e-12)
    assert model.score(X, y) > 0.3
    with pytest.raises(ValueError, match=r"RelativeError takes targets above 0, but row 0 has -1"):
        clone(model).fit(X, np.where(y == y[0], -1, y))


def test_a_loss_states_its_own_levels(small):
    X, y = small
    model = clone(MODEL).set_params(loss=Ends()).fit(X, np.column_stack([y, -y]))
    found = model.predict(X)
    assert found.shape == (len(y), 2, 2)
    assert (found[..., 0] <= found[..., 1]).all()
    assert model.output_names_ == ["y0 at 0.1", "y0 at 0.9", "y1 at 0.1", "y1 at 0.9"]
    lines = evaluate(model, X, np.column_stack([y, -y])).errors
    assert lines["y1 at 0.9"].pinball > 0
    assert "conformalised quantiles" in model.predict_interval(X, 0.8).method


def test_a_custom_loss_may_have_a_score(small):
    def score(y, prediction, sample_weight):
        return -float(np.average(np.abs(y - prediction), weights=sample_weight))

    X, y = small
    loss = CustomLoss(LogCosh().value, LogCosh().derivative, score=score)
    model = clone(MODEL).set_params(loss=loss).fit(X, y)
    assert model.score(X, y) == pytest.approx(-np.mean(np.abs(y - model.predict(X))))
    assert clone(model).set_params(loss=CustomLoss(loss.value, loss.derivative)).fit(X, y).score(X, y) > 0.8


@pytest.mark.parametrize(
    ("loss", "targets", "message"),
    [
        (Wrong(), 1, "Wrong: the derivative is not that of the value: it differs from differences by"),
        (
            OfOneTarget(),
            2,
            r"OfOneTarget: value returned shape \(64, 1\) and derivative \(64, 2\) for outputs \(64, 2\)",
        ),
        (WrongFactor(), 1, r"WrongFactor: least_squares_factor=2 means the value 2/2 \(x - y\)\^2 and the identity"),
    ],
)
def test_a_wrong_loss_is_refused_before_training(small, loss, targets, message):
    X, y = small
    with pytest.raises(ValueError, match=message):
        clone(MODEL).set_params(loss=loss).fit(X, np.column_stack([y] * targets))
    if targets == 2:
        clone(MODEL).set_params(loss=loss, max_iter=2).fit(X, y)


def test_a_class_that_only_looks_like_a_loss_is_refused(small):
    with pytest.raises(TypeError, match=r"a class of your own derives from glassnet\.Loss"):
        clone(MODEL).set_params(loss=3).fit(*small)
    with pytest.raises(TypeError, match="must be a name, such as 'half_squared_error', or a loss"):
        clone(MODEL).set_params(loss=LogCosh).fit(*small)
