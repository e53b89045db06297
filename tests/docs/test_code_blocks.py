"""Every block of Python in README and docs runs, and prints what stands below it, but for its numbers."""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PYTHON = re.compile(r"^```python\n(.*?)^```$(?:\n```\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
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
