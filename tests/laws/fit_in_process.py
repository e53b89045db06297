"""Fit in a process of its own and print a digest of the predictions: solver, checkpoint folder, [announce]."""

import hashlib
import json
import signal
import sys
import time
from pathlib import Path

import numpy as np

from glassnet import NetworkRegressor

began = time.perf_counter()
solver, folder = sys.argv[1], Path(sys.argv[2])
announce = len(sys.argv) > 3
data = np.random.default_rng(0)
X = data.normal(size=(2000 if solver != "lm" else 500, 6))
y = np.sin(X[:, 0]) + X[:, 1] * X[:, 2]
size = (
    {"hidden_layer_sizes": (8,), "max_iter": 600}
    if solver == "lm"
    else {"hidden_layer_sizes": (32, 32), "max_iter": 2000}
)
if announce:
    size["max_iter"] = 3000
model = NetworkRegressor(
    solver=solver,
    n_members=2,
    n_iter_no_change=10**6,
    tol=0.0,
    dropout=0.1 if solver != "lm" else None,
    random_state=0,
    **size,
)
if announce:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # before and after fit; what fit does with it is what is tested
    print("fitting", flush=True)
keeps = not announce and solver != "lm"  # which has no checkpoints: it starts again
model.fit(X, y, checkpoint=folder if keeps else None)
prediction = model.predict(X)
digest = hashlib.sha256(prediction.tobytes() + json.dumps(model.loss_curve_).encode()).hexdigest()
print(
    json.dumps(
        {
            "digest": digest,
            "finite": bool(np.isfinite(prediction).all()),
            "reason": model.stop_reason_.name,
            "seconds": time.perf_counter() - began,
        }
    )
)
