"""Outputs of members for many rows: scaling inside the program, calls over the cores, and what a pickle leaves out."""

import pickle
import subprocess
import sys

import jax
import numpy as np
import pytest

from glassnet.data.scaler import Scaler
from glassnet.network.dense import Dense
from glassnet.network.inference import ROWS_A_CALL, Scalers, stack_members
from glassnet.network.network import Network
from glassnet.network.scaling import InputScaling

MEMBERS = 3
NETWORK = Network(4, [Dense(9, "tanh"), Dense(2)])


def arrays(seed):
    return jax.tree.map(np.asarray, NETWORK.initialize(seed))


def of(x):
    return lambda start, stop: x[start:stop]


@pytest.fixture
def scalers():
    random = np.random.default_rng(0)
    fill, center, scale = random.normal(size=(3, MEMBERS, 4))
    scale[1, 2] = 0.0  # constant for this member
    return [Scaler(*parts) for parts in zip(center, scale, fill, strict=True)]


def stacked(scalers):
    fill, center, scale = (np.stack([getattr(own, name) for own in scalers]) for name in ("fill", "center", "scale"))
    return Scalers(fill, center, np.where(scale != 0, scale, np.inf))


def test_inputs_are_scaled_as_each_member_scales_them(scalers):
    """Beside a forward pass of NumPy on what `Scaler.transform` gives."""
    x = np.random.default_rng(1).normal(size=(50, 4))
    x[::7, 1] = np.nan
    members = [arrays(seed) for seed in range(MEMBERS)]
    found = stack_members(NETWORK, members, stacked(scalers)).outputs(len(x), of(x))
    for member, scaler, outputs in zip(members, scalers, found, strict=True):
        h = np.tanh(scaler.transform(x) @ member[0]["W"] + member[0]["b"])
        np.testing.assert_allclose(outputs, h @ member[1]["W"] + member[1]["b"], rtol=0, atol=3e-6)


def test_inputs_below_what_the_program_tells_from_0_are_scaled_too(scalers):
    x = np.random.default_rng(1).integers(-9, 9, size=(20, 4)).astype(float)
    powers = np.array([0, -1060, 0, -1060])
    members = [arrays(seed) for seed in range(MEMBERS)]
    usual = Scalers(*np.random.default_rng(2).integers(1, 9, size=(3, MEMBERS, 4)).astype(float))
    small = Scalers(*(np.ldexp(part, powers) for part in usual))
    found = stack_members(NETWORK, members, small).outputs(len(x), of(np.ldexp(x, powers)))
    np.testing.assert_array_equal(found, stack_members(NETWORK, members, usual).outputs(len(x), of(x)))


def test_without_scalers_inputs_enter_as_they_are():
    network = Network(3, [InputScaling()])
    x = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    x[1, 1], x[2, 2] = np.nan, np.inf
    found = stack_members(network, [[{"s": np.ones(3, np.float32)}]]).outputs(5, of(x))
    np.testing.assert_array_equal(found[0], x)


@pytest.mark.parametrize("members", [1, 3, 5, 40])
def test_calls_change_no_bit(members):
    """Rows that go over the cores in several calls, and each of some rows alone."""
    ready = stack_members(NETWORK, [arrays(seed) for seed in range(members)])
    x = np.random.default_rng(0).normal(size=(2 * ROWS_A_CALL + 3, 4))
    together = ready.outputs(len(x), of(x))
    assert together.shape == (members, len(x), 2)
    for row in (0, 1, ROWS_A_CALL - 1, ROWS_A_CALL, len(x) - 1):
        np.testing.assert_array_equal(ready.outputs(1, of(x[row:]))[:, 0], together[:, row])
    assert ready.outputs(0, of(x)).shape == (members, 0, 2)


def test_an_unpickled_network_hashes_as_one_of_its_own_process():
    network = Network(2, [Dense(3, "relu"), Dense(1)])
    hash(network)
    code = (
        "import pickle, sys; from glassnet.network.network import Network; from glassnet.network.dense import Dense;"
        "n = pickle.load(sys.stdin.buffer); m = Network(2, [Dense(3, 'relu'), Dense(1)]);"
        "print(n == m and hash(n) == hash(m))"
    )
    done = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(network), capture_output=True, check=True)
    assert done.stdout.strip() == b"True"
