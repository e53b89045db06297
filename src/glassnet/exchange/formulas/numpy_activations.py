"""Activations in NumPy, float64: functions that a written module is made of, each by its own source.

They compute what `glassnet.network` computes; every activation there has its twin here (see `python_calls.py`).
"""

import math

import numpy as np

LARGEST_EXPONENT = 80.0


def identity(z: np.ndarray) -> np.ndarray:
    """Return z."""
    return z


def heaviside(z: np.ndarray) -> np.ndarray:
    """Return 1 where z > 0, else 0."""
    return (z > 0).astype(np.float64)


def relu(z: np.ndarray) -> np.ndarray:
    """Return max(0, z)."""
    return np.maximum(z, 0)


def leaky_relu(z: np.ndarray, slope: float) -> np.ndarray:
    """Return max(slope z, z)."""
    return np.maximum(slope * z, z)


def hard_tanh(z: np.ndarray) -> np.ndarray:
    """Return min(max(z, -1), 1)."""
    return np.clip(z, -1, 1)


def logistic(z: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-z)); the exponent is never positive, so nothing overflows."""
    u = np.exp(-np.abs(z))
    return np.where(z > 0, 1 / (1 + u), u / (1 + u))


def tanh(z: np.ndarray) -> np.ndarray:
    """Return tanh(z)."""
    return np.tanh(z)


def softplus(z: np.ndarray) -> np.ndarray:
    """Return log(1 + exp(z))."""
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def elu(z: np.ndarray, alpha: float) -> np.ndarray:
    """Return z where z > 0, else alpha (exp(z) - 1)."""
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def selu(z: np.ndarray) -> np.ndarray:
    """Return 1.0507... times the ELU with alpha = 1.6732... (Klambauer et al. 2017)."""
    return 1.0507009873554805 * elu(z, 1.6732632423543772)


def gelu(z: np.ndarray) -> np.ndarray:
    """Return z Phi(z), with the normal distribution Phi."""
    erfc = np.vectorize(math.erfc, otypes=[np.float64])
    return z * 0.5 * erfc(-z / math.sqrt(2))


def silu(z: np.ndarray) -> np.ndarray:
    """Return z logistic(z)."""
    return z * logistic(z)


def mish(z: np.ndarray) -> np.ndarray:
    """Return z tanh(softplus(z))."""
    return z * np.tanh(softplus(z))


def exponential(z: np.ndarray) -> np.ndarray:
    """Return exp(z), above z = 80 that of 80."""
    return np.exp(np.minimum(z, LARGEST_EXPONENT))


def softmax(z: np.ndarray) -> np.ndarray:
    """Return exp(z_j) / sum_k exp(z_k) of every row; the largest z is taken off first, so that nothing overflows."""
    u = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return u / np.sum(u, axis=-1, keepdims=True)


def increasing(z: np.ndarray, size: int) -> np.ndarray:
    """Return z_1, z_1 + softplus(z_2), ... in every `size` neighbours of a row: numbers that never go down."""
    groups = z.reshape(len(z), -1, size)
    increments = np.concatenate([groups[..., :1], softplus(groups[..., 1:])], axis=-1)
    return np.cumsum(increments, axis=-1).reshape(z.shape)
