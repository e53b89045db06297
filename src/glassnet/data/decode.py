"""Bytes to text: the encoding by its marks, UTF-8 where the bytes are that, else the one of Windows.

Detectors that count letters guess wrong on short tables: charset-normalizer 3.5 took "Café,12 €" in cp1252 for cp775.
"""

import codecs

from glassnet.data.report import Note, TableError

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
FALLBACK = "cp1252"
OLD_MACINTOSH = "mac_roman"  # of files whose lines end in "\r" alone
BROKEN = 0.1  # fraction of letters beyond ASCII, up to which broken ones are damage and not another encoding
MOST_BROKEN = 0.5  # the same for bytes that the fallback does not have
MOST_BEYOND = 0.01  # fraction of bytes beyond ASCII in text with a few letters of names that are damaged
SAMPLE = 4096


def decode(name: str, content: bytes, encoding: str | None) -> tuple[str, list[Note]]:
    """Return the text of a file with line ends as "\\n", and what was decided.

    Raises `TableError` for bytes that the encoding does not have, by their line.
    """
    notes: list[Note] = []
    if encoding is None:
        encoding, notes = _guess(content)
    try:
        text = content.decode(encoding, errors="replace" if notes and notes[0].code == "odd cells" else "strict")
    except LookupError:
        raise TableError(f"there is no encoding {encoding!r}; give one such as utf-8, cp1252 or utf-16") from None
    except UnicodeDecodeError as error:
        raise TableError(
            f"{name!r}: line {_line(content, error.start, encoding)} has the byte {content[error.start]:#04x}, "
            f"which is no {encoding}; give the file's encoding with --encoding, such as latin-1, which has every byte"
        ) from error
    text = text.removeprefix("\ufeff").rstrip("\x1a\x00")
    if "\x00" in text:
        raise TableError(f"{name!r} is no text: it has zero bytes; give its --encoding, or a table")
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def _guess(content: bytes) -> tuple[str, list[Note]]:
    if (marked := marked_encoding(content)) is not None:
        return marked
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _other_than_utf8(content, error)
    return "utf-8", []


def marked_encoding(start: bytes) -> tuple[str, list[Note]] | None:
    """Return the encoding that the first bytes of a file say, and what to say of it; None where they say none."""
    for mark, encoding in MARKS:
        if start.startswith(mark):
            return encoding, [] if encoding == "utf-8-sig" else [said(encoding)]
    zeros = [start[:SAMPLE][parity::2].count(0) for parity in (0, 1)]
    if max(zeros) > len(start[:SAMPLE]) / 5:
        encoding = "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
        return encoding, [said(encoding)]
    return None


def _other_than_utf8(content: bytes, error: UnicodeDecodeError) -> tuple[str, list[Note]]:
    text = content.decode("utf-8", errors="replace")
    broken, beyond = text.count("\ufffd"), sum(not character.isascii() for character in text)
    if broken <= (BROKEN if _fits(content, FALLBACK) else MOST_BROKEN) * beyond:
        line = _line(content, error.start, "utf-8")
        note = Note("odd cells", f"{broken} bytes are damaged, the first in line {line}; they were read as \ufffd")
        return "utf-8", [note]
    if b"\r" in content and b"\n" not in content:
        return OLD_MACINTOSH, [said(OLD_MACINTOSH)]
    if _fits(content, FALLBACK):
        return FALLBACK, [said(FALLBACK)]
    if sum(byte > 127 for byte in content) > MOST_BEYOND * len(content):
        return FALLBACK, [said(FALLBACK)]  # which will be refused: it is text in another alphabet
    read = content.decode(FALLBACK, errors="replace")
    line = read[: read.index("\ufffd")].count("\n") + 1
    what = (
        f"the text was read as {FALLBACK}, which lacks {read.count(chr(0xFFFD))} of its bytes, the first in line {line}"
    )
    return FALLBACK, [Note("odd cells", f"{what}; they were read as \ufffd, and --encoding says otherwise")]


def _line(content: bytes, place: int, encoding: str) -> int:
    """Return the number of the line of a byte, whatever its line ends are."""
    before = content[:place].decode(encoding, errors="replace")
    return before.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1


def _fits(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def said(encoding: str) -> Note:
    """Return what to say of an encoding that was found out."""
    return Note("encoding", f"the text was read as {encoding}; --encoding says otherwise")
