"""Tables that are sorted by their target and numbered: nothing may be learned from the numbers."""

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import r2_score

from glassnet import NetworkRegressor, read_table

ROWS = 240
INDEXES = (
    "", "Unnamed: 0", "__index_level_0__", "PassengerId", "rownames", "X", "RespondentID", "customerID", "No.", "Nr.",
    "Sr. No.", "#", "rowid", "OBJECTID", "level_0",
)  # fmt: skip
CONTENT = ("time_index", "price index", "bmi_index", "no", "row", "key")


def out_of_fold_r2(name: str, path, rows: np.ndarray) -> float:
    """Write a table whose only information on its target is a column that counts, read it, and fit to it."""
    random = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "count": np.arange(1, ROWS + 1),
            "width": random.normal(size=ROWS).round(4),
            "cost": np.sort(random.normal(size=ROWS)).round(4),
        }
    )
    lines = frame[rows].write_csv().split("\n", 1)
    path.write_text(f"{name},width,cost\n{lines[1]}")
    read = read_table(path).frame
    model = NetworkRegressor(random_state=0, max_iter=60, n_members=4).fit(read.drop("cost"), read["cost"].to_numpy())
    return r2_score(read["cost"].to_numpy(), model.oof_prediction_)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", INDEXES)
def test_an_index_teaches_nothing(name, tmp_path):
    some = np.sort(np.random.default_rng(1).permutation(ROWS)[: 3 * ROWS // 4])
    for rows in (np.arange(ROWS), some):
        assert out_of_fold_r2(name, tmp_path / "t.csv", rows) <= 0.05


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", CONTENT)
def test_real_content_of_such_a_name_is_learned_from(name, tmp_path):
    assert out_of_fold_r2(name, tmp_path / "t.csv", np.arange(ROWS)) >= 0.9
