"""Predict many rows in a process of its own and print what memory that took beside the result: model file, rows."""

import sys

import memory
import numpy as np

import glassnet

model, rows = glassnet.load(sys.argv[1]), int(sys.argv[2])
X = np.empty((rows, 3))
for part in np.array_split(X, -(-rows // 1000)):
    part[:] = np.random.default_rng(0).normal(size=part.shape)
predict = getattr(model, "predict_proba", model.predict)
predict(X[:1000])  # compiled
held = memory.held()
found = predict(X)
print((memory.peak() - held - found.nbytes) / 2**20)
