"""An activation whose strength every neuron learns."""

from dataclasses import dataclass

from glassnet._lazy import jnp
from glassnet._types import Entries, Inputs, Outputs
from glassnet.network.activation import Activation, Coordinatewise, as_activation
from glassnet.network.bounding_rules import Curves, Rule
from glassnet.network.coordinatewise import scaled_curvature
from glassnet.network.hash_rng import Noise
from glassnet.network.initializers import One
from glassnet.network.layer import Backward, Forward, LayerParameters, ParameterSpec, Shape, no_bounds
from glassnet.network.rounding import UNIT, of_activation


@dataclass(frozen=True, init=False)
class ParametricActivation:
    """x^l = x + a (*) (sigma(x) - x) with x = x^{l-1}: a (inputs,) from 1 on, 0 is a linear neuron (RealMLP).

    da = the sum over samples of g (*) (sigma(x) - x), delta^l = dE/dx = (1 - a) (*) g + J(x)' (a (*) g), J the
    activation's Jacobian; z^l is sigma(x).

    Parameters
    ----------
    activation : str or Activation, default="mish"
        sigma, a name or a rule.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import ParametricActivation
    >>> layer = ParametricActivation("relu")
    >>> a = jnp.array([1.0, 0.5, 0.0])  # relu, half of it, linear
    >>> layer.forward({"a": a}, jnp.array([[-2.0, -2.0, -2.0]])).x
    Array([[ 0., -1., -2.]], dtype=float32)
    """

    activation: Activation

    def __init__(self, activation: Activation | str = "mish") -> None:
        object.__setattr__(self, "activation", as_activation(activation))

    def output_shape(self, inputs: Shape) -> Shape:
        return inputs

    def parameters(self, inputs: Shape) -> dict[str, ParameterSpec]:
        return {"a": ParameterSpec(inputs, One())}

    def forward(self, parameters: LayerParameters, x: Inputs, noise: Noise | None = None) -> Forward:
        curved = self.activation.value(x)
        return Forward(x, curved, x + parameters["a"] * (curved - x))

    def backward(self, parameters: LayerParameters, cache: Forward, g: Outputs) -> Backward:
        a, x, curved = parameters["a"], cache.inputs, cache.z
        delta = (1 - a) * g + self.activation.backward(x, curved, a * g)
        return Backward(delta, {"a": jnp.sum(g * (curved - x), axis=0)}, delta)

    def bounds(self, parameters: LayerParameters, inputs: Shape) -> list[Rule]:
        """Return h = x + a (sigma(x) - x), whose second derivative is |a| times that of sigma."""
        if not isinstance(self.activation, Coordinatewise):
            raise TypeError(no_bounds(self))
        kinks, a = tuple(jnp.asarray(at) for at in self.activation.kinks), jnp.abs(parameters["a"])

        def error(z: Entries, x: Entries) -> Entries:
            curved = x + (1 + a) * z  # at least |a sigma(z)|
            return of_activation(z, curved) + a * of_activation(z, 0 * z) + 4 * UNIT * ((1 + a) * z + curved)

        curvature = scaled_curvature(self.activation, a)
        return [Curves(lambda x: self.forward(parameters, x).x, None, kinks, curvature, error)]
