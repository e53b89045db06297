"""How much memory there is, and whether a table that is made dense fits into it."""

from pathlib import Path

from glassnet._warn import warn_caller

GIB = 2**30
# In a fit a number stands in the encoded table, in the one that members share, in a digest and in copies on the way.
BYTES_A_NUMBER = 64
MEMORY_TABLE = Path("/proc/meminfo")
GROUP = Path("/sys/fs/cgroup")


def available_bytes() -> int | None:
    """Return how many bytes this process may still take, by the machine and its container; None where neither says."""
    known = [free for free in (_of_machine(), _of_group()) if free is not None]
    return min(known) if known else None


def check_dense(rows: int, columns: int) -> None:
    """Raise `ValueError` when a sparse table does not fit into memory as a dense one, and warn from half of it on."""
    needed, free = rows * columns * BYTES_A_NUMBER, available_bytes()
    if free is None or needed <= free / 2:
        return
    text = (
        f"X is sparse, but networks learn from a dense table that all members share: {rows} rows x {columns} inputs "
        f"need about {needed / GIB:.3g} GiB of memory, and {free / GIB:.3g} GiB are available"
    )
    if needed > free:
        raise ValueError(
            f"{text}; keep fewer columns, as with OneHotEncoder(max_categories=...) or TruncatedSVD, give categories "
            "as one column each, which are embedded, or call partial_fit on parts of the rows"
        )
    warn_caller(text)


def _of_machine() -> int | None:
    for line in _lines(MEMORY_TABLE):
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def _of_group() -> int | None:
    most, used = (_lines(GROUP / name) for name in ("memory.max", "memory.current"))
    if most and used and most[0].isdecimal() and used[0].isdecimal():
        return max(0, int(most[0]) - int(used[0]))
    return None


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []
