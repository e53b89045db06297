"""Checkpoints: where training stands, on the disk, so that a killed process loses seconds and not one bit.

Two files are written in turn, each whole or not at all; a torn or damaged one falls back to the other. They hold a
fingerprint of every part of the problem, and a checkpoint of another problem is refused, with the parts that differ.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter

import numpy as np

from glassnet import __version__
from glassnet._lazy import Array, jnp
from glassnet.storage.atomic import why_not
from glassnet.storage.container import ContainerError, read_container, write_container
from glassnet.storage.json_value import JSON

SECONDS_BETWEEN_WRITES = 1.0
NAMES = ("checkpoint-even.glass", "checkpoint-odd.glass")

# What is said where a part of the fingerprint differs; the last one depends on the others.
PARTS = {
    "data": "other data",
    "parameters": "other parameters or another kind of device",
    "seed": "another seed",
    "start": "other step sizes, initial weights or folds",
}

Leaf = np.ndarray | Array  # of a pytree of arrays
Fingerprint = Mapping[str, str]  # a digest for each of the parts


class CheckpointError(ValueError):
    """A folder holds no checkpoint of this fit but of another, or one that cannot be read or written.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import CheckpointError, NetworkRegressor
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0)
    >>> with tempfile.NamedTemporaryFile() as file:  # no folder
    ...     try:
    ...         model.fit(X, y, checkpoint=file.name)
    ...     except CheckpointError as error:
    ...         print("cannot be made" in str(error))
    True
    """


class Checkpoint:
    """A folder's two files, for one problem.

    Parameters
    ----------
    folder : Path
        The folder, which is made if it is missing.
    fingerprint : Fingerprint
        Of the problem: a checkpoint with another one is refused.

    Raises
    ------
    CheckpointError
        If the folder cannot be made.
    """

    def __init__(self, folder: Path, fingerprint: Fingerprint) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CheckpointError(
                f"the folder {str(folder)!r} for checkpoints cannot be made: {error.strerror}; give another"
            ) from error
        self._folder, self._fingerprint = folder, fingerprint
        self._written, self._count = -float("inf"), 0

    def read(self, like: Sequence[Leaf]) -> list[Leaf] | None:
        """Return the arrays that were written last, each of the kind of its place in `like`; None where there are none.

        Raises `CheckpointError` for what another fit or another program wrote, and where nothing undamaged is left.
        """
        existing = [name for name in NAMES if (self._folder / name).exists()]
        readable = [content for content in map(self._one, existing) if content is not None]
        if not existing:
            return None
        if not readable:
            raise CheckpointError(
                f"what is left of the checkpoints in {str(self._folder)!r} is damaged; delete them to start anew"
            )
        description, arrays = max(readable, key=lambda pair: _count(pair[0]))
        names = _names(len(like))
        fits = set(names) == set(arrays) and all(
            _alike(leaf, arrays[name]) for leaf, name in zip(like, names, strict=True)
        )
        if description.get("fingerprint") != self._fingerprint or not fits:
            raise CheckpointError(
                f"{str(self._folder)!r} holds a checkpoint of another fit ({self._differences(description)}); give an "
                "empty folder, or delete that one"
            )
        self._count = _count(description)
        return [_as_kind(type(leaf), arrays[name]) for leaf, name in zip(like, names, strict=True)]

    def write(self, leaves: Sequence[Leaf], *, now: bool = False) -> None:
        """Write arrays, at most once a second unless `now`; the checkpoint before this one stays when that fails."""
        if not now and perf_counter() - self._written < SECONDS_BETWEEN_WRITES:
            return
        self._count += 1
        description: dict[str, JSON] = {
            "fingerprint": dict(self._fingerprint), "count": self._count, "leaves": len(leaves), "version": __version__
        }  # fmt: skip
        arrays = {name: np.asarray(leaf) for name, leaf in zip(_names(len(leaves)), leaves, strict=True)}
        path = self._folder / NAMES[self._count % 2]
        try:
            write_container(path, description, arrays)
        except OSError as error:
            raise CheckpointError(
                f"the checkpoint {str(path)!r} cannot be written: {why_not(error)}; the same fit goes on from there"
            ) from error
        self._written = perf_counter()

    def _differences(self, description: Mapping[str, JSON]) -> str:
        """Return what is different in the fit of a checkpoint, as far as it says so."""
        stored, version = description.get("fingerprint"), description.get("version")
        other = [part for part in PARTS if isinstance(stored, dict) and stored.get(part) != self._fingerprint.get(part)]
        said = [PARTS[part] for part in other if part != "start" or len(other) == 1]
        if version not in (None, __version__):
            said.append(f"written by glassnet {version}, and this is {__version__}")
        return "; ".join(said) or "other data, parameters or seed, or trained on another kind of device"

    def _one(self, name: str) -> tuple[dict[str, JSON], dict[str, np.ndarray]] | None:
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


def _count(description: Mapping[str, JSON]) -> int:
    count = description.get("count", -1)
    return count if isinstance(count, int) else -1


def _names(leaves: int) -> list[str]:
    return [f"leaf{place:04d}" for place in range(leaves)]


def _alike(leaf: Leaf, stored: np.ndarray) -> bool:
    """Return whether an array can stand in the place of another; curves have grown since."""
    return stored.dtype == np.asarray(leaf).dtype and stored.ndim == np.ndim(leaf)


def _as_kind(kind: type[Leaf], array: np.ndarray) -> Leaf:
    return array if kind is np.ndarray else jnp.asarray(array)
