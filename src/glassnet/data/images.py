"""Images as arrays: unsigned integers of 8 bits stay so, anything else becomes float32."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from glassnet.data.column import Column
from glassnet.data.scaler import Scaler, no_ends
from glassnet.data.schema import CellValue, InputRecipe, Movable, Samples, ScalerName
from glassnet.data.shared import MemberScaling, SharedImages, member_scaling, shared_images
from glassnet.network.augmentation import Shift
from glassnet.network.convolution import Convolution
from glassnet.network.flatten import Flatten
from glassnet.network.image_filters import WHITE
from glassnet.network.layer import Layer
from glassnet.network.pooling import AveragePool, MaxPool

PIXEL_VALUES = 256  # of 8 bits
CHANNELS = (32, 64, 128, 128)  # of the recipe's convolutions
SHORT = 7  # pixels a side at which an image goes to the dense layers as it is


@dataclass(frozen=True)
class Images:
    """Images as samples.

    Parameters
    ----------
    pixels : array (rows, height, width, channels)
        uint8 or float32, finite.
    """

    pixels: np.ndarray

    kind: ClassVar[str] = "image"

    @property
    def rows(self) -> int:
        """The number of images."""
        return len(self.pixels)

    @property
    def n_features(self) -> int:
        """The number of pixels times channels."""
        return prod(self.pixels.shape[1:])

    @property
    def feature_names(self) -> None:
        """None."""

    def take(self, rows: np.ndarray) -> "Images":
        """Return these images; all of them in their own order are not copied."""
        same = len(rows) == self.rows and np.array_equal(rows, np.arange(self.rows))
        return self if same else Images(self.pixels[rows])


@dataclass(frozen=True)
class ImageSchema:
    """What the images of training are; it stands where a table has its columns.

    Parameters
    ----------
    shape : tuple of three int
        Height and width in pixels, and the number of channels.
    eight_bits : bool
        Whether the pixels are unsigned integers of 8 bits, 0 to 255.
    up_to_one : bool
        Whether they are not of 8 bits, and all from 0 to 1.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_digits
    >>> from glassnet import ImageSchema
    >>> images = load_digits().images.astype(np.uint8)
    >>> schema = ImageSchema((*images.shape[1:], 1), eight_bits=images.dtype == np.uint8)
    >>> print(schema)
    images of 8 x 8, grey
    >>> schema.input_shape
    (8, 8, 1)
    """

    shape: tuple[int, int, int]
    eight_bits: bool = False
    up_to_one: bool = False

    kind: ClassVar[str] = "image"
    ignored_parts: ClassVar[frozenset[str]] = frozenset(
        {"embedding", "scaler", "clip_inputs", "input_scaling", "binary_flags", "most_one_hot", "drop_identifiers"}
    )

    @property
    def columns(self) -> tuple[Column, ...]:
        """None."""
        return ()

    @property
    def inputs(self) -> tuple[str, ...]:
        """None: pixels have no names."""
        return ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """None: pixels have no names."""
        return ()

    @property
    def text_columns(self) -> tuple[str, ...]:
        """None."""
        return ()

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(height, width, channels)."""
        return self.shape

    def match(self, samples: Samples, *, warn: bool = True) -> Images:
        """Return images of the size that training has seen."""
        if not isinstance(samples, Images):
            raise ValueError(
                f"the model was fitted to {self}, but X is a table; give it (rows, height, width, channels)"
            )
        return checked(self, samples)

    def repeated_ids(self, samples: Samples) -> list[str]:
        """Return nothing: images have no columns."""
        return []

    def unlearnable(self, samples: Samples) -> dict[str, str]:
        """Return nothing: every pixel is an input."""
        return {}

    def encode(self, samples: Samples, rows: np.ndarray | None = None) -> np.ndarray:
        """Return the pixels as they are."""
        if not isinstance(samples, Images):
            raise TypeError(f"images are encoded, not {type(samples).__name__}; match them first")
        return samples.pixels

    def check(self, x: np.ndarray, rows: np.ndarray) -> None:
        """Pixels were checked when they came in."""

    def digest(self, x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> str:
        """Return the SHA-256 of targets, weights and pixels."""
        sha256 = hashlib.sha256(np.ascontiguousarray(np.column_stack([y, weights])).tobytes())
        sha256.update(np.ascontiguousarray(x).data)
        return sha256.hexdigest()

    def fit_scaler(self, x: np.ndarray, weights: np.ndarray, rows: np.ndarray, name: ScalerName) -> Scaler:
        """Return mean and standard deviation of every channel, whatever the name: pixels have no outliers."""
        return channel_scaler(x, rows)

    def widened(self, scaler: Scaler, x: np.ndarray, weights: np.ndarray, rows: np.ndarray) -> Scaler:
        """Return the scaler with a scale for channels that were constant so far."""
        if scaler.scale.all():
            return scaler
        new = channel_scaler(x, rows)
        distance = np.hypot(new.scale, new.center - scaler.center)  # the root mean square distance from the constant
        return replace(scaler, scale=np.where(scaler.scale == 0, distance, scaler.scale))

    def to_shared(self, x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> tuple[SharedImages, np.ndarray]:
        """Return the images beside a table of targets and weights."""
        return shared_images(x, np.column_stack([y, weights]))

    def member_scaling(
        self, inputs: Scaler, targets: Scaler, mean_weight: float, exponents: np.ndarray
    ) -> MemberScaling:
        """Return how a member scales channels, targets and weights."""
        return member_scaling([targets], inputs, mean_weight, exponents)

    def embedding_layers(self) -> list[Layer]:
        """Return no layer: pixels are numbers."""
        return []

    def input_layers(self, recipe: InputRecipe) -> list[Layer]:
        """Return the layers that make a vector of an image.

        Twice as many channels at every halving of the sides, until these are short; what is then left of a large image
        is averaged.
        """
        layers: list[Layer] = [Shift(recipe.shift)] if recipe.shift else []
        *sides, _ = self.shape
        for channels in CHANNELS if recipe.convolutions else ():
            if max(sides) <= SHORT:
                break
            layers.append(Convolution(channels, min(3, *sides), "relu", padding="same"))
            if min(sides) > 1:
                layers.append(MaxPool(2))
                sides = [side // 2 for side in sides]
        return [*layers, *([AveragePool(None)] if recipe.convolutions and max(sides) > SHORT else []), Flatten()]

    def scaled_perturbation(self, scaler: Scaler, x: np.ndarray) -> np.ndarray:
        """Return how far white (of 8 bits) or a unit of the pixels moves each scaled channel."""
        unit = WHITE if self._of_eight_bits(x) else 1.0
        return np.divide(unit, scaler.scale, out=np.zeros_like(scaler.scale), where=scaler.scale != 0)

    def scaled_ends(self, scaler: Scaler, x: np.ndarray) -> np.ndarray:
        """Return black and white of every scaled channel, (2, channels), -inf and inf of pixels other than 8 bits."""
        if not self._of_eight_bits(x):
            return no_ends(scaler.scale.shape)
        moves = self.scaled_perturbation(scaler, x) / WHITE
        return np.stack([(end - scaler.center) * moves for end in (0.0, float(WHITE))])

    def perturbation_unit(self, scale: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Return white for pixels of 8 bits, else the pixels' own unit, of every channel."""
        return np.full(self.shape[-1], WHITE if self._of_eight_bits(x) else 1.0)

    def perturbation_range(self, x: np.ndarray) -> tuple[float, float] | None:
        """Return black and white for pixels of 8 bits."""
        return (0.0, 1.0) if self._of_eight_bits(x) else None

    def _of_eight_bits(self, x: np.ndarray) -> bool:
        """Return whether pixels are 0 to 255: rows that join those of a fit may come as floating-point numbers."""
        return self.eight_bits or x.dtype == np.uint8

    def restore(self, X: ArrayLike, x: np.ndarray) -> np.ndarray:
        """Return pixels as float32 images."""
        return x.astype(np.float32)

    def movable(self) -> Movable:
        """Raise `TypeError`: there are no columns."""
        raise TypeError(
            f"certify moves the numbers of tables, but this model takes {self}; for images use "
            "glassnet.bounds(network, parameters, low, high)"
        )

    def error_features(self, scaler: Scaler, x: np.ndarray) -> None:
        """Return None: pixels say too little one by one."""

    def cells(self, samples: Samples) -> dict[str, CellValue]:
        """Return what kind of image it is."""
        return {"inputs": str(self)}

    def explain(self, row: int, scaler: Scaler, x: np.ndarray) -> str:
        """Return the number of the image."""
        return f"the prediction for image {row} is not finite; are its pixels as in training?"

    def check_stored(self, features: int, names: Sequence[str] | None) -> None:
        """Raise `ValueError` unless the number of features is that of pixels."""
        if features != prod(self.shape):
            raise ValueError("its n_features_in_ is not the number of pixels")

    def describe(self) -> str:
        """Return size and channels."""
        return str(self)

    def __str__(self) -> str:
        height, width, channels = self.shape
        return f"images of {height} x {width}, {'grey' if channels == 1 else f'{channels} channels'}"


def is_images(X: ArrayLike) -> bool:
    """Return whether this is an array of images: three axes, or four with the channels."""
    return getattr(X, "ndim", 0) in (3, 4) and hasattr(X, "dtype")


def as_images(array: ArrayLike) -> Images:
    """Return an array (rows, height, width) or (rows, height, width, channels) as images.

    `ValueError` for what holds no numbers, and names the first image with a pixel that is missing or infinite.
    """
    pixels = np.asarray(array)
    pixels = pixels[..., None] if pixels.ndim == 3 else pixels
    if pixels.dtype.kind not in "uifb":
        raise ValueError(f"images must be numbers, but the array holds {pixels.dtype}")
    if not pixels.size:
        raise ValueError(
            f"Found array with 0 sample(s) or no pixels: images have shape {pixels.shape}; expected "
            "(rows, height, width, channels)"
        )
    if pixels.dtype == np.uint8:
        return Images(pixels)
    with np.errstate(over="ignore"):
        narrow = pixels.astype(np.float32)
    finite = np.isfinite(narrow.reshape(len(narrow), -1)).all(axis=1)
    if not finite.all():
        raise ValueError(
            f"image {int(np.argmin(finite))} holds a pixel that is NaN, infinite or too large for 32 bits; leave the "
            "image out or correct it"
        )
    return Images(narrow)


def image_schema(images: Images) -> ImageSchema:
    """Return what these images are."""
    pixels, eight_bits = images.pixels, images.pixels.dtype == np.uint8
    height, width, channels = pixels.shape[1:]
    up_to_one = not eight_bits and bool(pixels.min() >= 0 and pixels.max() <= 1)
    return ImageSchema((height, width, channels), eight_bits, up_to_one)


def checked(schema: ImageSchema, images: Images) -> Images:
    """Return the images; `ValueError` when images have another size than in training."""
    shape, pixels = images.pixels.shape[1:], images.pixels
    if schema.eight_bits and pixels.dtype != np.uint8 and float(pixels.min()) >= 0 and 0 < float(pixels.max()) <= 1:
        raise ValueError("the images' pixels lie between 0 and 1, but in training between 0 and 255; multiply by 255")
    if schema.up_to_one and pixels.dtype == np.uint8 and int(pixels.max()) > 1:
        raise ValueError("the images' pixels lie between 0 and 255, but in training between 0 and 1; divide by 255")
    if shape[:2] == schema.shape[:2] and shape != schema.shape:
        raise ValueError(
            f"the images have {shape[2]} channel(s), but in training {schema.shape[2]}; repeat grey ones three "
            "times, or average colours"
        )
    if shape != schema.shape:
        was, has = (" x ".join(map(str, sides)) for sides in (schema.shape, shape))
        raise ValueError(f"the images have {has} (height, width, channels), but in training {was}; resize them")
    return images


def channel_scaler(pixels: np.ndarray, rows: np.ndarray) -> Scaler:
    """Return mean and standard deviation of every channel over all pixels of these rows, 0 for a constant channel."""
    moments = [_moments(pixels, rows, channel) for channel in range(pixels.shape[-1])]
    center, standard_deviation = np.array(moments).T
    return Scaler(center, standard_deviation, np.zeros_like(center))


def _moments(pixels: np.ndarray, rows: np.ndarray, channel: int) -> tuple[float, float]:
    values = pixels[rows, :, :, channel]
    if values.dtype == np.uint8:  # counted, so that no copy in floats is needed
        counts = np.bincount(values.ravel(), minlength=PIXEL_VALUES)
        pixel_values = np.arange(PIXEL_VALUES)
        mean = float(np.average(pixel_values, weights=counts))
        return mean, float(np.sqrt(np.average((pixel_values - mean) ** 2, weights=counts)))
    return float(values.mean(dtype=np.float64)), float(values.std(dtype=np.float64))
