"""How a spool stands in its file: a header, rows of float64, a checksum for every block of rows, and an end.

Everything has the same place in every spool of that many columns and rows, so a size that is not the expected one says
that a file is torn. Integers and numbers are little-endian.
"""

import json
import struct
import zlib
from dataclasses import dataclass

HEADER = 4096  # bytes: rows begin on a page
MAGIC = b"glassnet spool 1\n"
END = struct.Struct("<8sQI")  # the mark of the end, the number of rows, CRC-32 of header, checksums and that number
END_MARK = b"complete"
NUMBER, CHECKSUM = 8, 4  # bytes
BLOCK_ROWS = 65_536  # rows that have one checksum
LONGEST_FINGERPRINT = 2000  # letters


class SpoolError(ValueError):
    """A file is no spool, another one than is asked for, or damaged."""


@dataclass(frozen=True)
class SpoolHeader:
    """What a spool says of itself before its rows.

    Parameters
    ----------
    columns : int
        How many numbers a row has.
    fingerprint : str
        What it was made from.
    block_rows : int
        How many rows have one checksum.
    """

    columns: int
    fingerprint: str
    block_rows: int = BLOCK_ROWS

    @property
    def row_bytes(self) -> int:
        """The bytes of a row."""
        return NUMBER * self.columns

    def to_bytes(self) -> bytes:
        """Return the header, padded; `SpoolError` where the fingerprint is too long."""
        if len(self.fingerprint) > LONGEST_FINGERPRINT or not self.fingerprint.isascii():
            raise SpoolError(
                f"the fingerprint of a spool has {len(self.fingerprint)} letters; give a digest of at most "
                f"{LONGEST_FINGERPRINT} ASCII letters"
            )
        text = json.dumps({"columns": self.columns, "fingerprint": self.fingerprint, "block_rows": self.block_rows})
        return (MAGIC + text.encode()).ljust(HEADER, b" ")

    def file_bytes(self, rows: int) -> int:
        """Return the size of a complete file of that many rows."""
        return HEADER + rows * self.row_bytes + CHECKSUM * self.blocks(rows) + END.size

    def blocks(self, rows: int) -> int:
        """Return how many blocks that many rows have; the last may be shorter."""
        return -(-rows // self.block_rows)


def read_header(content: bytes) -> SpoolHeader:
    """Return the header that stands in the first bytes of a file; `SpoolError` where there is none."""
    try:
        if len(content) < HEADER or not content.startswith(MAGIC):
            raise ValueError
        stated = json.loads(content[len(MAGIC) : HEADER])
        columns, fingerprint, block_rows = (stated[name] for name in ("columns", "fingerprint", "block_rows"))
        if not (isinstance(columns, int) and columns > 0 and isinstance(block_rows, int) and block_rows > 0):
            raise ValueError
        return SpoolHeader(columns, str(fingerprint), block_rows)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise SpoolError("it does not begin as a spool of glassnet; delete it, and it is made again") from None


def end_of_file(header: bytes, checksums: bytes, rows: int) -> bytes:
    """Return what stands after the rows: the blocks' checksums and the end."""
    return checksums + END.pack(END_MARK, rows, _checksum(header, checksums, rows))


def rows_stated(header: bytes, ending: bytes, checksums: bytes) -> int | None:
    """Return the number of rows that the end states, or None where it does not belong to header and checksums."""
    mark, rows, checksum = END.unpack(ending)
    return rows if mark == END_MARK and checksum == _checksum(header, checksums, rows) else None


def _checksum(header: bytes, checksums: bytes, rows: int) -> int:
    return zlib.crc32(struct.pack("<Q", rows), zlib.crc32(checksums, zlib.crc32(header)))
