"""Same seed, same bits, in processes that know nothing of each other."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

WORKER = Path(__file__).with_name("solvers_in_process.py")


def digests(processors, hash_seed):
    """Return what a fresh process finds that may use so many processors."""
    code = f"import os, runpy; os.sched_setaffinity(0, {processors}); runpy.run_path({str(WORKER)!r})"
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
    )
    return json.loads(found.stdout)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs a system that binds processes to processors")
@pytest.mark.parametrize("threads", [1, 2])
def test_fresh_processes_agree_on_every_solver(threads):
    """The promise is for one machine and one number of threads; the order of Python's sets must not matter."""
    own = sorted(os.sched_getaffinity(0))[:threads]
    first, *others = [digests(set(own), hash_seed) for hash_seed in range(5)]
    assert len(set(first.values())) == 5
    assert others == [first] * 4
