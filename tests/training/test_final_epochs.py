"""Final epochs: after its best epoch a member learns from its validation rows too."""

from math import ceil

import numpy as np
import pytest

from glassnet import EveryEpoch, GradientDescent, NetworkRegressor, Recipe
from glassnet.estimators.presets import for_tables, resolve
from glassnet.insight.summary import summarise

NO_NETWORK = {"hidden_layer_sizes": (), "solver": GradientDescent(), "learning_rate_init": 0.05, "max_iter": 12}
SMALL = {"hidden_layer_sizes": (4,), "max_iter": 12, "n_iter_no_change": 12, "early_stopping": True}

pytestmark = pytest.mark.filterwarnings("ignore:max_iter=")


def fitted(X, y, *, final_epochs, **options):
    recipe = Recipe("plain", final_epochs=final_epochs)
    return NetworkRegressor(**options, preset=recipe, random_state=0).fit(X, y)


def test_they_are_steps_on_training_and_validation_rows(small):
    """A linear neuron by gradient descent: w <- w - tau X'(Xw + b - y) / n, b likewise, n rows of both kinds."""
    X, y = small
    options = {**NO_NETWORK, "early_stopping": True, "n_iter_no_change": 12, "alpha": 0.0}
    before, after = (fitted(X, y, final_epochs=part, **options) for part in (0.0, 0.5))
    member = before.members_[0]
    split, scaling = member.split, member.preprocessing
    rows = np.concatenate([split.train, split.validation])
    inputs, targets = scaling.scale_inputs(X[rows]), scaling.scale_targets(y[rows][:, None])
    w, b = (np.array(member.parameters[-1][name], float) for name in ("W", "b"))
    steps = ceil(0.5 * member.history.kept_epoch)
    for _ in range(steps):
        error = inputs @ w + b - targets
        w, b = w - 0.05 * inputs.T @ error / len(rows), b - 0.05 * error.mean(axis=0)
    assert split.validation.size > 0
    assert steps > 0
    final = after.members_[0]
    np.testing.assert_allclose(final.parameters[-1]["W"], w, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(final.parameters[-1]["b"], b, rtol=1e-5, atol=1e-6)
    assert final.history.final_epochs == steps
    assert final.history.loss == member.history.loss
    assert final.history.validation_loss == member.history.validation_loss


def test_every_member_has_a_fraction_of_the_epochs_up_to_the_one_it_keeps(small):
    X, y = small
    noisy = y + np.random.default_rng(0).normal(size=len(y))
    model = fitted(X, noisy, final_epochs=0.3, n_members=4, **SMALL | {"max_iter": 60, "learning_rate_init": 0.05})
    histories = [member.history for member in model.members_]
    assert [history.final_epochs for history in histories] == [ceil(0.3 * each.kept_epoch) for each in histories]
    assert len({history.kept_epoch for history in histories}) > 1


def test_a_fit_goes_on_from_before_them(small):
    X, y = small
    goes_on = [fitted(X, y, final_epochs=part, n_members=2, warm_start=True, **SMALL) for part in (0.0, 0.5)]
    first = [[member.history for member in model.members_] for model in goes_on]
    second = [[member.history for member in model.fit(X, y).members_] for model in goes_on]
    assert [each.loss for each in first[0]] == [each.loss for each in first[1]]
    assert [each.loss for each in second[0]] == [each.loss for each in second[1]]
    assert [each.validation_loss for each in second[0]] == [each.validation_loss for each in second[1]]


def test_a_fit_that_is_stopped_in_them_says_so(small):
    X, y = small
    epochs = []

    def stops_when_it_goes_back(progress):
        epochs.append(progress.epoch)
        return len(epochs) > 1 and epochs[-1] < epochs[-2]

    model = fitted(X, y, final_epochs=0.5, callback=EveryEpoch(stops_when_it_goes_back), **SMALL)
    assert model.members_[0].history.final_epochs == 1
    assert model.stop_reason_.from_outside


def test_validation_rows_are_no_evidence_once_they_are_learned(small):
    X, y = small
    kinds = [summarise(fitted(X, y, final_epochs=part, **SMALL), X, y).kind_of_errors for part in (0.0, 0.5)]
    assert kinds == ["validation", "training"]


def test_error_scales_are_learned_from_predictions_of_rows_not_learned_yet(small):
    X, y = small
    without, with_them = (fitted(X, y, final_epochs=part, n_members=3, **SMALL) for part in (0.0, 0.5))
    for plain, final in zip(without.error_scales_, with_them.error_scales_, strict=True):
        np.testing.assert_array_equal(plain[0].weights, final[0].weights)


def test_only_ensembles_have_them_unless_they_are_given():
    def final_epochs(rows=1_000, **given):
        return resolve(Recipe(), Recipe(**given), rows, for_tables).final_epochs

    assert final_epochs() > 0
    assert final_epochs(n_members=1) == final_epochs(rows=100_000) == 0
    assert final_epochs(n_members=1, final_epochs=0.25) == 0.25


def test_without_own_validation_rows_they_are_refused(small):
    X, y = small
    recipe = Recipe(final_epochs=0.5)
    with pytest.raises(ValueError, match=r"final_epochs=0\.5 learn from the validation rows"):
        NetworkRegressor((2,), early_stopping=False, preset=recipe).fit(X, y)
    with pytest.raises(ValueError, match="without X_val and y_val"):
        NetworkRegressor((2,), preset=recipe, max_iter=1).fit(X[:60], y[:60], X_val=X[60:], y_val=y[60:])
    with pytest.raises(ValueError, match="final_epochs"):
        NetworkRegressor((2,), solver="lbfgs", preset=recipe).fit(X, y)
