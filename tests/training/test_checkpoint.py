"""Checkpoints when things go wrong: the one before stays, and nothing is started over in silence."""

import errno
import os
import re
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

from glassnet import NetworkRegressor
from glassnet.storage.container import write_container
from glassnet.training import checkpoint
from glassnet.training.checkpoint import NAMES, Checkpoint, CheckpointError

LEAVES = [np.arange(6.0).reshape(2, 3), np.zeros(0), np.array([3, 4])]

ME = {"data": "1", "parameters": "2", "seed": "3", "start": "4"}


def leaves(number):
    return [LEAVES[0] + number, np.arange(float(number)), LEAVES[2]]


def stored_number(folder):
    stored = Checkpoint(folder, ME).read(LEAVES)
    return None if stored is None else int(stored[0][0, 0])


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EIO])
@pytest.mark.parametrize("call", ["open", "write", "fsync", "replace"])
def test_a_failed_write_leaves_the_one_before(tmp_path, monkeypatch, call, code):
    written = Checkpoint(tmp_path, ME)
    for number in range(5):  # each of the two files is the older one at times
        written.write(leaves(number), now=True)
        assert stored_number(tmp_path) == number

        def fail(*_, **__):
            raise OSError(code, os.strerror(code))

        with monkeypatch.context() as patch:
            patch.setattr(*((Path, "replace") if call == "replace" else (os, call)), fail)
            with pytest.raises(
                CheckpointError, match=r"the checkpoint '.*' cannot be written: .*; .*untouched; the same"
            ):
                written.write(leaves(99), now=True)
        assert stored_number(tmp_path) == number
        assert {path.name for path in tmp_path.iterdir()} <= set(NAMES)


def test_an_interrupted_write_leaves_the_one_before(tmp_path, monkeypatch):
    written = Checkpoint(tmp_path, ME)
    written.write(leaves(1), now=True)

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        written.write(leaves(2), now=True)
    assert stored_number(tmp_path) == 1


def test_damaged_checkpoints_are_refused(tmp_path):
    written = Checkpoint(tmp_path, ME)
    assert stored_number(tmp_path) is None
    written.write(leaves(1), now=True)
    written.write(leaves(2), now=True)
    for name, number in ((NAMES[0], 1), (NAMES[1], None)):  # the second of two was the even one
        (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:-1])
        if number is not None:
            assert stored_number(tmp_path) == number
    with pytest.raises(CheckpointError, match="is damaged; delete them to start anew"):
        stored_number(tmp_path)


def test_a_checkpoint_that_may_not_be_read_is_not_written_over(tmp_path, monkeypatch):
    Checkpoint(tmp_path, ME).write(leaves(1), now=True)

    def fail(_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", fail)
    with pytest.raises(CheckpointError, match="cannot be read: Permission denied; look at its permissions"):
        stored_number(tmp_path)


@pytest.mark.parametrize(
    ("description", "arrays"),
    [
        ({}, {}),
        ({"fingerprint": "other", "count": 1}, {f"leaf000{n}": np.zeros(2) for n in range(3)}),
        ({"fingerprint": ME, "count": 1}, {}),
        ({"fingerprint": ME, "count": 1}, {f"leaf000{n}": np.zeros(2) for n in range(3)}),
        ({"fingerprint": ME, "count": 1}, {"leaf0000": np.zeros((2, 3)), "x": np.zeros(0), "y": np.array([1, 2])}),
    ],
)
def test_what_another_wrote_is_refused(tmp_path, description, arrays):
    write_container(tmp_path / NAMES[0], description, arrays)
    with pytest.raises(CheckpointError, match="holds a checkpoint of another fit"):
        stored_number(tmp_path)


@pytest.mark.parametrize(
    ("other", "what"),
    [
        ({"data": "9", "start": "9"}, "another fit (other data); give"),
        ({"data": "9", "seed": "9"}, "another fit (other data; another seed); give"),
        ({"parameters": "9"}, "another fit (other parameters or another kind of device); give"),
        ({"start": "9"}, "another fit (other step sizes, initial weights or folds); give"),
    ],
)
def test_what_differs_is_said(tmp_path, monkeypatch, other, what):
    Checkpoint(tmp_path, ME | other).write(leaves(1), now=True)
    with pytest.raises(CheckpointError, match=re.escape(what)):
        stored_number(tmp_path)
    monkeypatch.setattr(checkpoint, "__version__", "77.0")
    with pytest.raises(CheckpointError, match=r"; written by glassnet .*, and this is 77\.0\); give"):
        stored_number(tmp_path)


def test_a_fit_names_what_differs(small, tmp_path):
    X, y = small
    model = NetworkRegressor((4,), n_members=2, max_iter=3, random_state=0)
    clone(model).fit(X, y, checkpoint=tmp_path)
    for other, targets, what in (
        ({}, y + 1, "other data"),
        ({"alpha": 0.5}, y, "other parameters or another kind of device"),
        ({"random_state": 1}, y, "another seed"),
        ({"learning_rate_init": 0.5}, y, "other step sizes, initial weights or folds"),
    ):
        with pytest.raises(CheckpointError, match=rf"a checkpoint of another fit \({what}\); give an empty folder"):
            clone(model).set_params(**other).fit(X, targets, checkpoint=tmp_path)


def test_a_place_that_is_no_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(CheckpointError, match=r"the folder '.*file' for checkpoints cannot be made: File exists"):
        Checkpoint(tmp_path / "file", ME)


@pytest.mark.filterwarnings("ignore:going on from epoch")  # it is said where epochs are left
def test_a_fit_whose_disk_is_full_says_so_and_goes_on_later(small, tmp_path, monkeypatch):
    model = NetworkRegressor((4,), n_members=2, max_iter=60, n_iter_no_change=99, random_state=0)
    uninterrupted = clone(model).fit(*small)
    stopped = clone(model).set_params(callback=lambda progress: progress.epoch >= 20)
    stopped.fit(*small, checkpoint=tmp_path)

    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(CheckpointError, match="there is no space left on the disk; free some"):
            clone(model).fit(*small, checkpoint=tmp_path)
    again = clone(model).fit(*small, checkpoint=tmp_path)
    np.testing.assert_array_equal(again.predict(small[0]), uninterrupted.predict(small[0]))
