"""Predictions in blocks of rows: beside rows and result, only one block is in memory at a time."""

from collections.abc import Callable
from functools import reduce

import numpy as np

from glassnet.network.inference import ROWS_A_CALL

ROWS_A_BLOCK = 32 * ROWS_A_CALL  # whole calls: a block changes no bit
NUMBERS_A_BLOCK = 2**24  # at most, of the inputs, unless one call has more


def in_blocks(rows: int, predict: Callable[[np.ndarray], np.ndarray], inputs: int = 1) -> np.ndarray:
    """Return predict(row numbers), (..., rows, outputs), of all rows, asked for block by block; of `inputs` each."""
    calls = NUMBERS_A_BLOCK // (ROWS_A_CALL * max(inputs, 1))
    size = min(ROWS_A_BLOCK, ROWS_A_CALL * max(calls, 1))
    if rows <= size:
        return predict(np.arange(rows))
    predictions = np.empty(0)
    for start in range(0, rows, size):
        numbers = np.arange(start, min(start + size, rows))
        block = predict(numbers)
        if start == 0:
            predictions = np.empty((*block.shape[:-2], rows, block.shape[-1]), block.dtype)
        predictions[..., numbers[0] : numbers[-1] + 1, :] = block
    return predictions


def mean_of_members(predictions: np.ndarray) -> np.ndarray:
    """Return the mean over the first axis, added in order: NumPy's own order depends on how many rows there are."""
    return reduce(np.add, predictions) / len(predictions)


def mixture(predictions: np.ndarray) -> np.ndarray:
    """Return mean and standard deviation, (rows, 2 targets), of members' normal distributions mixed in equal parts.

    `predictions` (members, rows, 2 targets) hold every target's mean m_k and m_k + s_k. The mixture has the mean
    m = mean m_k and the variance mean (s_k^2 + (m_k - m)^2).
    """
    means, deviations = predictions[..., ::2], predictions[..., 1::2] - predictions[..., ::2]
    mean = mean_of_members(means)
    variance = mean_of_members(np.square(deviations) + np.square(means - mean))
    return np.concatenate([mean, np.sqrt(variance)], axis=-1)
