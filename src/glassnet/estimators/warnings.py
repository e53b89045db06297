"""Warnings of a fit."""

import warnings
from collections.abc import Sequence

from sklearn.exceptions import ConvergenceWarning

from glassnet.data.column import Column
from glassnet.training.history import History
from glassnet.training.note import Note
from glassnet.training.stopping import StopReason

MOST_NAMES = 10  # of columns in a warning


def tell_columns_left_out(columns: Sequence[Column]) -> None:
    """Say which columns the network does not see, and why."""
    reasons = [f"{column.name!r} ({column.reason})" for column in columns if column.kind == "left out"]
    if 0 < len(reasons) < len(columns):  # else there is nothing to learn from, which is an error
        more = f", and {len(reasons) - MOST_NAMES} more" if len(reasons) > MOST_NAMES else ""
        message = f"{len(reasons)} of {len(columns)} columns are left out: {', '.join(reasons[:MOST_NAMES])}{more}"
        warnings.warn(message, Note, stacklevel=5)  # the line that called fit


def warn_if_interrupted(histories: Sequence[History], epochs: int) -> None:
    """Warn where Ctrl-C ended training before its time."""
    cut = [history for history in histories if history.reason is StopReason.INTERRUPTED]
    if cut:
        done = max(history.epochs for history in cut)
        warnings.warn(
            f"Ctrl-C cut the fit short after {done} of {epochs} epochs; the best model so far is kept. With "
            "warm_start=True another fit goes on from it",
            UserWarning,
            stacklevel=4,  # the line that called fit
        )


def warn_unless_converged(histories: Sequence[History], epochs: int) -> None:
    """Warn where `max_iter` ended training that was still improving."""
    if any(history.reason is StopReason.MAX_ITER for history in histories):
        warnings.warn(
            f"max_iter={epochs} epochs are done, and the optimization has not converged yet; give a larger max_iter",
            ConvergenceWarning,
            stacklevel=4,  # the line that called fit
        )
