"""Fit with every solver in a process of its own and print a digest of what came out of each."""

import hashlib
import json

import numpy as np

from glassnet import NetworkRegressor

data = np.random.default_rng(0)
X = data.normal(size=(400, 4))
y = np.sin(X[:, 0]) + X[:, 1] * X[:, 2]
digests = {}
for solver in ("adam", "sgd", "gd", "lbfgs", "lm"):
    more = {"dropout": 0.1} if solver in ("adam", "sgd", "gd") else {}
    model = NetworkRegressor((6,), solver=solver, n_members=4, max_iter=20, random_state=0, **more).fit(X, y)
    numbers = [array.tobytes() for member in model.members_ for layer in member.parameters for array in layer.values()]
    found = b"".join([*numbers, model.predict(X).tobytes(), json.dumps(model.loss_curve_).encode()])
    digests[solver] = hashlib.sha256(found).hexdigest()
print(json.dumps(digests))
