"""Members trained by epochs: parts, pauses, last epochs and divergence."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.data.scaler import identity_scaler
from glassnet.data.shared import member_scaling, shared_table
from glassnet.network.dense import Dense
from glassnet.network.loss import HalfSquaredError
from glassnet.network.network import Network
from glassnet.training.configuration import DynamicConfig, StaticConfig
from glassnet.training.divergence import DivergenceError
from glassnet.training.epoch_trainer import MOST_IN_A_PART, EpochTrainer, Run, parts_of
from glassnet.training.loop import train
from glassnet.training.member_data import member_data
from glassnet.training.member_state import start
from glassnet.training.optimizers import Adam, GradientDescent
from glassnet.training.ravel import flatten
from glassnet.training.run_control import RunControl
from glassnet.training.stopping import StopReason

NETWORK = Network(3, [Dense(5, "tanh"), Dense(1)])
ADAM = StaticConfig(NETWORK, HalfSquaredError(), Adam(), 8, validates=True)
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(50, 3))
Y = X @ [[1.0], [2.0], [-1.0]] + RANDOM.normal(size=(50, 1))


def run_of(static, dynamic, rows, step_size=0.05):
    """Return a run of members that learn from these rows, 35 to 49 are validation rows."""
    shared, exponents = shared_table(np.column_stack([X, Y, np.ones(50)]))
    scaling = member_scaling([identity_scaler(4)], None, 1.0, exponents)
    most = max(map(len, rows)), 15
    members = [member_data(np.asarray(train), np.arange(35, 50), most, scaling, 1.0, np.zeros(3)) for train in rows]
    flat_parameters = jnp.stack([flatten(static.network.initialize(seed)) for seed in range(len(rows))])
    seeds = jnp.arange(len(rows), dtype=jnp.uint32)
    states = jax.vmap(lambda flat_parameters, seed: start(static, flat_parameters, step_size, seed))(
        flat_parameters, seeds
    )
    return Run(static, dynamic, shared, members, jax.tree.map(np.asarray, states))


@pytest.mark.parametrize("members", range(1, 40))
def test_parts_are_at_most_four_and_depend_on_the_number_of_members_alone(members, monkeypatch):
    parts = parts_of(members, at_once=True)
    np.testing.assert_array_equal(np.concatenate(parts), np.arange(members))
    sizes = [len(part) for part in parts]
    assert 1 <= min(sizes) <= max(sizes) <= MOST_IN_A_PART == 4
    assert max(sizes) - min(sizes) <= 1
    if members % 2 == 0:
        assert len(parts) >= 2  # for two cores
    for cores in (1, 2, 64):
        monkeypatch.setattr("glassnet.training.epoch_trainer.available_cores", lambda cores=cores: cores)
        assert [part.tolist() for part in parts_of(members, at_once=True)] == [part.tolist() for part in parts]
    assert [part.tolist() for part in parts_of(members, at_once=False)] == [[place] for place in range(members)]


def test_no_bit_depends_on_how_many_parts_run_side_by_side(monkeypatch):
    dynamic = DynamicConfig(patience=99, epochs=6)
    ends = []
    for cores in (1, 3):
        monkeypatch.setattr("glassnet.training.epoch_trainer.available_cores", lambda cores=cores: cores)
        trainer = EpochTrainer(run_of(ADAM, dynamic, [range(k, 30 + k) for k in range(6)]))
        train(trainer, 6, RunControl())
        ends.append(trainer.states)
    jax.tree.map(np.testing.assert_array_equal, *ends)


def test_members_may_stand_in_any_order():
    """Each ends as it does in its own order, and what comes out is in that order."""
    dynamic, rows = DynamicConfig(patience=99, epochs=6), [range(k, 30 + k) for k in range(6)]
    expected = EpochTrainer(run_of(ADAM, dynamic, rows))
    turned = EpochTrainer(replace(run_of(ADAM, dynamic, rows), order=np.array([4, 1, 5, 0, 3, 2])))
    results = [train(trainer, np.array([6, 0, 6, 6, 0, 3]), RunControl()) for trainer in (expected, turned)]
    assert [history.epochs for history in results[1][1]] == [6, 0, 6, 6, 0, 3]
    for one, other in ((results[0][0], results[1][0]), (expected.states, turned.states)):
        jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6), one, other)


def test_where_the_pauses_fall_changes_nothing():
    dynamic = DynamicConfig(patience=99, epochs=12)
    ends = []
    for pieces in ([12], [1] * 12, [5, 7]):
        trainer = EpochTrainer(run_of(ADAM, dynamic, [range(30), range(5, 35)]))
        for epochs in pieces:
            trainer.advance(epochs, np.full(2, 1000, np.int32))
        assert trainer.epoch.tolist() == [12, 12]
        ends.append((trainer.states, np.array(trainer.curves.loss), np.array(trainer.curves.validation)))
    for other in ends[1:]:
        jax.tree.map(np.testing.assert_array_equal, ends[0], other)


def test_no_member_goes_beyond_the_last_epoch():
    dynamic = DynamicConfig(tolerance=0.0, patience=3, epochs=25)
    run = run_of(ADAM, dynamic, [range(k, 30 + k) for k in range(4)], step_size=0.3)
    _, histories = train(EpochTrainer(run), 25, RunControl())
    lengths = [history.epochs for history in histories]
    assert max(lengths) <= 25
    assert min(lengths) < max(lengths)
    for history in histories:  # each member ends for a reason of its own
        out_of_patience = history.epochs - history.kept_epoch > 3
        assert history.reason is (StopReason.NO_IMPROVEMENT if out_of_patience else StopReason.MAX_ITER)


def test_every_member_may_have_a_last_epoch_of_its_own():
    run = run_of(ADAM, DynamicConfig(patience=99, epochs=9), [range(30), range(5, 35)])
    _, histories = train(EpochTrainer(run), np.array([4, 9]), RunControl())
    assert [history.epochs for history in histories] == [4, 9]
    assert {history.reason for history in histories} == {StopReason.MAX_ITER}


def test_a_member_that_diverges_goes_on_with_a_tenth_of_the_step_size():
    """A linear network diverges above tau = 2 / lambda, lambda the largest eigenvalue of the mean of (x, 1)(x, 1)'."""
    x = np.column_stack([X[:30], np.ones(30)])
    step_size = 8 / np.linalg.eigvalsh(x.T @ x / 30)[-1]
    static = StaticConfig(Network(3, [Dense(1)]), HalfSquaredError(), GradientDescent(), None)
    trainer = EpochTrainer(run_of(static, DynamicConfig(tolerance=0.0, patience=99, epochs=99), [range(30)], step_size))
    _, (history,) = train(trainer, 99, RunControl())
    assert history.retries == 1
    np.testing.assert_allclose(trainer.states.step_size, step_size / 10, rtol=1e-6)
    solution, *_ = np.linalg.lstsq(x, Y[:30], rcond=None)
    np.testing.assert_allclose(trainer.states.flat_parameters[0], solution.ravel(), rtol=1e-3)


def test_a_member_that_diverges_four_times_is_given_up():
    static = StaticConfig(Network(3, [Dense(5, "relu"), Dense(1)]), HalfSquaredError(), GradientDescent(), 8)
    trainer = EpochTrainer(run_of(static, DynamicConfig(patience=99, epochs=99), [range(30)], step_size=1e12))
    with pytest.raises(
        DivergenceError, match=r"training diverged in epoch 1: .*learning_rate_init=1e\+12 and 3 retries"
    ):
        train(trainer, 99, RunControl())
