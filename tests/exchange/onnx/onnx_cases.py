"""Tables with every kind of column that ONNX takes, and what a file of a model says of rows."""

from datetime import datetime, timedelta

import numpy as np
import onnx
import onnxruntime
import polars as pl
from onnx.reference import ReferenceEvaluator

ROWS = 120
GAP = np.iinfo(np.int64).min


def made_table(rows=ROWS, seed=0):
    """Numbers, flags, gaps, categories of few and many levels, booleans, dates and integers beyond 2^53."""
    random = np.random.default_rng(seed)
    place = range(rows)
    return pl.DataFrame(
        {
            "size": random.normal(size=rows),
            "a \"b\" 'c' \\ =d()": [None if i % 7 == 0 else float(i % 13) for i in place],
            "few": [["x", "y", None, "ẞ"][i % 4] for i in place],
            "many": [f"level {i % 19}" for i in place],
            "yes": [None if i % 11 == 0 else bool(i % 2) for i in place],
            "two": [[3, 5][i % 3 == 0] for i in place],
            "begin": [datetime(2020, 1, 1) + timedelta(hours=97 * i) for i in place],
            "end": [None if i % 9 == 0 else datetime(2021, 1, 1) + timedelta(hours=71 * i + i * i) for i in place],
            "same": [1] * rows,
            "large": [2**60 + 3 * int(i) for i in random.permutation(rows)],
            "prediction": random.normal(size=rows),
        }
    )


def target_of(table):
    return pl.Series("price", 50 + 9 * table["size"].to_numpy() + 5 * (table["few"].fill_null("") == "x").to_numpy())


def input_of(cells):
    """Return cells of a polars series as docs/guide/onnx-export.md says that the file takes them."""
    if cells.dtype == pl.String:
        return cells.fill_null("").to_numpy().astype(object)[:, None]
    if cells.dtype == pl.Datetime:
        return cells.dt.epoch("s").fill_null(GAP).to_numpy().astype(np.int64)[:, None]
    if cells.dtype == pl.Int64 and cells.max() > 2**53:
        return cells.to_numpy()[:, None]
    return cells.cast(pl.Float64).fill_null(np.nan).to_numpy()[:, None]


def feeds_of(path, X):
    """Return rows as the inputs of a file; an array is by position."""
    if isinstance(X, np.ndarray):
        if X.ndim == 4:
            return {"images": X.astype(np.float32)}
        return {f"x{number}": column[:, None].astype(np.float64) for number, column in enumerate(X.T)}
    names = [value.name for value in onnx.load(path).graph.input]
    return {name: input_of(X[name.removesuffix("_column")]) for name in names}


def outputs_of(path, X):
    """Return the outputs of a file for rows, by onnx's evaluator and by onnxruntime."""
    feeds = feeds_of(path, X)
    evaluator = ReferenceEvaluator(str(path))
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    with np.errstate(all="ignore"):
        return [dict(zip(names, run(None, feeds), strict=True)) for run in (evaluator.run, session.run)]
