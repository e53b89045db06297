"""Members and rows over several devices, on four devices of one processor: the same fit as on one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("four_devices.py")
FLAGS = "--xla_force_host_platform_device_count=4"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def found():
    flags = f"{os.environ.get('XLA_FLAGS', '')} {FLAGS}"
    done = subprocess.run(
        [sys.executable, str(SCRIPT)],
        env={**os.environ, "XLA_FLAGS": flags},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_members_on_devices_of_their_own_have_the_same_bits(found):
    """Two members a device are a part of two, as on one device."""
    assert found["members"] == dict.fromkeys(("plain", "recipe", "dropout"), 0.0)


def test_rows_over_devices_are_the_same_steps_up_to_rounding(found):
    """25 steps; the sum over a batch is made in other parts."""
    assert len(found["rows"]) == 6
    assert max(found["rows"].values()) <= 1e-6


def test_a_fit_over_rows_reaches_the_same_loss(found):
    assert found["losses"] <= 0.01


def test_steps_have_one_all_reduce_where_rows_are_split_and_none_elsewhere(found):
    assert found["all-reduces"] == {"4 devices, 4 members": 0, "2 devices, 1 members": 1, "4 devices, 2 members": 1}
