"""Callbacks: every epoch when asked, and the parameters as they are."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.base import clone

from glassnet import EveryEpoch, NetworkRegressor
from glassnet.training.history import Progress

ALONE = NetworkRegressor((5,), "tanh", n_members=1, early_stopping=False, max_iter=12, random_state=0, solver="sgd")


@pytest.mark.parametrize("solver", ["sgd", "lbfgs"])
def test_every_epoch_with_parameters(small, solver):
    """The last snapshot is what is kept, each one is its own copy, and the fit has the same bits."""
    seen: list[tuple[int, list[dict[str, np.ndarray]]]] = []
    model = clone(ALONE).set_params(solver=solver)
    watched = clone(model).set_params(callback=EveryEpoch(lambda p: seen.append((p.epoch, p.snapshot()))))
    watched.fit(*small)
    assert [epoch for epoch, _ in seen] == list(range(1, watched.n_iter_ + 1))
    for kept, shown in zip(watched.members_[0].parameters, seen[-1][1], strict=True):
        for name, array in kept.items():
            np.testing.assert_array_equal(shown[name], array)
    assert not np.array_equal(seen[0][1][0]["W"], seen[1][1][0]["W"])
    np.testing.assert_array_equal(watched.predict(small[0]), clone(model).fit(*small).predict(small[0]))


def test_loss_of_a_snapshot_is_the_loss_that_is_told(small):
    """Forward by hand: at full batch the loss of epoch k is that of the parameters after epoch k - 1."""
    X, y = small
    seen: list[tuple[float, list[dict[str, np.ndarray]]]] = []
    model = clone(ALONE).set_params(solver="gd", alpha=0.0, preset="plain", max_iter=4, n_iter_no_change=9)
    model.set_params(callback=EveryEpoch(lambda p: seen.append((p.loss, p.snapshot())))).fit(X, y)
    preprocessing = model.members_[0].preprocessing
    x, target = preprocessing.scale_inputs(X), preprocessing.scale_targets(y[:, None])
    for (_, parameters), (loss, _) in pairwise(seen):
        hidden, last = parameters
        output = np.tanh(x @ hidden["W"] + hidden["b"]) @ last["W"] + last["b"]
        assert loss == pytest.approx(np.mean((output - target) ** 2) / 2, rel=1e-5)


def test_members_and_stopping(small):
    shapes = []

    def look(progress: Progress) -> bool:
        shapes.append(progress.snapshot(1)[0]["W"].shape)
        with pytest.raises(ValueError, match="there is no member 2: there are members 0 to 1"):
            progress.snapshot(2)
        return progress.epoch == 5

    model = clone(ALONE).set_params(n_members=2, callback=EveryEpoch(look)).fit(*small)
    assert model.n_iter_ == 5
    assert shapes == [(3, 5)] * 5


def test_a_snapshot_too_late_is_refused(small):
    seen: list[Progress] = []
    clone(ALONE).set_params(callback=EveryEpoch(seen.append)).fit(*small)
    with pytest.raises(RuntimeError, match="training has gone on since; call snapshot inside the callback"):
        seen[0].snapshot()
    with pytest.raises(RuntimeError, match="belongs to no training"):
        Progress(1, 2, 0.5, None).snapshot()


def test_answers_of_the_wrong_kind(small):
    with pytest.raises(TypeError, match=r"callback returned 'stop' .*; it must return True to stop training"):
        clone(ALONE).set_params(callback=lambda progress: "stop").fit(*small)
    with pytest.raises(ValueError, match=r"monitor returned \[1, 2\] .*; it must return a finite number"):
        clone(ALONE).set_params(early_stopping=True, monitor=lambda y, prediction: [1, 2]).fit(*small)
