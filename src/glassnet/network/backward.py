"""Backpropagation: the delta recursion, from the output back to the input.

    delta^L = dE/dx^L (*) sigma'(z^L)                      the output layer; (*) is the Hadamard product
    delta^l = (W^{l+1} delta^{l+1}) (*) sigma'(z^l)        l = L-1, ..., 1
    dE/dW^l = x^{l-1} (delta^l)',   dE/db^l = delta^l
    dE/dx^0 = W^1 delta^1

`g` stands for dE/dx^l on its way down: the derivative of the cost at the top, W^{l+1} delta^{l+1} below. Each layer
holds the products that are its own (see `Dense.backward`); rows are samples, so a sum over samples is a matrix product.
Source: C. F. Higham and D. J. Higham, Deep Learning: An Introduction for Applied Mathematicians, SIAM Review 61(4),
2019, Section 5.
"""

from collections.abc import Callable

from glassnet._lazy import Array, jax, jnp
from glassnet._types import Outputs, PerSample, RowsIn, RowsOut, Scalar
from glassnet.network.cost import cost, cost_derivative
from glassnet.network.hash_rng import Noise
from glassnet.network.layer import Backward, Forward, Parameters, SeesInputs
from glassnet.network.loss import Loss
from glassnet.network.network import Network, forward


def backward(network: Network, parameters: Parameters, caches: list[Forward], g: RowsOut) -> list[Backward]:
    """Return delta^l, the gradient and dE/dx^{l-1} of every layer, first to last, from g = dE/dx^L.

    What a layer that sees the inputs gives back for x^0 is added to dE/dx^0 of the first layer.
    """
    steps: list[Backward] = []
    direct: list[RowsIn] = []
    for layer, arrays, cache in zip(reversed(network.layers), reversed(parameters), reversed(caches), strict=True):
        steps.append(layer.backward(arrays, cache, g))
        g = steps[-1].g
        if isinstance(layer, SeesInputs):
            g, of_inputs = jnp.split(g, [g.shape[1] - network.inputs[0]], axis=1)
            direct.append(of_inputs)
    if direct:
        steps[-1] = steps[-1]._replace(g=sum(direct, g))
    return steps[::-1]


def cost_and_gradient(
    network: Network,
    loss: Loss,
    parameters: Parameters,
    x: RowsIn,
    y: Outputs,
    weights: PerSample | None = None,
    noise: Noise | None = None,
) -> tuple[Scalar, Parameters]:
    """Return E and dE/d(parameters): one forward pass, one backward pass."""
    caches = forward(network, parameters, x, noise)
    steps = backward(network, parameters, caches, cost_derivative(loss, caches[-1].x, y, weights))
    return cost(loss, caches[-1].x, y, weights), [step.gradient for step in steps]


def pullback(
    network: Network, parameters: Parameters, x: RowsIn, derivative: Callable[[RowsOut], RowsOut]
) -> tuple[RowsOut, RowsIn]:
    """Return x^L and dE/dx^0, where `derivative` gives dE/dx^L from x^L: one forward pass, one backward pass."""
    caches = forward(network, parameters, x)
    return caches[-1].x, backward(network, parameters, caches, derivative(caches[-1].x))[0].g


def input_gradient(
    network: Network, loss: Loss, parameters: Parameters, x: RowsIn, y: Outputs, weights: PerSample | None = None
) -> RowsIn:
    """Return dE/dx^0, one step further down: what an input would have to change to change the cost."""
    return pullback(network, parameters, x, lambda outputs: cost_derivative(loss, outputs, y, weights))[1]


def output_jacobian(network: Network, parameters: Parameters, x: RowsIn) -> Parameters:
    """Return d x^L_j / d(parameters) for every sample and output j: arrays with two leading axes (batch, out).

    The same recursion, once an output: it starts from g = e_j, the j-th unit vector, instead of dE/dx^L.
    """
    units = jnp.eye(network.shapes[-1][0], dtype=x.dtype)

    def of_sample(row: Array) -> Parameters:
        caches = forward(network, parameters, row[None])
        return jax.vmap(lambda g: [step.gradient for step in backward(network, parameters, caches, g[None])])(units)

    return jax.vmap(of_sample)(x)
