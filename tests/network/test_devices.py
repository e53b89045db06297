"""Devices: which one a fit trains on, what stays on the processor, and refusals; processors play cards."""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import jax
import numpy as np
import pytest

from glassnet.network import devices
from glassnet.network.compiled_programs import Compiled
from glassnet.network.dense import Dense
from glassnet.network.loss import HalfSquaredError
from glassnet.network.network import Network
from glassnet.training.configuration import StaticConfig
from glassnet.training.optimizers import Adam


@dataclass(frozen=True)
class Asked:
    matmul_precision: str


HERE = Path(__file__).parent
CPU = jax.devices()[0]


@pytest.fixture
def card(monkeypatch):
    """The processor, playing a graphics card."""
    monkeypatch.setattr(devices, "graphics_cards", lambda: (CPU,))


def configuration():
    return StaticConfig(Network(2, [Dense(3, "tanh"), Dense(1)]), HalfSquaredError(), Adam(), 8)


def test_without_a_graphics_card_it_is_the_processor():
    assert devices.graphics_cards() == ()
    assert devices.devices_for("auto") == devices.devices_for("cpu") == (CPU,)
    assert devices.described(devices.devices_for("auto")) == "cpu"


def test_a_graphics_card_that_is_missing_is_refused_with_what_to_type():
    with pytest.raises(ValueError, match=re.escape("device='gpu' needs a graphics card, and JAX sees none; install")):
        devices.devices_for("gpu")
    with pytest.raises(ValueError, match=re.escape("device='tpu' must be one of 'auto', 'cpu', 'gpu'")):
        devices.devices_for("tpu")


def test_a_graphics_card_is_taken_where_it_works(card):
    assert devices.devices_for("auto") == devices.devices_for("gpu") == (CPU,)
    assert devices.described((CPU,)) == "gpu: cpu"
    assert devices.described((CPU, CPU)) == "gpu: cpu x 2"


def test_a_graphics_card_that_does_not_work_is_left_out_and_told(card, monkeypatch):
    monkeypatch.setattr(devices, "why_unusable", lambda device: "no memory is left")
    with pytest.warns(UserWarning, match=r"training on the processor: the graphics card does not work \(no memory"):
        assert devices.devices_for("auto") == (CPU,)
    with pytest.raises(ValueError, match=re.escape("the one that JAX sees does not work (no memory is left)")):
        devices.devices_for("gpu")


def test_what_fails_on_a_device_says_why(monkeypatch):
    assert devices.why_unusable(CPU) is None

    def fails(*_):
        raise RuntimeError("RESOURCE_EXHAUSTED: out of memory\nand more lines")

    monkeypatch.setattr(jax, "device_put", fails)
    assert devices.why_unusable(CPU) == "RESOURCE_EXHAUSTED: out of memory"


def test_a_processor_that_is_left_out_is_named(monkeypatch):
    monkeypatch.setattr(devices, "processor", lambda: None)
    with pytest.raises(ValueError, match="device='cpu' is left out by JAX_PLATFORMS; add cpu to it"):
        devices.devices_for("cpu")
    with pytest.raises(ValueError, match="device='auto' needs a graphics card"):
        devices.devices_for("auto")


@pytest.mark.parametrize("precision", ["tf32", "bfloat16"])
def test_a_precision_without_effect_is_refused(precision):
    match = f"precision='{precision}' has an effect on graphics cards alone, and this fit trains on the processor"
    with pytest.raises(ValueError, match=match), devices.training_on("auto", precision):
        pass


def test_solvers_of_all_rows_refuse_what_has_no_effect(card):
    with (
        pytest.raises(ValueError, match="device='gpu' has no effect on a solver"),
        devices.training_on("gpu", by_steps=True),
    ):
        pass
    with (
        pytest.raises(ValueError, match="precision='tf32' has an effect"),
        devices.training_on("auto", "tf32", by_steps=True),
    ):
        pass


def test_an_unknown_precision_is_refused(card):
    with pytest.raises(ValueError, match="precision='half' must be one of"), devices.training_on("gpu", "half"):
        pass


def test_the_precision_of_a_fit_is_compiled_in(card):
    assert configuration().matmul_precision == "highest"
    with devices.training_on("gpu", "bfloat16") as told:
        assert told == "gpu: cpu"
        asked = configuration()
    assert asked.matmul_precision == "BF16_BF16_F32"
    assert asked != configuration()  # so another program
    assert configuration().matmul_precision == "highest"


@pytest.mark.parametrize(("precision", "name"), devices.PRECISIONS.items())
def test_products_are_traced_with_the_precision_of_a_static_argument(precision, name):
    seen = []

    def product(static, x):
        seen.append(jax.config.jax_default_matmul_precision)
        return x

    program = Compiled(product, static=1)
    program(Asked(matmul_precision=name), 1.0)
    program(3, 1.0)
    assert seen == [name, "highest"]


def test_a_program_is_compiled_once_for_a_fit_its_threads_and_predictions():
    """JAX compiles one more for every default device, and threads do not have that of the fit."""
    program = Compiled(lambda x: x + 1)
    x = np.ones(2, np.float32)
    with devices.training_on(), ThreadPoolExecutor(1) as pool:
        program(x)
        pool.submit(program, x).result()
    program(x)
    (one,) = program._programs.values()
    assert one._cache_size() == 1


def test_the_processor_is_the_default_device_beside_a_fit_elsewhere(monkeypatch):
    other = SimpleNamespace(platform="gpu")
    monkeypatch.setattr(devices, "_default_device", lambda: other)
    with devices.on_processor():
        assert jax.config.jax_default_device == CPU


def test_a_platform_that_is_not_there_is_no_device(monkeypatch):
    def fails(backend):
        raise AssertionError

    monkeypatch.setattr(jax, "local_devices", fails)
    assert devices.processor() is None
    assert devices.graphics_cards() == ()
    with pytest.raises(ValueError, match=r"JAX sees none; .* or add cpu to JAX_PLATFORMS, as in"):
        devices.devices_for("auto")


@pytest.fixture(scope="module")
def told():
    flags = f"{os.environ.get('XLA_FLAGS', '')} --xla_force_host_platform_device_count=3"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", HERE / "devices_in_process.py"],
        capture_output=True, text=True, env={**os.environ, "XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_epochs_run_where_they_were_asked_to_and_give_the_same_bits(told):
    """Both devices are the same processor, so only the place may differ."""
    for device, place in (("auto", 1), ("gpu", 1), ("cpu", 0)):
        assert told[device]["ran"]["advance"] == [place]
        assert told[device]["device"] == ("gpu: cpu" if place else "cpu")
    assert told["auto"]["digest"] == told["gpu"]["digest"] == told["cpu"]["digest"]


def test_everything_but_epochs_stays_on_the_processor(told):
    for device in ("auto", "gpu", "cpu"):
        assert {name for name, places in told[device]["ran"].items() if places != [0]} <= {"advance", "_restarted"}
    for solver in ("lbfgs", "lm"):
        assert told[solver]["device"] == "cpu"
        assert told[solver]["ran"]
        assert all(places == [0] for places in told[solver]["ran"].values())


def test_members_are_spread_over_cards_and_have_the_same_bits(told):
    processor, cards = told["eight on cpu"], told["eight on gpu"]
    assert (processor["device"], cards["device"]) == ("cpu", "gpu: cpu x 2")
    assert cards["ran"]["advance"] == [1, 2]
    assert processor["digest"] == cards["digest"]


def test_a_checkpoint_of_the_processor_is_refused_on_a_card(told):
    assert "(other data, parameters or seed, or trained on another kind of device); give an" in told["checkpoint"]


def test_float64_is_the_processors(told):
    assert told["float64"] == ["float64", [0]]


def test_many_rows_are_predicted_where_the_fit_was(told):
    assert told["gpu"]["predicted"] == {"_chunks": [0], "_at_once": [1]}
    assert told["cpu"]["predicted"] == {"_chunks": [0]}
    assert told["cpu"]["apart"] == 0
    assert told["gpu"]["apart"] < 1e-5
