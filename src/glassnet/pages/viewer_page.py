"""One page with a viewer: it works from the disk, asks for nothing outside, and has its numbers as tables too."""

from collections.abc import Iterable

from glassnet._html import Markup, join, tag
from glassnet._viewer import viewer_element
from glassnet.insight.text import TextTable
from glassnet.pages.html_page import html_document
from glassnet.storage.json_value import JSON


def viewer_page(title: str, record: dict[str, JSON], tables: Iterable[TextTable]) -> str:
    """Return a page as HTML.

    Parameters
    ----------
    title : str
        Its title.
    record : dict
        What the viewer shows.
    tables : iterable of TextTable
        Every number, for those who have scripts off.
    """
    without_scripts = (
        tag(
            "div", Markup(table.to_html()), class_="scroll", tabindex=0, role="group", aria_label=table.title or "table"
        )
        for table in tables
    )
    main = tag("main", viewer_element(record, without_scripts), id="main")
    return html_document(title, join([tag("header", tag("h1", title)), main]))
