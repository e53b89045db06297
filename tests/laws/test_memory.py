"""Memory: members share one table, and predicting takes inputs, outputs and a block."""

import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import numpy as np
from memory import peak
from glassnet import NetworkRegressor

random = np.random.default_rng(0)
X = random.normal(size=(50_000, 100))
model = NetworkRegressor(n_members=8, max_iter=2, random_state=0).fit(X, X[:, 0] + random.normal(size=50_000))
model.predict(X)
print(peak() / 2**30)
"""


@pytest.mark.slow
def test_eight_members_on_50000_rows_of_100_columns_stay_under_2_gib():
    laws = Path(__file__).parent
    found = subprocess.run([sys.executable, "-c", CODE], cwd=laws, capture_output=True, text=True, check=True)
    assert float(found.stdout) < 2.0


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("quantiles", 300_000),
        *(pytest.param(kind, 10_000_000, marks=pytest.mark.slow) for kind in ("quantiles", "classifier")),
    ],
)
def test_predicting_takes_16_mib_beside_rows_and_result_however_many(kind, rows):
    """A block of 8192 rows times 2 members times 6 outputs in float64 is 0.75 MiB, and a few of these live at once."""
    laws = Path(__file__).parent
    path = laws.parent / "golden" / "files" / f"format2-{kind}.glass"
    command = [sys.executable, str(laws / "predict_in_process.py"), str(path), str(rows)]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert float(found.stdout) < 16
