"""Memory: members share one table."""

import subprocess
import sys

import pytest

CODE = """
import resource
import numpy as np
from glassnet import NetworkRegressor

random = np.random.default_rng(0)
X = random.normal(size=(50_000, 100))
model = NetworkRegressor(n_members=8, max_iter=2, random_state=0).fit(X, X[:, 0] + random.normal(size=50_000))
model.predict(X)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)
"""


@pytest.mark.slow
def test_eight_members_on_50000_rows_of_100_columns_stay_under_2_gib():
    found = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert float(found.stdout) < 2.0
