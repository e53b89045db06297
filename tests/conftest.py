"""What several tests share."""

import os
from pathlib import Path

import numpy as np
import pytest

DATA = Path(os.environ.get("GLASSNET_DATA", Path(__file__).parents[2] / "shared" / "data"))


@pytest.fixture
def open_table():
    """A function from a name to the path of that real table; skips where the tables are absent."""

    def path(name: str) -> Path:
        found = DATA / "open" / f"{name}.parquet"
        if not found.is_file():
            pytest.skip(
                f"no table {found.name} beside the project; set GLASSNET_DATA to a folder that has open/{name}.parquet"
            )
        return found

    return path


@pytest.fixture
def small():
    """A small table with a smooth target: X (120, 3), y (120,)."""
    random = np.random.default_rng(0)
    X = random.normal(size=(120, 3))
    return X, 3 + 2 * X[:, 0] - X[:, 1] ** 2 + 0.1 * random.normal(size=120)
