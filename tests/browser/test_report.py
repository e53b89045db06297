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


def a_table(names: tuple[str, ...], rows: int, seed: int = 0) -> tuple[pl.DataFrame, np.ndarray]:
    """Return numbers, a column of levels with hostile names, and targets."""
    random = np.random.default_rng(seed)
    numbers = {name: random.normal(size=rows) for name in names}
    levels = np.where(random.random(rows) < 0.5, HOSTILE, "{{7*7}}")
    return pl.DataFrame({**numbers, "=level()": levels}), 2 * numbers[names[0]] + random.normal(size=rows)


def of_a_regressor_out_of_fold() -> Report:
    X, y = a_table((HOSTILE, "{{7*7}}", "=cmd()", "$x^{"), 60)
    y = pl.Series(HOSTILE.replace("1", "2"), y)
    return report(NetworkRegressor((3,), **TINY).fit(X, y), X, y)


def of_a_classifier_on_new_rows() -> Report:
    (X, y), (X_test, y_test) = (a_table((HOSTILE,), 60, seed) for seed in (0, 1))
    classes, test_classes = (np.where(values > 0, HOSTILE, "$x^{") for values in (y, y_test))
    model = NetworkClassifier((3,), **TINY).fit(X, classes)
    return report(model, X, classes, X_test=X_test, y_test=test_classes)


def of_two_targets() -> Report:
    X, y = a_table((HOSTILE,), 60)
    both = pl.DataFrame({HOSTILE: y, "{{7*7}}": -y})
    return report(NetworkRegressor((3,), **TINY).fit(X, both), X, both, bounds=0.05)


def of_quantiles() -> Report:
    X, y = a_table(("=cmd()",), 60)
    return report(NetworkRegressor((3,), loss=Quantile([0.1, 0.5, 0.9]), **TINY).fit(X, y), X, y)


def of_images() -> Report:
    X = np.random.default_rng(0).integers(0, 255, (40, 5, 5, 1), np.uint8)
    y = np.where(X.mean(axis=(1, 2, 3)) > 127, HOSTILE, "dark")
    return report(NetworkClassifier((3,), **TINY).fit(X, y), X, y)


REPORTS = (
    of_a_regressor_out_of_fold,
    of_a_classifier_on_new_rows,
    of_two_targets,
    of_quantiles,
    of_images,
)


@pytest.fixture(scope="module", params=REPORTS, ids=lambda make: make.__name__)
def found(request) -> Report:
    return request.param()


@pytest.fixture(scope="module")
def path(found, tmp_path_factory):
    return found.save(tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture(scope="module")
def page(browser, path):
    """The report, checked once."""
    return check_page(browser, path)


@pytest.fixture
def first(browser, path, found):
    """A report in a page of its own, whose keys are pressed."""
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


def numbers_of(value: object) -> set[float]:
    """Return all numbers within parsed JSON."""
    match value:
        case dict():
            return {number for item in value.values() for number in numbers_of(item)}
        case list():
            return {number for item in value for number in numbers_of(item)}
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


def test_the_text_and_the_hostile_names_are_there_without_javascript(browser, path, found):
    title = found.page().title
    check_text_without_javascript(browser, path, title, str(found.summary), "What was not checked")


def test_hostile_names_are_text(page):
    assert page.locator("img[src='x']").count() == 0
    assert page.locator("script").count() == 0


def test_a_report_is_printed_and_nothing_is_wider_than_a_sheet(browser, path, tmp_path):
    page = open_page(browser, path)
    assert print_to_pdf(page, tmp_path / "report.pdf") > 1
    page.set_viewport_size(SHEET)
    page.emulate_media(media="print")
    assert page.evaluate(TOO_WIDE_FOR_A_SHEET) == []
    assert not page.locator("nav").is_visible()
    assert page.get_by_text("Checks that do not apply here", exact=False).is_visible()
    page.context.close()


def test_the_skip_link_and_the_contents_are_reached_by_tab_and_lead_to_their_parts(first, found):
    first.keyboard.press("Tab")
    assert first.evaluate(FOCUSED) == "#main"
    assert first.locator(".skip").bounding_box()["x"] >= 0
    first.keyboard.press("Enter")
    assert first.evaluate(IN_WINDOW, "main")
    keys = [part.key for part in found.page().parts[1:]]
    reached = []
    for _ in keys:
        first.keyboard.press("Tab")
        reached.append(first.evaluate(FOCUSED))
    assert reached == [f"#{key}" for key in keys]
    for key in keys:
        first.locator(f"nav a[href='#{key}']").focus()
        first.keyboard.press("Enter")
        first.wait_for_url(f"**#{key}")
        assert first.evaluate(IN_WINDOW, f"{key}-title")


def test_details_are_reached_by_tab_and_open_and_close_by_enter(first):
    first.locator("#findings-title").scroll_into_view_if_needed()
    for _ in range(200):
        first.keyboard.press("Tab")
        if first.evaluate(FOCUSED) == "SUMMARY":
            break
    for is_open in (True, False):
        first.keyboard.press("Enter")
        assert first.evaluate("() => document.activeElement.parentElement.open") == is_open
