"""Predictions within a range: an output activation with a bound, and a target scale that puts the bound there.

(low, None)   low + scale softplus(z)              scale is the target's standard deviation
(None, high)  high - scale softplus(z)
(low, high)   low + (high - low) logistic(z)
"seen"        the output is cut off at the least and the largest target that the member learned from
"""

from collections.abc import Sequence

import numpy as np

from glassnet.data.scaler import Scaler
from glassnet.ensemble.recipe import OutputRange

SEEN = "seen"


def output_activation(output_range: OutputRange) -> str:
    """Return the name of the activation of the output layer."""
    low, high = _bounds(output_range)
    if low is None and high is None:
        return "identity"
    return "softplus" if low is None or high is None else "logistic"


def with_range(output_range: OutputRange, scaler: Scaler) -> Scaler:
    """Return the target's scale with the bound at zero of the activation, or the scale itself when nothing is bound."""
    low, high = _bounds(output_range)
    if low is None and high is None:
        return scaler
    scale = np.where(scaler.scale > 0, scaler.scale, 1.0)
    if high is None:
        return Scaler(np.full_like(scale, low), scale, scaler.fill)
    if low is None:
        return Scaler(np.full_like(scale, high), -scale, scaler.fill)
    return Scaler(np.full_like(scale, low), np.full_like(scale, high - low), scaler.fill)


def check_range(output_range: OutputRange | Sequence[float | None] | None, targets: np.ndarray) -> None:
    """Raise `ValueError` for a range that is none, and for the first target outside it."""
    if output_range is None or output_range == SEEN:
        return
    low, high = output_range if isinstance(output_range, tuple | list) and len(output_range) == 2 else (np.nan, np.nan)
    below, above = (-np.inf if low is None else low), (np.inf if high is None else high)
    if not below < above:
        raise ValueError(f"{output_range=} must be 'seen', or (low, high) with low < high, None where it is open")
    outside = ((targets < below) | (targets > above)).any(axis=1)
    if outside.any():
        row = int(np.argmax(outside))
        raise ValueError(f"the target {targets[row].tolist()} in row {row} lies outside output_range={output_range!r}")


def limits(output_range: OutputRange, targets: np.ndarray) -> np.ndarray:
    """Return what outputs are cut off at, (2, outputs): the targets' own ends for "seen", else nothing."""
    if output_range == SEEN:
        return np.stack([np.nanmin(targets, axis=0), np.nanmax(targets, axis=0)])
    return np.repeat([[-np.inf], [np.inf]], targets.shape[1], axis=1)


def _bounds(output_range: OutputRange) -> tuple[float | None, float | None]:
    return (None, None) if output_range == SEEN else output_range
