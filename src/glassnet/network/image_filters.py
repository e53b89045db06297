"""Convolution as an operator on images, and any linear layer as the matrix that it is."""

from math import prod

import numpy as np
from numpy.typing import ArrayLike

from glassnet._lazy import jnp
from glassnet.network.convolution import Convolution
from glassnet.network.devices import float64
from glassnet.network.layer import LayerParameters, Shape
from glassnet.network.windows import Padding, PerAxis

WHITE = 255.0  # the largest of 8 bits

KERNELS: dict[str, np.ndarray] = {
    name: np.array(kernel, dtype=np.float64) / divisor
    for name, kernel, divisor in (
        ("laplacian", [[0, -1, 0], [-1, 4, -1], [0, -1, 0]], 1),
        ("sobel", [[1, 0, -1], [2, 0, -2], [1, 0, -1]], 1),
        ("sobel_down", [[1, 2, 1], [0, 0, 0], [-1, -2, -1]], 1),
        ("sharpen", [[0, -1, 0], [-1, 5, -1], [0, -1, 0]], 1),
        ("blur", [[1, 2, 1], [2, 4, 2], [1, 2, 1]], 16),
        ("box", [[1, 1, 1], [1, 1, 1], [1, 1, 1]], 9),
        ("emboss", [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], 1),
    )
}


def convolve(
    image: ArrayLike, kernel: ArrayLike, *, stride: PerAxis = 1, padding: Padding = "same", flip: bool = False
) -> np.ndarray:
    """Return an image (height, width) or (height, width, channels) convolved with a kernel, float64.

    z[p, q] = sum over i, j of x[s p + i, s q + j] k[i, j], every channel by itself.

    Parameters
    ----------
    image : array_like (height, width) or (height, width, channels)
        Finite numbers.
    kernel : str or array_like (rows, columns)
        A matrix, or a name: laplacian, sobel (edges that run down), sobel_down (edges that run across), sharpen, blur,
        box, emboss.
    stride : int or tuple of int, default=1
        s, in pixels.
    padding : "same", "valid", int or tuple, default="same"
        As for `Convolution`; "same" puts zeros around.
    flip : bool, default=False
        Whether the kernel is turned by 180 degrees: the convolution of the textbooks.

    Returns
    -------
    ndarray
        Float64, with the axes of the image.

    Raises
    ------
    ValueError
        For an image or kernel of another shape, or with NaN or infinity.

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import convolve
    >>> image = np.zeros((3, 5))
    >>> image[:, 3:] = 100  # an edge that runs down
    >>> convolve(image, "sobel", padding="valid")  # 0 where the image is constant
    array([[   0., -400., -400.]])
    """
    x = np.asarray(image, dtype=np.float64)
    if x.ndim not in (2, 3) or not x.size:
        raise ValueError(f"image has shape {x.shape}; expected (height, width) or (height, width, channels)")
    if not np.isfinite(x).all():
        raise ValueError("image holds NaN or infinity; give finite numbers")
    matrix = kernel_of(kernel)
    layer = Convolution(1, matrix.shape, stride=stride, padding=padding, flip=flip)
    channels = x[None] if x.ndim == 2 else np.moveaxis(x, -1, 0)
    with float64():
        parameters = {"W": jnp.asarray(matrix[:, :, None, None]), "b": jnp.zeros(1)}
        z = np.asarray(layer.forward(parameters, jnp.asarray(channels[..., None])).z)[..., 0]
    return z[0] if x.ndim == 2 else np.moveaxis(z, 0, -1)


def matrix_of(layer: Convolution, parameters: LayerParameters, inputs: Shape) -> np.ndarray:
    """Return the matrix of a convolution: M with vec(z) = vec(x) M + b, which holds few numbers many times.

    Its rows are what the layer makes of unit images; the transpose of M is the adjoint that `backward` applies.

    Parameters
    ----------
    layer : Convolution
        The layer.
    parameters : dict of array
        Its parameters W and b.
    inputs : tuple of int
        (height, width, channels) of what comes in.

    Returns
    -------
    array (inputs, outputs)
        M, pixels and channels laid end to end.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import Convolution, matrix_of
    >>> layer = Convolution(1, 2)
    >>> parameters = {"W": jnp.array([1.0, -1.0]).reshape(2, 1, 1), "b": jnp.zeros(1)}
    >>> matrix_of(layer, parameters, (4, 1))  # of a signal of 4 numbers
    array([[ 1.,  0.,  0.],
           [-1.,  1.,  0.],
           [ 0., -1.,  1.],
           [ 0.,  0., -1.]], dtype=float32)
    """
    precision = jnp.asarray(parameters["W"]).dtype  # which JAX may have made float32
    units = jnp.eye(prod(inputs), dtype=precision).reshape(-1, *inputs)
    silent = {**parameters, "b": jnp.zeros_like(parameters["b"])}
    return np.asarray(layer.forward(silent, units).z).reshape(prod(inputs), -1)


def as_pixels(z: np.ndarray, kernel: np.ndarray, show_as: str = "auto") -> np.ndarray:
    """Return what comes out of a kernel as uint8 pixels.

    "size" shows |z|, cut off at white; "clipped" z, cut off at black and white; "stretched" the least z as black and
    the largest as white. "auto" shows sizes for a kernel that sums to 0, which gives 0 where the image is constant,
    else it cuts off.
    """
    if show_as == "auto":
        show_as = "size" if abs(kernel.sum()) < np.abs(kernel).sum() / 1000 else "clipped"
    if show_as == "stretched":
        z = (z - z.min()) * (WHITE / (np.ptp(z) or 1.0))
    return np.clip(np.round(np.abs(z) if show_as == "size" else z), 0, WHITE).astype(np.uint8)


def kernel_of(kernel: ArrayLike) -> np.ndarray:
    """Return the kernel of that name, or the matrix given; `ValueError` lists the names."""
    if isinstance(kernel, str):
        if kernel not in KERNELS:
            raise ValueError(f"kernel={kernel!r} is not known; choose one of {', '.join(KERNELS)}, or give a matrix")
        return KERNELS[kernel]
    matrix = np.asarray(kernel, dtype=np.float64)
    if matrix.ndim != 2 or not matrix.size or not np.isfinite(matrix).all():
        raise ValueError(f"kernel has shape {matrix.shape}; expected a matrix of finite numbers")
    return matrix
