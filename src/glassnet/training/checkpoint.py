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

from glassnet.storage.container import ContainerError, read_container, write_container

SECONDS_BETWEEN_WRITES = 1.0
NAMES = ("checkpoint-even.glass", "checkpoint-odd.glass")


class CheckpointError(ValueError):
    """A folder holds a checkpoint of another fit."""


class Checkpoint:
    """A folder's two files, for one problem."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._fingerprint = folder, fingerprint
        self._written, self._count = -float("inf"), 0

    def read(self, like: Any) -> Any:
        """Return the newest tree that was written, with the structure of `like`, or None."""
        found = sorted(filter(None, map(self._one, NAMES)), key=lambda pair: pair[0]["count"])
        if not found:
            return None
        description, arrays = found[-1]
        if description["fingerprint"] != self._fingerprint:
            raise CheckpointError(
                f"{str(self._folder)!r} holds a checkpoint of another fit (other data, parameters or seed); "
                "give an empty folder, or delete that one"
            )
        self._count = description["count"]
        leaves = [arrays[f"leaf{place:04d}"] for place in range(description["leaves"])]
        kinds = [type(leaf) for leaf in jax.tree.leaves(like)]
        return (
            jax.tree.unflatten(jax.tree.structure(like), map(_as_kind, kinds, leaves))
            if len(kinds) == len(leaves)
            else None
        )

    def write(self, tree: Any, *, now: bool = False) -> None:
        """Write a tree of arrays, at most once a second unless `now`."""
        if not now and perf_counter() - self._written < SECONDS_BETWEEN_WRITES:
            return
        self._count += 1
        leaves = jax.tree.leaves(tree)
        description = {"fingerprint": self._fingerprint, "count": self._count, "leaves": len(leaves)}
        arrays = {f"leaf{place:04d}": np.asarray(leaf) for place, leaf in enumerate(leaves)}
        write_container(self._folder / NAMES[self._count % 2], description, arrays)
        self._written = perf_counter()

    def _one(self, name: str) -> tuple[dict[str, Any], dict[str, np.ndarray]] | None:
        try:
            return read_container(self._folder / name)
        except (ContainerError, OSError):
            return None


def _as_kind(kind: type, array: np.ndarray) -> Any:
    return array if kind is np.ndarray else jnp.asarray(array)
