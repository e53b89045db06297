"""Every block of Python in README runs, and prints what stands below it, but for its numbers.

Pages of the site run when it is built; here every block of code in them is one that runs.
"""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md"]
SITE = sorted((ROOT / "docs").rglob("*.md"))
PYTHON = re.compile(r"^```python\n(.*?)^```$(?:\n```\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
SHOWN = re.compile(r"^```(?:\{code-(?:cell|block)\} )?(?:python|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SETTINGS = re.compile(r"---\n.*?^---\n", re.MULTILINE | re.DOTALL)  # of a cell, which no reader sees
WIDTH = 96  # characters that fit beside both side bars of a page of 1,280 pixels
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[+-]?\d+)?")


def blocks(page: Path) -> list[tuple[str, str]]:
    """Return code and the output below it, empty where none is shown."""
    return PYTHON.findall(page.read_text(encoding="utf-8"))


def words(output: str) -> str:
    """Return printed text without white space, and without its numbers, which differ between machines."""
    return re.sub(r"\s", "", NUMBER.sub("#", output))


def test_no_block_is_missed():
    shown = sum(page.read_text(encoding="utf-8").count("```python") for page in PAGES)
    assert shown == sum(len(blocks(page)) for page in PAGES) > 0


def test_pages_of_the_site_have_no_python_that_does_not_run():
    assert [page.name for page in SITE if "```python" in page.read_text(encoding="utf-8")] == []


def test_code_is_not_wider_than_its_place_on_a_page():
    wide = {
        f"{page.name}: {line}"
        for page in SITE
        for block in SHOWN.findall(page.read_text(encoding="utf-8"))
        for line in SETTINGS.sub("", block, count=1).splitlines()
        if len(line) > WIDTH
    }
    assert wide == set()


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=lambda page: page.name)
def test_the_blocks_of_a_page_run_in_order(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for code, shown in blocks(page):
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(compile(code, f"{page.name}: {code.splitlines()[0]}", "exec"), names)
        if shown:
            assert words(printed.getvalue()) == words(shown)
