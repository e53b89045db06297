"""A file, or standard input, as bytes: unpacked where it is compressed, with the format that its content says."""

import gzip
import sys
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

import zstandard

from glassnet.data.report import Note, TableError

STANDARD_INPUT = "-"
GZIP, ZIP, ZSTANDARD, PARQUET, ARROW, OLD_EXCEL = (
    b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"PAR1", b"ARROW1", b"\xd0\xcf\x11\xe0",
)  # fmt: skip
JSON_ENDINGS = (".json", ".jsonl", ".ndjson")
OF_MACS = ("__MACOSX/", ".DS_Store")  # what macOS adds to every zip

Format = Literal["text", "json", "parquet", "arrow", "excel"]


@dataclass(frozen=True)
class Source:
    """The content of a file.

    Parameters
    ----------
    name : str
        Its name, for messages.
    content : bytes
        Its bytes, unpacked.
    format : "text", "json", "parquet", "arrow" or "excel"
        What the bytes are.
    notes : tuple of Note
        What was unpacked, and where the name's ending says something else.
    """

    name: str
    content: bytes
    format: Format
    notes: tuple[Note, ...] = ()


def open_source(source: Path | str) -> Source:
    """Return the content of a file or, for "-", of standard input; `TableError` says why it cannot be had."""
    if str(source) == STANDARD_INPUT:
        return unpack("standard input", sys.stdin.buffer.read())
    path = Path(source)
    if path.is_dir():
        raise TableError(f"{str(path)!r} is a folder; give a file")
    if not path.is_file():
        raise TableError(f"there is no file {str(path)!r}")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TableError(f"{str(path)!r} could not be read: {error.strerror}") from error
    return unpack(str(path), content)


def unpack(name: str, content: bytes) -> Source:
    """Return bytes unpacked, with their format; the content decides, not the name's ending."""
    notes: list[Note] = []
    inner = name
    while (packing := _packing(content)) is not None:
        content, inner = _unpacked(packing, name, inner, content)
        if not inner.lower().endswith(packing) and not name.lower().endswith(packing):
            notes.append(
                Note("format", f"{name!r} is packed as {packing}, which its name does not say; it was unpacked")
            )
    if not content:
        raise TableError(f"{name!r} is empty; a table needs a line of column names and rows")
    return Source(name, content, format_of(name, inner, content), tuple(notes))


def _packing(content: bytes) -> str | None:
    found = _packing_by_start(content)
    return None if found == ".zip" and _is_workbook(BytesIO(content)) else found


def packing_of(path: Path, start: bytes) -> str | None:
    """Return how a file is packed that begins with these bytes, as ".gz", ".zip" or ".zst"; None where it is not."""
    found = _packing_by_start(start)
    return None if found == ".zip" and _is_workbook(path) else found


def _packing_by_start(start: bytes) -> str | None:
    marks = {".gz": GZIP, ".zst": ZSTANDARD, ".zip": ZIP}
    return next((packing for packing, mark in marks.items() if start.startswith(mark)), None)


def _is_workbook(file: Path | BytesIO) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return False
    return any(name.startswith("xl/") for name in names) or "content.xml" in names


def _unpacked(packing: str, name: str, inner: str, content: bytes) -> tuple[bytes, str]:
    """Return what is packed, and its name."""
    try:
        if packing == ".zip":
            return _only_member(name, content)
        unpacked = gzip.decompress(content) if packing == ".gz" else _decompress_zstandard(content)
    except (
        OSError,
        EOFError,
        zlib.error,
        zipfile.BadZipFile,
        zstandard.ZstdError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise TableError(f"{name!r} could not be unpacked as {packing}: {error}; is it whole?") from error
    return unpacked, inner.removesuffix(packing)


def _decompress_zstandard(content: bytes) -> bytes:
    with zstandard.ZstdDecompressor().stream_reader(BytesIO(content), read_across_frames=True) as reader:
        return reader.read()


def _only_member(name: str, content: bytes) -> tuple[bytes, str]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        members = [
            member for member in archive.namelist()
            if not member.endswith("/") and not any(mark in member for mark in OF_MACS)
        ]  # fmt: skip
        if len(members) != 1:
            raise TableError(
                f"{name!r} holds {len(members)} files ({', '.join(members[:5])}); give an archive of one table, or "
                f"unpack it"
            )
        return archive.read(members[0]), members[0]


def format_of(name: str, inner: str, content: bytes) -> Format:
    """Return what the bytes of a file are by the first of them; `inner` is the name of what was unpacked."""
    """Return what the bytes of a file are by its first ones; `inner` is its name without packing's ending."""
    if content.startswith(PARQUET):
        return "parquet"
    if content.startswith(ARROW):
        return "arrow"
    if content.startswith((ZIP, OLD_EXCEL)):
        return "excel"
    start = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if inner.lower().endswith(JSON_ENDINGS) or start.startswith((b"{", b"[{", b"[\n", b"[ ", b"[\r")):
        return "json"
    if start.startswith(
        (
            b"%PDF",
            b"\x89PNG",
            b"\xff\xd8\xff",
            b"\x7fELF",
            b"SQLite format",
            b"\x89HDF",
            b"<!DOCTYPE",
            b"<html",
            b"<?xml",
        )
    ):
        raise TableError(f"{name!r} is no table, but {_other(start)}; give CSV, Parquet, JSON or Excel")
    return "text"


def _other(start: bytes) -> str:
    kinds = {b"%PDF": "a PDF", b"\x89PNG": "a picture", b"\xff\xd8": "a picture", b"\x7fELF": "a program",
             b"SQLite": "an SQLite database", b"\x89HDF": "an HDF5 file", b"<?xml": "XML", b"<": "a web "
                                                                                                 "page"}  # fmt: skip
    return next(what for mark, what in kinds.items() if start.startswith(mark))
