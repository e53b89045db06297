"""Fit to a table in files, in windows, and print a digest of all parameters: a process to be killed.

Two arguments: the folder of the table, and that of checkpoints.
"""

import hashlib
import json
import sys
import warnings
from pathlib import Path
from time import perf_counter

import numpy as np

from glassnet import NetworkRegressor
from glassnet.training.ravel import raveled


def main() -> None:
    start = perf_counter()
    warnings.simplefilter("ignore")
    table, folder = map(Path, sys.argv[1:])
    model = NetworkRegressor((16,), n_members=2, max_iter=40, random_state=0, max_memory="1 MB")
    model.fit(table / "*.parquet", "y", checkpoint=folder)
    digest = hashlib.sha256()
    for member in model.members_:
        digest.update(np.concatenate(raveled(member.parameters)).tobytes())
    digest.update(np.ascontiguousarray(model.oof_prediction_).tobytes())
    sys.stdout.write(json.dumps({"digest": digest.hexdigest(), "seconds": perf_counter() - start}) + "\n")


if __name__ == "__main__":
    main()
