"""Windows of an epoch against `advance` on all rows, and against the same steps written as a plain loop."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from glassnet.data.scaler import identity_scaler
from glassnet.data.shared import member_scaling, power_of_two, shared_table
from glassnet.network.backward import cost_and_gradient
from glassnet.network.dense import Dense
from glassnet.network.hash_rng import derived
from glassnet.network.loss import HalfSquaredError
from glassnet.network.network import Network
from glassnet.training.batch_steps import SEEDS_OF_WINDOWS, Window
from glassnet.training.batches import shuffled
from glassnet.training.configuration import DynamicConfig, StaticConfig
from glassnet.training.epoch_trainer import Run
from glassnet.training.epochs import EpochSoFar, advance, advance_window
from glassnet.training.history import History
from glassnet.training.loop import train
from glassnet.training.member_data import member_data
from glassnet.training.member_state import start
from glassnet.training.optimizers import SGD, Adam, GradientDescent
from glassnet.training.ravel import flatten, unflatten
from glassnet.training.run_control import RunControl
from glassnet.training.window_trainer import WindowRows, WindowTrainer

NETWORK = Network(3, [Dense(5, "tanh"), Dense(1)])
LOSS = HalfSquaredError()
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(96, 3))
Y = X @ [[1.0], [2.0], [-1.0]] + 0.1 * RANDOM.normal(size=(96, 1))
TABLE = np.column_stack([X, Y, np.ones(96)])
SHARED, EXPONENTS = shared_table(TABLE)
DYNAMIC = DynamicConfig(tolerance=0.0, patience=10**6, epochs=4)


def states_of(static, members, step_size=0.05):
    """Return first states of members with seeds 0, 1, ..."""
    parameters = jnp.stack([flatten(static.network.initialize(seed)) for seed in range(members)])
    seeds = jnp.arange(members, dtype=jnp.uint32)
    return jax.vmap(lambda theta, seed: start(static, theta, step_size, seed))(parameters, seeds)


def data_of(rows, validation=(), most=(96, 16)):
    """Return members that take all columns as they are; `rows` are those of each."""
    scaling = member_scaling([identity_scaler(4)], None, 1.0, EXPONENTS)
    each = [
        member_data(np.asarray(own, int), np.asarray(validation, int), most, scaling, 1.0, np.zeros(3)) for own in rows
    ]
    return jax.tree.map(lambda *arrays: jnp.stack(arrays), *each)


def nothing(members):
    return EpochSoFar(jnp.zeros(members, jnp.int32), jnp.zeros(members))


@pytest.mark.parametrize("solver", [GradientDescent(), SGD(0.9), Adam()])
def test_one_window_is_an_epoch_to_the_bit(solver):
    static = StaticConfig(NETWORK, LOSS, solver, 16, validates=True, schedule="cosine")
    members, last = data_of([range(70), range(10, 80)], range(80, 96)), np.full(2, 4, np.int32)
    theirs, losses = advance(static, DYNAMIC, SHARED, members, states_of(static, 2), np.int32(4), last)
    states, so_far, curves = states_of(static, 2), nothing(2), []
    for _ in range(4):
        states, so_far, of_epoch = advance_window(
            static, DYNAMIC, SHARED, SHARED, members, states, so_far, Window(jnp.int32(0), jnp.int32(1)), last
        )
        curves.append(np.array(of_epoch))
    np.testing.assert_array_equal(states.flat_parameters, theirs.flat_parameters)
    np.testing.assert_array_equal(states.best.flat_parameters, theirs.best.flat_parameters)
    ours = np.stack(curves, axis=-1)
    np.testing.assert_array_equal(ours[0], np.array(losses)[0, :, :4])
    # The sum over validation rows stands in another part of the program, which may add in another order.
    np.testing.assert_allclose(ours[1], np.array(losses)[1, :, :4], rtol=16 * 2.0**-24)


def test_windows_take_the_steps_of_a_plain_loop():
    static, parts = StaticConfig(NETWORK, LOSS, SGD(0.9), 8), np.array_split(np.arange(96), 3)
    theta, rule = flatten(NETWORK.initialize(0)), optax.sgd(0.05, momentum=0.9, nesterov=True)
    memory, losses = rule.init(theta), []
    states, so_far = states_of(static, 1), nothing(1)
    for number, part in enumerate(parts):
        own = data_of([range(len(part) - 3)], most=(32, 0))
        shared = shared_table(TABLE[part], EXPONENTS)[0]
        states, so_far, of_epoch = advance_window(
            static, DYNAMIC, shared, SHARED, own, states, so_far, Window(jnp.int32(number), jnp.int32(3)),
            np.full(1, 4, np.int32),
        )  # fmt: skip
        seed = derived(jnp.uint32(0), 0)
        seed = derived(seed, number + SEEDS_OF_WINDOWS) if number else seed
        order = np.array(shuffled(jax.tree.map(lambda a: a[0], own), seed))[:24]
        for rows in order.reshape(-1, 8):
            x, y, w = (jnp.asarray(a[part[rows]], jnp.float32) for a in (X, Y, np.ones(96)))
            value, gradient = cost_and_gradient(NETWORK, LOSS, unflatten(NETWORK, theta), x, y, w)
            update, memory = rule.update(flatten(gradient), memory)
            theta, losses = theta + update, [*losses, float(value)]
    np.testing.assert_allclose(states.flat_parameters[0], theta, rtol=2e-5, atol=1e-6)
    assert np.array(of_epoch)[0, 0] == pytest.approx(np.mean(losses), rel=1e-5)
    assert int(states.epoch[0]) == 1
    assert int(so_far.steps[0]) == 0


class Halves:
    """Two windows of 48 rows; every member has all rows but each fourth one."""

    windows = 2

    def __init__(self, members):
        self.asked = []
        self._members = members

    def window(self, epoch, number):
        self.asked.append((epoch, number))
        rows = np.random.default_rng(epoch).permutation(96)[48 * number :][:48]
        size = power_of_two(48)
        own = [np.flatnonzero(rows % 4 != member) for member in range(self._members)]
        padded = np.stack([np.pad(each, (0, size - len(each))) for each in own]).astype(np.int32)
        return WindowRows(shared_table(TABLE[rows], EXPONENTS)[0], padded, np.array([len(e) for e in own], np.int32))


def trained(epochs, members=2, step_size=0.05, solver=None, control=None, source=None):
    static = StaticConfig(NETWORK, LOSS, solver or Adam(), 8, validates=True)
    data = data_of([[]] * members, range(16), most=(0, 16))
    run = Run(
        static, DYNAMIC._replace(epochs=epochs), SHARED,
        [jax.tree.map(lambda a, m=member: np.asarray(a[m]), data) for member in range(members)],
        jax.tree.map(np.asarray, states_of(static, members, step_size)),
    )  # fmt: skip
    trainer = WindowTrainer(run, source or Halves(members))
    parameters, histories = train(trainer, epochs, control or RunControl())
    return trainer, parameters, histories


def test_a_trainer_asks_for_every_window_in_turn():
    source = Halves(2)
    _, _, histories = trained(3, source=source)
    assert source.asked[:6] == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)]
    assert all(isinstance(history, History) and history.epochs == 3 for history in histories)
    assert all(len(history.validation_loss) == 3 for history in histories)


def test_a_member_does_not_depend_on_the_others():
    _, alone, _ = trained(3, members=1)
    _, both, _ = trained(3, members=2)
    for one, other in zip(jax.tree.leaves(alone[0]), jax.tree.leaves(both[0]), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)  # products of one member round in another order


def test_progress_counts_windows():
    told = []
    trained(2, control=RunControl(callback=lambda progress: told.append((progress.epoch, progress.fraction))))
    assert told == [(0, 0.5), (1, 0.0), (1, 0.5), (2, 0.0)]


def test_a_member_that_diverges_goes_on_with_a_smaller_step():
    _, parameters, histories = trained(4, step_size=1e2, solver=SGD(0.0))
    assert all(history.retries > 0 for history in histories)
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(parameters))
