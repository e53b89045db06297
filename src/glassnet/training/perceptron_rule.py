"""Rosenblatt's rule: the inverse problem of the perceptron.

One sample at a time, f(x) = H(x W + b): where f(x) differs from y the output's weights move by (y - f(x)) x and its
bias by y - f(x). On separable data with margin gamma and radius R this ends after at most (R / gamma)^2 mistakes
(Novikoff 1962). Where it does not end, the best weights seen are kept: Gallant's pocket algorithm with ratchet, IEEE
Transactions on Neural Networks 1(2), 1990.
"""

from typing import NamedTuple

from jaxtyping import Float, Int

from glassnet._lazy import Array, jax, jnp
from glassnet._types import Inputs, Integer, PerSample, RowNumbers, Scalar
from glassnet.network.compiled_programs import compiled


class Learner(NamedTuple):
    """One output's weights, its mistakes, and the best weights seen (the pocket)."""

    w: Float[Array, "in"]
    b: Scalar
    mistakes: Int[Array, ""]
    run: Int[Array, ""]  # samples in a row that w decides right
    best_w: Float[Array, "in"]
    best_b: Scalar
    best_run: Int[Array, ""]
    best_errors: Int[Array, ""]  # over all samples


def beginner(x: Inputs, y: PerSample) -> Learner:
    """Return zero weights, which decide 0 everywhere."""
    w, b, zero = jnp.zeros(x.shape[1], x.dtype), jnp.zeros((), x.dtype), jnp.asarray(0)
    return Learner(w, b, zero, zero, w, b, zero, _errors(w, b, x, y))


@compiled()
def one_pass(learner: Learner, x: Inputs, y: PerSample, order: RowNumbers) -> Learner:
    """Return the learner after every sample, in this order, was seen once."""

    def visit(place: Integer, learner: Learner) -> Learner:
        row = order[place]
        miss = y[row] - (x[row] @ learner.w + learner.b > 0)
        return jax.lax.cond(miss == 0, _right, lambda learner: _wrong(learner, miss, x[row], x, y), learner)

    return _consider(jax.lax.fori_loop(0, order.size, visit, learner), x, y)


def _right(learner: Learner) -> Learner:
    return learner._replace(run=learner.run + 1)


def _wrong(learner: Learner, miss: Scalar, row: Float[Array, "in"], x: Inputs, y: PerSample) -> Learner:
    learner = _consider(learner, x, y)
    return learner._replace(
        w=learner.w + miss * row, b=learner.b + miss, mistakes=learner.mistakes + 1, run=jnp.zeros_like(learner.run)
    )


def _consider(learner: Learner, x: Inputs, y: PerSample) -> Learner:
    """Put the weights into the pocket if no run so far was longer and, counted over all samples, they err less."""

    def count(learner: Learner) -> Learner:
        errors = _errors(learner.w, learner.b, x, y)
        better = errors < learner.best_errors
        return learner._replace(
            best_w=jnp.where(better, learner.w, learner.best_w),
            best_b=jnp.where(better, learner.b, learner.best_b),
            best_run=jnp.where(better, learner.run, learner.best_run),
            best_errors=jnp.where(better, errors, learner.best_errors),
        )

    return jax.lax.cond(learner.run >= learner.best_run, count, lambda learner: learner, learner)


def _errors(w: Float[Array, "in"], b: Scalar, x: Inputs, y: PerSample) -> Int[Array, ""]:
    return jnp.sum((x @ w + b > 0) != (y > 0))
