"""Damaged and hostile model files: refused, or whole models; fast, in bounded memory, and nothing else is touched.

A mutant whose checksum was made anew may be harmless, such as another digit in a weight. It is either refused, or it
predicts finite numbers or says in a `ValueError` why not.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from glassnet.exchange.model_file import ModelFileError, load

READER = Path(__file__).with_name("read_hostile_files.py")
SMALLEST = Path(__file__).parents[1] / "golden" / "files" / "format2-perceptron.glass"


@pytest.mark.parametrize(("first", "last"), [(0, 100), pytest.param(100, 10_500, marks=pytest.mark.slow)])
def test_no_file_does_harm(tmp_path, first, last):
    """A file takes less than a second of the processor, and all together 1 GiB at most."""
    command = [sys.executable, str(READER), str(tmp_path), str(first), str(last)]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert found["wrong"] == []
    assert found["grown"] < found["memory"]
    assert found["counts"]["refused"] > 0.7 * (last - first)  # the corpus does bite
    assert found["counts"]["loaded"] > 0.05 * (last - first)  # and some of it reaches the estimator


def flipped(tmp_path, masks):
    """Return the places and masks of a small file's bytes whose change goes unnoticed."""
    content, path = SMALLEST.read_bytes(), tmp_path / "flipped.glass"
    unnoticed = []
    for place in range(len(content)):
        for mask in masks:
            path.write_bytes(content[:place] + bytes([content[place] ^ mask]) + content[place + 1 :])
            try:
                load(path)
            except ModelFileError:
                continue
            unnoticed.append((place, mask))
    return unnoticed


def test_a_flipped_bit_in_any_byte_of_a_small_file_is_noticed(tmp_path):
    load(SMALLEST)
    assert flipped(tmp_path, [1, 128]) == []


@pytest.mark.slow
def test_every_changed_byte_of_a_small_file_is_noticed(tmp_path):
    assert flipped(tmp_path, range(1, 256)) == []
