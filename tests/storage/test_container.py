import json
import os

import numpy as np
import pytest
from safetensors.numpy import save

from glassnet.storage.container import LONGEST_HEADER, ContainerError, read_container, write_container

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


def test_a_failed_write_leaves_the_old_container(written, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        write_container(written, {"format": 1}, {})
    assert read_container(written)[0] == {"format": 1, "text": "ö"}
    assert [path.name for path in written.parent.iterdir()] == ["one.glass"]


def test_text_that_looks_like_the_place_of_the_digest_comes_back(tmp_path):
    description = {"a": "0" * 64, "list": ["0" * 200], "z": '"sha256": "' + "0" * 64}
    write_container(tmp_path / "zeros", description, {"0" * 64: np.zeros(3)})
    assert read_container(tmp_path / "zeros")[0] == description


def test_arrays_without_axes_keep_their_shape(tmp_path):
    write_container(tmp_path / "one", {}, ARRAYS)
    assert {name: array.shape for name, array in read_container(tmp_path / "one")[1].items()} == {
        name: array.shape for name, array in ARRAYS.items()
    }


def test_a_description_that_could_not_be_read_again_is_not_written(written):
    with pytest.raises(
        ContainerError, match=r"its description of \d+ letters is too long .*: fit with a smaller max_iter"
    ):
        write_container(written, {"text": "x" * LONGEST_HEADER}, {})
    assert read_container(written)[0] == {"format": 1, "text": "ö"}
