"""Members on clusters of Dask and Ray on this machine: the bits of one process."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("cluster_fit_in_process.py")


def found(engine, folder):
    """Return the digests of one process, and those of a cluster."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT), engine, str(folder)], capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.engines
def test_dask_has_the_same_bits_also_when_a_worker_is_killed(tmp_path):
    pytest.importorskip("distributed")
    alone, cluster = found("dask", tmp_path)
    assert cluster.pop("was killed")
    assert cluster == alone


@pytest.mark.engines
def test_ray_has_the_same_bits(tmp_path):
    pytest.importorskip("ray")
    alone, cluster = found("ray", tmp_path)
    assert cluster == alone
