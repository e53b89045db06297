"""Members trained on a table that does not fit into memory: an epoch is a number of windows, one after the other."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np

from glassnet._lazy import Array, jax, jnp
from glassnet.data.shared import SharedData
from glassnet.training.batch_steps import Window
from glassnet.training.checkpoint import Checkpoint
from glassnet.training.epoch_trainer import EpochTrainer, Run, device_of
from glassnet.training.epochs import EpochSoFar, advance_window
from glassnet.training.member_state import MemberState


class WindowRows(NamedTuple):
    """The rows of a window, padded, and which of them each member trains on.

    Parameters
    ----------
    shared : SharedData
        The rows that are in memory.
    rows : array of int32 (members, padded rows)
        The members' row numbers in the window, padding last.
    n_rows : array of int32 (members,)
        How many of them count.
    """

    shared: SharedData
    rows: np.ndarray
    n_rows: np.ndarray


@runtime_checkable
class WindowSource(Protocol):
    """Where windows come from; every one has the same padded size."""

    @property
    def windows(self) -> int:
        """How many an epoch has."""
        ...

    def window(self, epoch: int, number: int) -> WindowRows:
        """Return the rows of a window: the same ones for the same epoch and number."""
        ...


class WindowTrainer(EpochTrainer):
    """A `Trainer` over windows: a call of `advance` trains on one of them, and the next is read meanwhile.

    The run's shared data are those that the members' validation rows are numbered in.
    """

    def __init__(self, run: Run, source: WindowSource, checkpoint: Checkpoint | None = None) -> None:
        self._source, self._number = source, 0
        self._reader = ThreadPoolExecutor(1)
        self._coming: tuple[tuple[int, int], Future[WindowRows]] | None = None
        self._so_far: list[EpochSoFar] = []  # of every part, once there are parts
        self._device = device_of(run)
        super().__init__(run, checkpoint)

    @property
    def fraction(self) -> float:
        """How many windows of the next epoch are done, of all."""
        return self._number / self._source.windows

    def advance(self, epochs: int, last: np.ndarray) -> None:
        """Advance all members by one window, the parts side by side, and repair those that diverged."""
        before, number, windows = self.epoch, self._number, self._source.windows
        rows = self._rows(int(before[self.running(last)].max()), number)
        window, so_far = Window(jnp.int32(number), jnp.int32(windows)), self._progress()

        def call(part: int) -> tuple[MemberState, EpochSoFar, list[Array]]:
            places = self._places[part]
            members = self._members[part]._replace(rows=rows.rows[places], n_rows=rows.n_rows[places])
            done = advance_window(
                self._static, self._dynamic, rows.shared, self._shared, members, self._parts[part],
                so_far[part], window, last[places],
            )  # fmt: skip
            return jax.block_until_ready(done)

        done = self._side_by_side(call)
        self._parts, self._so_far = [part for part, _, _ in done], [so_far for _, so_far, _ in done]
        self._number = (number + 1) % windows
        losses = [self._in_order([curves[which] for _, _, curves in done])[:, None] for which in (0, 1)]
        self._record(before, *losses)
        self._repair()

    def close(self) -> None:
        """End the threads."""
        super().close()
        self._reader.shutdown(cancel_futures=True)

    def _rows(self, epoch: int, number: int) -> WindowRows:
        """Return the rows of a window, which may have been read already, and begin to read the next."""
        key, after = (epoch, number), (epoch, number + 1) if number + 1 < self._source.windows else (epoch + 1, 0)
        coming = self._coming
        rows = coming[1].result() if coming is not None and coming[0] == key else self._source.window(*key)
        self._coming = after, self._reader.submit(self._source.window, *after)
        return rows._replace(shared=jax.device_put(rows.shared, self._device))  # the reader knows of no device

    def _tree(self) -> tuple[object, ...]:
        return *super()._tree(), self._progress(), np.asarray(self._number)

    def _take_over(self, tree: Sequence[Any]) -> None:
        *others, self._so_far, number = tree
        super()._take_over(others)
        self._number = int(number)

    def _progress(self) -> list[EpochSoFar]:
        """Return what there is of the epoch of every part."""
        if not self._so_far:
            self._so_far = [EpochSoFar(jnp.zeros(len(p), jnp.int32), jnp.zeros(len(p))) for p in self._places]
        return self._so_far
