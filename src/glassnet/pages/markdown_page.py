"""A page as Markdown, with the sentence of every figure in the place of the picture."""

import re

from glassnet.insight.text import TextTable
from glassnet.pages.content import Block, Code, Folded, Listing, Page, Picture, Remark, Sentence, Tiles, Titled, Viewer

MARKS = re.compile(r"([\\`*_\[\]{}<>#|~$])")  # what Markdown, or a table within it, reads as more than text
LINKS = re.compile(r"(?<=www)\.|:(?=//)", re.IGNORECASE)  # GitHub makes links of www.example.org and http://example.org


def as_markdown(page: Page) -> str:
    """Return a page as Markdown."""
    first, *others = page.parts
    lines = [f"# {escaped(page.title)}", *_blocks(first.blocks, 2)]
    for part in others:
        lines += [f"## {escaped(part.title)}", *_blocks(part.blocks, 3)]
    return "\n\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Return text on one line in which nothing is markup or a link."""
    line = re.sub(r"\s+", " ", text)
    marked = MARKS.sub(r"\\\1", line.replace("&", "&amp;").replace("<", "&lt;"))
    return LINKS.sub(lambda found: f"&#{ord(found[0])};", marked)


def _blocks(blocks: tuple[Block, ...], level: int) -> list[str]:
    return [line for block in blocks for line in _block(block, level)]


def _block(block: Block, level: int) -> list[str]:
    match block:
        case Sentence():
            return [escaped(str(block))]
        case Listing(items):
            return ["\n".join(f"- {escaped(str(item))}" for item in items)]
        case Code(text):
            return [_fenced(text)]
        case Tiles(tiles):
            notes = [(tile.label, tile.number.text, tile.note) for tile in tiles]
            return [_table(TextTable(("", "", ""), tuple(notes)))]
        case Picture(display):
            return [f"Figure: {escaped(display.describe())}"]
        case Folded(title, inner) | Titled(title, inner):
            return [f"{'#' * level} {escaped(title)}", *_blocks(inner, level + 1)]
        case Remark():
            measured = [f"{name} {value.text}" for name, value in block.numbers]
            mark = "Needs attention" if block.marked else "Note"
            lines = [f"{'#' * level} {mark}: {escaped(block.title)}", escaped(block.sentence)]
            lines += [_fenced(block.remedy)] if block.remedy else []
            return [*lines, escaped(f"Measured: {'; '.join([*measured, f'limit: {block.limit}'])}")]
        case Viewer():
            return []
        case TextTable():
            return [*([escaped(block.title)] if block.title else []), _table(block)]


def _fenced(text: str) -> str:
    """Return code between fences that are longer than any within it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text.rstrip()}\n{fence}"


def _table(table: TextTable) -> str:
    rows = [table.header, *(tuple(map(table.shown, row)) for row in table.rows)]
    head, *others = ["| " + " | ".join(map(escaped, row)) + " |" for row in rows]
    return "\n".join([head, "|" + " --- |" * len(table.header), *others])
