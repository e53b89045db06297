"""Is the prediction monotone in a column? A proof by bounds of the slope, a refutation by points, or neither."""

import numpy as np

from glassnet.ensemble.ensemble import Ensemble
from glassnet.insight.input_boxes import RowBoxes

GRID = np.linspace(-1, 1, 9)
HELD_FIXED = "held fixed"
CLEAR = 1e-9  # a step must be that fraction of the predictions' size, in float64


def monotone_directions(
    ensemble: Ensemble, boxes: RowBoxes, low: np.ndarray, high: np.ndarray, points: np.ndarray
) -> np.ndarray:
    """Return an answer for every row, output and column, from slope bounds (rows, outputs, columns) and some points.

    "held fixed" where the box has no width, "constant" where the slope is 0, "increasing" where it is nowhere below,
    "decreasing" where it is nowhere above; "neither" where along one line in the box, all else fixed, the prediction
    was seen to rise and along one to fall; else "undecided".
    """
    answer = np.where(low >= 0, "increasing", np.where(high <= 0, "decreasing", "undecided"))
    answer = np.where((low == 0) & (high == 0), "constant", answer)
    fixed = ~(boxes.low < boxes.high)[:, None, boxes.places]
    answer = np.where(fixed, HELD_FIXED, answer)
    if (answer == "undecided").any():
        rises, falls = _moves(ensemble, boxes, points)
        answer = np.where((answer == "undecided") & rises & falls, "neither", answer)
    return answer


def _moves(ensemble: Ensemble, boxes: RowBoxes, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return whether moving a column up was seen to raise, and to lower, an output: two of (rows, outputs, columns)."""
    double = ensemble.in_float64()
    bases = np.concatenate([boxes.at(np.zeros_like(boxes.low))[None], points])
    rises: list[np.ndarray] = []
    falls: list[np.ndarray] = []
    for place in boxes.places:
        lines = np.repeat(bases[None], len(GRID), axis=0)
        fraction = (GRID[:, None, None] + 1) / 2
        lines[..., place] = boxes.low[:, place] * (1 - fraction) + boxes.high[:, place] * fraction
        predictions = np.mean(double.predict_encoded(lines.reshape(-1, lines.shape[-1])), axis=0)
        steps = np.diff(predictions.reshape(*lines.shape[:-1], -1), axis=0)
        least = CLEAR * np.max(np.abs(predictions), axis=0)
        rises.append((steps > least).any(axis=(0, 1)))
        falls.append((steps < -least).any(axis=(0, 1)))
    return np.stack(rises, axis=-1), np.stack(falls, axis=-1)
