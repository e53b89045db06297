"""An encoded table on the disk: rows of float64 in order, read through a memory map, so that the system keeps them.

A spool has its name from the moment on that it is complete (see `spool_writer.py`): half of one is never read.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from glassnet.storage.spool_format import CHECKSUM, END, HEADER, SpoolError, SpoolHeader, read_header, rows_stated


@dataclass(frozen=True, eq=False)
class Spool:
    """Rows of float64 in a file, read-only.

    Parameters
    ----------
    path : Path
        The file.
    header : SpoolHeader
        The number of columns, and what the spool was made from.
    numbers : array (rows, columns)
        All rows; a memory map.
    checksums : array (blocks,) of uint32
        CRC-32 of every block of rows.
    """

    path: Path
    header: SpoolHeader
    numbers: np.ndarray
    checksums: np.ndarray

    @classmethod
    def open(cls, path: str | Path, fingerprint: str) -> "Spool":
        """Return the spool in a file; `SpoolError` says why it is refused, and `OSError` that it cannot be read.

        Parameters
        ----------
        path : str or Path
            The file.
        fingerprint : str
            What it must have been made from.
        """
        path = Path(path)
        try:
            return _opened(path, fingerprint)
        except SpoolError as error:
            raise SpoolError(f"{path} cannot be used: {error}") from None

    def __reduce__(self) -> tuple[Callable[..., "Spool"], tuple[Path, str]]:
        """Another process opens the file too, and is not sent the rows."""
        return Spool.open, (self.path.absolute(), self.header.fingerprint)

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def columns(self) -> int:
        """How many numbers a row has."""
        return self.header.columns

    def rows(self, start: int, stop: int) -> np.ndarray:
        """Return the rows from `start` to before `stop`, (stop - start, columns), in memory of their own."""
        if not 0 <= start <= stop <= len(self):
            raise ValueError(f"rows {start} to {stop} are asked of {len(self)}; give 0 <= start <= stop <= {len(self)}")
        return np.array(self.numbers[start:stop], dtype=np.float64)

    def gather(self, starts: np.ndarray, rows: int) -> np.ndarray:
        """Return blocks of rows one after the other, (all their rows, columns), in memory of their own.

        Parameters
        ----------
        starts : array (blocks,) of int
            The first row of every block.
        rows : int
            How many rows a block has; one that reaches the end of the spool is shorter.
        """
        first = np.asarray(starts, dtype=np.int64)
        if rows < 1 or (first.size and not (first.min() >= 0 and first.max() < len(self))):
            raise ValueError(
                f"blocks of {rows} rows are asked of {len(self)}; give first rows from 0 to {len(self) - 1}"
            )
        ends = np.minimum(first + rows, len(self))
        gathered = np.empty((int((ends - first).sum()), self.columns))
        place = 0
        for start, end in zip(first.tolist(), ends.tolist(), strict=True):
            gathered[place : place + end - start] = self.numbers[start:end]
            place += end - start
        return gathered

    def verify(self) -> None:
        """Read all rows and raise `SpoolError` for the first block that is not as it was written."""
        size = self.header.block_rows
        for block, checksum in enumerate(self.checksums.tolist()):
            rows = self.numbers[block * size : (block + 1) * size]
            if zlib.crc32(np.ascontiguousarray(rows).data.cast("B")) != checksum:
                raise SpoolError(
                    f"{self.path} is damaged: rows {block * size} to {block * size + len(rows) - 1} are not as they "
                    "were written; delete it, and it is made again"
                )


def _opened(path: Path, fingerprint: str) -> Spool:
    with path.open("rb") as file:
        first = file.read(HEADER)
        header = read_header(first)
        if header.fingerprint != fingerprint:
            raise SpoolError(
                f"it was made from something else ({header.fingerprint}, where {fingerprint} is needed); delete it, "
                "and it is made again"
            )
        size = file.seek(0, 2)
        file.seek(max(0, size - END.size))
        ending = file.read(END.size)
        rows = END.unpack(ending)[1] if len(ending) == END.size else -1
        if rows < 0 or header.file_bytes(rows) != size:
            raise _torn(size)
        file.seek(HEADER + rows * header.row_bytes)
        checksums = file.read(CHECKSUM * header.blocks(rows))
    if rows_stated(first, ending, checksums) != rows:
        raise _torn(size)
    shape = (rows, header.columns)
    numbers = np.memmap(path, dtype="<f8", mode="r", offset=HEADER, shape=shape) if rows else np.empty(shape)
    return Spool(path, header, numbers, np.frombuffer(checksums, dtype="<u4"))


def _torn(size: int) -> SpoolError:
    return SpoolError(f"its {size} bytes do not end as a complete spool does; delete it, and it is made again")
