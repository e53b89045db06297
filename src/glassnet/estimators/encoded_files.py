"""A table of files, encoded onto the disk once: what a fit in windows is made from.

One pass over the files reads the schema, a second encodes the rows in order; what the fit has to know of all rows is
then counted from the encoded ones.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from glassnet._lazy import pl
from glassnet.data.columns import Table, from_frame
from glassnet.data.dataset import Dataset
from glassnet.data.encoded_tally import EncodedTally
from glassnet.data.files import TableFiles
from glassnet.data.read import TableError, take_column
from glassnet.data.read_columns import Reading
from glassnet.data.schema import Schema
from glassnet.data.table_schema import TableSchema
from glassnet.data.tally import Tally
from glassnet.ensemble.block_folds import block_folds, group_folds
from glassnet.ensemble.folds import LEAST_TO_LEARN_FROM
from glassnet.ensemble.streams import stream
from glassnet.storage.spool import Spool
from glassnet.storage.spool_format import SpoolError
from glassnet.storage.spool_writer import SpoolWriter
from glassnet.training.checkpoint import CheckpointError

ROWS_A_PASS = 65_536
MOST_IN_SAMPLE = 2**17  # rows by which scales are learned and members stop
MOST_NUMBERS_IN_SAMPLE = 2**25

Seen = Callable[[str, int, int], None]  # what is being done, how many rows are behind, and of how many


@dataclass(frozen=True)
class Roles:
    """The columns of files that are no inputs.

    Parameters
    ----------
    targets : tuple of str
        What is predicted.
    weight, groups, exposure : str or None
        Columns of sample weights, of groups whose rows stay together, and of exposures.
    """

    targets: tuple[str, ...]
    weight: str | None = None
    groups: str | None = None
    exposure: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(dict.fromkeys((*self.targets, *filter(None, (self.weight, self.groups, self.exposure)))))

    def inputs(self, frame: "pl.DataFrame") -> Table:
        """Return the other columns."""
        return from_frame(frame.drop(self.names))

    def check(self, files: TableFiles) -> None:
        """Raise `TableError` for a column that the files lack, and where no other column is left."""
        empty = pl.DataFrame(schema=dict.fromkeys(files.names, pl.Float64))
        for what, names in (("target", self.targets), ("weight, groups or exposure", self.names)):
            for name in names:
                take_column(empty, name, what)
        if not set(files.names) - set(self.names):
            raise TableError(
                f"the files have the columns {', '.join(files.names)}, and none of them is left to learn from"
            )


@dataclass(frozen=True)
class FoldRule:
    """How rows get their folds: `folds` of them by blocks of rows, or by groups; none where `folds` is 1."""

    folds: int
    seed: int

    def of(self, first: int, frame: "pl.DataFrame", roles: Roles) -> np.ndarray:
        """Return the folds of the rows of a slice (rows,), which begins with row `first`."""
        if self.folds == 1:
            return np.zeros(frame.height, int)
        if roles.groups is None:
            return block_folds(first, frame.height, self.folds, self.seed)
        groups = frame[roles.groups]
        if groups.null_count():
            raise ValueError(f"column {roles.groups!r} of groups has missing cells; fill them, or leave these rows out")
        return group_folds(groups.cast(pl.String).to_numpy(), self.folds, self.seed)


@dataclass(frozen=True, eq=False)
class EncodedFiles:
    """A table encoded onto the disk.

    Parameters
    ----------
    schema : Schema
        How its columns are read.
    spool : Spool
        Inputs, targets, weight and number of the fold of every row.
    tally : EncodedTally
        What is known of all rows, fold by fold.
    sample : Dataset
        Some of the rows of positive weight, drawn by the seed, with their numbers in the table.
    sample_folds : array (rows of the sample,) of int
        Their folds.
    """

    schema: Schema
    spool: Spool
    tally: EncodedTally
    sample: Dataset
    sample_folds: np.ndarray


class FilesRead(NamedTuple):
    """What one pass over files says.

    Parameters
    ----------
    schema : Schema
        How the columns of inputs are read.
    repeated_ids : sequence of str
        The columns of ids of several rows each.
    digests : tuple of str
        Of the cells of every slice: files that were written anew with the same cells are the same table.
    """

    schema: TableSchema
    repeated_ids: Sequence[str]
    digests: tuple[str, ...]


def read_files(files: TableFiles, roles: Roles, how: Reading, seen: Seen) -> FilesRead:
    """Return the schema of all rows, and what else one pass over them says."""
    tally, digests = Tally(how), list[str]()
    for first, frame in files.slices(ROWS_A_PASS):
        tally.add(roles.inputs(frame))
        digests.append(_digest(frame))
        seen("reading columns", first + frame.height, files.rows)
    return FilesRead(tally.schema(), tally.repeated_ids(), tuple(digests))


def encode_files(
    files: TableFiles,
    roles: Roles,
    read: FilesRead,
    rule: FoldRule,
    targets_of: Callable[["pl.DataFrame", int], tuple[np.ndarray, np.ndarray]],
    checked: object,
    folder: Path,
    seen: Seen,
) -> EncodedFiles:
    """Return the rows of files, encoded into a file in a folder; what an interrupted call has written is used.

    Parameters
    ----------
    files : TableFiles
        The table.
    roles : Roles
        Its columns that are no inputs.
    read : FilesRead
        What a first pass said of them.
    rule : FoldRule
        Of the folds.
    targets_of : callable
        From a slice and the number of its first row to checked targets (rows, targets) and weights (rows,).
    checked : object
        What `targets_of` depends on beside the rows; its text tells one from another.
    folder : Path
        Where the encoded rows are written.
    seen : callable
        Is told how far it has come.

    Raises
    ------
    TableError
        For rows that are others than in the first pass.
    """
    schema = read.schema
    fingerprint = _fingerprint(files.names, roles, read, rule, checked)
    path = folder / "rows.spool"
    spool = _complete(path, fingerprint)
    if spool is None:
        width = len(schema.inputs) + len(roles.targets) + 2
        with SpoolWriter(path, width, fingerprint, files.rows) as writer:
            for first, frame in files.slices(ROWS_A_PASS, writer.rows_written):
                _check_same(frame, first, read.digests[first // ROWS_A_PASS])
                x = schema.encode(schema.match(roles.inputs(frame), warn=False), np.arange(first, first + frame.height))
                writer.append(np.column_stack([x, *targets_of(frame, first), rule.of(first, frame, roles)]))
                seen("encoding rows", first + frame.height, files.rows)
            spool = writer.finish()
    return _counted(spool, schema, len(roles.targets), rule)


def _complete(path: Path, fingerprint: str) -> Spool | None:
    """Return what an earlier call has encoded, if it has; `CheckpointError` for the rows of another fit."""
    try:
        return Spool.open(path, fingerprint)
    except FileNotFoundError:
        return None
    except SpoolError as error:
        raise CheckpointError(
            f"{str(path)!r} holds the encoded rows of another fit (other data, parameters or seed), or is damaged; "
            "give an empty folder, or delete that one"
        ) from error


def _counted(spool: Spool, schema: TableSchema, targets: int, rule: FoldRule) -> EncodedFiles:
    """Return what has to be known of all rows."""
    inputs, rows = len(schema.inputs), len(spool)
    tally = EncodedTally(inputs, targets, rule.folds)
    size = rows_of_sample(rows, spool.columns)
    numbers = np.sort(stream("sample", rule.seed).choice(rows, size, replace=False, shuffle=False))
    sample = np.empty((size, spool.columns))
    for start in range(0, rows, ROWS_A_PASS):
        part = spool.rows(start, min(start + ROWS_A_PASS, rows))
        _, _, weights, folds = _columns(part, inputs)
        cells = np.where(weights[:, None] > 0, part[:, :-2], np.nan)  # rows of weight 0 are left out
        tally.add(cells[:, :inputs], cells[:, inputs:], weights, folds)
        here = slice(*np.searchsorted(numbers, [start, start + ROWS_A_PASS]))
        sample[here] = part[numbers[here] - start]
    counts = sample[:, -2] > 0
    _check_folds(sample[counts, -1].astype(int), size, rule.folds)
    x, y, weights, folds = _columns(sample[counts], inputs)
    return EncodedFiles(schema, spool, tally, Dataset(schema, x, y, weights, numbers[counts]), folds)


def rows_of_sample(rows: int, columns: int) -> int:
    """Return how many of so many encoded rows are in the sample, fewer where they have very many columns."""
    return min(rows, MOST_IN_SAMPLE, max(MOST_NUMBERS_IN_SAMPLE // columns, 1))


def _columns(rows: np.ndarray, inputs: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return inputs, targets, weights and folds of encoded rows."""
    return rows[:, :inputs], rows[:, inputs:-2], rows[:, -2], rows[:, -1].astype(int)


def _check_folds(folds: np.ndarray, size: int, count: int) -> None:
    """Raise `ValueError` where few rows of a sample of `size` rows count, and for a fold that has none of these."""
    if len(folds) < LEAST_TO_LEARN_FROM:
        raise ValueError(
            f"{len(folds)} of {size} rows that were drawn of the files have a positive weight, and a network needs at "
            f"least {LEAST_TO_LEARN_FROM}; give files without the rows of weight 0"
        )
    empty = np.flatnonzero(np.bincount(folds, minlength=count) == 0)
    if not empty.size:
        return
    raise ValueError(
        f"{empty.size} of {count} folds have none of the {len(folds)} rows of positive weight that were drawn of the "
        "files: the groups are too few, or nearly all rows are of a few of them; give a smaller n_members, or groups "
        "that are smaller"
    )


def _check_same(frame: "pl.DataFrame", first: int, digest: str) -> None:
    if _digest(frame) != digest:
        raise TableError(
            f"the rows from {first} on, counted from 0, have changed since the columns were read; let nothing write to "
            "the files during a fit, and fit again"
        )


def _digest(frame: "pl.DataFrame") -> str:
    text = frame.with_columns(pl.col(pl.Categorical).cast(pl.String))  # the numbers of categories differ by process
    return hashlib.sha256(text.hash_rows(seed=0).to_numpy().tobytes()).hexdigest()[:16]


def _fingerprint(names: Sequence[str], roles: Roles, read: FilesRead, rule: FoldRule, checked: object) -> str:
    text = repr((tuple(names), read.digests, roles, read.schema, rule, checked))
    return hashlib.sha256(text.encode()).hexdigest()
