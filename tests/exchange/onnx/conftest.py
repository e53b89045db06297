"""What compares a file with its model."""

import numpy as np
import pytest
from onnx_cases import outputs_of

from glassnet import export_onnx

CLOSE = 1e-5  # standard deviations, or of a probability: predictions are in float32 for the most part


@pytest.fixture
def agrees(tmp_path):
    """Return a function that exports a model and compares every output with what `expected` has by its name."""

    def check(model, X, expected, size=1.0, coverage=None):
        written = export_onnx(model, tmp_path / "m.onnx", coverage=coverage)
        for found in outputs_of(written.path, X):
            assert found.keys() == expected.keys()
            for name, wanted in expected.items():
                assert found[name].shape == wanted.shape
                if name == "label":
                    np.testing.assert_array_equal(found[name], wanted)
                else:
                    np.testing.assert_allclose(found[name], wanted, rtol=CLOSE, atol=CLOSE * size)
        return written

    return check
