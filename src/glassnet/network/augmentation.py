"""Augmentation: layers that show every image a little differently each time, in training alone.

Each is a rearrangement, x^l[p, q] = x^{l-1}[source(p, q)], and its adjoint adds g up where the pixels came from. Every
image of a batch draws for itself, from the step's noise. Without noise images pass as they are, and a crop takes
the middle. z^l holds the number of the source pixel (row x width + column), which the backward rule uses again.
"""

from abc import abstractmethod
from dataclasses import dataclass

from jaxtyping import Float, Int

from glassnet._lazy import Array, jax, jnp
from glassnet._types import RowsIn, RowsOut
from glassnet.network.bounding_rules import Linear, Rule
from glassnet.network.hash_rng import Noise, bits, derived
from glassnet.network.layer import Backward, Forward, LayerParameters, Shape
from glassnet.network.stateless import Stateless

Indices = Int[Array, "images _"]


@dataclass(frozen=True)
class Rearrangement(Stateless):
    """x^l[p, q] = x^{l-1}[source(p, q)]; subclasses say how many images, rows and columns come from where."""

    @abstractmethod
    def source(self, noise: Noise | None, images: int, inputs: Shape) -> tuple[Indices, Indices]:
        """Return the source rows (images, rows out) and columns (images, columns out) as integers."""

    def output_shape(self, inputs: Shape) -> Shape:
        """Return the shape of what comes in, which must be an image."""
        if len(inputs) != 3:
            raise ValueError(
                f"{type(self).__name__} takes (height, width, channels), but what comes in has shape {inputs}"
            )
        return inputs

    def forward(self, parameters: LayerParameters, x: RowsIn, noise: Noise | None = None) -> Forward:
        images, *inputs = x.shape
        rows, columns = self.source(noise, images, tuple(inputs))
        places = rows[:, :, None] * inputs[1] + columns[:, None, :]
        flat = places.reshape(images, -1, 1)
        moved = jnp.take_along_axis(x.reshape(images, -1, inputs[2]), flat, axis=1)
        moved = moved.reshape(*places.shape, inputs[2])
        return Forward(x, jnp.broadcast_to(places[..., None], moved.shape).astype(x.dtype), moved)

    def backward(self, parameters: LayerParameters, cache: Forward, g: RowsOut) -> Backward:
        def add_up(
            places: Int[Array, " places"], signal: Float[Array, "places channels"]
        ) -> Float[Array, "pixels channels"]:
            nothing = jnp.zeros((cache.inputs.shape[1] * cache.inputs.shape[2], signal.shape[-1]), signal.dtype)
            return nothing.at[places].add(signal)

        places = cache.z[..., 0].astype(jnp.int32).reshape(g.shape[0], -1)
        back = jax.vmap(add_up)(places, g.reshape(g.shape[0], -1, g.shape[-1]))
        return Backward(g, {}, back.reshape(cache.inputs.shape))

    def bounds(self, parameters: LayerParameters, inputs: Shape) -> list[Rule]:
        return [Linear(self, {}, 0)]


@dataclass(frozen=True)
class Shift(Rearrangement):
    """Every image moved by up to `most` pixels along each axis; what opens up repeats the edge.

    Parameters
    ----------
    most : int, default=2
        The largest shift along each axis, in pixels.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import Convolution, Dense, Flatten, Network, Shift
    >>> network = Network((4, 4, 1), [Shift(1), Convolution(2, 3), Flatten(), Dense(1)])
    >>> network.shapes[1], network.n_parameters  # a shift has none
    ((4, 4, 1), 29)
    >>> image = jnp.arange(16.0).reshape(1, 4, 4, 1)
    >>> np.array_equal(Shift(1).forward({}, image).x, image)  # without noise, as in predictions, nothing moves
    True
    """

    most: int = 2

    def __post_init__(self) -> None:
        if not isinstance(self.most, int) or self.most < 1:
            raise ValueError(f"Shift(most={self.most!r}) needs an integer number of pixels, at least 1")

    def source(self, noise: Noise | None, images: int, inputs: Shape) -> tuple[Indices, Indices]:
        moves = [_drawn(noise, axis, images, 2 * self.most + 1, self.most) - self.most for axis in (0, 1)]
        rows, columns = (
            jnp.clip(jnp.arange(length) + move[:, None], 0, length - 1)
            for length, move in zip(inputs[:2], moves, strict=True)
        )
        return rows, columns


@dataclass(frozen=True)
class Flip(Rearrangement):
    """Every image mirrored, left to right, or not, with probability one half each.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import Convolution, Dense, Flatten, Flip, Network
    >>> network = Network((4, 4, 1), [Flip(), Convolution(2, 3), Flatten(), Dense(1)])
    >>> network.shapes[1], network.n_parameters  # a flip has none
    ((4, 4, 1), 29)
    >>> image = jnp.arange(16.0).reshape(1, 4, 4, 1)
    >>> np.array_equal(Flip().forward({}, image).x, image)  # without noise, as in predictions, nothing is mirrored
    True
    """

    def source(self, noise: Noise | None, images: int, inputs: Shape) -> tuple[Indices, Indices]:
        rows, columns = (jnp.broadcast_to(jnp.arange(length), (images, length)) for length in inputs[:2])
        turned = _drawn(noise, 0, images, 2, 0)[:, None] == 1
        return rows, jnp.where(turned, inputs[1] - 1 - columns, columns)


@dataclass(frozen=True)
class Crop(Rearrangement):
    """A piece of `height` x `width` from a place of its own in every image; without noise from the middle.

    Parameters
    ----------
    height : int
        The height of the piece, in pixels.
    width : int
        Its width, in pixels.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import Crop
    >>> image = jnp.arange(16.0).reshape(1, 4, 4, 1)
    >>> np.asarray(Crop(2, 2).forward({}, image).x)[0, :, :, 0]  # without noise the middle
    array([[ 5.,  6.],
           [ 9., 10.]], dtype=float32)
    """

    height: int
    width: int

    def __post_init__(self) -> None:
        if not all(isinstance(side, int) and side >= 1 for side in (self.height, self.width)):
            raise ValueError(f"Crop({self.height!r}, {self.width!r}) needs integer numbers of pixels, at least 1")

    def output_shape(self, inputs: Shape) -> Shape:
        """Return (height, width, channels)."""
        super().output_shape(inputs)
        if inputs[0] < self.height or inputs[1] < self.width:
            raise ValueError(f"Crop({self.height}, {self.width}) is larger than what comes in, {inputs[:2]}")
        return (self.height, self.width, inputs[2])

    def source(self, noise: Noise | None, images: int, inputs: Shape) -> tuple[Indices, Indices]:
        starts = [
            _drawn(noise, axis, images, length - side + 1, (length - side) // 2)
            for axis, (length, side) in enumerate(zip(inputs, (self.height, self.width), strict=False))
        ]
        return starts[0][:, None] + jnp.arange(self.height), starts[1][:, None] + jnp.arange(self.width)


def _drawn(noise: Noise | None, axis: int, images: int, values: int, otherwise: int) -> Int[Array, " images"]:
    """Return for every image one of 0, ..., values - 1, drawn by the step's noise, or `otherwise` without noise."""
    if noise is None:
        return jnp.full(images, otherwise, jnp.int32)
    return (bits(derived(noise.seed, axis), (images,), noise.first) % jnp.uint32(values)).astype(jnp.int32)
