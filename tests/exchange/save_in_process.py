"""Save a model over and over, once for every line that comes in: model file, place."""

import sys

from glassnet import load, save

model = load(sys.argv[1])
print("ready", flush=True)
for _ in sys.stdin:
    save(model, sys.argv[2])
    print("saved", flush=True)
