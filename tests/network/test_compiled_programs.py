"""Compiled programs: which ones are kept, that the others give their memory back, and numbers in static arguments."""

import gc
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import sleep

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.base import clone

from glassnet import Dropout, Huber, Network, NetworkRegressor, Quantile
from glassnet.network import compiled_programs
from glassnet.network.activation import LeakyReLU, Logistic
from glassnet.network.backward import cost_and_gradient
from glassnet.network.compiled_programs import Compiled, compiled
from glassnet.network.convolution import Convolution
from glassnet.network.cost import cost
from glassnet.network.dense import Dense
from glassnet.network.flatten import Flatten
from glassnet.network.hash_rng import Noise
from glassnet.network.loss import HalfSquaredError
from glassnet.network.network import forward
from glassnet.training.epochs import advance

MODEL = NetworkRegressor((3,), preset="plain", max_iter=2, random_state=0)


def mappings():
    return Path("/proc/self/maps").read_bytes().count(b"\n")


@pytest.fixture
def limit(tmp_path, monkeypatch):
    """A function that sets how many mappings a process may have."""

    def change(mappings):
        path = tmp_path / "max_map_count"
        path.write_text(f"{mappings}\n")
        monkeypatch.setattr(compiled_programs, "LIMIT", path)

    return change


def traced(keep=8):
    """A compiled function, and the list of the static arguments for which it was traced."""
    seen = []

    def scaled(static, x):
        seen.append(static)
        return static * jnp.sin(x)

    return Compiled(scaled, static=1, keep=keep), seen


def test_the_programs_that_were_used_last_are_kept():
    function, seen = traced(keep=2)
    x = np.ones(3, np.float32)
    for static in (1, 2, 1, 3, 1, 2):  # 3 drops 2, which is the one unused longest, and 2 then drops 3
        np.testing.assert_allclose(function(static, x), static * np.sin(x), rtol=1e-6)
    assert seen == [1, 2, 3, 2]
    assert function.n_programs == 2


def test_another_shape_or_precision_is_another_program():
    function, seen = traced(keep=9)
    for x in (np.ones(3, np.float32), np.ones(4, np.float32), np.ones(3, np.int32), np.ones(3, np.float32)):
        function(1, x)
    assert len(seen) == function.n_programs == 3


def test_a_program_that_is_dropped_gives_its_mappings_back():
    """Of ten programs one is kept: at the end there are as many mappings as there were with the first."""
    function = Compiled(lambda n, x: jnp.linalg.norm(jnp.sort(jnp.tanh(x * n)) @ x), static=1, keep=1)
    x, counts = np.ones((20, 20), np.float32), []
    for n in range(1, 11):
        function(n, x).block_until_ready()
        counts.append(mappings())
    function.drop()
    for _ in range(100):  # another thread may still be about to let go of the last call
        of_one = counts[-1] - mappings()
        if of_one > 0:
            break
        gc.collect()
        sleep(0.05)
    assert of_one > 0
    assert counts[-1] - counts[0] < 2 * of_one


def test_products_are_computed_in_full_precision():
    """By default graphics cards round the factors of float32 products to 10 bits (TF32)."""
    network = Network((4, 4, 1), [Convolution(2, 3, activation="relu"), Flatten(), Dense(3, "tanh"), Dense(1)])
    parameters, x, y = network.initialize(0), np.ones((5, 4, 4, 1), np.float32), np.ones((5, 1), np.float32)
    program = compiled(static=2)(cost_and_gradient)._to_compile((network, HalfSquaredError()))
    jaxpr = str(jax.make_jaxpr(program)((), parameters, x, y))
    products = re.findall(r"(?:dot_general|conv_general_dilated)\[.*?\]\s", jaxpr, re.DOTALL)
    assert len(products) >= 8
    assert all(product.count("Precision.HIGHEST") == 2 for product in products)


def test_near_the_limit_of_mappings_all_programs_are_dropped(small, limit):
    X, y = small
    advance.drop()
    limit(10**9)
    models = [clone(MODEL).set_params(hidden_layer_sizes=(width,)).fit(X, y) for width in (3, 4, 5)]
    assert advance.n_programs == 3
    before = models[0].predict(X)
    limit(10)
    models[0].set_params(hidden_layer_sizes=(6,)).fit(X, y)
    assert advance.n_programs <= 1
    np.testing.assert_array_equal(clone(MODEL).fit(X, y).predict(X), before)


def test_without_a_limit_nothing_is_dropped(small, tmp_path, monkeypatch):
    monkeypatch.setattr(compiled_programs, "MAPPINGS", tmp_path / "none")
    function, _ = traced()
    for static in range(3):
        function(static, np.ones(3))
    assert function.n_programs == 3


@pytest.mark.parametrize(
    ("one", "other"),
    [(Huber(0.5), Huber(1.5)), (Quantile((0.1, 0.5)), Quantile((0.3, 0.9)))],
    ids=["huber", "quantile"],
)
def test_losses_of_other_numbers_share_a_program_with_the_values_of_each(one, other):
    function = Compiled(cost, static=1)
    random = np.random.default_rng(0)
    x, y = random.normal(size=(9, one.outputs(1))).astype(np.float32), random.normal(size=(9, 1)).astype(np.float32)
    found = [float(function(loss, x, y)) for loss in (one, other)]
    expected = [float(cost(loss, jnp.asarray(x), jnp.asarray(y))) for loss in (one, other)]
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert found[0] != found[1]
    assert function.n_programs == 1


def test_layers_of_other_numbers_share_a_program_and_other_layers_do_not():
    @compiled(static=1)
    def end(network, parameters, x, seed):
        return forward(network, parameters, x, Noise(seed))[-1].x

    x, seed = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32), jnp.uint32(3)
    for rate, slope in ((0.1, 0.01), (0.5, 0.3)):
        network = Network(4, [Dropout(rate), Dense(6, LeakyReLU(slope))])
        parameters = network.initialize(0)
        expected = forward(network, parameters, jnp.asarray(x), Noise(seed))[-1].x
        np.testing.assert_allclose(end(network, parameters, x, seed), expected, rtol=1e-5, atol=1e-6)
    assert end.n_programs == 1
    other = Network(4, [Dropout(0.1), Dense(6, Logistic())])
    end(other, parameters, x, seed)
    assert end.n_programs == 2


def test_a_loss_of_ones_own_that_names_no_dynamic_fields_may_use_its_numbers_in_python():
    @dataclass(frozen=True)
    class Power:
        exponent: float = 2.0

        def value(self, x):
            return jnp.square(x) if self.exponent == 2 else jnp.abs(x) ** self.exponent

    function = Compiled(lambda power, x: power.value(x), static=1)
    for exponent in (2.0, 3.0):
        np.testing.assert_allclose(function(Power(exponent), np.float32(3)), 3**exponent, rtol=1e-6)
    assert function.n_programs == 2


FORK = """
import multiprocessing, sys, time, warnings
import numpy as np
from sklearn.base import clone
from glassnet import NetworkRegressor

warnings.simplefilter("ignore")
X = np.random.default_rng(0).normal(size=(40, 2))
model = NetworkRegressor((3,), preset="plain", max_iter=2, random_state=0)

def child(queue, what):
    started = time.perf_counter()
    try:
        queue.put((what(), time.perf_counter() - started))
    except RuntimeError as error:
        queue.put((str(error), time.perf_counter() - started))

def in_child(what):
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    process = context.Process(target=child, args=(queue, what))
    process.start()
    found = queue.get()
    process.join()
    return found

def fit(**parameters):
    return clone(model).set_params(**parameters).fit(X, X[:, 0]).predict(X[:3]).tolist()
"""


def in_process(code):
    """Run code in a process of its own; the time limit only ends a test that would hang."""
    return subprocess.run([sys.executable, "-c", FORK + code], capture_output=True, text=True, timeout=120)


def test_a_child_forked_before_the_first_fit_fits_and_predicts_as_its_parent():
    done = in_process("print(in_child(fit)[0] == in_child(fit)[0] == fit())")
    assert done.stdout == "True\n", done.stderr


@pytest.mark.parametrize(
    ("before", "what"),
    [
        ("model.fit(X, X[:, 0])", "lambda: model.predict(X)"),
        ("model.fit(X, X[:, 0])", "lambda: fit(solver='lbfgs')"),
        ("import jax.numpy as jnp; jnp.ones(3) + 1", "fit"),
    ],
)
def test_a_child_forked_after_jax_was_used_raises_within_a_second(before, what):
    done = in_process(f"{before}; said, seconds = in_child({what}); print(said, seconds < 1)")
    assert "was forked from one that had already used JAX" in done.stdout, done.stderr
    assert 'multiprocessing.get_context("spawn")' in done.stdout
    assert '"loky" True' in done.stdout
