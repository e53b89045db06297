"""The lines of a text file as they are asked for: unpacked and decoded block by block."""

import codecs
from collections.abc import Iterator
from pathlib import Path

from glassnet.data.encodings import encoding_of
from glassnet.data.report import Note, TableError
from glassnet.data.unpacked import bytes_of

BLOCK = 2**22  # bytes that are read at once
AT_END = "\x1a\x00"  # what some programs write behind a text


def text_lines(
    path: Path, packing: str | None, encoding: str | None, notes: list[Note], block: int = BLOCK
) -> Iterator[list[str]]:
    """Return the lines of a file, a list for every block; the last one is what stands behind the last line end.

    Lines are those of `decode`. Raises `TableError` for bytes that the encoding does not have.
    """
    rest = ""
    for text in _texts(path, packing, encoding, notes, block):
        lines = (rest + text).split("\n")
        rest = lines.pop()
        yield lines
    yield [rest]


def _texts(path: Path, packing: str | None, encoding: str | None, notes: list[Note], block: int) -> Iterator[str]:
    """Return decoded text with line ends as "\\n"."""
    waiting = ""
    for text in _decoded(path, packing, encoding, notes, block):
        joined = waiting + text
        kept = joined.rstrip(AT_END + "\r") if joined else ""
        kept, waiting = joined[: len(kept)], joined[len(kept) :]
        yield _plain(path, kept)
    yield _plain(path, waiting.rstrip(AT_END))


def _plain(path: Path, text: str) -> str:
    if "\x00" in text:
        raise TableError(f"{str(path)!r} is no text: it has zero bytes; give its --encoding, or a table")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(path: Path, packing: str | None, encoding: str | None, notes: list[Note], block: int) -> Iterator[str]:
    given = encoding
    if encoding is None:
        encoding, said = encoding_of(path, packing)
        notes.extend(said)
    line, begun, decoder = 1, False, _decoder(encoding)
    with bytes_of(path, packing) as stream:
        while content := stream.read(block):
            try:
                text = decoder.decode(content)
            except UnicodeDecodeError as error:
                before = content[: error.start].count(b"\n")
                raise TableError(_undecodable(path, line + before, error, encoding, given)) from error
            line += content.count(b"\n")
            yield text if begun else text.removeprefix("\ufeff")
            begun = begun or bool(text)
        try:
            yield decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise TableError(_undecodable(path, line, error, encoding, given)) from error


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    try:
        return codecs.getincrementaldecoder(encoding)("strict")
    except LookupError:
        raise TableError(f"there is no encoding {encoding!r}; give one such as utf-8, cp1252 or utf-16") from None


def _undecodable(path: Path, line: int, error: UnicodeDecodeError, encoding: str, given: str | None) -> str:
    what = "the file's encoding" if given is not None else "it"
    return (
        f"{str(path)!r}: line {line} has the byte {error.object[error.start]:#04x}, which is no {encoding}; give "
        f"{what} with --encoding, such as latin-1, which has every byte"
    )
