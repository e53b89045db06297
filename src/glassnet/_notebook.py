"""What notebooks show of a record: HTML of at most 60 kB, with what steps through it at most 300, and the text.

The HTML asks for nothing and computes nothing; only what steps through a record runs. A notebook that is not trusted
drops its style and scripts and keeps its text, tables and what is folded.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice
from typing import ClassVar

from glassnet._counted import counted
from glassnet._html import Markup, join, tag
from glassnet._html_table import Cell, HtmlTable
from glassnet._viewer import sweep_element, viewer_element, viewer_module

MOST_BYTES = 60_000
RESERVE = 4_000  # of them, for the style and for lines that say what is left out
MOST_ROWS = 200
MOST_COLUMNS = 30
MOST_TABLES = 24
OPEN_ROWS = 12  # up to which one of several tables is not folded
LONGEST = 100  # letters of a cell or title
LONGEST_TEXT = 2_000
STYLE = Markup(
    ".glassnet{overflow-x:auto}"
    ".glassnet table{border-collapse:collapse;margin:.4em 0;font-variant-numeric:tabular-nums}"
    ".glassnet caption{caption-side:top;text-align:left;padding:.2em .6em;opacity:.8}"
    ".glassnet th,.glassnet td{padding:.2em .6em;border:0;text-align:left;vertical-align:top;"
    "border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent)}"
    ".glassnet .n{text-align:right;white-space:nowrap}"
    ".glassnet figure{margin:.4em 0}.glassnet img{max-width:100%;height:auto}"
    ".glassnet summary{cursor:pointer}.glassnet p{margin:.4em 0}"
)


class Fragment:
    """HTML that is filled part by part, as far as there is room.

    Parameters
    ----------
    rest : str
        What has all of what is cut, as the end of a sentence.
    most_bytes : int
        How long it may become.
    """

    def __init__(self, rest: str = "str() has all", most_bytes: int = MOST_BYTES) -> None:
        self.rest = rest
        self.room = most_bytes - RESERVE
        self._parts: list[Markup] = []

    def add(self, part: Markup) -> None:
        """Add markup, long or short."""
        self.room -= _size(part)
        self._parts.append(part)

    def text(self, text: str) -> None:
        """Add a paragraph, a long one cut."""
        self.add(tag("p", _cut(text, LONGEST_TEXT)))

    def table(self, table: HtmlTable, *, more: int = 0, room: int | None = None, folded: bool = False) -> None:
        """Add as much of a table as there is room for, and in words what is left out.

        Parameters
        ----------
        table : HtmlTable
            The table.
        more : int
            The number of rows that it has not been given.
        room : int or None
            How long it may become; as long as there is room unless given.
        folded : bool
            Whether only its title is to be seen at first.
        """
        room = self.room if room is None else min(room, self.room)
        self.add(self._drawn(table, more, room, folded))

    def tables(self, tables: Iterable[HtmlTable]) -> None:
        """Add tables; each has an equal part of the room, and what it leaves goes to longer ones, which are folded."""
        first = list(islice(tables, MOST_TABLES + 1))
        kept = first[:MOST_TABLES]
        drawn, room = [Markup()] * len(kept), self.room
        shortest_first = sorted(range(len(kept)), key=lambda place: len(kept[place].rows) * len(kept[place].header))
        for done, place in enumerate(shortest_first):
            table = kept[place]
            folded = len(kept) > 1 and len(table.rows) > OPEN_ROWS
            drawn[place] = self._drawn(table, 0, room // (len(kept) - done), folded)
            room -= _size(drawn[place])
        for part in drawn:
            self.add(part)
        if len(first) > len(kept):
            self.text(f"and more tables; {self.rest}")

    def html(self) -> Markup:
        """Return the HTML."""
        return tag("div", tag("style", STYLE), self._parts, class_="glassnet")

    def _drawn(self, table: HtmlTable, more: int, room: int, folded: bool) -> Markup:
        kept = _narrow(table)
        title = kept.title
        if folded:
            kept = replace(kept, title="")
        room -= _size(kept.around([]))
        if room < 0:
            return tag("p", f"A table of {counted(len(table.header), 'column')} has no room here; {self.rest}.")
        rows: list[Markup] = []
        for row in kept.html_rows():
            room -= _size(row)
            if room < 0:
                break
            rows.append(row)
        parts = [kept.around(rows), self._rest_of(table, len(rows), more)]
        return tag("details", tag("summary", title or "table"), parts) if folded else join(parts)

    def _rest_of(self, table: HtmlTable, rows: int, more: int) -> Markup:
        missing = (len(table.rows) + more - rows, "more row"), (len(table.header) - MOST_COLUMNS, "more column")
        parts = [counted(number, what) for number, what in missing if number > 0]
        return tag("p", f"and {' and '.join(parts)}; {self.rest}") if parts else Markup()


class NotebookRecord:
    """A record that a notebook shows as HTML, and else as what `str` says."""

    _rest: ClassVar[str] = "str() has all"

    def _fill(self, fragment: Fragment) -> None:
        """Put what there is to see into a fragment."""
        raise NotImplementedError

    def _viewer(self) -> Mapping[str, object] | None:
        """Return what a viewer steps through; None where there is nothing to step through."""
        return None

    def _sweep(self) -> Mapping[str, object] | None:
        """Return what controls choose from; None where there is nothing to choose."""
        return None

    def _repr_html_(self) -> str:
        fragment, record, sweep = Fragment(self._rest), self._viewer(), self._sweep()
        self._fill(fragment)
        html = fragment.html()
        if record is None and sweep is None:
            return html
        element = viewer_element(record, html) if record is not None else sweep_element(sweep or {}, html)
        return join([element, viewer_module()])

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self._repr_html_()}


def _narrow(table: HtmlTable) -> HtmlTable:
    """Return a table's first rows and columns, with long texts cut."""
    header = tuple(_cut(name, LONGEST) for name in table.header[:MOST_COLUMNS])
    rows = tuple(tuple(map(_short, row[:MOST_COLUMNS])) for row in table.rows[:MOST_ROWS])
    return replace(table, header=header, rows=rows, title=_cut(table.title, LONGEST))


def _short(cell: Cell) -> Cell:
    return _cut(cell, LONGEST) if isinstance(cell, str) else cell


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1]}…"


def _size(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))
