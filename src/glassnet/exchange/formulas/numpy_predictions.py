"""From encoded inputs to predictions in NumPy: functions that a written module is made of, each by its own source."""

import hashlib
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import numpy as np

Arrays = Mapping[str, np.ndarray]
ROWS_A_BLOCK = 1024


def arrays_in(path: Path, digest: str) -> dict[str, np.ndarray]:
    """Return the arrays of the file beside this module, by name, in float64."""
    if not path.is_file():
        raise FileNotFoundError(
            f"{path.name!r}, which holds the model's numbers, is not beside {__file__!r}; copy both"
        )
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError(f"{path.name!r} is not the file that was written with {__file__!r}; export both again")
    with np.load(BytesIO(content), allow_pickle=False) as stored:
        return {name: stored[name].astype(np.float64) for name in stored.files}


def scaled(x: np.ndarray, p: Arrays) -> np.ndarray:
    """Return (x - center) / scale, 0 where a column was constant in training; missing numbers are filled first."""
    filled = np.where(np.isnan(x), p["input_fill"], x)
    return (filled - p["input_center"]) / np.where(p["input_scale"] != 0, p["input_scale"], np.inf)


def in_units(outputs: np.ndarray, p: Arrays) -> np.ndarray:
    """Return center + scale times the outputs, within the limits: in the units of the target."""
    return np.clip(p["target_center"] + p["target_scale"] * outputs, p["low"], p["high"])


def of_members(x: np.ndarray, arrays: Arrays, network: Callable[[np.ndarray, Arrays], np.ndarray]) -> np.ndarray:
    """Return what every member predicts from encoded inputs, (members, rows, outputs)."""
    members = len(arrays["input_center"])
    of_each = [{name: array[member] for name, array in arrays.items()} for member in range(members)]
    return np.stack([in_units(network(scaled(x, p), p), p) for p in of_each])


def by_blocks(x: np.ndarray, predictions: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Return the predictions (rows, ...) of encoded inputs, computed for some rows at a time."""
    if not len(x):
        raise ValueError("there is no row to predict")
    found = np.concatenate([predictions(x[start : start + ROWS_A_BLOCK]) for start in range(0, len(x), ROWS_A_BLOCK)])
    bad = ~np.isfinite(found.reshape(len(x), -1)).all(axis=1)
    if bad.any():
        raise ValueError(f"the prediction for row {np.argmax(bad)} is not finite: it lies too far outside training")
    return found


def mixture(members: np.ndarray) -> np.ndarray:
    """Return mean and standard deviation, (rows, 2 targets), of members' normal distributions mixed in equal parts.

    Members (members, rows, 2 targets) hold every target's mean m_k and m_k + s_k. The mixture has the mean m = mean m_k
    and the variance mean (s_k^2 + (m_k - m)^2).
    """
    means, deviations = members[..., ::2], members[..., 1::2] - members[..., ::2]
    mean = means.mean(axis=0)
    variance = np.mean(np.square(deviations) + np.square(means - mean), axis=0)
    return np.concatenate([mean, np.sqrt(variance)], axis=-1)


def unsmoothed(p: np.ndarray, smoothing: float, kept: float, answers: int) -> np.ndarray:
    """Return learned probabilities without the smoothing of the indicators but for `kept` of it, before their sum."""
    return np.maximum(p - (1 - kept) * smoothing / answers, kept * smoothing / answers)


def class_probabilities(learned: np.ndarray, smoothing: float, kept: float) -> np.ndarray:
    """Return probabilities of classes, (..., classes), whose indicators were smoothed in training."""
    p = unsmoothed(learned, smoothing, kept, learned.shape[-1])
    return p / p.sum(axis=-1, keepdims=True)


def label_probabilities(learned: np.ndarray, smoothing: float, kept: float) -> np.ndarray:
    """Return probabilities of labels, (..., labels), whose indicators were smoothed in training."""
    has, lacks = (unsmoothed(p, smoothing, kept, 2) for p in (learned, 1 - learned))
    return has / (has + lacks)
