"""A table on disk, trained on in windows: random blocks of its rows, as many as fit into memory.

The rows of a window come from 256 places of the table, drawn anew in every epoch, and are shuffled among each other.
That is as good as shuffling all rows, also for tables that are sorted; neighbouring rows alone would not be.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from glassnet.data.dataset import Dataset
from glassnet.data.shared import SharedTable, power_of_two, shared_table
from glassnet.ensemble.streams import stream
from glassnet.storage.spool import Spool
from glassnet.training.window_trainer import WindowRows

BLOCKS_A_WINDOW = 256


@dataclass(frozen=True, eq=False)
class TableWindows:
    """The rows that members train on, window by window: a `WindowSource`.

    Parameters
    ----------
    spool : Spool
        The encoded table, whose columns are inputs, targets, the weight, and the number of the row's fold.
    exponents : array (inputs + targets + 1,) of int
        Of the powers of two that bring the columns near 1, those of all rows.
    folds : sequence of int
        The number of each member's fold; -1 for a member without one.
    validation : sequence of arrays
        The numbers in the table of each member's validation rows, ascending: it trains on none of them.
    rows_a_window : int
        The most rows in memory at once.
    seed : int
        Of the order of the blocks.
    """

    spool: Spool
    exponents: np.ndarray
    folds: Sequence[int]
    validation: Sequence[np.ndarray]
    rows_a_window: int
    seed: int

    @property
    def windows(self) -> int:
        """How many windows an epoch has."""
        return -(-len(self.spool) // self.rows_a_window)

    @property
    def fingerprint(self) -> str:
        """What rows and order are made from."""
        return f"{self.spool.header.fingerprint}, {self.rows_a_window} rows a window, seed {self.seed}"

    def window(self, epoch: int, number: int) -> WindowRows:
        """Return the rows of a window: the same ones for the same epoch and number.

        Parameters
        ----------
        epoch : int
            The epoch, counted from 0.
        number : int
            The window in it, counted from 0.
        """
        block = self._block_rows
        count = -(-len(self.spool) // block)
        order = stream("blocks", self.seed, epoch).permutation(count)
        starts = np.sort(np.array_split(order, self.windows)[number]) * block
        table = self.spool.gather(starts, block)
        table[table[:, -2] == 0, :-2] = 0.0  # nobody trains on these rows, and the exponents do not speak of them
        rows = (starts[:, None] + np.arange(block)).ravel()
        rows = rows[rows < len(self.spool)]
        own = [self._own(rows, table[:, -2:].T, member) for member in range(len(self.folds))]
        size = power_of_two(-(-count // self.windows) * block)
        padded = np.stack([np.pad(each, (0, size - len(each))) for each in own])
        return WindowRows(
            self._shared(table[:, :-1], size), padded.astype(np.int32), np.array([len(each) for each in own], np.int32)
        )

    def shared(self, dataset: Dataset) -> SharedTable:
        """Return rows of the table, those of a dataset, on the common scale of all windows."""
        table = np.column_stack([dataset.x, dataset.y, dataset.weights])
        return self._shared(table, power_of_two(len(table)))

    @property
    def _block_rows(self) -> int:
        return max(self.rows_a_window // BLOCKS_A_WINDOW, 1)

    def _own(self, rows: np.ndarray, weights_and_folds: np.ndarray, member: int) -> np.ndarray:
        """Return the places in a window of the rows that a member trains on: those of weight 0 are not among them."""
        weights, folds = weights_and_folds
        held_out = np.isin(rows, self.validation[member], assume_unique=True, kind="sort")
        return np.flatnonzero((folds != self.folds[member]) & (weights > 0) & ~held_out)

    def _shared(self, table: np.ndarray, size: int) -> SharedTable:
        padded = np.concatenate([table, np.zeros((size - len(table), table.shape[1]))])
        return shared_table(padded, self.exponents)[0]
