"""Reports of every kind of model pass the checks of pages, with hostile names, by keyboard, zoomed and printed."""

import json
from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from page_checks import (
    check_page,
    check_preferences,
    check_quiet,
    check_text_without_javascript,
    check_zoomed,
    data_values,
    open_page,
    print_to_pdf,
)

from glassnet import NetworkClassifier, NetworkRegressor, Quantile, report
from glassnet.pages import html_page
from glassnet.pages.content import Block, Folded, Picture, Titled
from glassnet.pages.report import Report

HOSTILE = "</script><img src=x onerror=alert(1)>"
TINY = {"preset": "plain", "n_members": 2, "max_iter": 20, "random_state": 0}
SHEET = {"width": 688, "height": 1017}  # CSS pixels: A4 less the margins of 14 mm
TOO_WIDE_FOR_A_SHEET = """() => [...document.querySelectorAll("table, figure img, pre")].filter(
    e => e.getBoundingClientRect().right > document.documentElement.clientWidth).map(e => e.textContent.slice(0, 80))"""
FOCUSED = '() => document.activeElement.getAttribute("href") || document.activeElement.tagName'
IN_WINDOW = """key => {
    const box = document.getElementById(key).getBoundingClientRect();
    return box.top < innerHeight && box.bottom > 0;
}"""


def a_table(names: tuple[str, ...], seed: int = 0, rows: int = 60) -> tuple[pl.DataFrame, np.ndarray]:
    """Return numbers, a column of levels, and targets."""
    random = np.random.default_rng(seed)
    numbers = {name: random.normal(size=rows) for name in names}
    levels = np.where(random.random(rows) < 0.5, HOSTILE, "{{7*7}}")
    return pl.DataFrame({**numbers, "=level()": levels}), 2 * numbers[names[0]] + random.normal(size=rows)


def of_a_regressor_out_of_fold() -> Report:
    X, y = a_table((HOSTILE, "$x^{"))
    y = pl.Series(HOSTILE.replace("1", "2"), y)
    return report(NetworkRegressor((3,), **TINY).fit(X, y), X, y)


def of_a_classifier_on_new_rows() -> Report:
    (X, y), (X_test, y_test) = (a_table((HOSTILE,), seed) for seed in (0, 1))
    classes, test_classes = (np.where(values > 0, HOSTILE, "$x^{") for values in (y, y_test))
    model = NetworkClassifier((3,), **TINY).fit(X, classes)
    return report(model, X, classes, X_test=X_test, y_test=test_classes)


def of_two_targets() -> Report:
    X, y = a_table((HOSTILE,))
    X, both = X.select(HOSTILE), pl.DataFrame({HOSTILE: y, "{{7*7}}": -y})
    return report(NetworkRegressor((3,), **TINY).fit(X, both), X, both, bounds=0.05)


def of_quantiles() -> Report:
    X, y = a_table((HOSTILE,))
    X, y = X.select(HOSTILE), pl.Series("=cmd()", y)
    return report(NetworkRegressor((3,), loss=Quantile([0.1, 0.5, 0.9]), **TINY).fit(X, y), X, y)


def of_images() -> Report:
    X = np.random.default_rng(0).integers(0, 255, (40, 4, 4, 1), np.uint8)
    y = np.where(X.mean(axis=(1, 2, 3)) > 127, HOSTILE, "dark")
    return report(NetworkClassifier((3,), **TINY).fit(X, y), X, y)


REPORTS = (of_a_regressor_out_of_fold, of_a_classifier_on_new_rows, of_two_targets, of_quantiles, of_images)
BY_KEYBOARD = pytest.mark.parametrize("found", [of_a_classifier_on_new_rows], indirect=True, ids=["of_a_classifier"])


@pytest.fixture(scope="module", params=REPORTS, ids=lambda make: make.__name__)
def found(request) -> Report:
    return request.param()


@pytest.fixture(scope="module")
def path(found, tmp_path_factory):
    """The report as a file, with few lines of each figure's table, since axe takes its time for every cell."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(html_page, "MOST_DRAWN_ROWS", 3)
        return found.save(tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture(scope="module")
def page(browser, path):
    """The report, checked once."""
    return check_page(browser, path)


@pytest.fixture
def opened(browser, path):
    """The report in a window of its own, as when it is opened."""
    page = open_page(browser, path)
    yield page
    page.context.close()


def frames(blocks: tuple[Block, ...]) -> Iterator[pl.DataFrame]:
    """Yield the numbers of all figures."""
    for block in blocks:
        match block:
            case Picture(display):
                yield display.frame()
            case Folded(_, inner) | Titled(_, inner):
                yield from frames(inner)


def means_of_maps(value: list) -> set[float]:
    """Return the mean of every channel of images; a trace shows these of a layer, and its record has all numbers."""
    depth, first = 0, value
    while isinstance(first, list) and first:
        depth, first = depth + 1, first[0]
    return set(np.mean(value, axis=(0, 1, 2)).tolist()) if depth == 4 else set()


def numbers_of(value: object) -> set[float]:
    """Return all numbers within parsed JSON."""
    match value:
        case dict():
            return {number for item in value.values() for number in numbers_of(item)}
        case list():
            return {number for item in value for number in numbers_of(item)} | means_of_maps(value)
        case bool() | None | str():
            return set()
    return {float(value)}


def rounding(text: str) -> tuple[float, float]:
    """Return a number that is written in decimals or in percent, and half a unit of its last digit."""
    digits = Decimal(text.replace(",", "").removesuffix("%"))
    unit = 0.01 if text.endswith("%") else 1.0
    return float(digits) * unit, 0.5 * unit * 10.0 ** digits.as_tuple().exponent


def test_a_report_passes_every_check(page):
    check_zoomed(page)
    check_preferences(page)
    check_quiet(page)


def test_every_number_in_the_browser_is_one_of_the_records_or_of_a_figure(page, found):
    known = numbers_of(json.loads(found.to_json()))
    for frame in (frame for part in found.page().parts for frame in frames(part.blocks)):
        for column in frame.select(pl.selectors.numeric()):
            known |= set(column.drop_nulls().cast(float).to_list())
    values = [shown for shown in data_values(page) if np.isfinite(float(shown.value))]
    assert len(values) > 50
    # a sentence has the size of a difference, whose sign is in its words
    assert [shown for shown in values if not {float(shown.value), -float(shown.value)} & known] == []


def test_every_number_is_shown_as_its_value_rounded(page):
    wrong = []
    for shown in data_values(page):
        if np.isfinite(float(shown.value)):
            read, half = rounding(shown.text)
            if abs(read - float(shown.value)) > half * (1 + 1e-6) + 1e-12:
                wrong.append(shown)
    assert wrong == []


def test_the_text_is_there_without_javascript(browser, path, found):
    check_text_without_javascript(browser, path, found.page().title, str(found.summary), "What was not checked")


def test_hostile_names_are_text(page):
    assert HOSTILE in page.text_content("body")
    assert page.locator("img[src='x']").count() == 0
    kinds = page.locator("script").evaluate_all("scripts => scripts.map(script => script.type)")
    assert kinds == (["application/json", "module"] if page.locator("glass-view").count() else [])


def test_a_report_is_printed_with_all_details_and_nothing_is_wider_than_a_sheet(opened, tmp_path):
    assert print_to_pdf(opened, tmp_path / "report.pdf") > 1
    opened.set_viewport_size(SHEET)
    opened.emulate_media(media="print")
    assert opened.evaluate(TOO_WIDE_FOR_A_SHEET) == []
    assert not opened.locator("nav").is_visible()
    assert all(element.is_visible() for element in opened.locator("details > :not(summary)").all())


@BY_KEYBOARD
def test_the_skip_link_and_the_contents_are_reached_by_tab_and_lead_to_their_parts(opened, found):
    opened.keyboard.press("Tab")
    assert opened.evaluate(FOCUSED) == "#main"
    assert opened.locator(".skip").bounding_box()["x"] >= 0
    opened.keyboard.press("Enter")
    assert opened.evaluate(IN_WINDOW, "main")
    keys = [part.key for part in found.page().parts[1:]]
    for key in keys:
        opened.keyboard.press("Tab")
        assert opened.evaluate(FOCUSED) == f"#{key}"
    for key in keys:
        opened.locator(f"nav a[href='#{key}']").focus()
        opened.keyboard.press("Enter")
        opened.wait_for_url(f"**#{key}")
        assert opened.evaluate(IN_WINDOW, f"{key}-title")


@BY_KEYBOARD
def test_details_are_reached_by_tab_and_open_and_close_by_enter(opened):
    reached = []
    while "SUMMARY" not in reached and len(reached) < 50:
        opened.keyboard.press("Tab")
        reached.append(opened.evaluate(FOCUSED))
    assert reached[-1] == "SUMMARY"
    for is_open in (True, False):
        opened.keyboard.press("Enter")
        assert opened.evaluate("() => document.activeElement.parentElement.open") == is_open
