"""One page with a viewer: it works from the disk, asks for nothing outside, and has its numbers as tables too."""

from collections.abc import Iterable

from glassnet._html import join, tag
from glassnet._viewer import viewer_element
from glassnet.insight.text import TextTable
from glassnet.pages.html_page import html_document, step_tables
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
    main = tag("main", viewer_element(record, step_tables(tables)), id="main")
    return html_document(title, join([tag("header", tag("h1", title)), main]))
