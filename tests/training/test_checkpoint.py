"""Checkpoints when things go wrong: the one before stays, and nothing is started over in silence."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

from glassnet import NetworkRegressor
from glassnet.storage.container import write_container
from glassnet.training.checkpoint import NAMES, Checkpoint, CheckpointError

TREE = ([np.arange(6.0).reshape(2, 3)], {"steps": np.array([3, 4]), "curve": np.zeros(0)})


def tree(number):
    return ([TREE[0][0] + number], {**TREE[1], "curve": np.arange(float(number))})


def there(folder):
    found = Checkpoint(folder, "me").read(TREE)
    return None if found is None else int(found[0][0][0, 0])


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EIO])
@pytest.mark.parametrize("call", ["open", "write", "fsync", "replace"])
def test_a_failed_write_leaves_the_one_before(tmp_path, monkeypatch, call, code):
    kept = Checkpoint(tmp_path, "me")
    for number in range(5):  # each of the two files is the older one at times
        kept.write(tree(number), now=True)
        assert there(tmp_path) == number

        def fail(*_, **__):
            raise OSError(code, os.strerror(code))

        with monkeypatch.context() as patch:
            patch.setattr(*((Path, "replace") if call == "replace" else (os, call)), fail)
            with pytest.raises(
                CheckpointError, match=r"the checkpoint '.*' cannot be written: .*; .*untouched; the same"
            ):
                kept.write(tree(99), now=True)
        assert there(tmp_path) == number
        assert {path.name for path in tmp_path.iterdir()} <= set(NAMES)


def test_an_interrupted_write_leaves_the_one_before(tmp_path, monkeypatch):
    kept = Checkpoint(tmp_path, "me")
    kept.write(tree(1), now=True)

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        kept.write(tree(2), now=True)
    assert there(tmp_path) == 1


def test_what_is_damaged_is_said(tmp_path):
    kept = Checkpoint(tmp_path, "me")
    assert there(tmp_path) is None
    kept.write(tree(1), now=True)
    kept.write(tree(2), now=True)
    for name, left in ((NAMES[0], 1), (NAMES[1], None)):  # the second of two was the even one
        (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:-1])
        if left is not None:
            assert there(tmp_path) == left
    with pytest.raises(CheckpointError, match="is damaged; delete them to start anew"):
        there(tmp_path)


def test_a_checkpoint_that_may_not_be_read_is_not_written_over(tmp_path, monkeypatch):
    Checkpoint(tmp_path, "me").write(tree(1), now=True)

    def fail(_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", fail)
    with pytest.raises(CheckpointError, match="cannot be read: Permission denied; look at its permissions"):
        there(tmp_path)


@pytest.mark.parametrize(
    ("description", "arrays"),
    [
        ({}, {}),
        ({"fingerprint": "other", "count": 1}, {f"leaf000{n}": np.zeros(2) for n in range(3)}),
        ({"fingerprint": "me", "count": 1}, {}),
        ({"fingerprint": "me", "count": 1}, {f"leaf000{n}": np.zeros(2) for n in range(3)}),
        ({"fingerprint": "me", "count": 1}, {"leaf0000": np.zeros((2, 3)), "x": np.zeros(0), "y": np.array([1, 2])}),
    ],
)
def test_what_another_wrote_is_refused(tmp_path, description, arrays):
    write_container(tmp_path / NAMES[0], description, arrays)
    with pytest.raises(CheckpointError, match="holds a checkpoint of another fit"):
        there(tmp_path)


def test_a_place_that_is_no_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(CheckpointError, match=r"the folder '.*file' for checkpoints cannot be made: File exists"):
        Checkpoint(tmp_path / "file", "me")


def test_a_fit_whose_disk_is_full_says_so_and_goes_on_later(small, tmp_path, monkeypatch):
    model = NetworkRegressor((4,), n_members=2, max_iter=60, n_iter_no_change=99, random_state=0)
    whole = clone(model).fit(*small)
    stopped = clone(model).set_params(callback=lambda progress: progress.epoch >= 20)
    stopped.fit(*small, checkpoint=tmp_path)

    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(CheckpointError, match="there is no space left on the disk; free some"):
            clone(model).fit(*small, checkpoint=tmp_path)
    again = clone(model).fit(*small, checkpoint=tmp_path)
    np.testing.assert_array_equal(again.predict(small[0]), whole.predict(small[0]))
