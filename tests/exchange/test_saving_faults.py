"""Saving when things go wrong: what was there stays, and the error says what to do."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import glassnet
from glassnet import NetworkClassifier, Perceptron
from glassnet.exchange.model_file import ModelFileError

GOLDEN = Path(__file__).parents[1] / "golden" / "files"
ROUNDS = 50


@pytest.fixture
def saved(tmp_path):
    return glassnet.save(Perceptron.given([1.0, 2.0], 0.5), tmp_path / "model")


@pytest.mark.parametrize("call", ["open", "write", "fsync", "replace"])
@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "there is no space left on the disk; free some, or choose another folder"),
        (errno.EACCES, "writing there is not permitted; change the permissions, or choose another folder"),
        (errno.EROFS, "the disk can only be read; choose another folder"),
        (errno.EIO, "Input/output error; try again, or choose another folder"),
    ],
)
def test_a_failed_save_names_path_and_remedy(saved, monkeypatch, call, code, words):
    before = saved.read_bytes()

    def fail(*_, **__):
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(*((Path, "replace") if call == "replace" else (os, call)), fail)
        with pytest.raises(ModelFileError) as caught:
            glassnet.save(Perceptron.given([3.0], 0.0), saved)
    assert str(caught.value) == f"{str(saved)!r} cannot be written: {words}. What was there before is untouched"
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]


@pytest.mark.parametrize("call", ["open", "write", "fsync"])
def test_an_interrupted_save_leaves_the_old_file(saved, monkeypatch, call):
    before = saved.read_bytes()

    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, call, interrupt)
        with pytest.raises(KeyboardInterrupt):
            glassnet.save(Perceptron.given([3.0], 0.0), saved)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]


def test_a_folder_in_the_place_of_the_file(tmp_path):
    (tmp_path / "model.glass").mkdir()
    with pytest.raises(ModelFileError, match="there is a folder of that name; choose another name"):
        glassnet.save(Perceptron.given([3.0], 0.0), tmp_path / "model")
    assert not list((tmp_path / "model.glass").iterdir())


def test_two_processes_that_save_to_one_place_leave_one_whole_file(tmp_path):
    models = [GOLDEN / "format2-perceptron.glass", GOLDEN / "format2-table.glass"]
    whole = {glassnet.save(glassnet.load(own), tmp_path / f"alone{n}").read_bytes() for n, own in enumerate(models)}
    (tmp_path / "both").mkdir()
    place = tmp_path / "both" / "model.glass"
    worker = [sys.executable, str(Path(__file__).with_name("save_in_process.py"))]
    saving = [
        subprocess.Popen([*worker, str(own), str(place)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for own in models
    ]
    assert [process.stdout.readline() for process in saving] == ["ready\n"] * 2
    winners = set()
    for _ in range(ROUNDS):
        for process in saving:
            process.stdin.write("save\n")
            process.stdin.flush()
        assert [process.stdout.readline() for process in saving] == ["saved\n"] * 2
        assert place.read_bytes() in whole
        winners.add(place.read_bytes())
        assert [path.name for path in place.parent.iterdir()] == ["model.glass"]
    for process in saving:
        process.communicate()
        assert process.returncode == 0
    assert winners <= whole


def test_a_file_that_may_not_be_read(saved, monkeypatch):
    def fail(_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", fail)
    with pytest.raises(ModelFileError, match="cannot be read: Permission denied; look at its permissions"):
        glassnet.load(saved)


def test_what_could_not_be_loaded_is_not_saved(saved):
    before, broken = saved.read_bytes(), Perceptron.given([1.0], 0.0)
    broken.parameters_[0]["W"][0, 0] = np.nan
    with pytest.raises(ModelFileError, match="this Perceptron cannot be saved: its parameters are not all finite"):
        glassnet.save(broken, saved)
    assert saved.read_bytes() == before


def test_keys_that_are_no_text_come_back(tmp_path):
    X = np.random.default_rng(0).normal(size=(40, 2))
    model = NetworkClassifier((2,), max_iter=1, class_weight={0: 1.0, 1: 3.0}, n_members=1, random_state=0)
    again = glassnet.load(glassnet.save(model.fit(X, (X[:, 0] > 0).astype(int)), tmp_path / "model"))
    assert again.class_weight == {0: 1.0, 1: 3.0}
