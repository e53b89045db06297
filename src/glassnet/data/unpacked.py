"""Packed and plain files as streams of bytes, and their first bytes."""

import gzip
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import zstandard

from glassnet.data.report import TableError
from glassnet.data.source import packing_of

START = 65_536


def opened(path: Path) -> tuple[str | None, bytes]:
    """Return how a file is packed, and the first bytes of what is in it; `TableError` for what cannot be streamed."""
    try:
        with path.open("rb") as file:
            start = file.read(START)
    except OSError as error:
        raise TableError(f"{str(path)!r} could not be read: {error.strerror}") from error
    packing = packing_of(path, start)
    if packing == ".zip":
        raise TableError(
            f"{str(path)!r} is packed as .zip, which is read at once; unpack it, or pack it as .gz or .zst"
        )
    if packing is not None:
        with bytes_of(path, packing) as stream:
            start = stream.read(START)
        if packing_of(path, start) is not None:
            raise TableError(f"{str(path)!r} is packed twice; unpack it once")
    if not start:
        raise TableError(f"{str(path)!r} is empty; a table needs a line of column names and rows")
    return packing, start


@contextmanager
def bytes_of(path: Path, packing: str | None) -> Generator[IO[bytes], None, None]:
    """Give the bytes of a file, unpacked, as they are asked for; `TableError` where they cannot be unpacked."""
    try:
        with path.open("rb") as file:
            if packing == ".gz":
                with gzip.open(file) as stream:
                    yield stream  # pyright: ignore[reportReturnType]
            elif packing == ".zst":
                with zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True) as stream:
                    yield stream  # pyright: ignore[reportReturnType]
            else:
                yield file
    except (EOFError, zlib.error, zstandard.ZstdError, gzip.BadGzipFile) as error:
        raise TableError(f"{str(path)!r} could not be unpacked as {packing}: {error}; is it whole?") from error
