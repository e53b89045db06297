"""When training stops, which rule is the same for every solver, and the words for the reason."""

import jax.numpy as jnp
import pytest

from glassnet.training.stopping import StopReason, nothing_yet, watch

OUTSIDE = {StopReason.CALLBACK, StopReason.INTERRUPTED, StopReason.MAX_TIME, StopReason.UNKNOWN}


def test_stopping_counts_as_scikit_learn_does():
    theta = jnp.zeros(2)
    best = nothing_yet(theta)
    no_improvement = []
    for epoch, loss in enumerate([1.0, 0.95, 0.80, 0.75, 0.85, 0.5], start=1):
        best = watch(best, theta + epoch, jnp.asarray(loss), jnp.asarray(epoch), jnp.asarray(0.1))
        no_improvement.append(int(best.no_improvement))
    assert no_improvement == [0, 1, 0, 1, 2, 0]
    assert (int(best.epoch), float(best.theta[0])) == (6, 6.0)


@pytest.mark.parametrize("reason", StopReason)
def test_every_reason_is_said_and_is_of_the_member_or_from_outside(reason):
    assert str(reason) == reason.value
    assert len(str(reason)) > 10
    assert reason.from_outside == (reason in OUTSIDE)
