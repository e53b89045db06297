"""What epochs become on a graphics card, read without one: lowered for CUDA, and compiled for a card that is described.

The tests with the mark `cuda_text` need the compiler of JAX's CUDA plugin: `make test-cuda-text` installs it.
"""

import os
import re
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from unittest import mock

import jax
import numpy as np
import pytest
from jax.experimental import topologies
from jax.sharding import SingleDeviceSharding
from sklearn.base import clone
from sklearn.datasets import make_regression

from glassnet import Convolution, Dense, Flatten, MaxPool, NetworkRegressor
from glassnet.network.compiled_programs import _without_numbers
from glassnet.network.devices import PRECISIONS
from glassnet.training import epoch_trainer
from glassnet.training.epochs import advance

FREE = {"parameter", "constant", "get-tuple-element", "tuple", "bitcast"}  # no kernel
# NVIDIA's H100 SXM, of compute capability 9.0: its published figures, as XLA's own tests have them.
H100 = """
gpu_device_info {
  cuda_compute_capability { major: 9 }
  core_count: 132  fpus_per_core: 128  clock_rate_ghz: 1.98
  threads_per_warp: 32  threads_per_block_limit: 1024  threads_per_core_limit: 2048
  registers_per_core_limit: 65536  registers_per_block_limit: 65536
  block_dim_limit_x: 2147483647  block_dim_limit_y: 65535  block_dim_limit_z: 65535
  shared_memory_per_block: 49152  shared_memory_per_block_optin: 232448  shared_memory_per_core: 233472
  l2_cache_size: 52428800  memory_bandwidth: 3350000000000  device_memory_size: 80000000000
}
platform_name: "CUDA"
runtime_version { major: 13 }
dnn_version_info { major: 9  minor: 12 }
"""
PLAIN = NetworkRegressor((100,), preset="plain", max_iter=2, random_state=0)
RECIPE = NetworkRegressor(n_members=8, max_iter=2, random_state=0)
IMAGES = NetworkRegressor(
    layers=[Convolution(4, 3, activation="relu"), MaxPool(), Flatten(), Dense(8, "relu")], preset="plain", max_iter=2
)
DATA = {
    "plain": make_regression(1000, 8, noise=1.0, random_state=0),
    "recipe": make_regression(16_000, 20, noise=1.0, random_state=0),
    "wide": make_regression(512, 64, noise=1.0, random_state=0),
    "images": (np.random.default_rng(0).random((64, 12, 12, 1)), np.arange(64.0)),
}
WIDE = NetworkRegressor((512, 512, 512), "relu", preset="plain", max_iter=2, batch_size=256)  # has options of XLA
MODELS = {"plain": PLAIN, "wide": WIDE, "recipe": RECIPE, "images": IMAGES}
PRODUCTS = re.compile(r"stablehlo\.(?:dot_general|convolution)\b.*")
PLUGIN, SKIP_CHECKS = "jax_plugins.xla_cuda13", "JAX_SKIP_CUDA_CONSTRAINTS_CHECK"  # which look for a driver


class Captured(Exception):
    """The arguments of the first epochs, in place of their result."""


def stop(*given):
    raise Captured(*given)


@cache
def arguments_of(name):
    """What `advance` is given by a fit with all members in one part, as on a graphics card."""
    in_one = mock.patch.object(epoch_trainer, "parts_of", lambda members, at_once: [np.arange(members)])
    with mock.patch.object(epoch_trainer, "advance", stop), in_one, pytest.raises(Captured) as caught:
        clone(MODELS[name]).fit(*DATA[name])
    return caught.value.args


def arguments(name, precision="float32"):
    """The same, as if a fit had been asked for products of this precision."""
    static, *others = arguments_of(name)
    assert static.matmul_precision == "highest"
    return replace(static, matmul_precision=PRECISIONS[precision]), *others


@pytest.fixture(scope="module")
def card():
    """A graphics card that is described: programs can be compiled for it, and not run."""
    if find_spec(PLUGIN) is None or SKIP_CHECKS not in os.environ:
        pytest.skip("needs JAX's CUDA plugin and its settings: make test-cuda-text")
    return topologies.get_topology_desc(platform="cuda", topology="1x1x1", target_config=H100).devices[0]


def lowered(arguments, card=None):
    """The program of epochs, lowered for CUDA, for a card or for any."""
    (static,), numbers = _without_numbers(arguments[:1])
    place = {} if card is None else {"sharding": SingleDeviceSharding(card)}

    def shape(leaf):
        leaf = np.asarray(leaf)
        return jax.ShapeDtypeStruct(leaf.shape, jax.dtypes.canonicalize_dtype(leaf.dtype), **place)

    shapes = jax.tree.map(shape, (numbers, *arguments[1:]))
    return advance._to_compile((static,)).trace(*shapes).lower(lowering_platforms=("cuda",))


def computations(text):
    """The instructions of every computation in compiled text: opcode and line."""
    found, name = {}, None
    for line in text.splitlines():
        if head := re.match(r"(?:ENTRY )?%([\w.\-]+) \(.*\{$", line):
            name = head[1]
            found[name] = []
        elif instruction := re.match(r"\s+(?:ROOT )?%[\w.\-]+ = (?:\(.*?\)|\S+) ([\w\-]+)\(", line):
            found[name].append((instruction[1], line))
    return found


def kernels_a_step(text):
    """How many kernels and copies a step starts: those of the loop that holds no loop, the longest of these."""
    found, counts = computations(text), []
    for _, line in (each for instructions in found.values() for each in instructions if each[0] == "while"):
        opcodes = [opcode for opcode, _ in found[re.search(r"body=%([\w.\-]+)", line)[1]]]
        if "while" not in opcodes:
            counts.append(sum(opcode not in FREE for opcode in opcodes))
    return max(counts)


@pytest.mark.parametrize(("name", "products"), [("plain", 8), ("recipe", 32), ("images", 11)])
def test_epochs_ask_for_full_precision_and_no_float64_and_call_no_host(name, products):
    """By default graphics cards round the factors of float32 products to 10 bits (TF32)."""
    text = lowered(arguments(name)).as_text()
    found = PRODUCTS.findall(text)
    assert len(found) == products
    assert all("precision = [HIGHEST, HIGHEST]" in product and "algorithm" not in product for product in found)
    assert "f64" not in text
    assert "callback" not in text
    assert text.count("stablehlo.sort") == 1  # the order of an epoch


@pytest.mark.parametrize(("name", "precision", "bits"), [("plain", "tf32", "tf32"), ("images", "bfloat16", "bf16")])
def test_products_have_the_precision_that_was_asked_for(name, precision, bits):
    found = PRODUCTS.findall(lowered(arguments(name, precision)).as_text())
    asked = f"lhs_precision_type = {bits}, rhs_precision_type = {bits}, accumulation_type = f32"
    assert len(found) > 5
    assert all(asked in product for product in found)


@pytest.mark.cuda_text
@pytest.mark.parametrize(("name", "most"), [("plain", 16), ("wide", 30), ("recipe", 60)])
def test_a_step_starts_few_kernels(card, name, most):
    """A kernel takes microseconds to start, so that their number decides how long a step of small networks takes."""
    text = lowered(arguments(name), card).compile().as_text()
    assert kernels_a_step(text) <= most
    assert "f64" not in text
    assert not re.search(r"\b(infeed|outfeed|send|recv)\(|callback", text)
    assert len(re.findall(r" sort\(", text)) == 1


@pytest.mark.cuda_text
@pytest.mark.parametrize("precision", ["tf32", "bfloat16"])
def test_less_precise_products_are_compiled(card, precision):
    text = lowered(arguments("recipe", precision), card).compile().as_text()
    assert f"algorithm=dot_{PRECISIONS[precision].lower()}" in text
    assert kernels_a_step(text) <= 60
