"""The dense layer: every output is connected to every input."""

from dataclasses import dataclass, replace
from math import prod

from glassnet._lazy import jnp
from glassnet._types import Inputs, Outputs
from glassnet.network.activation import Activation, Identity, activation_rules, as_activation
from glassnet.network.bounding_rules import Linear, Rule
from glassnet.network.hash_rng import Noise
from glassnet.network.initializers import ArrayLike, Initializer, as_initializer
from glassnet.network.layer import Backward, Forward, LayerParameters, ParameterSpec, Shape

FULL_RATE_INPUTS = 100  # inputs at which the learning rate of W is that of everything else


@dataclass(frozen=True, init=False)
class Dense:
    """x^l = sigma(z^l), z^l = x^{l-1} W + b: W of shape (inputs, outputs), rows are samples.

    The number of inputs is that of the layer before.

    Parameters
    ----------
    outputs : int
        The number of units n_l, at least 1.
    activation : str or Activation, default="identity"
        sigma, a name such as "tanh" or a rule such as `ELU(0.5)`.
    weights : str, Initializer or array_like, default="glorot"
        Where W (inputs, outputs) starts: a name, a rule such as `Normal(0.1)`, or the numbers.
    bias : str, Initializer or array_like, default="zero"
        Where b (outputs,) starts.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import Dense, Network
    >>> layer = Dense(1, "relu", weights=[[1.0], [-2.0]], bias=[0.5])
    >>> (parameters,) = Network(2, [layer]).initialize(seed=0)
    >>> x = jnp.array([[3.0, 1.0], [0.0, 1.0]])
    >>> layer.forward(parameters, x).x  # relu(3 - 2 + 0.5) and relu(-2 + 0.5)
    Array([[1.5],
           [0. ]], dtype=float32)
    """

    outputs: int
    activation: Activation
    weights: Initializer
    bias: Initializer

    def __init__(
        self,
        outputs: int,
        activation: Activation | str = "identity",
        weights: Initializer | ArrayLike | str = "glorot",
        bias: Initializer | ArrayLike | str = "zero",
    ) -> None:
        if outputs != int(outputs) or outputs < 1:
            raise ValueError(f"Dense(outputs={outputs}) needs an integer number of outputs, at least one")
        object.__setattr__(self, "outputs", int(outputs))
        object.__setattr__(self, "activation", as_activation(activation))
        object.__setattr__(self, "weights", as_initializer(weights))
        object.__setattr__(self, "bias", as_initializer(bias))

    def output_shape(self, inputs: Shape) -> Shape:
        """Return (outputs,); the inputs must be a vector."""
        if len(inputs) != 1:
            raise ValueError(
                f"Dense({self.outputs}) takes a vector, but what comes in has shape {inputs}; put Flatten() before it"
            )
        return (self.outputs,)

    def parameters(self, inputs: Shape) -> dict[str, ParameterSpec]:
        """Return the specifications of W (inputs, outputs) and b (outputs,).

        The learning rate of W falls with the root of its inputs: z moves alike whatever the width (Jacot et al. 2018).
        """
        fans = inputs[0], self.outputs
        multiplier = (FULL_RATE_INPUTS / inputs[0]) ** 0.5
        return {
            "W": ParameterSpec((inputs[0], self.outputs), self.weights, *fans, multiplier, l2=True),
            "b": ParameterSpec((self.outputs,), self.bias, *fans, decay=False),
        }

    def forward(self, parameters: LayerParameters, x: Inputs, noise: Noise | None = None) -> Forward:
        """Return z^l = x^{l-1} W + b and x^l = sigma(z^l)."""
        z = x @ parameters["W"] + parameters["b"]
        return Forward(x, z, self.activation.value(z))

    def backward(self, parameters: LayerParameters, cache: Forward, g: Outputs) -> Backward:
        """Return delta^l and what follows from it, for rows that are samples.

        delta^l = g (*) sigma'(z^l), dE/dW = (x^{l-1})' delta^l, dE/db = the sum of its rows, dE/dx^{l-1} = delta^l W'.
        """
        delta = self.activation.backward(cache.z, cache.x, g)
        gradient = {"W": cache.inputs.T @ delta, "b": jnp.sum(delta, axis=0)}
        return Backward(delta, gradient, delta @ parameters["W"].T)

    def bounds(self, parameters: LayerParameters, inputs: Shape) -> list[Rule]:
        """Return the rules of z^l = x^{l-1} W + b, which is linear, and of sigma."""
        linear = replace(self, activation=Identity())
        return [Linear(linear, parameters, prod(parameters["W"].shape[:-1]) + 1), *activation_rules(self.activation)]
