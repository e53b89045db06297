"""What a page says, whatever it is printed as: parts of sentences, tables, pictures, lists and code.

A number in a sentence keeps its value beside its text, so that what is read can be compared with the record.
"""

from dataclasses import dataclass

from glassnet.insight.figures.display import Display
from glassnet.insight.text import TextTable, rounded
from glassnet.storage.json_value import JSON


@dataclass(frozen=True)
class Number:
    """A number, and how it is written.

    Attributes
    ----------
    value : float
        The number.
    text : str
        Its digits, with a percent sign where it is a fraction.
    """

    value: float
    text: str


@dataclass(frozen=True)
class Sentence:
    """Text with numbers in it.

    Attributes
    ----------
    pieces : tuple of str and Number
        In their order.
    """

    pieces: tuple[str | Number, ...]

    def __str__(self) -> str:
        return "".join(piece if isinstance(piece, str) else piece.text for piece in self.pieces)


@dataclass(frozen=True)
class Listing:
    """Sentences, each with its own mark."""

    items: tuple[Sentence, ...]


@dataclass(frozen=True)
class Code:
    """Lines that can be typed."""

    text: str


@dataclass(frozen=True)
class Picture:
    """A figure, with its sentence and its table."""

    display: Display


@dataclass(frozen=True)
class Tile:
    """A number that is to be seen first.

    Attributes
    ----------
    label : str
        What it is.
    number : Number
        The number.
    note : str
        What to know of it.
    """

    label: str
    number: Number
    note: str = ""


@dataclass(frozen=True)
class Tiles:
    """Numbers beside each other."""

    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Folded:
    """What is shown when it is asked for."""

    title: str
    blocks: tuple["Block", ...]


@dataclass(frozen=True)
class Titled:
    """Blocks below a title of their own."""

    title: str
    blocks: tuple["Block", ...]


@dataclass(frozen=True)
class Remark:
    """A finding: what was seen, by which numbers, and what to do.

    Attributes
    ----------
    marked : bool
        Whether it needs attention.
    title : str
        Its code and name.
    sentence, limit : str
        What was seen, and from where on it is worth saying.
    numbers : tuple of (str, Number)
        What was measured.
    remedy : str
        What can be typed or done.
    """

    marked: bool
    title: str
    sentence: str
    limit: str
    numbers: tuple[tuple[str, Number], ...]
    remedy: str


@dataclass(frozen=True)
class Viewer:
    """A trace to step through; where scripts are off there is nothing, and tables have its numbers.

    Attributes
    ----------
    record : dict
        What `<glass-view>` shows.
    """

    record: dict[str, JSON]


Block = Sentence | Listing | Code | Picture | Tiles | Folded | Titled | Remark | Viewer | TextTable


@dataclass(frozen=True)
class Part:
    """A part of a page.

    Attributes
    ----------
    key : str
        Its name in links: letters and hyphens.
    title : str
        Its title.
    blocks : tuple of blocks
        What it says.
    """

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Page:
    """A page.

    Attributes
    ----------
    title : str
        Its title.
    parts : tuple of Part
        Its parts; the first stands above the list of contents.
    """

    title: str
    parts: tuple[Part, ...]


def number(value: float, digits: int = 4) -> Number:
    """Return a number of so many significant digits, or an integer with commas between thousands."""
    if isinstance(value, int):
        return Number(value, f"{value:,}")
    return Number(float(value), rounded(value, digits))


def percent(value: float, decimals: int = 0) -> Number:
    """Return a fraction in percent."""
    return Number(float(value), f"{value:.{decimals}%}")


def say(*pieces: str | float | Number) -> Sentence:
    """Return a sentence of text and numbers."""
    return Sentence(tuple(piece if isinstance(piece, str | Number) else number(piece) for piece in pieces))
