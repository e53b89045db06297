"""Compiled programs on disk: loaded by the next process, and kept from a process that has compiled already."""

import os
import subprocess
import sys

import pytest

from glassnet import keep_compiled_programs

FIT = """
import sys
import jax
import numpy as np
from glassnet import NetworkRegressor, keep_compiled_programs

hits, X = [], np.random.default_rng(0).normal(size=(40, 2))
jax.monitoring.register_event_listener(lambda event, **_: hits.append(event))
model = NetworkRegressor((3,), preset="plain", max_iter=2, random_state=0)
if "late" in sys.argv:
    NetworkRegressor((4,), preset="plain", max_iter=2, random_state=0).fit(X, X[:, 0])
print(keep_compiled_programs())
print(model.fit(X, X[:, 0]).predict(X[:1])[0], hits.count("/jax/compilation_cache/cache_hits"))
"""


def run(folder, *arguments):
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", FIT, *arguments], capture_output=True, text=True, check=True, env=environment
    )
    path, line = done.stdout.splitlines()
    prediction, hits = line.split()
    return path, prediction, int(hits)


def test_what_one_process_has_compiled_the_next_one_loads(tmp_path):
    path, prediction, hits = run(tmp_path, "late")  # also after programs that are not kept
    assert path == str(tmp_path / "glassnet")
    assert hits == 0
    assert any(name.name.startswith("jit_advance") for name in (tmp_path / "glassnet").iterdir())
    _, again, hits = run(tmp_path)
    assert again == prediction
    assert hits >= 2


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        keep_compiled_programs(tmp_path / "file" / "folder")
