"""Layers in NumPy, float64: functions that a written module is made of, each by its own source.

They compute what the `forward` of each layer of `glassnet.network` computes in predictions, where nothing is random;
every layer that a table can pass has its twin here (see `python_calls.py`). Rows are samples.
"""

from collections.abc import Sequence

import numpy as np


def dense(x: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return z = x W + b."""
    return x @ W + b


def embedding(x: np.ndarray, points: Sequence[np.ndarray]) -> np.ndarray:
    """Return x with each of its last columns, a code, replaced by that row of its matrix; by zeros for no code."""
    first = x.shape[1] - len(points)
    return np.concatenate([x[:, :first], *(rows_of(E, x[:, first + k]) for k, E in enumerate(points))], axis=1)


def rows_of(E: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return the rows of E with these numbers, zeros where a number is no row of it, as -1 for an unknown level."""
    return (codes[:, None] == np.arange(len(E))).astype(np.float64) @ E


def smooth_clip(x: np.ndarray, numbers: int, limit: float) -> np.ndarray:
    """Return u / sqrt(1 + (u / limit)^2) of the first columns u, and the other columns as they are."""
    u = x[:, :numbers]
    return np.concatenate([u / np.hypot(1, u / limit), x[:, numbers:]], axis=1)


def periodic(x: np.ndarray, f: np.ndarray, p: np.ndarray, V: np.ndarray, d: np.ndarray) -> np.ndarray:
    """Return x, and for each of its first columns c V + d behind it, c_k = cos(2 pi (f_k x + p_k))."""
    turns = x[:, : len(f), None] * f + p
    combinations = np.einsum("bik,ikm->bim", np.cos(2 * np.pi * turns), V) + d
    return np.concatenate([x, combinations.reshape(len(x), -1)], axis=1)


def piecewise_linear(x: np.ndarray, e: np.ndarray, V: np.ndarray, d: np.ndarray) -> np.ndarray:
    """Return x, and for each of its first columns t V + d behind it, t_k = clip((x - e_k) / (e_{k+1} - e_k), 0, 1)."""
    widths = np.maximum(e[:, 1:] - e[:, :-1], 1e-6)
    t = np.clip((x[:, : len(e), None] - e[:, :-1]) / widths, 0, 1)
    combinations = np.einsum("bik,ikm->bim", t, V) + d
    return np.concatenate([x, combinations.reshape(len(x), -1)], axis=1)


def input_scaling(x: np.ndarray, s: np.ndarray) -> np.ndarray:
    """Return s x, column by column."""
    return s * x


def parametric_activation(x: np.ndarray, a: np.ndarray, curved: np.ndarray) -> np.ndarray:
    """Return x + a (curved - x), where `curved` is the activation of x."""
    return x + a * (curved - x)


def bounded_scaling(x: np.ndarray, s: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return s x within low and high, column by column."""
    return np.clip(s * x, low, high)


def linear_path(
    x: np.ndarray, inputs: np.ndarray, V: np.ndarray, a: np.ndarray, effects: Sequence[np.ndarray]
) -> np.ndarray:
    """Return x + v V + a and the effects of levels: v are the network's inputs but for the codes, its last columns."""
    first = inputs.shape[1] - len(effects)
    x = x + inputs[:, :first] @ V + a
    for k, E in enumerate(effects):
        x = x + rows_of(E, inputs[:, first + k])
    return x
