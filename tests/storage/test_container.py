import json
import os

import numpy as np
import pytest
from safetensors.numpy import save

from glassnet.storage import atomic
from glassnet.storage.container import ContainerError, read_container, write_container

ARRAYS = {"b": np.arange(6, dtype=np.float32).reshape(2, 3), "a": np.array(7), "empty": np.zeros((0, 2))}


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "one.glass"
    write_container(path, {"format": 1, "text": "ö"}, ARRAYS)
    return path


def test_it_comes_back(written):
    description, arrays = read_container(written)
    assert description == {"format": 1, "text": "ö"}
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)
        assert arrays[name].dtype == array.dtype


def test_every_flipped_byte_is_noticed(written):
    content = written.read_bytes()
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 0x01
        written.write_bytes(damaged)
        with pytest.raises(ContainerError):
            read_container(written)


def test_every_truncation_is_noticed(written):
    content = written.read_bytes()
    for length in range(len(content)):
        written.write_bytes(content[:length])
        with pytest.raises(ContainerError):
            read_container(written)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80\x04K\x01.",
        b"PK\x03\x04" + bytes(100),
        b"\xff" * 64,
        save({"a": np.zeros(2)}),
        save({"a": np.zeros(2)}, {"glassnet": "[]"}),
        save({"a": np.zeros(2)}, {"glassnet": json.dumps({"format": 1})}),
    ],
)
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "other.glass"
    path.write_bytes(content)
    with pytest.raises(ContainerError):
        read_container(path)


@pytest.mark.parametrize("call", ["fsync", "fdopen", "replace"])
def test_a_failed_write_leaves_the_old_file(written, monkeypatch, call):
    old = written.read_bytes()

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    target = (atomic.Path, "replace") if call == "replace" else (os, call)
    monkeypatch.setattr(*target, fail)
    with pytest.raises(OSError, match="No space left"):
        write_container(written, {"format": 1}, {})
    monkeypatch.undo()
    assert written.read_bytes() == old
    assert [path.name for path in written.parent.iterdir()] == ["one.glass"]
