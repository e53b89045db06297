"""The built site, `make docs`: links, the command line as `--help` has it, and pages in Chromium."""

from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import click
import pytest
from page_checks import TOO_WIDE, WINDOW, check_accessible

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.site
SITE = Path(__file__).parents[2] / "docs" / "_build" / "html"
PAGES = (
    "index",
    "lecture/perceptron",
    "lecture/backpropagation",
    "lecture/convolution",
    "lecture/guarantees",
    "guide/first-table",
    "guide/from-scikit-learn",
    "guide/intervals",
    "reference/gallery",
    "reference/glossary",
    "reference/commands/fit",
    "reference/generated/glassnet.NetworkRegressor",
)
STILL = "* { transition: none !important; animation: none !important; }"  # colours are judged when they have changed
NARROW = {"width": 400, "height": 800}
LOADED = {("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("video", "src")}
NOT_LOADED = ("canonical", "author", "search", "prev", "next", "index")  # kinds of <link> that are read on a click


class References(HTMLParser):
    """The places of a page, what it links to and what it loads."""

    def __init__(self) -> None:
        super().__init__()
        self.places: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.places |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag == "link" and values.get("rel") not in NOT_LOADED:
            self.loaded.append(values["href"])
        self.loaded += [values[name] for kind, name in LOADED if kind == tag and name in values]


@cache
def references(page: Path) -> References:
    parser = References()
    parser.feed(page.read_text(encoding="utf-8"))
    return parser


def pages() -> list[Path]:
    found = [page for page in sorted(SITE.rglob("*.html")) if "_static" not in page.parts]
    assert len(found) > 100, "there is no site; build it: make docs"
    return found


def outside(address: str) -> bool:
    return bool(urlsplit(address).scheme or urlsplit(address).netloc)


def missing(page: Path, address: str) -> bool:
    """Return whether a link within the site leads to a file or a place that is not there."""
    parts = urlsplit(address)
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if target.is_dir():
        target /= "index.html"
    if not target.is_file() or not target.is_relative_to(SITE):
        return True
    place = unquote(parts.fragment)
    return bool(place) and target.suffix == ".html" and place not in references(target).places


def test_every_link_within_the_site_leads_somewhere():
    broken = [
        f"{page.relative_to(SITE)}: {link}"
        for page in pages()
        for link in references(page).links
        if not outside(link) and missing(page, link)
    ]
    assert broken == []


def test_every_link_to_elsewhere_is_secure():
    links = {link for page in pages() for link in references(page).links if outside(link)}
    assert [link for link in sorted(links) if not link.startswith(("https://", "mailto:"))] == []


def test_nothing_is_loaded_from_elsewhere():
    loaded = {(page.relative_to(SITE), item) for page in pages() for item in references(page).loaded}
    assert [item for item in loaded if outside(item[1]) and not item[1].startswith("data:")] == []


def commands() -> Iterator[tuple[str, click.Command]]:
    from glassnet.cli import command_line
    from glassnet.cli.app import cli

    assert len(cli.commands) == len(command_line.COMMANDS)
    yield from cli.commands.items()


def test_every_command_and_option_of_help_is_in_the_reference():
    absent = []
    for name, command in commands():
        text = (SITE / "reference" / "commands" / f"{name}.html").read_text(encoding="utf-8")
        context = click.Context(command, info_name=f"glassnet {name}")
        options = [option for parameter in command.get_params(context) for option in parameter.opts]
        absent += [f"{name} {option}" for option in options if option.startswith("-") and option not in text]
    assert [option for option in absent if not option.endswith(" --help")] == []


def opened(browser: "Browser", name: str, *, scheme: str = "light", javascript: bool = True) -> "Page":
    """Return a page of the site; what it asks of elsewhere does not come through and is an error."""
    context = browser.new_context(viewport=WINDOW, color_scheme=scheme, java_script_enabled=javascript)
    page = context.new_page()
    page.goto((SITE / f"{name}.html").as_uri())
    page.wait_for_load_state("load")
    if javascript:
        page.add_style_tag(content=STILL)
    return page


def problems(page: "Page") -> list[str]:
    site = SITE.as_uri()
    asked = [request.url for request in page.requests()]
    found = [f"it asks for {url}" for url in asked if not url.startswith((site, "data:", "blob:"))]
    found += [f"uncaught error: {error.message}" for error in page.page_errors()]
    return found


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_quiet_accessible_and_narrow(browser, name):
    page = opened(browser, name)
    check_accessible(page)
    page.set_viewport_size(NARROW)
    wide = page.evaluate(TOO_WIDE)
    assert problems(page) + wide == []
    page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_read_without_scripts(browser, name):
    page = opened(browser, name)
    text = page.inner_text("article h1")
    page.context.close()
    page = opened(browser, name, javascript=False)
    assert page.inner_text("article h1") == text
    assert len(page.inner_text("article")) > 300
    page.context.close()
