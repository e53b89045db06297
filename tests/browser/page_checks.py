"""What a page must satisfy in a browser: it needs no other file, reports no error and is accessible.

Every check raises AssertionError with what it found.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from re import findall
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

Scheme = Literal["light", "dark"]
WINDOW = {"width": 1280, "height": 800}  # CSS pixels
ZOOMED = {"width": 640, "height": 400}  # the same window at 200%
IMPACTS = ("critical", "serious")  # axe's grades that fail a page
OPEN_DETAILS = """() => {
    const closed = [...document.querySelectorAll("details:not([open])")];
    closed.forEach(element => element.open = true);
    return closed;
}"""
CLOSE_DETAILS = "closed => closed.forEach(element => element.open = false)"
DATA_VALUES = '() => [...document.querySelectorAll("[data-value]")].map(e => [e.dataset.value, e.textContent])'
RUNNING = '() => document.getAnimations().filter(a => a.playState === "running").length'
# The elements that make the document wider than the window, without those that scroll inside another element.
TOO_WIDE = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const scrolls = e => e !== document.body && e !== document.documentElement
        && (getComputedStyle(e).overflowX !== "visible" || (e.parentElement && scrolls(e.parentElement)));
    const wide = [...document.body.querySelectorAll("*")].filter(
        e => e.getBoundingClientRect().right > width && !scrolls(e.parentElement));
    return [`${document.documentElement.scrollWidth} px in ${width} px`, ...wide.slice(0, 5).map(
        e => e.cloneNode().outerHTML.slice(0, 120))];
}"""


class DataValue(NamedTuple):
    """A value as an element's attribute `data-value` has it, and the text that the element shows."""

    value: str
    text: str


def check_page(browser: "Browser", path: Path, *, javascript: bool = True) -> "Page":
    """Open a file, check that it loads nothing and reports no error, and that axe finds nothing; return the page.

    Without JavaScript axe cannot run, and all else is checked.
    """
    page = open_page(browser, path, javascript=javascript)
    check_quiet(page)
    if javascript:
        check_accessible(page)
    return page


def open_page(browser: "Browser", path: Path, *, javascript: bool = True) -> "Page":
    """Return a file as a page in a window of its own, in which no request for anything else comes through."""
    address = path.resolve().as_uri()

    def answer(route: "Route") -> None:
        if route.request.url == address:
            route.continue_()
        else:
            route.abort()

    context = browser.new_context(java_script_enabled=javascript, viewport=WINDOW, color_scheme="light")
    context.set_default_timeout(10_000)
    context.route("**/*", answer)
    page = context.new_page()
    page.goto(address)
    return page


def check_quiet(page: "Page") -> None:
    """Check that a page asked for no other file so far, and reported no error; call it again after clicks and keys.

    Some pictures are loaded only when they are needed: the page is drawn as printed, in the dark scheme, and at its end
    with all details open.
    """
    page.emulate_media(media="print")
    page.screenshot()
    page.emulate_media(media="screen", color_scheme="dark")
    page.screenshot()
    page.emulate_media(color_scheme="light")
    with _open_details(page):
        page.evaluate("() => window.scrollTo(0, document.documentElement.scrollHeight)")
        page.screenshot()
        page.evaluate("() => window.scrollTo(0, 0)")
    address = page.url.partition("#")[0]
    asked = [request.url for request in page.requests()]
    problems = [f"it asks for {url}" for url in asked if url != address and not url.startswith(("data:", "blob:"))]
    problems += [f"console error: {message.text}" for message in page.console_messages() if message.type == "error"]
    problems += [f"uncaught error: {error.message}" for error in page.page_errors()]
    _fail(page, problems)


def check_accessible(page: "Page") -> None:
    """Check that axe finds nothing critical or serious in the light and in the dark scheme, with all details open."""
    from axe_playwright_python.sync_playwright import Axe

    problems: list[str] = []
    with _open_details(page):
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page).response["violations"]
            problems += [f"{scheme} scheme: {_violation(rule)}" for rule in found if rule["impact"] in IMPACTS]
    _fail(page, problems)


def check_text_without_javascript(browser: "Browser", path: Path, *texts: str) -> None:
    """Check that a page shows these texts where JavaScript is off."""
    page = check_page(browser, path, javascript=False)
    shown = page.inner_text("body")
    _fail(page, [f"without JavaScript it does not show {text!r}" for text in texts if text not in shown])
    page.context.close()


def check_zoomed(page: "Page") -> None:
    """Check that nothing scrolls sideways in a window of 1280 px at 200%, which is 640 CSS pixels wide.

    Source: WCAG 2.2, success criteria 1.4.4 and 1.4.10.
    """
    page.set_viewport_size(ZOOMED)
    problems = page.evaluate(TOO_WIDE)
    page.set_viewport_size(WINDOW)
    _fail(page, [f"at 200% it is too wide: {problem}" for problem in problems])


def check_preferences(page: "Page") -> None:
    """Check that a page moves nothing where motion is unwanted, and shows its text in forced colours too."""
    text = page.inner_text("body")
    page.emulate_media(reduced_motion="reduce")
    problems = ["it moves though motion is to be reduced"] if page.evaluate(RUNNING) else []
    page.emulate_media(reduced_motion="no-preference", forced_colors="active")
    if page.inner_text("body") != text or _is_empty(page.screenshot()):
        problems.append("in forced colours it does not show its text")
    page.emulate_media(forced_colors="none")
    _fail(page, problems)


def data_values(page: "Page") -> list[DataValue]:
    """Return the attribute `data-value` and the text of every element that has one, in the page's order."""
    return [DataValue(*pair) for pair in page.evaluate(DATA_VALUES)]


def print_to_pdf(page: "Page", path: Path) -> int:
    """Print a page to a file, on A4 unless its style says otherwise, and return the number of sheets."""
    page.emulate_media(media="print")  # a check before may have asked for the screen
    printed = page.pdf(path=path, format="A4", prefer_css_page_size=True)
    return len(findall(rb"/Type\s*/Page\b", printed))  # Chromium does not compress the objects of pages


def screenshot(page: "Page", path: Path, scheme: Scheme = "light") -> None:
    """Draw a page from top to bottom, in one colour scheme, into a PNG file."""
    page.emulate_media(color_scheme=scheme)
    page.screenshot(path=path, full_page=True)
    page.emulate_media(color_scheme="light")


@contextmanager
def _open_details(page: "Page") -> Iterator[None]:
    """Open all details for a while."""
    closed = page.evaluate_handle(OPEN_DETAILS)
    yield
    closed.evaluate(CLOSE_DETAILS)


def _is_empty(png: bytes) -> bool:
    """Return whether all pixels have one colour."""
    return all(low == high for low, high in Image.open(BytesIO(png)).convert("RGB").getextrema())


def _violation(rule: dict[str, Any]) -> str:
    """Return a rule of axe that is violated, and for each element where, why and how to mend it."""
    lines = [f"{rule['id']} ({rule['impact']}): {rule['help']}"]
    for node in rule["nodes"]:
        lines += [f"  at {' '.join(map(str, node['target']))}: {node['html'][:160]}"]
        lines += [f"    {line}" for line in node["failureSummary"].splitlines()]
    return "\n".join(lines)


def _fail(page: "Page", problems: list[str]) -> None:
    if problems:
        raise AssertionError("\n".join([f"{Path(page.url).name}:", *problems]))
