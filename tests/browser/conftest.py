"""A headless Chromium, and the mark `browser` for every test of this folder without a mark of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HERE = Path(__file__).parent
NO_NAMES = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


@pytest.hookimpl(tryfirst=True)  # before `-m` picks tests by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE) and not any(item.get_closest_marker(mark) for mark in ("jupyterlab", "site")):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """The Chromium that is installed; no name leads it to another machine."""
    from playwright.sync_api import sync_playwright  # `make test` collects this folder without it

    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("there is no program `chromium`; install it, on Debian by `apt-get install chromium`")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=[NO_NAMES])
        yield launched
        launched.close()


@pytest.fixture(scope="module", autouse=True)
def _closed_pages(browser: "Browser") -> Iterator[None]:
    """Close the pages that the tests of a module opened."""
    yield
    for context in browser.contexts:
        context.close()
