"""A container: named arrays and a JSON description in one safetensors file, with a checksum over both.

The description is the only entry, "glassnet", of the file's metadata. A reader takes numbers and text, never code.
Every byte counts: a file that differs from what the writer would write for its content is damaged.
"""

import hashlib
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from glassnet.storage.atomic import write_bytes

ENTRY = "glassnet"
LONGEST_HEADER = 100_000_000  # bytes; the limit of the safetensors format


class ContainerError(ValueError):
    """A file is no container, or is damaged."""


def write_container(path: Path, description: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    """Write description and arrays in one go; the old file stays when anything fails."""
    write_bytes(path, _to_bytes(description, arrays))


def read_container(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return description and arrays; `ContainerError` says why a file is refused."""
    content = path.read_bytes()
    description = _description(content)
    stated = description.pop("sha256", None)
    try:
        arrays = load(content)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise ContainerError(f"the arrays cannot be read: {error}") from None
    if stated != _digest(description, arrays) or content != _to_bytes(description, arrays):
        raise ContainerError("the checksum does not match: the file was changed or damaged after it was written")
    return description, arrays


def _to_bytes(description: dict[str, Any], arrays: dict[str, np.ndarray]) -> bytes:
    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    text = json.dumps({**description, "sha256": _digest(description, contiguous)}, sort_keys=True)
    return save(contiguous, {ENTRY: text})


def _digest(description: dict[str, Any], arrays: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256(json.dumps(description, sort_keys=True).encode())
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _description(content: bytes) -> dict[str, Any]:
    if len(content) < 8:
        raise ContainerError(f"it has {len(content)} bytes, too few for a model file")
    (length,) = struct.unpack("<Q", content[:8])
    if not 0 < length <= min(LONGEST_HEADER, len(content) - 8):
        raise ContainerError("it is not a safetensors file: its header has no plausible length")
    try:
        header = json.loads(content[8 : 8 + length])
        description = json.loads(header["__metadata__"][ENTRY])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ContainerError("it is not a glassnet file: its header holds no description") from None
    if not isinstance(description, dict):
        raise ContainerError("it is not a glassnet file: its description is no object")
    return description
