"""Tables with fixed splits: `NAME.parquet`, its last column `target`; `NAME.splits.npz` has a packed row a split."""

import numpy as np
import polars as pl


def read_splits(folder, name):
    """Return the inputs, the target, and the test rows of every split, (splits, rows)."""
    data = pl.read_parquet(folder / f"{name}.parquet")
    masks = np.unpackbits(np.load(folder / f"{name}.splits.npz")["test_mask"], axis=1)
    return data.drop("target"), data["target"].to_numpy(), masks[:, : data.height].astype(bool)
