"""Faults at every call of a write: the old file or the new one is there, complete, and nothing beside it."""

import errno
import os
import resource
import signal
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from glassnet.storage import atomic
from glassnet.storage.atomic import why_not, write_bytes

OLD, NEW = b"old" * 1000, b"new" * 2000
CALLS = [(os, "open"), (os, "write"), (os, "fsync"), (os, "close"), (Path, "replace")]
FAULTS = [
    OSError(errno.ENOSPC, "No space left on device"),
    OSError(errno.EIO, "Input/output error"),
    KeyboardInterrupt(),
]


@pytest.fixture
def place(tmp_path):
    path = tmp_path / "model.glass"
    path.write_bytes(OLD)
    return path


def failing(monkeypatch, owner, name, fault, *, at, after):
    """Let the `at`-th call of a function fail, before or after it has done its work; return how often it was called."""
    real, calls = getattr(owner, name), []

    def call(*arguments, **named):
        calls.append(name)
        if len(calls) != at:
            return real(*arguments, **named)
        if after:
            real(*arguments, **named)
        raise fault

    monkeypatch.setattr(owner, name, call)
    return calls


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__ + str(fault)[-8:])
@pytest.mark.parametrize(("owner", "name"), CALLS, ids=lambda value: str(value) if isinstance(value, str) else "")
def test_a_fault_at_any_call_leaves_a_complete_file(place, monkeypatch, owner, name, fault, after):
    """The folder is opened, flushed and closed after the rename: what fails there is no failure of the file."""
    for at in range(1, 10):
        place.write_bytes(OLD)
        with monkeypatch.context() as patch:
            calls = failing(patch, owner, name, fault, at=at, after=after)
            failed = True
            with suppress(type(fault)):
                write_bytes(place, NEW)
                failed = False
        if len(calls) < at:
            assert at > 1  # it was called, and failed, at least once
            break
        renamed = at == 2 or (name == "replace" and after)
        assert place.read_bytes() == (NEW if renamed else OLD)
        assert failed or (renamed and isinstance(fault, OSError))
        assert [path.name for path in place.parent.iterdir()] == ["model.glass"]


def test_a_short_write_is_gone_on_with(place, monkeypatch):
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, content: real(handle, content[:7]))
    write_bytes(place, NEW)
    assert place.read_bytes() == NEW


def test_a_limit_of_the_system_leaves_the_old_file(place):
    """No fault is made up here: the system itself stops the write in the middle."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(OSError, match="File too large") as caught:
            write_bytes(place, NEW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert why_not(caught.value).startswith("the file would be larger than may be written here; raise that limit")
    assert place.read_bytes() == OLD
    assert [path.name for path in place.parent.iterdir()] == ["model.glass"]


def test_the_umask_is_obeyed_and_left_alone_by_many_threads(tmp_path):
    """Asking for the umask means setting it: two threads that did both could leave it at zero."""
    before = os.umask(0o027)
    try:
        threads = [threading.Thread(target=write_bytes, args=(tmp_path / str(n % 4), NEW)) for n in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        assert os.umask(before) == 0o027
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "1", "2", "3"]
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o640}
    assert all(path.read_bytes() == NEW for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (errno.ENOSPC, "there is no space left on the disk; free some, or choose another folder"),
        (errno.EDQUOT, "the quota of the disk is used up"),
        (errno.EACCES, "writing there is not permitted; change the permissions"),
        (errno.EROFS, "the disk can only be read"),
        (errno.ENOENT, "the folder is gone"),
        (errno.EIO, "Input/output error; try again, or choose another folder"),
    ],
)
def test_a_reason_says_what_to_do(code, message):
    text = why_not(OSError(code, os.strerror(code)))
    assert text.startswith(message)
    assert text.endswith(". What was there before is untouched")


def test_a_name_may_be_as_long_as_the_system_takes(tmp_path):
    path = tmp_path / ("x" * 255)
    write_bytes(path, NEW)
    assert path.read_bytes() == NEW


def test_a_folder_that_may_not_be_read_is_written_to(place, monkeypatch):
    real = os.open

    def unreadable(path, flags, *arguments):
        if Path(path) == place.parent:
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, flags, *arguments)

    monkeypatch.setattr(atomic.os, "open", unreadable)
    write_bytes(place, NEW)
    assert place.read_bytes() == NEW
