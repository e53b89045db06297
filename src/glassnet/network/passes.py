"""What a layer's two passes return: the records that backpropagation hands from layer to layer."""

from typing import NamedTuple, Protocol, runtime_checkable

from glassnet._types import RowsIn, RowsOut
from glassnet.network.hash_rng import Noise
from glassnet.network.parameters import LayerParameters


class Forward(NamedTuple):
    """What layer l caches in a forward pass: x^{l-1}, z^l and x^l, all with a leading batch axis.

    Attributes
    ----------
    inputs : Array (batch, *in)
        x^{l-1}.
    z : Array (batch, *out)
        z^l, or what the backward rule needs in its place.
    x : Array (batch, *out)
        x^l.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import Dense
    >>> parameters = {"W": jnp.array([[2.0]]), "b": jnp.array([-10.0])}
    >>> cache = Dense(1, "relu").forward(parameters, jnp.array([[3.0]]))
    >>> cache._fields
    ('inputs', 'z', 'x')
    >>> cache.inputs, cache.z, cache.x
    (Array([[3.]], dtype=float32), Array([[-4.]], dtype=float32), Array([[0.]], dtype=float32))
    """

    inputs: RowsIn
    z: RowsOut
    x: RowsOut


class Backward(NamedTuple):
    """What layer l gives back: delta^l = dE/dz^l, dE/d(parameters of l), and g = dE/dx^{l-1}.

    Attributes
    ----------
    delta : Array (batch, *out)
        delta^l = dE/dz^l.
    gradient : dict of str to Array
        dE/d(parameter), by name, each of the shape of the parameter.
    g : Array (batch, *in)
        dE/dx^{l-1}.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import Dense
    >>> layer, parameters = Dense(1), {"W": jnp.array([[2.0]]), "b": jnp.array([1.0])}
    >>> cache = layer.forward(parameters, jnp.array([[3.0]]))
    >>> back = layer.backward(parameters, cache, jnp.array([[1.0]]))  # from dE/dx^l = 1
    >>> {name: array.tolist() for name, array in back.gradient.items()}
    {'W': [[3.0]], 'b': [1.0]}
    >>> back.g.tolist()
    [[2.0]]
    """

    delta: RowsOut
    gradient: LayerParameters
    g: RowsIn


@runtime_checkable
class TwoPasses(Protocol):
    """A map over visible parameters with a forward and a backward rule."""

    def forward(self, parameters: LayerParameters, x: RowsIn, noise: Noise | None = None) -> Forward:
        """Return z^l and x^l from x^{l-1}; `noise`, in training, drives what is random in the layer."""
        ...

    def backward(self, parameters: LayerParameters, cache: Forward, g: RowsOut) -> Backward:
        """Return delta^l, the gradient and dE/dx^{l-1} from g = dE/dx^l."""
        ...
