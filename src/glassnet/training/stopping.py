"""When training stops: the best parameters so far, for how many epochs nothing better was seen, and the reason."""

from enum import Enum
from typing import NamedTuple

from glassnet._lazy import jnp
from glassnet._types import FlatParameters, Integer, Scalar


class StopReason(Enum):
    """Why training ended; the value is what users read.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, StopReason
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> model.stop_reason_ is StopReason.MAX_ITER
    True
    >>> str(model.stop_reason_), model.stop_reason_.from_outside
    ('max_iter epochs are done', False)
    """

    MAX_ITER = "max_iter epochs are done"
    NO_IMPROVEMENT = "more than n_iter_no_change epochs in a row improved the loss that is watched by less than tol"
    CONVERGED = "the solver converged: the gradient or the step is within its tolerance"
    NO_DESCENT = "the solver found no parameters with a lower loss"
    CALLBACK = "the callback asked to stop"
    INTERRUPTED = "interrupted by the keyboard; the best model so far is kept"
    MAX_TIME = "max_time is over"
    UNKNOWN = "the reason is not known"

    def __str__(self) -> str:
        return self.value

    @property
    def from_outside(self) -> bool:
        """Whether somebody may have looked at all members before training was stopped."""
        return self in (StopReason.CALLBACK, StopReason.INTERRUPTED, StopReason.MAX_TIME, StopReason.UNKNOWN)


class Best(NamedTuple):
    """The parameters that are kept so far, and the least loss that was watched."""

    flat_parameters: FlatParameters
    loss: Scalar
    epoch: Integer  # of the parameters
    no_improvement: Integer  # epochs in a row that improved the loss by no more than the tolerance


def nothing_yet(flat_parameters: FlatParameters) -> Best:
    """Return the record before the first epoch."""
    zero = jnp.zeros((), jnp.int32)
    return Best(jnp.copy(flat_parameters), jnp.asarray(jnp.inf, flat_parameters.dtype), zero, jnp.copy(zero))


def watch(
    best: Best, flat_parameters: FlatParameters, loss: Scalar, epoch: Integer, tolerance: Scalar, slack: Scalar
) -> Best:
    """Return the record after one more epoch.

    scikit-learn's rule: an epoch counts as no improvement unless loss <= best - tolerance. Its parameters are kept
    where the loss is below the least one so far, or above it by less than the fraction `slack`.
    """
    better = loss < best.loss
    kept = better | (loss - best.loss < slack * jnp.abs(best.loss))
    return Best(
        flat_parameters=jnp.where(kept, flat_parameters, best.flat_parameters),
        loss=jnp.where(better, loss, best.loss),
        epoch=jnp.where(kept, epoch, best.epoch),
        no_improvement=jnp.where(loss > best.loss - tolerance, best.no_improvement + 1, 0),
    )
