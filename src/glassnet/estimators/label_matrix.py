"""Targets of several labels a row: a matrix with a column a label, 1 where a row has it and 0 where not."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import issparse


def is_label_matrix(y: ArrayLike | None) -> bool:
    """Return whether y has a column a label, (rows, labels), several of which a row may have."""
    shape = _dense(y).shape
    return len(shape) == 2 and shape[1] > 1


def check_label_matrix(y: ArrayLike | None, rows: int, labels: int | None = None) -> np.ndarray:
    """Return labels (rows, labels) as float64, 1 where a row has the label and 0 where not.

    `y` may be sparse. `ValueError` for any other cell, and for another number of labels than `labels`.
    """
    cells = _dense(y)
    if cells.ndim != 2 or len(cells) != rows:
        raise ValueError(
            f"y has shape {cells.shape}, but X has {rows} rows; with several labels a row y is (rows, labels)"
        )
    if labels is not None and cells.shape[1] != labels:
        raise ValueError(
            f"y has {cells.shape[1]} label(s), but the model was fitted to {labels}; give a column for each"
        )
    wrong = ~((cells == 0) | (cells == 1))
    if wrong.any():
        row, column = (int(place) for place in np.argwhere(wrong)[0])
        raise ValueError(
            f"y has {cells.shape[1]} columns, so each stands for a label and must hold 0 or 1, but row {row}, column "
            f"{column} has {cells[row].tolist()[column]!r}; give one column of classes, or 0 and 1, as "
            "MultiLabelBinarizer makes"
        )
    return cells.astype(np.float64)


def as_labels(probabilities: np.ndarray) -> np.ndarray:
    """Return 1 where a label has a probability above 1/2, else 0, as scikit-learn's networks do."""
    return (probabilities > 0.5).astype(int)


def _dense(y: ArrayLike | None) -> np.ndarray:
    return y.toarray() if issparse(y) else np.asarray(y)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportOptionalMemberAccess, reportUnknownVariableType]
