"""A table on the disk: rows as they were written, gone on with after a kill, and never half of one."""

import errno
import multiprocessing
import os
import re
import shutil
import signal
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from glassnet.storage import spool_format, spool_writer
from glassnet.storage.spool import Spool
from glassnet.storage.spool_format import HEADER, SpoolError, SpoolHeader
from glassnet.storage.spool_writer import SpoolWriter

COLUMNS, BLOCK = 3, 50
NAME = "fingerprint-1"


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(spool_writer, "SpoolHeader", lambda columns, name: SpoolHeader(columns, name, BLOCK))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "table.spool"


def table(rows, seed=0):
    return np.random.default_rng(seed).normal(size=(rows, COLUMNS))


def written(path, rows, step=17, fingerprint=NAME):
    writer = SpoolWriter(path, COLUMNS, fingerprint)
    for start in range(writer.rows_written, len(rows), step):
        writer.append(rows[start : start + step])
    return writer.finish()


@pytest.mark.parametrize("rows", [0, 1, 49, 50, 51, 230])
@pytest.mark.parametrize("step", [1, 17, 50, 1000])
def test_rows_are_as_they_were_written(path, rows, step):
    numbers = table(rows)
    numbers[::7, 1] = np.nan
    written(path, numbers, step)
    spool = Spool.open(path, NAME)
    assert (len(spool), spool.columns) == (rows, COLUMNS)
    np.testing.assert_array_equal(spool.rows(0, rows), numbers)
    np.testing.assert_array_equal(spool.rows(rows // 3, rows // 2), numbers[rows // 3 : rows // 2])
    spool.verify()
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_blocks_of_rows_are_gathered_in_their_order(path):
    numbers = table(230)
    spool = written(path, numbers)
    starts = np.array([64, 0, 224, 64, 229])
    expected = np.concatenate([numbers[start : start + 16] for start in starts])
    gathered = spool.gather(starts, 16)
    np.testing.assert_array_equal(gathered, expected)
    assert (gathered.dtype, gathered.flags.writeable) == (np.float64, True)
    assert spool.gather(np.array([], dtype=int), 16).shape == (0, COLUMNS)
    for wrong in ([-1], [230]):
        with pytest.raises(ValueError, match="blocks of 16 rows are asked of 230; give first rows from 0 to 229"):
            spool.gather(np.array(wrong), 16)
    with pytest.raises(ValueError, match="rows 200 to 231 are asked of 230; give 0 <= start <= stop <= 230"):
        spool.rows(200, 231)
    with pytest.raises(ValueError, match="read-only"):
        spool.numbers[0, 0] = 1.0


def test_another_fingerprint_is_refused(path):
    written(path, table(60))
    with pytest.raises(
        SpoolError, match=r"made from something else \(fingerprint-1, where other is needed\); delete it"
    ):
        Spool.open(path, "other")
    with pytest.raises(SpoolError, match="has 2001 letters; give a digest of at most 2000 ASCII letters"):
        SpoolWriter(path, COLUMNS, "x" * 2001)
    with pytest.raises(FileNotFoundError):
        Spool.open(path.with_name("none"), NAME)


def test_a_torn_file_is_refused_wherever_it_ends(path):
    written(path, table(120))
    content = path.read_bytes()
    for size in {*range(0, len(content), 97), len(content) - 1, HEADER, HEADER - 1, HEADER + 8 * COLUMNS * 120}:
        path.write_bytes(content[:size])
        with pytest.raises(SpoolError, match=r"do not end as a complete spool does|does not begin as a spool"):
            Spool.open(path, NAME)
    path.write_bytes(content + b"\0")
    with pytest.raises(SpoolError, match="do not end as a complete spool does; delete it, and it is made again"):
        Spool.open(path, NAME)


def test_a_changed_byte_is_found(path):
    written(path, table(120))
    content = path.read_bytes()
    for place in range(0, len(content), 53):
        changed = bytearray(content)
        changed[place] ^= 4
        path.write_bytes(changed)
        rows = 8 * COLUMNS * 120
        if HEADER <= place < HEADER + rows:
            block = (place - HEADER) // (8 * COLUMNS * BLOCK)
            last = min(119, BLOCK * block + BLOCK - 1)
            with pytest.raises(
                SpoolError, match=rf"damaged: rows {BLOCK * block} to {last} are not as they were written"
            ):
                Spool.open(path, NAME).verify()
        else:
            with pytest.raises(SpoolError, match="cannot be used"):
                Spool.open(path, NAME)


def test_what_is_no_spool_is_refused(path):
    for content in (b"", b"text", b"x" * 9000, spool_format.MAGIC + b"[1]".ljust(9000)):
        path.write_bytes(content)
        with pytest.raises(SpoolError, match="does not begin as a spool of glassnet; delete it, and it is made again"):
            Spool.open(path, NAME)


@pytest.mark.parametrize("rows", [0, 30, 50, 130])
def test_a_writer_goes_on_from_the_last_complete_block(path, rows):
    numbers = table(210)
    with SpoolWriter(path, COLUMNS, NAME) as writer:
        writer.append(numbers[:rows])
    assert not path.exists()
    again = SpoolWriter(path, COLUMNS, NAME)
    assert again.rows_written == rows // BLOCK * BLOCK
    again.append(numbers[again.rows_written :])
    np.testing.assert_array_equal(again.finish().numbers, numbers)
    Spool.open(path, NAME).verify()


def test_what_a_writer_of_something_else_left_is_not_gone_on_with(path):
    with SpoolWriter(path, COLUMNS, "other") as writer:
        writer.append(table(130))
    with SpoolWriter(path, COLUMNS, NAME) as writer:
        assert writer.rows_written == 0
    np.testing.assert_array_equal(written(path, table(70, 1)).numbers, table(70, 1))


@pytest.mark.parametrize("damage", ["rows", "cut", "checksums", "no checksums", "complete but not renamed"])
def test_damage_of_an_incomplete_file_costs_rows_and_no_more(path, damage):
    numbers = table(230)
    with SpoolWriter(path, COLUMNS, NAME) as writer:
        writer.append(numbers)
    partial, side = writer.partial, writer.partial.with_name(f"{writer.partial.name}.checksums")
    content = bytearray(partial.read_bytes())
    kept = 100
    if damage == "rows":
        content[HEADER + 8 * COLUMNS * 120] ^= 1
        partial.write_bytes(content)
    elif damage == "cut":
        partial.write_bytes(content[: HEADER + 8 * COLUMNS * 149])
    elif damage == "checksums":
        side.write_bytes(side.read_bytes()[:11])
    elif damage == "no checksums":
        side.unlink()
        kept = 0
    else:
        partial.write_bytes(content + b"an end")
        kept = 200
    again = SpoolWriter(path, COLUMNS, NAME)
    assert again.rows_written == kept
    again.append(numbers[kept:])
    np.testing.assert_array_equal(again.finish().numbers, numbers)
    Spool.open(path, NAME).verify()


def write_until_killed(path, ready):
    spool_writer.SpoolHeader = lambda columns, name: SpoolHeader(columns, name, BLOCK)
    numbers = table(5000)
    writer = SpoolWriter(path, COLUMNS, NAME)
    for start in range(writer.rows_written, 5000, 7):
        writer.append(numbers[start : start + 7])
        ready.set()
    writer.finish()


@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by a signal")
def test_a_killed_writer_goes_on(path):
    context = multiprocessing.get_context("spawn")
    kept = []
    for delay in (0.0, 0.003, 0.01):
        ready = context.Event()
        process = context.Process(target=write_until_killed, args=(path, ready))
        process.start()
        ready.wait(60)
        threading.Event().wait(delay)
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        if not path.exists():
            with SpoolWriter(path, COLUMNS, NAME) as writer:
                kept.append(writer.rows_written)
                np.testing.assert_array_equal(
                    np.fromfile(writer.partial, offset=HEADER).reshape(-1, COLUMNS), table(5000)[: kept[-1]]
                )
    assert kept == sorted(kept)
    np.testing.assert_array_equal(written(path, table(5000)).numbers, table(5000))
    Spool.open(path, NAME).verify()


class FullDisk:
    """A file on a disk that takes so many bytes more."""

    def __init__(self, file, room):
        self.file, self.room = file, room

    def __getattr__(self, name):
        return getattr(self.file, name)

    def write(self, content):
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = min(len(content), self.room)
        self.room -= taken
        return self.file.write(content[:taken])


@pytest.mark.parametrize("room", [0, 100, 24 * BLOCK, 24 * 60 + 5])
def test_a_full_disk_is_said_with_folder_and_size_and_gone_on_after(path, room, monkeypatch):
    numbers = table(200_000)
    writer = SpoolWriter(path, COLUMNS, NAME, rows=200_000)
    writer._file = FullDisk(writer._file, room)
    size = SpoolHeader(COLUMNS, NAME, BLOCK).file_bytes(200_000) / 1e9
    message = (
        rf"the encoded table \(200000 rows of 3 numbers\) needs {size:.3g} GB in the folder "
        rf"{re.escape(str(path.parent))}, where .* GB are free: there is no space left on the disk; free some, or "
        "choose another folder"
    )
    with pytest.raises(OSError, match=message) as raised:
        writer.append(numbers)
    assert raised.value.errno == errno.ENOSPC
    assert not path.exists()
    with SpoolWriter(path, COLUMNS, NAME) as again:
        assert again.rows_written == room // 24 // BLOCK * BLOCK
    np.testing.assert_array_equal(written(path, numbers[:300]).numbers, numbers[:300])


def test_room_on_the_disk_is_asked_for_first(path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(2e9, 1e9, 1e9))
    with pytest.raises(OSError, match=r"needs 2\.41 GB in the folder .*, where 1 GB are free: there is no space left"):
        SpoolWriter(path, COLUMNS, NAME, rows=100_000_000)
    SpoolWriter(path, COLUMNS, NAME, rows=1_000_000).close()


def test_a_folder_that_is_gone_and_one_without_permission(path, monkeypatch):
    with pytest.raises(OSError, match=r"the folder is gone; make it again, or choose another") as raised:
        SpoolWriter(path.parent / "gone" / "x", COLUMNS, NAME)
    assert raised.value.errno == errno.ENOENT

    def refused(*_):
        raise OSError(errno.EIO, "Input/output error")

    writer = SpoolWriter(path, COLUMNS, NAME)
    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(
        OSError, match=r"needs more than .* GB .* Input/output error; try again, or choose another folder"
    ):
        writer.finish()
    assert not path.exists()


def test_rows_of_another_width_are_refused(path):
    with SpoolWriter(path, COLUMNS, NAME) as writer:
        with pytest.raises(SpoolError, match=r"rows of shape \(4, 2\) are appended; give \(rows, 3\)"):
            writer.append(np.zeros((4, 2)))
        writer.discard()
    assert list(path.parent.iterdir()) == []


def anonymous_kilobytes():
    found = re.search(r"RssAnon:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1])


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not say")
def test_rows_that_are_read_take_no_room_in_the_process(path):
    writer = SpoolWriter(path, COLUMNS, NAME)
    for _ in range(20):
        writer.append(np.ones((100_000, COLUMNS)))
    spool = writer.finish()  # 48 MB
    before = anonymous_kilobytes()
    starts = [np.arange(start, start + 10_000, 1000) for start in range(0, 2_000_000, 10_000)]
    total = sum(float(spool.gather(blocks, 1000).sum()) for blocks in starts)
    assert total == 2_000_000 * COLUMNS
    assert float(spool.numbers.max()) == 1.0
    assert anonymous_kilobytes() - before < 8_000
