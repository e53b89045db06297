"""Import written modules where nothing but NumPy and Python's own library can be imported, and keep what they predict.

Run as `python -I -S`, which reads no .pth file: arguments are the folder of NumPy, a folder of modules, and the
function to call. For every NAME.py there, NAME.pickle holds the rows; NAME.FUNCTION.npy becomes the predictions.
"""

import importlib
import pickle
import sys
from pathlib import Path


class OnlyNumpy:
    """Refuse every module that is neither Python's own, nor NumPy's, nor one of those to be tried."""

    def __init__(self, names):
        self.allowed = {*sys.stdlib_module_names, "numpy", *names}

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in self.allowed:
            raise ImportError(f"{name} is not for this test")


site, folder, function = sys.argv[1:]
names = [path.stem for path in Path(folder).glob("*.py")]
sys.path += [site, folder]
sys.meta_path.insert(0, OnlyNumpy(names))
for refused in ("glassnet", "jax", "polars", "scipy"):
    try:
        importlib.import_module(refused)
    except ImportError:
        continue
    raise SystemExit(f"{refused} could be imported")

import numpy as np  # noqa: E402, behind the refusal

for name in names:
    if not hasattr(module := importlib.import_module(name), function):
        continue
    rows = pickle.loads(Path(folder, f"{name}.pickle").read_bytes())  # noqa: S301, which this test wrote
    np.save(Path(folder, f"{name}.{function}.npy"), getattr(module, function)(rows))
assert not {"glassnet", "jax", "polars", "pandas", "scipy"} & set(sys.modules)
