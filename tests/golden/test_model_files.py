"""Old model files load: one golden file of every kind and format, with its inputs and predictions beside it."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import glassnet
from glassnet.exchange.model_file import FITTED, FORMAT

FILES = sorted(Path(__file__).with_name("files").glob("*.glass"))


def predicted(path):
    """Return what a file's model predicts, and what is written beside it."""
    beside = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    inputs = beside["inputs"]
    model = glassnet.load(path)
    found = getattr(model, beside["method"])(pl.DataFrame(inputs) if isinstance(inputs, dict) else np.array(inputs))
    found = np.column_stack([found.lower, found.upper]) if hasattr(found, "lower") else found
    return found, beside["predictions"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_golden_file_predicts_what_it_predicted(path):
    found, expected = predicted(path)
    if isinstance(expected[0], bool):
        assert found.tolist() == expected
    # A prediction near 0 is a sum of larger terms, which float32 rounds to 6e-8 of their size.
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-7 * np.max(np.abs(expected)))


def test_every_estimator_has_a_golden_file_of_this_format():
    """When it fails: run write_model_files.py once, and let `load` go on reading the format before."""
    loaded = {type(glassnet.load(path)).__name__ for path in FILES if path.name.startswith(f"format{FORMAT}-")}
    assert loaded == set(FITTED)
