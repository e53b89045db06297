"""L-BFGS as scikit-learn runs it: SciPy's, with limits on steps and on calls, and a tolerance of the gradient."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import OptimizeResult, minimize
from sklearn.exceptions import ConvergenceWarning

from glassnet._lazy import jax
from glassnet.network.devices import float64
from glassnet.sklearn.stochastic import Problem, Rows
from glassnet.sklearn.structure import LayerArrays
from glassnet.training.objective import Objective, padded_batch, plain_cost
from glassnet.training.ravel import raveled, unflatten


@dataclass(frozen=True)
class Limits:
    """When it ends: steps, calls of the objective, and the largest entry of the gradient."""

    max_iter: int
    max_fun: int
    tol: float


def minimise(
    problem: Problem, rows: Rows, parameters: Sequence[LayerArrays], alpha: float, limits: Limits
) -> tuple[list[LayerArrays], float, int]:
    """Return the parameters, the loss as scikit-learn reports it, and the number of steps; warn unless converged."""
    weights = np.ones(len(rows.X)) if rows.weights is None else rows.weights
    with float64():
        data = padded_batch(*(np.asarray(a, np.float64) for a in (rows.X, rows.y, weights)))
        objective = Objective(problem.network, problem.loss, data, jax.device_put(np.float64(alpha / np.sum(weights))))
        flat_parameters = np.concatenate(raveled(parameters), dtype=np.float64)
        result = minimize(
            objective.value_and_gradient,
            flat_parameters,
            jac=True,
            method="L-BFGS-B",
            options={"maxfun": limits.max_fun, "maxiter": limits.max_iter, "gtol": limits.tol},
        )
        loss = float(result.fun)
        if problem.factor != 1:
            part = plain_cost(problem.network, problem.loss, result.x, data)
            loss -= (1 - problem.factor) * float(part)
    steps = min(int(result.nit), limits.max_iter)
    _warn_unless_converged(result, steps, limits.max_iter)
    return list(unflatten(problem.network, np.asarray(result.x))), loss, steps


def _warn_unless_converged(result: OptimizeResult, steps: int, max_iter: int) -> None:
    if result.status == 0:
        return
    message = f"lbfgs failed to converge after {steps} iteration(s) (status={result.status}):\n{result.message}\n"
    if steps == max_iter:
        message += f"\nIncrease the number of iterations to improve the convergence (max_iter={max_iter})."
    message += (
        "\nYou might also want to scale the data as shown in:\n"
        "    https://scikit-learn.org/stable/modules/preprocessing.html"
    )
    warnings.warn(message, ConvergenceWarning, stacklevel=5)
