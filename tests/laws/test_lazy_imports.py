"""Importing glassnet does not wait for JAX, optax and polars; whoever needs them first gets the modules of everyone."""

import subprocess
import sys

import jax.numpy
import numpy as np
import pytest
from jax import Array as ArrayOfJAX

from glassnet import _lazy

LATER = "jax", "optax", "polars"
ESTIMATORS = "from glassnet import NetworkRegressor, NetworkClassifier; "
WITHOUT = {
    "estimators": ESTIMATORS,
    "the command line": "import glassnet.cli.app",
    "a pickled estimator": ESTIMATORS
    + "import pickle; pickle.loads(pickle.dumps(NetworkRegressor((8,), solver='lm')))",
    "a clone": ESTIMATORS + "from sklearn.base import clone; clone(NetworkClassifier(activation='mish'))",
    "a file that is no model": "import glassnet\ntry: glassnet.load('no.glass')\nexcept (OSError, ValueError): pass",
}
AT_ONCE = """
from threading import Barrier, Thread
from glassnet._lazy import jax, jnp, lax, optax, special

found, together = [], Barrier(5)
uses = [
    lambda: jax.jit(lambda x: x + 1)(1),
    lambda: jnp.float32(2),
    lambda: lax.add(1, 2),
    lambda: optax.sgd(1.0) and 4,
    lambda: special.erfc(-100.0) + 3,
]

def first(use):
    together.wait()
    found.append(float(use()))

threads = [Thread(target=first, args=(use,)) for use in uses]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sorted(found))
"""


def printed(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("what", WITHOUT)
def test_nothing_is_imported_before_it_is_needed(what):
    assert printed(f"{WITHOUT[what]}\nimport sys; print({set(LATER)} & set(sys.modules))") == "set()"


def test_a_fit_imports_it():
    code = (
        "m = NetworkRegressor((2,), preset='plain', max_iter=1, tol=1.0).fit([[0.0], [1.0], [2.0]] * 4, [0, 1, 2] * 4)"
    )
    assert printed(f"{ESTIMATORS}{code}\nimport sys; print('jax' in sys.modules)") == "True"


def test_threads_that_need_it_first_at_once_all_get_it():
    assert printed(AT_ONCE) == "[2.0, 2.0, 3.0, 4.0, 5.0]"


def test_what_others_imported_or_changed_is_what_is_used(monkeypatch):
    assert _lazy.jax.numpy is jax.numpy
    assert _lazy.jnp.sum is jax.numpy.sum
    monkeypatch.setattr(jax.numpy, "sum", len)
    assert _lazy.jnp.sum is len


def test_a_library_that_cannot_be_imported_says_why(monkeypatch):
    def broken(name):
        raise AttributeError("module 'numpy' has no attribute 'old'")

    monkeypatch.setattr(_lazy, "import_module", broken)
    with pytest.raises(ImportError, match=r"jax\.numpy cannot be imported: module 'numpy' has no attribute 'old'"):
        _ = _lazy._Module("jax", "jax.numpy").sum


def test_arrays_are_those_of_jax():
    assert isinstance(jax.numpy.ones(2), _lazy.Array)
    assert not isinstance(np.ones(2), _lazy.Array)
    assert issubclass(type(jax.numpy.ones(2)), _lazy.Array)
    assert not issubclass(np.ndarray, _lazy.Array)
    seen = []
    jax.jit(lambda x: seen.append((isinstance(x, _lazy.Array), isinstance(x, ArrayOfJAX))) or x)(1.0)
    assert seen == [(True, True)]
