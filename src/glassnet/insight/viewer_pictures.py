"""Images of a trace as grey pictures: PNG files in the addresses of images, each with the range of its numbers."""

import struct
import zlib
from base64 import b64encode

import numpy as np

from glassnet.storage.json_value import JSON

MOST_SIDE = 64  # of a picture; of larger images every second, third, ... row and column is drawn
GREY = 0  # PNG's type of colour
DEPTH = 8  # bits


def step_of(shape: tuple[int, ...]) -> int:
    """Return which rows and columns of images (height, width, channels) are drawn: every one (1), every second, ..."""
    return -(-max(shape[:-1]) // MOST_SIDE)


def pictures_of(array: np.ndarray, channels: np.ndarray) -> JSON:
    """Return the channels of images (rows, height, width, channels) as [address, least, largest], by row and channel.

    The least number of a picture is black and the largest is white.
    """
    every = step_of(array.shape[1:])
    return [
        [_picture(np.atleast_2d(image[..., channel]), every) for channel in map(int, channels)]
        for image in array
    ]  # fmt: skip


def _picture(channel: np.ndarray, every: int) -> list[JSON]:
    least, largest = float(channel.min()), float(channel.max())
    grey = np.round(255 * (channel[::every, ::every] - least) / ((largest - least) or 1.0)).astype(np.uint8)
    return [f"data:image/png;base64,{b64encode(png(grey)).decode()}", least, largest]


def png(grey: np.ndarray) -> bytes:
    """Return a PNG file of grey pixels (height, width), 0 black and 255 white.

    Source: Portable Network Graphics (PNG) Specification, W3C, sections 5, 9 and 11: every line begins with its
    filter, here none.
    """
    height, width = grey.shape
    lines = np.hstack([np.zeros((height, 1), np.uint8), grey]).tobytes()
    head = struct.pack(">IIBBBBB", width, height, DEPTH, GREY, 0, 0, 0)
    parts = _chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(lines)), _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
