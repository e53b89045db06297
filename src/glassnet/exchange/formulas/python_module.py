"""A fitted model as a Python module that needs NumPy alone: its source, and the file of arrays beside it."""

import hashlib
from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from glassnet.data.cell_format import TableFormat
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.exchange.formulas import (
    numpy_activations,
    numpy_cells,
    numpy_columns,
    numpy_files,
    numpy_layers,
    numpy_predictions,
    numpy_rows,
)
from glassnet.exchange.formulas.model_arrays import model_arrays
from glassnet.exchange.formulas.python_calls import network_code
from glassnet.exchange.formulas.python_columns import columns_code
from glassnet.exchange.formulas.python_head import about, docstring
from glassnet.exchange.formulas.python_predictions import predictions_code
from glassnet.exchange.formulas.python_source import collect, names_used

PIECES = (numpy_activations, numpy_cells, numpy_columns, numpy_files, numpy_layers, numpy_predictions, numpy_rows)
MOST_NUMBERS = 500  # of a model whose arrays are written into the module itself
MAIN = """if __name__ == "__main__":
    print_predictions(sys.argv[1:], (__doc__ or "").split("\\n")[0], COLUMNS, predictions_by_name)"""


class PythonModule(NamedTuple):
    """A module and what belongs beside it.

    Parameters
    ----------
    source : str
        The code.
    arrays : bytes or None
        The content of the .npz file beside it; None where the numbers stand in the code.
    """

    source: str
    arrays: bytes | None


def python_module(model: NetworkRegressor | NetworkClassifier, stem: str) -> PythonModule:
    """Return a Python module that predicts what a model of a table predicts, in float64.

    Parameters
    ----------
    model : NetworkRegressor or NetworkClassifier
        A model that was fitted to a table.
    stem : str
        The name of the module, without its ending; that of the arrays too.

    Raises
    ------
    TypeError
        For a layer or an activation of a user's own.
    """
    arrays = model_arrays(model.ensemble_)
    inside = sum(array.size for array in arrays.values()) <= MOST_NUMBERS
    content = None if inside else _npz(arrays)
    format = vars(model).get("table_format_", TableFormat())
    generated = [
        _arrays_code(arrays) if content is None else _file_code(f"{stem}.npz", content),
        columns_code(model.schema_.columns, format),
        network_code(model.network_, model.ensemble_.link),
        *predictions_code(model),
        MAIN,
    ]
    brought = collect(names_used("\n".join(generated)), PIECES)
    brought.imports |= {("sys", ""), ("numpy", ""), ("pathlib", "Path")}
    parts = [docstring(about(model, stem, inside)), brought.import_lines(), *brought.code, *generated]
    return PythonModule(_laid_out(parts), content)


def _npz(arrays: dict[str, np.ndarray]) -> bytes:
    buffer = BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _file_code(name: str, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    return (
        "# Scaling, limits and parameters of every member, each array (members, ...).\n"
        f"ARRAYS: Arrays = arrays_in(\n    Path(__file__).with_name({name!r}),\n    {digest!r},\n)"
    )


def _arrays_code(arrays: dict[str, np.ndarray]) -> str:
    lines = [f"    {name!r}: np.array({_literal(array)})," for name, array in arrays.items()]
    head = "# Scaling, limits and parameters of every member, each array (members, ...)."
    return "\n".join([head, "ARRAYS: Arrays = {", *lines, "}"])


def _literal(array: np.ndarray) -> str:
    """Return numbers at full precision, as nested lists."""
    if array.ndim:
        return f"[{', '.join(map(_literal, array))}]" if array.size else f"np.empty({array.shape})"
    number = float(array)
    return repr(number) if np.isfinite(number) else f"float({str(number)!r})"


def _laid_out(parts: Sequence[str]) -> str:
    """Return the parts with one blank line between constants and two around functions and classes."""
    text = parts[0]
    for before, part in pairwise(parts):
        is_block = any(code.startswith(("def ", "class ", "@", "if ")) for code in (before, part))
        text += ("\n\n\n" if is_block else "\n\n") + part
    return text + "\n"
