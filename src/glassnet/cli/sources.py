"""Which tables on the command line are read at once, and which in slices."""

from collections.abc import Sequence
from pathlib import Path

PART_OF_MEMORY = 0.25  # of what is free, from which on a file is read in slices
GIB = 2**30
PACKED_TO = 8  # bytes of text from one of a packed file
GZIP, ZSTANDARD, PARQUET = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PAR1"


def why_in_slices(paths: Sequence[Path]) -> str | None:
    """Return why tables are read in slices; None where the one file is read at once."""
    from glassnet.data.table_paths import is_several

    if len(paths) > 1:
        return f"{len(paths)} files are read as one table"
    if is_several(paths[0]):
        return f"the files of {str(paths[0])!r} are read as one table"
    size, free = _bytes_at_once(paths[0]), _free_bytes()
    if free is None or size <= PART_OF_MEMORY * free:
        return None
    return f"{str(paths[0])!r} takes about {size / GIB:.3g} GiB of memory, and {free / GIB:.3g} GiB are free"


def _bytes_at_once(path: Path) -> int:
    """Return about how much memory a table takes: its file's bytes, of Parquet 8 bytes a cell; 0 for images.

    Packed text is taken to be 8 times as long, as tables of numbers often are.
    """
    if not path.is_file() or path.suffix.lower() == ".npz":
        return 0
    with path.open("rb") as file:
        first = file.read(4)
    if first != PARQUET:
        return path.stat().st_size * (PACKED_TO if first.startswith((GZIP, ZSTANDARD)) else 1)
    import polars as pl

    query = pl.scan_parquet(path, glob=False)
    try:
        return 8 * len(query.collect_schema()) * int(query.select(pl.len()).collect().item())
    except pl.exceptions.PolarsError:
        return 0  # what is wrong is said when it is read


def _free_bytes() -> int | None:
    from glassnet.data.dense_size import available_bytes

    return available_bytes()
