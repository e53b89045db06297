"""Bayesian regularisation: the strength of the L2 penalty that the training rows themselves make most likely.

With errors e of n known targets, N parameters theta, a Gaussian prior of them and Gaussian errors,

    F = beta sum_i w_i e_i^2 + alpha |theta|^2,   H = 2 beta J'J + 2 alpha

the evidence of alpha and beta is greatest where (MacKay 1992; the Hessian by Gauss and Newton: Foresee and Hagan 1997)

    gamma = N - 2 alpha tr H^-1                the effective number of parameters, which the data determine
    2 alpha = gamma / |theta|^2,   2 beta = (n - gamma) / sum_i w_i e_i^2

The objective of the solvers is F / (2 n beta), so its penalty is alpha / (n beta).
"""

from typing import NamedTuple

from glassnet._lazy import jnp
from glassnet._types import FlatParameters, Scalar
from glassnet.data.shared import Batch
from glassnet.network.compiled_programs import compiled
from glassnet.network.network import Network
from glassnet.training.objective import jacobian, residuals

FIRST_PENALTY = 1e-3  # for the first step alone
LEAST = 1e-12  # of what is divided by, and of the penalty


class Evidence(NamedTuple):
    """The penalty of every parameter that the evidence says next, and the effective number of parameters now."""

    penalties: FlatParameters
    effective_parameters: Scalar


@compiled(static=1)
def re_estimate(network: Network, flat_parameters: FlatParameters, rows: Batch, penalties: FlatParameters) -> Evidence:
    """Return one step of the fixed-point iteration above; parameters without a penalty are not moved at all."""
    penalised = penalties > 0
    r = residuals(network, flat_parameters, rows, penalties)
    mean_square = jnp.sum(jnp.square(r[: len(r) - len(penalties)]))  # sum w e^2 / n
    J = jacobian(network, flat_parameters, rows, penalties)
    inverse = jnp.linalg.inv(J.T @ J + jnp.diag(1.0 - penalised))
    gamma = jnp.clip(jnp.sum(penalised - penalties * jnp.diag(inverse)), LEAST, jnp.sum(penalised))
    n = jnp.sum(~jnp.isnan(rows.y) & (rows.weights > 0)[:, None])
    left = jnp.maximum(n - gamma, 1.0)
    penalty = gamma / (jnp.sum(penalised * jnp.square(flat_parameters)) + LEAST) * mean_square / left
    return Evidence(penalised * jnp.maximum(penalty, LEAST), gamma)
