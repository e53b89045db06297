"""Predictions within a range: an output activation with a bound, and a target scale that puts the bound there.

(low, None)   low + spread softplus(z)             spread is the target's deviation
(None, high)  high - spread softplus(z)
(low, high)   low + (high - low) logistic(z)
"seen"        the output is cut off at the least and the largest target that the member learned from
"""

from typing import Any

import numpy as np

from glassnet.data.scaler import Scale

Range = tuple[float | None, float | None] | str
SEEN = "seen"


def output_activation(given: Range) -> str:
    """Return the name of the activation of the output layer."""
    low, high = _bounds(given)
    if low is None and high is None:
        return "identity"
    return "softplus" if low is None or high is None else "logistic"


def range_scale(given: Range, scale: Scale) -> Scale:
    """Return the target's scale with the bound at zero of the activation, or the one given when nothing is bound."""
    low, high = _bounds(given)
    if low is None and high is None:
        return scale
    spread = np.where(scale.spread > 0, scale.spread, 1.0)
    if high is None:
        return Scale(np.full_like(spread, low), spread, scale.fill)
    if low is None:
        return Scale(np.full_like(spread, high), -spread, scale.fill)
    return Scale(np.full_like(spread, low), np.full_like(spread, high - low), scale.fill)


def check_range(given: Any, targets: np.ndarray) -> None:
    """Raise `ValueError` for a range that is none, and for the first target outside it."""
    if given is None or given == SEEN:
        return
    low, high = given if isinstance(given, tuple | list) and len(given) == 2 else (np.nan, np.nan)
    below, above = (-np.inf if low is None else low), (np.inf if high is None else high)
    if not below < above:
        raise ValueError(
            f"output_range={given!r} must be 'seen', or (low, high) with low < high, None where it is open"
        )
    outside = ((targets < below) | (targets > above)).any(axis=1)
    if outside.any():
        row = int(np.argmax(outside))
        raise ValueError(f"the target {targets[row].tolist()} in row {row} lies outside output_range={given!r}")


def limits(given: Range, targets: np.ndarray) -> np.ndarray:
    """Return what outputs are cut off at, (2, outputs): the targets' own ends for "seen", else nothing."""
    if given == SEEN:
        return np.stack([np.nanmin(targets, axis=0), np.nanmax(targets, axis=0)])
    return np.repeat([[-np.inf], [np.inf]], targets.shape[1], axis=1)


def _bounds(given: Range) -> Any:
    return (None, None) if given == SEEN else given
