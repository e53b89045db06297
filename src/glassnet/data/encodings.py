"""The encoding of a file that is not read at once, from one pass over its bytes: the one that `decode` finds."""

import codecs
from pathlib import Path

from glassnet.data.decode import BROKEN, FALLBACK, marked_encoding, said
from glassnet.data.report import Note, TableError
from glassnet.data.unpacked import bytes_of

BLOCK = 2**22
START = 4096


def encoding_of(path: Path, packing: str | None) -> tuple[str, list[Note]]:
    """Return the encoding of a text file, and what is to be said of it.

    Raises `TableError` where some bytes are damaged, so that the encoding is not certain.
    """
    with bytes_of(path, packing) as stream:
        start = stream.read(START)
    if (marked := marked_encoding(start)) is not None:
        return marked
    census = _Census()
    with bytes_of(path, packing) as stream:
        while content := stream.read(BLOCK):
            census.add(content)
    census.add(b"", final=True)
    if not census.broken:
        return "utf-8", []
    if census.fits and census.broken > BROKEN * census.beyond and not census.old_macintosh:
        return FALLBACK, [said(FALLBACK)]
    raise TableError(
        f"{str(path)!r} has {census.broken} bytes that are no UTF-8, and is not certain to be {FALLBACK}; give its "
        "encoding with --encoding, such as cp1252 or latin-1"
    )


class _Census:
    """Counts of the bytes of a file."""

    def __init__(self) -> None:
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        self._fallback = codecs.getincrementaldecoder(FALLBACK)("strict")
        self.broken = self.beyond = 0
        self.fits = True
        self._returns = self._line_feeds = False

    def add(self, content: bytes, final: bool = False) -> None:
        """Add the next bytes."""
        text = self._utf8.decode(content, final)
        if not text.isascii():
            self.broken += text.count("\ufffd")
            self.beyond += sum(not character.isascii() for character in text)
        self._returns |= b"\r" in content
        self._line_feeds |= b"\n" in content
        if self.fits and not content.isascii():
            try:
                self._fallback.decode(content)
            except UnicodeDecodeError:
                self.fits = False

    @property
    def old_macintosh(self) -> bool:
        """Whether lines end in "\\r" alone."""
        return self._returns and not self._line_feeds
