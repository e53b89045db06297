"""A container: named arrays and a JSON description in one safetensors file, with a checksum over every byte.

The description is the only entry, "glassnet", of the file's metadata. It holds the SHA-256 of the whole file, taken
with 64 zeros in its place. A reader takes numbers and text, never code.
"""

import hashlib
import json
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from glassnet.storage.atomic import write_bytes
from glassnet.storage.json_value import JSON

ENTRY = "glassnet"
NO_DIGEST = "0" * 64
LONGEST_HEADER = 100_000_000  # bytes; the limit of the safetensors format


class ContainerError(ValueError):
    """A file is no container, or is damaged."""


def write_container(path: Path, description: Mapping[str, JSON], arrays: Mapping[str, np.ndarray]) -> None:
    """Write description and arrays in one go; the old file stays when anything fails.

    Raises `ContainerError` for a description that is longer than the format takes, and `OSError`.
    """
    # The digest comes first: the first 64 zeros of a file are its place, whatever the texts below hold.
    text = json.dumps({"sha256": NO_DIGEST, **dict(sorted(description.items()))})
    try:
        content = save({name: np.asarray(array, order="C") for name, array in arrays.items()}, {ENTRY: text})
    except SafetensorError as error:
        raise ContainerError(
            f"its description of {len(text)} letters is too long ({error}), a file takes {LONGEST_HEADER} bytes: fit "
            "with a smaller max_iter"
        ) from None
    digest = hashlib.sha256(content).hexdigest()
    write_bytes(path, content.replace(NO_DIGEST.encode(), digest.encode(), 1))


def read_container(path: Path) -> tuple[dict[str, JSON], dict[str, np.ndarray]]:
    """Return description and arrays; `ContainerError` says why a file is refused."""
    content = path.read_bytes()
    description, header = _description(content)
    stated = str(description.pop("sha256", "")).encode()
    digest = hashlib.sha256(content[:header].replace(stated, NO_DIGEST.encode(), 1))
    digest.update(memoryview(content)[header:])
    if len(stated) != len(NO_DIGEST) or digest.hexdigest().encode() != stated:
        raise ContainerError("the checksum does not match: the file was changed or damaged after it was written")
    try:
        return description, load(content)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise ContainerError(f"the arrays cannot be read: {error}") from None


def _description(content: bytes) -> tuple[dict[str, JSON], int]:
    """Return the description and where the header ends."""
    if len(content) < 8:
        raise ContainerError(f"it has {len(content)} bytes, too few for a model file")
    (length,) = struct.unpack("<Q", content[:8])
    if not 0 < length <= min(LONGEST_HEADER, len(content) - 8):
        raise ContainerError("it is no model of glassnet, nor a safetensors file: its header has no plausible length")
    try:
        header = json.loads(content[8 : 8 + length])
        description = json.loads(header["__metadata__"][ENTRY])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ContainerError("it is not a glassnet file: its header holds no description") from None
    if not isinstance(description, dict):
        raise ContainerError("it is not a glassnet file: its description is no object")
    return description, 8 + length
