"""The files that are meant by a path, a pattern, a folder, or several of these."""

from collections.abc import Sequence
from glob import glob
from pathlib import Path

from glassnet.data.report import TableError, some

IN_PATTERNS = "*?["
STANDARD_INPUT = "-"


def is_several(source: str | Path) -> bool:
    """Return whether a source is a pattern or a folder of Parquet files, and not one file."""
    path = Path(source)
    return (path.is_dir() and any(path.glob("*.parquet"))) or _is_pattern(source)


def table_paths(sources: str | Path | Sequence[str | Path]) -> tuple[Path, ...]:
    """Return files in the order of `sources`, those of a pattern or a folder by their names.

    Raises `TableError` where there is no such file, or one is named twice.
    """
    given = [sources] if isinstance(sources, str | Path) else list(sources)
    if not given:
        raise TableError("there are no files in an empty list; give a path, a pattern such as 'big/*.parquet', or both")
    paths = [path for source in given for path in _paths_of(source)]
    seen = set[Path]()
    for path in paths:
        if path.resolve() in seen:
            raise TableError(f"{str(path)!r} is named twice, and its rows would count twice; name every file once")
        seen.add(path.resolve())
    return tuple(paths)


def _is_pattern(source: str | Path) -> bool:
    return any(mark in str(source) for mark in IN_PATTERNS) and not Path(source).exists()


def _paths_of(source: str | Path) -> list[Path]:
    if str(source) == STANDARD_INPUT:
        raise TableError("standard input cannot be read in slices; write it to a file and give that")
    path = Path(source)
    if _is_pattern(source):
        found = sorted(Path(name) for name in glob(str(source), recursive=True) if Path(name).is_file())
        if not found:
            raise TableError(f"no file matches {str(source)!r}; {_what_is_there(_folder_of(path))}")
        return found
    if path.is_dir():
        found = sorted(path.glob("*.parquet"))
        if not found:
            raise TableError(
                f"the folder {str(path)!r} has no Parquet files; {_what_is_there(path)}. For others give a pattern, "
                f"such as '{path}/*.csv'"
            )
        return found
    if not path.is_file():
        raise TableError(f"there is no file {str(path)!r}; {_what_is_there(path.parent)}")
    return [path]


def _folder_of(pattern: Path) -> Path:
    """Return the folder that a pattern looks into: the parts before the first with a mark."""
    parts = list(pattern.parts)
    first = next(place for place, part in enumerate(parts) if any(mark in part for mark in IN_PATTERNS))
    return Path(*parts[:first])


def _what_is_there(folder: Path) -> str:
    if not folder.is_dir():
        return f"there is no folder {str(folder)!r} either"
    names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    return f"{str(folder)!r} holds {some(names, 5)}" if names else f"{str(folder)!r} is empty"
