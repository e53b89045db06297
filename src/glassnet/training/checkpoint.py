"""Checkpoints: where training stands, on the disk, so that a killed process loses seconds and not one bit.

Two files are written in turn, each whole or not at all; a torn or damaged one falls back to the other. They hold a
fingerprint of the problem, and a checkpoint of another problem is refused.
"""

from pathlib import Path
from time import perf_counter
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.storage.atomic import why_not
from glassnet.storage.container import ContainerError, read_container, write_container

SECONDS_BETWEEN_WRITES = 1.0
NAMES = ("checkpoint-even.glass", "checkpoint-odd.glass")


class CheckpointError(ValueError):
    """A folder holds no checkpoint of this fit but of another, or one that cannot be read or written."""


class Checkpoint:
    """A folder's two files, for one problem."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CheckpointError(
                f"the folder {str(folder)!r} for checkpoints cannot be made: {error.strerror}; give another"
            ) from error
        self._folder, self._fingerprint = folder, fingerprint
        self._written, self._count = -float("inf"), 0

    def read(self, like: Any) -> Any:
        """Return the newest tree that was written, with the structure of `like`, or None where nothing was.

        Raises `CheckpointError` for what another fit or another program wrote, and where nothing whole is left.
        """
        there = [name for name in NAMES if (self._folder / name).exists()]
        found = [whole for whole in map(self._one, there) if whole is not None]
        if not there:
            return None
        if not found:
            raise CheckpointError(
                f"what is left of the checkpoints in {str(self._folder)!r} is damaged; delete them to start anew"
            )
        description, arrays = max(found, key=lambda pair: pair[0].get("count", -1))
        own = jax.tree.leaves(like)
        names = _names(len(own))
        fits = set(names) == set(arrays) and all(
            _alike(leaf, arrays[name]) for leaf, name in zip(own, names, strict=True)
        )
        if description.get("fingerprint") != self._fingerprint or not fits:
            raise CheckpointError(
                f"{str(self._folder)!r} holds a checkpoint of another fit (other data, parameters or seed); "
                "give an empty folder, or delete that one"
            )
        self._count = description["count"]
        leaves = [_as_kind(type(leaf), arrays[name]) for leaf, name in zip(own, names, strict=True)]
        return jax.tree.unflatten(jax.tree.structure(like), leaves)

    def write(self, tree: Any, *, now: bool = False) -> None:
        """Write a tree of arrays, at most once a second unless `now`; the one before stays whole when it fails."""
        if not now and perf_counter() - self._written < SECONDS_BETWEEN_WRITES:
            return
        self._count += 1
        leaves = jax.tree.leaves(tree)
        description = {"fingerprint": self._fingerprint, "count": self._count, "leaves": len(leaves)}
        arrays = {name: np.asarray(leaf) for name, leaf in zip(_names(len(leaves)), leaves, strict=True)}
        path = self._folder / NAMES[self._count % 2]
        try:
            write_container(path, description, arrays)
        except OSError as error:
            raise CheckpointError(
                f"the checkpoint {str(path)!r} cannot be written: {why_not(error)}; the same fit goes on from there"
            ) from error
        self._written = perf_counter()

    def _one(self, name: str) -> tuple[dict[str, Any], dict[str, np.ndarray]] | None:
        """Return what is in a file, or None when it is damaged."""
        try:
            return read_container(self._folder / name)
        except ContainerError:
            return None
        except OSError as error:  # it may well be whole: starting anew would write over it
            raise CheckpointError(
                f"the checkpoint {str(self._folder / name)!r} cannot be read: {error.strerror}; look at its "
                "permissions, or give another folder"
            ) from error


def _names(leaves: int) -> list[str]:
    return [f"leaf{place:04d}" for place in range(leaves)]


def _alike(own: Any, stored: np.ndarray) -> bool:
    """Return whether an array can stand in the place of another; curves have grown since."""
    return stored.dtype == np.asarray(own).dtype and stored.ndim == np.ndim(own)


def _as_kind(kind: type, array: np.ndarray) -> Any:
    return array if kind is np.ndarray else jnp.asarray(array)
