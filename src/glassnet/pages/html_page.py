"""A page as one HTML file: it asks for nothing outside, runs its viewer alone, and works where scripts are off."""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from importlib.resources import files

import polars as pl

from glassnet._html import Markup, join, tag
from glassnet._viewer import viewer_element, viewer_module, viewer_script
from glassnet.insight.figures.display import Display
from glassnet.insight.text import TextTable
from glassnet.pages.content import (
    Block,
    Code,
    Folded,
    Listing,
    Number,
    Page,
    Part,
    Picture,
    Remark,
    Sentence,
    Tile,
    Tiles,
    Titled,
    Viewer,
)
from glassnet.pages.pictures import picture_source

MOST_ROWS = 200  # of a table; files for machines have all of them
MOST_DRAWN_ROWS = 30  # of the table of a figure
MOST_DRAWN_COLUMNS = 10
TITLE = 3  # the level of titles within a part


def as_html(page: Page) -> str:
    """Return a page as HTML."""
    first, *others = page.parts
    contents = tag("ol", (tag("li", tag("a", part.title, href=f"#{part.key}")) for part in others))
    body = join(
        [
            tag("a", "Skip to the report", class_="skip", href="#main"),
            tag("header", tag("h1", page.title)),
            tag(
                "main",
                tag("section", _blocks(first.blocks, TITLE - 1), aria_label=first.title),
                tag("nav", contents, aria_label="Contents"),
                (_part(part) for part in others),
                id="main",
            ),
        ]
    )
    return html_document(page.title, body)


def html_document(title: str, body: Markup) -> str:
    """Return a document with the style of all pages; a body with a viewer gets its script, and no other may run."""
    style = Markup("\n" + files("glassnet.pages").joinpath("style.css").read_text(encoding="utf-8"))
    has_viewer = "<glass-view>" in body or "<glass-sweep>" in body
    policy = _policy(style, viewer_script() if has_viewer else None)
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("title", title),
        tag("style", style),
    )
    document = tag("html", head, tag("body", body, viewer_module() if has_viewer else None), lang="en")
    return f"<!doctype html>\n{document}\n"


def scrolling_table(table: TextTable, most_rows: int | None = None) -> Markup:
    """Return a table that scrolls where it is too wide, by keyboard too; of more than `most_rows` the first."""
    name = table.title or ", ".join(filter(None, table.header)) or "table"
    return tag(
        "div", Markup(table.to_html(most_rows)), class_="scroll", tabindex=0, role="group", aria_label=name
    )  # fmt: skip


def step_tables(tables: Iterable[TextTable]) -> Markup:
    """Return the tables of steps, all but the first one folded away."""
    shown = list(map(scrolling_table, tables))
    others = [tag("details", tag("summary", "Every other number"), shown[1:])] if shown[1:] else []
    return join([*shown[:1], *others])


def _policy(style: str, script: str | None = None) -> str:
    """Return a policy by which a page asks for nothing, and nothing runs and styles it but what it was made with."""
    scripts = "" if script is None else f" script-src '{_digest(script)}';"
    return (
        f"default-src 'none';{scripts} style-src '{_digest(style)}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _part(part: Part) -> Markup:
    title = f"{part.key}-title"
    return tag(
        "section",
        tag("h2", part.title, id=title),
        _blocks(part.blocks, TITLE),
        id=part.key,
        aria_labelledby=title,
    )


def _blocks(blocks: tuple[Block, ...], level: int) -> Markup:
    return join(_block(block, level) for block in blocks)


def _block(block: Block, level: int) -> Markup:
    match block:
        case Sentence():
            return tag("p", _sentence(block))
        case Listing(items):
            return tag("ul", (tag("li", _sentence(item)) for item in items))
        case Code(text):
            return tag("pre", tag("code", text), tabindex=0)
        case Tiles(tiles):
            return tag("dl", map(_tile, tiles), class_="tiles")
        case Picture(display):
            return _picture(display)
        case Folded() | Titled():
            return _group(block, level)
        case Remark():
            return _remark(block, level)
        case Viewer(record):
            return viewer_element(record)
        case TextTable():
            return scrolling_table(block, MOST_ROWS)


def _group(group: Folded | Titled, level: int) -> Markup:
    if isinstance(group, Folded):
        return tag("details", tag("summary", group.title), _blocks(group.blocks, level))
    return tag("div", tag(f"h{level}", group.title), _blocks(group.blocks, level + 1), class_="titled")


def _sentence(sentence: Sentence) -> Markup:
    return join(piece if isinstance(piece, str) else _number(piece) for piece in sentence.pieces)


def _number(number: Number, kind: str | None = None) -> Markup:
    return tag("span", number.text, data_value=repr(number.value), class_=kind)


def _tile(tile: Tile) -> Markup:
    note = tag("dd", tile.note) if tile.note else None
    return tag("div", tag("dt", tile.label), tag("dd", _number(tile.number, "large")), note, class_="tile")


def _remark(remark: Remark, level: int) -> Markup:
    """Return a finding; those that need attention say so in words, and not by their mark alone."""
    measured = [[f"{name} ", _number(value), "; "] for name, value in remark.numbers]
    return tag(
        "div",
        tag(f"h{level}", "Needs attention: " if remark.marked else "Note: ", remark.title),
        tag("p", remark.sentence),
        tag("pre", tag("code", remark.remedy), tabindex=0) if remark.remedy else None,
        tag("p", "Measured: ", measured, f"limit: {remark.limit}", class_="quiet"),
        class_="look" if remark.marked else "note",
    )


def _picture(display: Display) -> Markup:
    about = display.describe()
    return tag(
        "figure",
        tag("img", src=picture_source(display), alt=about),
        tag("figcaption", about),
        tag(
            "details",
            tag("summary", "The numbers of this figure"),
            scrolling_table(_frame_table(display.frame()), MOST_DRAWN_ROWS),
        ),
    )


def _frame_table(frame: pl.DataFrame) -> TextTable:
    more = frame.width - MOST_DRAWN_COLUMNS
    title = f"the first {MOST_DRAWN_COLUMNS} of {frame.width} columns" if more > 0 else ""
    first = frame[:, :MOST_DRAWN_COLUMNS]
    return TextTable(tuple(first.columns), tuple(first.iter_rows()), None, title)
