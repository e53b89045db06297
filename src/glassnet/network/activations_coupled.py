"""Activations that couple entries: their Jacobian is no diagonal, so each has backward and bounds of its own."""

from dataclasses import dataclass

from jaxtyping import Bool

from glassnet._lazy import Array, jnp
from glassnet._types import Entries, RowsIn, RowsOut
from glassnet.network.activations_smooth import Logistic, Softplus
from glassnet.network.bounding_rules import Curves, Custom, Linear, Rule
from glassnet.network.hash_rng import Noise
from glassnet.network.parameters import LayerParameters
from glassnet.network.passes import Backward, Forward
from glassnet.network.relaxation import Coefficients, LinearBound, Relaxation, SlopeInterval, constant_forward, inner
from glassnet.network.rounding import gamma, of_activation


@dataclass(frozen=True)
class Increasing:
    """x_1 = z_1, x_j = x_{j-1} + softplus z_j, for every `size` neighbours of the last axis: x never goes down.

    With G_j = g_j + g_{j+1} + ... of the same group, (J' g)_1 = G_1 and (J' g)_j = logistic(z_j) G_j.

    Parameters
    ----------
    size : int
        How many neighbours make a group.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import Increasing
    >>> np.asarray(Increasing(3).value(jnp.array([[1.0, 0.0, -2.0]]))).round(3)
    array([[1.   , 1.693, 1.82 ]], dtype=float32)
    """

    size: int

    def value(self, z: Entries) -> Entries:
        """Return x."""
        groups = z.reshape(*z.shape[:-1], -1, self.size)
        steps = jnp.concatenate([groups[..., :1], Softplus().value(groups[..., 1:])], axis=-1)
        return jnp.cumsum(steps, axis=-1).reshape(z.shape)

    def backward(self, z: Entries, x: Entries, g: Entries) -> Entries:
        """Return J(z)' g."""
        groups, derivatives = (a.reshape(*z.shape[:-1], -1, self.size) for a in (z, g))
        above = jnp.cumsum(derivatives[..., ::-1], axis=-1)[..., ::-1]
        slopes = jnp.concatenate([jnp.ones_like(groups[..., :1]), Logistic().value(groups[..., 1:])], axis=-1)
        return (slopes * above).reshape(z.shape)

    def bounds(self) -> list[Rule]:
        """Return the increments z_1, softplus z_2, softplus z_3, ..., and then their sums."""
        softplus = Softplus()

        def first(z: Entries) -> Bool[Array, " units"]:
            return jnp.arange(z.shape[-1]) % self.size == 0

        increments = Curves(
            lambda z: jnp.where(first(z), z, softplus.value(z)),
            None,
            (),
            lambda low, _high: jnp.where(first(low), 0.0, 0.25) + jnp.zeros_like(low),
            lambda z, x: jnp.where(first(z), 0, of_activation(z, x)),
            monotone=True,
        )
        return [increments, Linear(_CumulativeSum(self.size), {}, self.size)]


@dataclass(frozen=True)
class _CumulativeSum:
    """x_1, x_1 + x_2, ... in every `size` neighbours of the last axis: what `Increasing` does to its increments."""

    size: int

    def forward(self, parameters: LayerParameters, x: RowsIn, noise: Noise | None = None) -> Forward:
        z = jnp.cumsum(x.reshape(len(x), -1, self.size), axis=-1).reshape(x.shape)
        return Forward(x, z, z)

    def backward(self, parameters: LayerParameters, cache: Forward, g: RowsOut) -> Backward:
        above = jnp.cumsum(g.reshape(len(g), -1, self.size)[..., ::-1], axis=-1)[..., ::-1]
        return Backward(g, {}, above.reshape(g.shape))


@dataclass(frozen=True)
class Softmax:
    """x_j = exp z_j / sum_k exp z_k over the last axis; J' g = x (*) (g - <g, x>).

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import Softmax
    >>> z = jnp.array(np.log([[1.0, 2.0, 5.0]]))
    >>> np.asarray(Softmax().value(z)).round(3)
    array([[0.125, 0.25 , 0.625]], dtype=float32)
    """

    def value(self, z: Entries) -> Entries:
        """Return x = softmax(z); the largest z is taken off first, so that nothing overflows."""
        u = jnp.exp(z - jnp.max(z, axis=-1, keepdims=True))
        return u / jnp.sum(u, axis=-1, keepdims=True)

    def backward(self, z: Entries, x: Entries, g: Entries) -> Entries:
        """Return J(z)' g, where J = diag(x) - x x' is symmetric."""
        return x * (g - jnp.sum(g * x, axis=-1, keepdims=True))

    def bounds(self) -> list[Rule]:
        """Return the rule over a box: x_j is least where z_j is least and the others are largest; constant lines."""
        return [Custom(_relaxed_softmax)]


def _relaxed_softmax(low: RowsIn, high: RowsIn) -> Relaxation:
    error = gamma(low.shape[-1] + 64)
    least, most = _one_against_others(low, high) - error, _one_against_others(high, low) + error

    def backward_propagate(g: Coefficients) -> LinearBound:
        return jnp.zeros_like(g), inner(jnp.maximum(g, 0), least) + inner(jnp.minimum(g, 0), most)

    def slopes(_box: SlopeInterval) -> SlopeInterval:
        raise TypeError("slopes have no bounds behind a softmax; ask for those of a network that ends before it")

    return Relaxation(least, most, backward_propagate, slopes, constant_forward(slopes))


def _one_against_others(one: RowsIn, others: RowsIn) -> RowsIn:
    """Return exp one_j / (exp one_j + the sum of exp others_k, k not j)."""
    top = jnp.maximum(jnp.max(one, axis=-1, keepdims=True), jnp.max(others, axis=-1, keepdims=True))
    numerator, others = jnp.exp(one - top), jnp.exp(others - top)
    return numerator / (numerator + others @ (1 - jnp.eye(one.shape[-1])))
