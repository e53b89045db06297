"""One page with a viewer: it works from the disk, asks for nothing outside, and has its numbers as tables too."""

from collections.abc import Iterable
from importlib.resources import files

from glassnet._html import Markup, tag
from glassnet._viewer import viewer_element, viewer_module, viewer_script
from glassnet.insight.text import TextTable
from glassnet.pages.html_page import policy_of
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
    style = Markup("\n" + files("glassnet.pages").joinpath("style.css").read_text(encoding="utf-8"))
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy_of(style, viewer_script())),
        tag("title", title),
        tag("style", style),
    )
    without_scripts = (
        tag(
            "div", Markup(table.to_html()), class_="scroll", tabindex=0, role="group", aria_label=table.title or "table"
        )
        for table in tables
    )
    main = tag("main", viewer_element(record, without_scripts), id="main")
    body = tag("body", tag("header", tag("h1", title)), main, viewer_module())
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"
