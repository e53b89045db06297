"""Levenberg-Marquardt as a solver of networks: squares over all rows, in float64, the Jacobian by backpropagation."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from glassnet._lazy import jax, jnp
from glassnet._types import FlatParameters, Jacobian, Residuals
from glassnet.data.shared import Batch
from glassnet.network.devices import float64
from glassnet.network.loss import Loss
from glassnet.network.network import Network
from glassnet.training.evidence import FIRST_PENALTY, re_estimate
from glassnet.training.least_squares import Problem, finished, several_steps, start
from glassnet.training.objective import Objective, jacobian, residuals
from glassnet.training.ravel import trained_mask
from glassnet.training.settable import Settable
from glassnet.training.solver import Observer, check_number
from glassnet.training.stopping import StopReason

SETTLED = 1e-2  # relative gain of a step, below which the penalty is learned anew
MOST_PARAMETERS = 3_000  # a step takes some ten seconds then, and nothing can stop it halfway


@dataclass(frozen=True)
class LevenbergMarquardt(Settable):
    """Damped least squares with an explicit Jacobian, for small networks (Hagan and Menhaj 1994; see `least_squares`).

    Parameters
    ----------
    tolerance : float
        It has converged when the cosine between residuals and Jacobian, the relative gain of a step or its relative
        length is no larger; with `bayesian` the effective number of parameters must change by no more, too.
    bayesian : bool
        Whether the training rows say how strong the L2 penalty is, learned anew whenever steps gain little (Bayesian
        regularisation, see `evidence`), in place of `alpha` and, unless early_stopping=True, of validation rows.

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import LevenbergMarquardt, NetworkRegressor
    >>> X = np.linspace(-1, 1, 40)[:, None]
    >>> y = X[:, 0] ** 2
    >>> solver = LevenbergMarquardt(tolerance=1e-3)
    >>> model = NetworkRegressor((3,), "tanh", preset="plain", solver=solver, random_state=0).fit(X, y)
    >>> bool(abs(model.predict(X) - y).max() < 0.05), len(model.members_[0].history.damping) == model.n_iter_
    (True, True)
    """

    tolerance: float = 1e-4
    bayesian: bool = False

    uses: ClassVar[frozenset[str]] = frozenset()

    def __post_init__(self) -> None:
        check_number("LevenbergMarquardt", "tolerance", self.tolerance)

    def check(self, loss: Loss, parameters: int) -> None:
        """Raise `ValueError` for a loss that is no square, and for a network too large for its matrix."""
        if loss.least_squares_factor is None:
            raise ValueError(f"solver='lm' minimises squares, so loss={loss!r} needs another solver, such as 'lbfgs'")
        if parameters > MOST_PARAMETERS:
            raise ValueError(
                f"solver='lm' factors a matrix of all {parameters} parameters in every step, which is too slow above "
                f"{MOST_PARAMETERS}; take fewer neurons, as in hidden_layer_sizes=(16,), or solver='lbfgs'"
            )

    def start(self, objective: Objective, flat_parameters: np.ndarray, observer: Observer) -> "_Running":
        """Return the search from these parameters on."""
        return _Running(self, objective, flat_parameters, observer)


class _Running:
    """A search that advances some trial steps at a time."""

    def __init__(
        self, solver: LevenbergMarquardt, objective: Objective, flat_parameters: np.ndarray, observer: Observer
    ) -> None:
        self._solver, self._network, self._observer = solver, objective.network, observer
        self._factor = objective.loss.least_squares_factor or 1.0
        if solver.bayesian:  # a penalty on every parameter
            penalties = FIRST_PENALTY * trained_mask(objective.network)
        else:
            penalties = objective.penalties / self._factor
        self._data = objective.rows, jax.device_put(penalties)
        self._effective_parameters = float(len(flat_parameters)) if solver.bayesian else None
        self._problem = Problem(_Residuals(objective.network), _Jacobian(objective.network))
        self._search = start(self._problem, flat_parameters, *self._data)

    def advance(self, steps: int) -> None:
        """Make up to so many more trial steps."""
        with float64():  # the switch belongs to the thread
            for _ in range(steps):
                self._search = several_steps(self._problem, self._search, 1, self._solver.tolerance, *self._data)
                converged = bool(finished(self._search, self._solver.tolerance))
                settled = bool(self._search.accepted) and float(self._search.gain) <= SETTLED
                if self._solver.bayesian and (converged or settled):  # earlier, large errors would forbid all weights
                    converged = self._re_estimate() and converged
                flat_parameters = np.asarray(self._search.flat_parameters)
                loss, damping = self._factor * float(self._search.cost), float(self._search.damping)
                if self._observer.observe(flat_parameters, loss, damping, self._effective_parameters):
                    return
                if converged:
                    self._observer.finish(flat_parameters, StopReason.CONVERGED)
                    return

    def _re_estimate(self) -> bool:
        """Take the penalty that the evidence says, and return whether the effective parameters stay what they were."""
        rows, penalties = self._data
        evidence = re_estimate(self._network, self._search.flat_parameters, rows, penalties)
        self._data = rows, evidence.penalties
        again = start(self._problem, self._search.flat_parameters, *self._data)
        self._search = again._replace(damping=jnp.minimum(self._search.damping, 1.0))  # and a trial step must follow
        before, self._effective_parameters = self._effective_parameters, float(evidence.effective_parameters)
        return abs(self._effective_parameters - (before or 0)) <= self._solver.tolerance * self._effective_parameters

    def close(self) -> None:
        """Do nothing: there is nothing to close."""


@dataclass(frozen=True)
class _Residuals:
    """The residuals of a network as a function that can be compared, so that equal problems are compiled once."""

    network: Network

    def __call__(self, flat_parameters: FlatParameters, rows: Batch, penalties: FlatParameters) -> Residuals:
        return residuals(self.network, flat_parameters, rows, penalties)


@dataclass(frozen=True)
class _Jacobian:
    network: Network

    def __call__(self, flat_parameters: FlatParameters, rows: Batch, penalties: FlatParameters) -> Jacobian:
        return jacobian(self.network, flat_parameters, rows, penalties)
