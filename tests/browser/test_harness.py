"""The checks of pages fail where a page is wrong, and only there."""

import re

import pytest
from page_checks import (
    check_page,
    check_preferences,
    check_quiet,
    check_text_without_javascript,
    check_zoomed,
    data_values,
    print_to_pdf,
    screenshot,
)
from PIL import Image

PICTURE = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/%3E"
STYLE = """body { background: #fff; color: #000 }
@media (prefers-color-scheme: dark) { body { background: #000; color: #fff } }"""
GOOD = f"""<h1>A page</h1>
<p>The error is <span data-value="0.123456789">0.123</span>, over <b data-value="442">442</b> rows.</p>
<img src="{PICTURE}" alt="nothing">
<label for="row">row</label> <select id="row"><option>1</option></select>
<details><summary>more</summary><p>what is folded</p></details>
<script>document.querySelector("h1").title = "by a script"</script>"""
MOVES = "<p id='p'>text</p><style>@keyframes k { to { margin-left: 9px } } #p { animation: k 9s infinite }</style>"


@pytest.fixture
def write(tmp_path):
    """A function from the inner HTML of a page's main part, and what its head has besides, to the path of that page."""

    def path(main: str, head: str = ""):
        head = f'<meta charset="utf-8"><title>A test</title><style>{STYLE}</style>{head}'
        text = f'<!doctype html><html lang="en"><head>{head}</head><body><main>{main}</main></body></html>'
        (tmp_path / "page.html").write_text(text, encoding="utf-8")
        return tmp_path / "page.html"

    return path


def test_a_good_page_passes_every_check(browser, write):
    path = write(GOOD)
    page = check_page(browser, path)
    check_zoomed(page)
    check_preferences(page)
    check_text_without_javascript(browser, path, "The error is 0.123, over 442 rows.")
    assert page.get_attribute("h1", "title") == "by a script"
    assert not page.get_by_text("what is folded").is_visible()  # as it was before the checks


def test_a_page_that_forbids_itself_to_load_anything_passes(browser, write):
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
    page = check_page(browser, write(GOOD, f'<meta http-equiv="Content-Security-Policy" content="{policy}">'))
    page.evaluate("() => fetch('https://example.org/').catch(() => 0)")
    with pytest.raises(AssertionError, match=r"console error: .*Content Security Policy"):
        check_quiet(page)


@pytest.mark.parametrize(
    ("main", "asked"),
    [
        ('<img src="https://example.org/a.png" alt="a">', "https://example.org/a.png"),
        ('<img src="beside.png" alt="a">', "/beside.png"),
        ('<div style="height: 30000px"></div><img loading="lazy" src="late.png" alt="a">', "/late.png"),
        ('<details><summary>s</summary><img loading="lazy" src="folded.png" alt="a"></details>', "/folded.png"),
        ("<style>@media print { main { background: url(printed.png) } }</style>", "/printed.png"),
        ("<style>@media (prefers-color-scheme: dark) { main { background: url(dark.png) } }</style>", "/dark.png"),
    ],
)
@pytest.mark.parametrize("javascript", [True, False])
def test_a_request_for_anything_else_fails(browser, write, main, asked, javascript):
    with pytest.raises(AssertionError, match=rf"it asks for .*{re.escape(asked)}"):
        check_page(browser, write(f"<h1>A page</h1>{main}"), javascript=javascript)


def test_a_request_by_a_script_fails(browser, write):
    path = write('<h1>A page</h1><script>fetch("https://example.org/count").catch(() => 0)</script>')
    check_page(browser, path, javascript=False)
    with pytest.raises(AssertionError, match=r"it asks for https://example\.org/count"):
        check_page(browser, path)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ('console.error("it went wrong")', "console error: it went wrong"),
        ("undefinedFunction()", "uncaught error: undefinedFunction is not defined"),
        ('Promise.reject(new Error("no answer"))', "uncaught error: no answer"),
        ('new WebSocket("ws://example.org/")', "console error: WebSocket connection to 'ws://example.org/' failed"),
    ],
)
def test_an_error_fails(browser, write, script, message):
    with pytest.raises(AssertionError, match=message):
        check_page(browser, write(f"<h1>A page</h1><script>{script}</script>"))


def test_an_error_after_a_click_fails(browser, write):
    page = check_page(browser, write("<h1>A page</h1><button onclick=\"console.error('clicked')\">a button</button>"))
    page.get_by_role("button").click()
    with pytest.raises(AssertionError, match="console error: clicked"):
        check_quiet(page)


@pytest.mark.parametrize(
    ("main", "message"),
    [
        ('<p style="color: #999; background: #fff">faint</p>', r"light scheme: color-contrast \(serious\)"),
        ("<select><option>1</option></select>", r"select-name \(critical\): Select element must have"),
        ('<p class="p">dark</p><style>.p { color: #333 !important }</style>', r"^[^:]*:\ndark scheme: color-contrast"),
        ("<details><summary>s</summary><select><option>1</option></select></details>", "at select: <select>"),
    ],
)
def test_a_page_that_is_not_accessible_fails(browser, write, main, message):
    with pytest.raises(AssertionError, match=message):
        check_page(browser, write(f"<h1>A page</h1>{main}"))


def test_a_text_that_a_script_writes_is_missed_without_javascript(browser, write):
    path = write("<h1>A page</h1><script>document.querySelector('main').append('written')</script>")
    assert "written" in check_page(browser, path).inner_text("body")
    with pytest.raises(AssertionError, match="without JavaScript it does not show 'written'"):
        check_text_without_javascript(browser, path, "A page", "written")


def test_a_page_that_is_too_wide_fails_and_a_table_that_scrolls_does_not(browser, write):
    page = check_page(browser, write('<h1>A page</h1><p id="wide" style="width: 1000px">text</p>'))
    with pytest.raises(AssertionError, match=r'10\d\d px in 640 px\n.*<p id="wide"'):
        check_zoomed(page)
    wide = '<div style="overflow-x: auto" tabindex="0"><p style="width: 1000px">text</p></div>'
    check_zoomed(check_page(browser, write(f"<h1>A page</h1>{wide}")))


@pytest.mark.parametrize(
    ("main", "message"),
    [
        (MOVES, "it moves though motion is to be reduced"),
        ("<style>@media (forced-colors: active) { h1 { display: none } }</style>", "in forced colours"),
    ],
)
def test_a_page_that_ignores_preferences_fails(browser, write, main, message):
    with pytest.raises(AssertionError, match=message):
        check_preferences(check_page(browser, write(f"<h1>A page</h1>{main}")))


def test_values_are_read_as_they_stand(browser, write):
    assert data_values(check_page(browser, write(GOOD))) == [("0.123456789", "0.123"), ("442", "442")]


def test_printed_sheets_are_counted(browser, write, tmp_path):
    main = "<h1>A page</h1>" + '<p style="break-before: page">text</p>' * 11
    assert print_to_pdf(check_page(browser, write(main)), tmp_path / "page.pdf") == 12
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF-")


def test_a_picture_has_the_colours_of_its_scheme_and_all_of_the_page(browser, write, tmp_path):
    page = check_page(browser, write('<h1>A page</h1><div style="height: 3000px"></div>'))
    for scheme, colour in {"light": (255, 255, 255), "dark": (0, 0, 0)}.items():
        screenshot(page, tmp_path / f"{scheme}.png", scheme)
        with Image.open(tmp_path / f"{scheme}.png") as picture:
            assert picture.height > 3000
            assert picture.convert("RGB").getpixel((0, 0)) == colour
