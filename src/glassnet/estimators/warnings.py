"""Warnings of a fit."""

import warnings
from collections.abc import Sequence

from sklearn.exceptions import ConvergenceWarning

from glassnet.training.history import History
from glassnet.training.stopping import StopReason


def warn_unless_converged(histories: Sequence[History], epochs: int) -> None:
    """Warn where `max_iter` ended training that was still improving."""
    if any(history.reason is StopReason.MAX_ITER for history in histories):
        warnings.warn(
            f"max_iter={epochs} epochs are done, and the optimization has not converged yet; give a larger max_iter",
            ConvergenceWarning,
            stacklevel=4,  # the line that called fit
        )
