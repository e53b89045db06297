"""Killed or interrupted at random moments: the same bits after going on, and a usable estimator."""

import json
import random
import signal
import subprocess
import sys
from pathlib import Path
from time import sleep

import numpy as np
import polars as pl
import pytest

WORKER, OF_FILES = (Path(__file__).with_name(name) for name in ("fit_in_process.py", "fit_files_in_process.py"))
MOMENTS = 30


def start(*arguments, worker=WORKER):
    return subprocess.Popen([sys.executable, str(worker), *map(str, arguments)], stdout=subprocess.PIPE, text=True)


def finish(process):
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    return json.loads(out.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.parametrize("solver", ["adam", "sgd", "lm"])
def test_killed_at_random_moments_the_result_has_the_same_bits(tmp_path, solver):
    """Kills fall between the start of Python and the end of the fit, some of them into a write."""
    whole = finish(start(solver, tmp_path / "whole"))
    moments = random.Random(0)
    for kill in range(MOMENTS):
        folder = tmp_path / f"killed{kill % 6}"  # five kills in a row each, then it runs through
        process = start(solver, folder)
        sleep(moments.uniform(0.5, 1.3 * whole["seconds"]))
        process.kill()
        process.communicate()
        if kill % 6 == 5 or kill >= MOMENTS - 6:
            assert finish(start(solver, folder))["digest"] == whole["digest"]


@pytest.mark.slow
def test_interrupted_at_random_moments_the_estimator_can_be_used(tmp_path):
    """The signal falls between the start of fit, which the worker announces, and its end."""
    moments = random.Random(1)
    for _ in range(MOMENTS):
        process = start("adam", tmp_path / "unused", "announce")
        assert process.stdout is not None
        assert process.stdout.readline() == "fitting\n"
        sleep(moments.uniform(0.0, 4.0))
        process.send_signal(signal.SIGINT)
        found = finish(process)
        assert found["finite"]
        assert found["reason"] in ("INTERRUPTED", "MAX_ITER")


@pytest.mark.slow
def test_a_fit_in_windows_that_is_killed_at_random_moments_has_the_same_bits(tmp_path):
    """Kills fall into the reading of columns, the encoding of rows and windows of epochs."""
    table, values = tmp_path / "table", np.random.default_rng(0).normal(size=(60_000, 5))
    table.mkdir()
    frame = pl.DataFrame({f"x{place}": column for place, column in enumerate(values.T)})
    frame.with_columns(y=pl.col("x0") * pl.col("x1")).write_parquet(table / "rows.parquet")
    unbroken = finish(start(table, tmp_path / "unbroken", worker=OF_FILES))
    moments = random.Random(2)
    for kill in range(20):
        folder = tmp_path / f"killed{kill % 4}"
        process = start(table, folder, worker=OF_FILES)
        sleep(moments.uniform(0.5, 1.2 * unbroken["seconds"]))
        process.kill()
        process.communicate()
    for number in range(4):
        again = finish(start(table, tmp_path / f"killed{number}", worker=OF_FILES))
        assert again["digest"] == unbroken["digest"]
