"""Writing that leaves either the old file or the new one, whatever happens in between."""

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path

REMEDIES = {
    errno.ENOSPC: "there is no space left on the disk; free some, or choose another folder",
    errno.EDQUOT: "the quota of the disk is used up; free some space, or choose another folder",
    errno.EFBIG: "the file would be larger than may be written here; raise that limit, or choose another folder",
    errno.EACCES: "writing there is not permitted; change the permissions, or choose another folder",
    errno.EPERM: "writing there is not permitted; change the permissions, or choose another folder",
    errno.EROFS: "the disk can only be read; choose another folder",
    errno.ENOENT: "the folder is gone; make it again, or choose another",
    errno.EISDIR: "there is a folder of that name; choose another name",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
}


def write_bytes(path: Path, content: bytes) -> None:
    """Write to a temporary file beside `path`, flush it to the disk, and rename it into place.

    Several threads or processes may write to one place at once: the last whole file stays.
    """
    temporary = path.with_name(f".glassnet-{secrets.token_hex(8)}.part")  # of a length of its own
    try:
        # The system applies the umask: asking for it would mean to change it, for other threads too.
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        try:
            _write_all(handle, content)
            os.fsync(handle)
        finally:
            os.close(handle)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def why_not(error: OSError) -> str:
    """Return what kept a file from being written, what to do about it, and that nothing was lost."""
    reason = REMEDIES.get(error.errno or 0, f"{error.strerror or error}; try again, or choose another folder")
    return f"{reason}. What was there before is untouched"


def _write_all(handle: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(handle, left) :]  # a disk may take less than it is given


def flush_folder(folder: Path) -> None:
    """Make the rename last through a power cut where the system can; where not, one of two whole files comes back."""
    if os.name != "posix":
        return  # other systems cannot open a folder
    with suppress(OSError):  # a folder that may not be read, or a network disk without such a thing
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
