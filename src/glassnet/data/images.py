"""Images as they are kept: whole numbers of 8 bits stay so, anything else becomes float32."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from glassnet.data.columns import Table
from glassnet.data.scaler import Scale

WHITE = 255.0
LEVELS = 256


@dataclass(frozen=True)
class Images:
    """Images (rows, height, width, channels), uint8 or float32, finite."""

    pixels: np.ndarray

    names: ClassVar[tuple[str, ...]] = ()

    @property
    def rows(self) -> int:
        """The number of pictures."""
        return len(self.pixels)

    def take(self, rows: np.ndarray) -> "Images":
        """Return these pictures; all of them in their own order are not copied."""
        same = len(rows) == self.rows and np.array_equal(rows, np.arange(self.rows))
        return self if same else Images(self.pixels[rows])


@dataclass(frozen=True)
class ImageSchema:
    """What a picture is: its height, width and channels, and what pixels training had.

    It stands where a table has its columns.
    """

    shape: tuple[int, int, int]
    eight_bits: bool = False
    up_to_one: bool = False  # not of 8 bits, and all from 0 to 1

    columns: ClassVar[tuple[Any, ...]] = ()
    inputs: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        height, width, channels = self.shape
        return f"pictures of {height} x {width}, {'grey' if channels == 1 else f'{channels} channels'}"


Samples = Table | Images  # what an estimator learns from


def is_pictures(given: Any) -> bool:
    """Return whether this is an array of pictures: three axes, or four with the channels."""
    return getattr(given, "ndim", 0) in (3, 4) and hasattr(given, "dtype")


def as_pictures(given: Any) -> Images:
    """Return an array (rows, height, width) or (rows, height, width, channels) as pictures.

    `ValueError` for what holds no numbers, and names the first picture with a pixel that is missing or infinite.
    """
    pixels = np.asarray(given)
    pixels = pixels[..., None] if pixels.ndim == 3 else pixels
    if pixels.dtype.kind not in "uifb":
        raise ValueError(f"pictures must be numbers, but the array holds {pixels.dtype}")
    if not pixels.size:
        raise ValueError(
            f"Found array with 0 sample(s) or no pixels: pictures have shape {pixels.shape}; expected "
            "(rows, height, width, channels)"
        )
    if pixels.dtype == np.uint8:
        return Images(pixels)
    with np.errstate(over="ignore"):
        narrow = pixels.astype(np.float32)
    whole = np.isfinite(narrow.reshape(len(narrow), -1)).all(axis=1)
    if not whole.all():
        raise ValueError(
            f"picture {int(np.argmin(whole))} holds a pixel that is NaN, infinite or too large for 32 bits; leave the "
            "picture out or mend it"
        )
    return Images(narrow)


def picture_schema(pictures: Images) -> ImageSchema:
    """Return what these pictures are."""
    pixels, eight_bits = pictures.pixels, pictures.pixels.dtype == np.uint8
    height, width, channels = pixels.shape[1:]
    up_to_one = not eight_bits and bool(pixels.min() >= 0 and pixels.max() <= 1)
    return ImageSchema((height, width, channels), eight_bits, up_to_one)


def checked(schema: ImageSchema, pictures: Images) -> Images:
    """Return the pictures; `ValueError` when pictures have another size than in training."""
    shape, pixels = pictures.pixels.shape[1:], pictures.pixels
    if schema.eight_bits and pixels.dtype != np.uint8 and float(pixels.min()) >= 0 and 0 < float(pixels.max()) <= 1:
        raise ValueError("the pictures' pixels lie between 0 and 1, but in training between 0 and 255; multiply by 255")
    if schema.up_to_one and pixels.dtype == np.uint8 and int(pixels.max()) > 1:
        raise ValueError("the pictures' pixels lie between 0 and 255, but in training between 0 and 1; divide by 255")
    if shape[:2] == schema.shape[:2] and shape != schema.shape:
        raise ValueError(
            f"the pictures have {shape[2]} channel(s), but in training {schema.shape[2]}; repeat grey ones three "
            "times, or average colours"
        )
    if shape != schema.shape:
        was, has = (" x ".join(map(str, sides)) for sides in (schema.shape, shape))
        raise ValueError(f"the pictures have {has} (height, width, channels), but in training {was}; resize them")
    return pictures


def channel_scale(pixels: np.ndarray, rows: np.ndarray) -> Scale:
    """Return mean and standard deviation of every channel over all pixels of these rows, 0 for a constant channel."""
    values = [_moments(pixels, rows, channel) for channel in range(pixels.shape[-1])]
    center, spread = np.array(values).T
    return Scale(center, spread, np.zeros_like(center))


def _moments(pixels: np.ndarray, rows: np.ndarray, channel: int) -> tuple[float, float]:
    own = pixels[rows, :, :, channel]
    if own.dtype == np.uint8:  # counted, so that no copy in floats is needed
        counts = np.bincount(own.ravel(), minlength=LEVELS)
        levels = np.arange(LEVELS)
        mean = float(np.average(levels, weights=counts))
        return mean, float(np.sqrt(np.average((levels - mean) ** 2, weights=counts)))
    return float(own.mean(dtype=np.float64)), float(own.std(dtype=np.float64))
