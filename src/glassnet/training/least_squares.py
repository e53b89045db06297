"""Levenberg-Marquardt: min 1/2 |r(theta)|^2 with an explicit Jacobian J = dr/dtheta, in float64.

A step p solves the damped linear problem

    min over p of |J p + r|^2 + lambda |D p|^2,   by the QR factorisation of  [ J              ]
                                                                             [ sqrt(lambda) D ]

and is taken when it lowers the cost: then lambda falls to a tenth, otherwise it rises tenfold (Hagan and Menhaj 1994,
the rule of network training). D = 1 for networks, whose parameters share one unit; for a model whose parameters have
units of their own, D is the largest length so far of each column of J (More 1978).
"""

from collections.abc import Callable
from typing import NamedTuple

from glassnet._lazy import Array, jax, jnp, linalg
from glassnet._types import Boolean, FlatParameters, Integer, Jacobian, Residuals, Scalar
from glassnet.data.shared import Batch
from glassnet.network.compiled_programs import compiled

FIRST_DAMPING = 1e-3
FACTOR = 10.0
DAMPING_RANGE = 1e-20, 1e20

Data = Batch | Array  # what residuals depend on beside the parameters
Tolerance = float | Scalar


class Problem(NamedTuple):
    """What is minimised.

    Parameters
    ----------
    residuals : callable
        r as a function of theta and data.
    jacobian : callable
        J = dr/dtheta as a function of theta and data.
    column_scaling : bool
        Whether D is the length of the columns of J, for parameters that have units of their own; else D = 1.
    """

    residuals: Callable[..., Residuals]
    jacobian: Callable[..., Jacobian]
    column_scaling: bool = False


class Search(NamedTuple):
    """Where the search stands."""

    flat_parameters: FlatParameters
    r: Residuals
    cost: Scalar  # 1/2 r'r
    damping: Scalar  # lambda
    scale: FlatParameters  # D
    trials: Integer
    accepted: Boolean  # whether the last trial was
    slope: Scalar  # the largest cosine between r and a column of J: 0 at a minimum
    gain: Scalar  # relative fall of the cost in the last accepted step
    length: Scalar  # |D p| / |D theta| of the last trial, theta without what r does not depend on


@compiled(static=1)
def start(problem: Problem, flat_parameters: FlatParameters, *data: Data) -> Search:
    """Return the search at theta."""
    r = problem.residuals(flat_parameters, *data)
    one, zero = jnp.ones((), flat_parameters.dtype), jnp.zeros((), jnp.int32)
    scale = jnp.zeros_like(flat_parameters) if problem.column_scaling else jnp.ones_like(flat_parameters)
    return Search(flat_parameters, r, 0.5 * jnp.dot(r, r), FIRST_DAMPING * one, scale, zero, zero == 0, one, one, one)


def step(problem: Problem, search: Search, *data: Data) -> Search:
    """Return the search after one trial step; theta and cost change only when the cost falls."""
    J = problem.jacobian(search.flat_parameters, *data)
    lengths = jnp.linalg.norm(J, axis=0)
    scale = jnp.maximum(search.scale, lengths) if problem.column_scaling else search.scale
    D = jnp.where(scale > 0, scale, 1.0)
    p = _damped(J, search.r, search.damping, D)
    r = problem.residuals(search.flat_parameters + p, *data)
    cost = 0.5 * jnp.dot(r, r)
    falls = cost < search.cost  # a cost that is not finite is not lower
    chosen = jax.tree.map(
        lambda new, old: jnp.where(falls, new, old),
        (search.flat_parameters + p, r, cost, (search.cost - cost) / search.cost),
        (search.flat_parameters, search.r, search.cost, search.gain),
    )
    size = jnp.linalg.norm(search.r) * jnp.where(lengths > 0, lengths, 1.0)
    moving = jnp.where(lengths > 0, D * search.flat_parameters, 0.0)  # of what moves r at all
    return Search(
        *chosen[:3],
        damping=jnp.clip(search.damping * jnp.where(falls, 1 / FACTOR, FACTOR), *DAMPING_RANGE),
        scale=scale,
        trials=search.trials + 1,
        accepted=falls,
        slope=jnp.max(jnp.abs(search.r @ J) / jnp.where(size > 0, size, 1.0)),
        gain=chosen[3],
        length=jnp.linalg.norm(D * p) / (jnp.linalg.norm(moving) + jnp.finfo(p.dtype).tiny),
    )


@compiled()
def finished(search: Search, tolerance: Tolerance) -> Boolean:
    """Return whether slope, gain of an accepted step or length of a trial is within the tolerance, or none is left."""
    settled = search.accepted & (search.gain <= tolerance)
    stuck = ~search.accepted & (search.damping >= DAMPING_RANGE[1])
    small = settled | stuck | (search.slope <= tolerance) | (search.length <= tolerance)
    return (search.trials > 0) & small | (search.cost == 0)


@compiled(static=1)
def several_steps(problem: Problem, search: Search, trials: int | Integer, tolerance: Tolerance, *data: Data) -> Search:
    """Return the search after up to `trials` more trials, fewer when it has finished."""
    until = search.trials + trials

    def going(search: Search) -> Boolean:
        return (search.trials < until) & ~finished(search, tolerance)

    return jax.lax.while_loop(going, lambda search: step(problem, search, *data), search)


def _damped(J: Array, r: Array, damping: Scalar, D: FlatParameters) -> FlatParameters:
    Q, R = jnp.linalg.qr(jnp.concatenate([J, jnp.diag(jnp.sqrt(damping) * D)]))
    return -linalg.solve_triangular(R, Q[: len(r)].T @ r)
