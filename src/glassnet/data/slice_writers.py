"""Tables written slice by slice, whole or not at all: CSV and JSON lines are added to, Parquet is put together."""

import os
import secrets
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from glassnet._lazy import pl
from glassnet.data.report import TableError

WriteSlice = Callable[["pl.DataFrame"], object]
ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")


@contextmanager
def slice_writer(path: Path) -> Generator[WriteSlice, None, None]:
    """Give a function that writes the next slice; at the end, and only then, the file has its name.

    Raises `TableError` for an ending that no format has, and for a folder that is missing.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise TableError(f"{str(path)!r} ends in {ending!r}; the formats are {', '.join(ENDINGS)}")
    if not path.parent.is_dir():
        raise TableError(f"there is no folder {str(path.parent)!r} to write {path.name!r} to; make it, or name another")
    part = path.with_name(f".glassnet-{secrets.token_hex(8)}.part")
    try:
        with _parquet(path.parent, part) if ending == ".parquet" else _lines(part, ending) as write:
            yield write
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_csv_to(write_text: Callable[[str], object], separator: str = ",") -> WriteSlice:
    """Return what writes slices as CSV with one line of names, by a function that takes text."""
    begun = False

    def write(frame: "pl.DataFrame") -> None:
        nonlocal begun
        write_text(frame.write_csv(include_header=not begun, separator=separator))
        begun = True

    return write


@contextmanager
def _lines(part: Path, ending: str) -> Generator[WriteSlice, None, None]:
    """Give what writes lines of text: CSV, or JSON lines."""
    with part.open("w", encoding="utf-8", newline="") as file:
        if ending in (".jsonl", ".ndjson"):
            yield lambda frame: file.write(frame.write_ndjson())
        else:
            yield write_csv_to(file.write, "\t" if ending == ".tsv" else ",")
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _parquet(folder: Path, part: Path) -> Generator[WriteSlice, None, None]:
    """Give what writes a file a slice, and put these together in one file in the end: Parquet cannot be added to."""
    with tempfile.TemporaryDirectory(prefix=".glassnet-", suffix=".parts", dir=folder) as place:
        parts: list[Path] = []

        def write(frame: "pl.DataFrame") -> None:
            parts.append(Path(place) / f"{len(parts):08d}.parquet")
            frame.write_parquet(parts[-1], compression="lz4")

        yield write
        if parts:
            pl.scan_parquet(parts, glob=False).sink_parquet(part)
            _flush(part)


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
