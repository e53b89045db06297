"""A spool that is being written: under another name until it is complete, and gone on with when it was interrupted."""

import errno
import os
import shutil
import zlib
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np

from glassnet.storage.atomic import REMEDIES, flush_folder
from glassnet.storage.spool import Spool
from glassnet.storage.spool_format import (
    CHECKSUM,
    HEADER,
    SpoolError,
    SpoolHeader,
    end_of_file,
    read_header,
)

GIGABYTE = 1e9
PIECE = 1 << 22  # bytes that are read at a time


class SpoolWriter:
    """Rows of float64 that are appended to a file, which becomes `path` when it is finished.

    What a writer that was interrupted has left, of the same fingerprint and columns, is gone on with from its last
    complete block of rows. One writer a path at a time.

    Parameters
    ----------
    path : str or Path
        The file that the spool becomes.
    columns : int
        How many numbers a row has.
    fingerprint : str
        What it is made from, such as a digest.
    rows : int, optional
        How many rows are expected: that the disk has room for them is checked before the first is written.
    """

    def __init__(self, path: str | Path, columns: int, fingerprint: str, rows: int | None = None) -> None:
        self.path = Path(path)
        self.header = SpoolHeader(columns, fingerprint)
        self.expected = rows
        self.rows_written = 0
        self._first = self.header.to_bytes()
        self._checksum = 0  # of the rows of the block that is not complete
        self._checksums = bytearray()
        try:
            with ExitStack() as stack:
                self._file = stack.enter_context(_opened(self.partial))
                self._side = stack.enter_context(_opened(_side(self.partial)))
                self._go_on()
                self._check_room()
                stack.pop_all()
        except OSError as error:
            raise self._why_not(error) from error

    @property
    def partial(self) -> Path:
        """The file as long as it is not complete."""
        return self.path.with_name(f"{self.path.name}.part")

    def append(self, rows: np.ndarray) -> None:
        """Write rows (any number, columns); `OSError` names the folder and the size that is needed."""
        block = np.ascontiguousarray(rows, dtype="<f8")
        if block.ndim != 2 or block.shape[1] != self.header.columns:
            raise SpoolError(f"rows of shape {block.shape} are appended; give (rows, {self.header.columns})")
        try:
            while len(block):
                room = self.header.block_rows - self.rows_written % self.header.block_rows
                self._write(block[:room])
                block = block[room:]
        except OSError as error:
            self.close()
            raise self._why_not(error) from error

    def finish(self) -> Spool:
        """Complete the file, flush it to the disk, give it its name and return it."""
        if self.rows_written % self.header.block_rows:
            self._end_block()
        try:
            _write_all(self._file, end_of_file(self._first, bytes(self._checksums), self.rows_written))
            os.fsync(self._file.fileno())
            self.close()
            self.partial.replace(self.path)
        except OSError as error:
            self.close()
            raise self._why_not(error) from error
        _side(self.partial).unlink(missing_ok=True)
        flush_folder(self.path.parent)
        return Spool.open(self.path, self.header.fingerprint)

    def close(self) -> None:
        """Close the file; what is written stays for a writer that goes on."""
        self._file.close()
        self._side.close()

    def discard(self) -> None:
        """Close and delete what is written."""
        self.close()
        for path in (self.partial, _side(self.partial)):
            path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _write(self, rows: np.ndarray) -> None:
        content = rows.data.cast("B")
        _write_all(self._file, content)
        self._checksum = zlib.crc32(content, self._checksum)
        self.rows_written += len(rows)
        if self.rows_written % self.header.block_rows == 0:
            self._end_block()
            _write_all(self._side, self._checksums[-CHECKSUM:])

    def _end_block(self) -> None:
        self._checksums += self._checksum.to_bytes(CHECKSUM, "little")
        self._checksum = 0

    def _go_on(self) -> None:
        """Keep the complete blocks of an interrupted writer, and cut off the rest."""
        if self._left_by_the_same():
            stated, size = self._side.read(), self.header.block_rows * self.header.row_bytes
            for place in range(0, len(stated) - CHECKSUM + 1, CHECKSUM):
                if _checksum_of(self._file, size) != stated[place : place + CHECKSUM]:
                    break
                self._checksums += stated[place : place + CHECKSUM]
                self.rows_written += self.header.block_rows
        for file, end in (
            (self._file, HEADER + self.rows_written * self.header.row_bytes if self.rows_written else 0),
            (self._side, len(self._checksums)),
        ):
            file.truncate(end)
            file.seek(end)
        if not self.rows_written:
            _write_all(self._file, self._first)

    def _left_by_the_same(self) -> bool:
        try:
            return read_header(self._file.read(HEADER)) == self.header
        except SpoolError:
            return False

    def _check_room(self) -> None:
        if self.expected is None:
            return
        needed = self.header.file_bytes(self.expected) - HEADER - self.rows_written * self.header.row_bytes
        if needed > shutil.disk_usage(self.path.parent).free:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _why_not(self, error: OSError) -> OSError:
        """Return the error with the folder, the size that is needed and what to do."""
        folder = self.path.parent
        rows = self.rows_written if self.expected is None else self.expected
        size, least = self.header.file_bytes(rows) / GIGABYTE, "more than " if self.expected is None else ""
        free = f", where {shutil.disk_usage(folder).free / GIGABYTE:.3g} GB are free" if folder.is_dir() else ""
        reason = REMEDIES.get(error.errno or 0, f"{error.strerror or error}; try again, or choose another folder")
        return OSError(
            error.errno,
            f"the encoded table ({rows} rows of {self.header.columns} numbers) needs {least}{size:.3g} GB in the "
            f"folder {folder}{free}: {reason}. What is written so far is gone on with",
        )


def _opened(path: Path) -> BinaryIO:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    return os.fdopen(handle, "r+b", buffering=0)


def _side(partial: Path) -> Path:
    """Return the file of the checksums of complete blocks."""
    return partial.with_name(f"{partial.name}.checksums")


def _checksum_of(file: BinaryIO, size: int) -> bytes | None:
    """Return the checksum of so many bytes, or None where the file has fewer."""
    checksum, left = 0, size
    while left:
        piece = file.read(min(left, PIECE))
        if not piece:
            return None
        checksum, left = zlib.crc32(piece, checksum), left - len(piece)
    return checksum.to_bytes(CHECKSUM, "little")


def _write_all(file: BinaryIO, content: bytes | bytearray | memoryview) -> None:
    left = memoryview(content)
    while left:
        left = left[file.write(left) :]  # a disk may take less than it is given
