"""What is imported is declared in pyproject.toml, what is declared is imported, and lowest versions are pinned."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = {  # what the files of a folder may need besides; the first folder that has a file counts
    "src": ("excel", "onnx"),
    "tests/browser": ("test", "browser", "notebook"),
    "tests/engines": ("test", "dask", "ray"),
    "docs": ("docs", "notebook"),
    "tests": ("test",),
    "benchmarks": ("test", "bench"),
}
BRINGS = packages_distributions()
MODULES = {path.stem for folder in EXTRAS for path in (ROOT / folder).rglob("*.py")}
PACKAGES = {path.name for path in (ROOT / "tests" / "data").iterdir() if path.is_dir()}
OWN = {"glassnet", *MODULES, *PACKAGES}


def imported(text: str) -> set[str]:
    """Return the top-level modules that a source imports, at any level of it, other than Python's own and ours."""
    modules: list[str] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            modules += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.append(node.module)
    return {module.split(".")[0] for module in modules} - OWN - sys.stdlib_module_names


def declared(*extras: str) -> dict[str, Requirement]:
    """Return what the package and these extras of it require, by normal names."""
    lines = list(PROJECT["dependencies"])
    for extra in extras:
        lines += PROJECT["optional-dependencies"][extra]
    return {canonicalize_name(requirement.name): requirement for requirement in map(Requirement, lines)}


def providers(module: str) -> set[str]:
    """Return the normal names of the distributions that bring a module; one that is not installed has its own name."""
    return {canonicalize_name(name) for name in BRINGS.get(module, [module])}


def undeclared(files: dict[str, str]) -> list[str]:
    """Return a line for every import without a declaration; `files` maps a path in the repository to its source."""
    found = []
    for path, text in files.items():
        known = declared(*next(extras for folder, extras in EXTRAS.items() if path.startswith(f"{folder}/")))
        found += [f"{path} imports {m}" for m in sorted(imported(text)) if providers(m).isdisjoint(known)]
    return found


def sources(folder: str) -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def pins(file: str) -> dict[str, Version]:
    lines = (line.strip() for line in (ROOT / file).read_text(encoding="utf-8").splitlines())
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): Version(version) for name, version in pairs}


@pytest.mark.parametrize("folder", EXTRAS)
def test_every_import_is_declared(folder):
    files = dict(sources(folder))
    assert len(files) > 1
    assert undeclared(files) == []


@pytest.mark.parametrize(
    ("path", "text", "module"),
    [
        ("src/glassnet/data/read.py", "import made_up_module", "made_up_module"),
        ("src/glassnet/data/read.py", "def f():\n    from made_up_module.part import g", "made_up_module"),
        ("src/glassnet/data/read.py", "import pytest", "pytest"),  # an extra that only tests may need
        ("tests/data/test_read.py", "import torch", "torch"),
        ("tests/pages/test_report.py", "import playwright", "playwright"),  # an extra of tests/browser
    ],
)
def test_the_law_sees_an_import_that_is_not_declared(path, text, module):
    assert undeclared({path: text}) == [f"{path} imports {module}"]


def test_the_law_knows_that_names_differ():
    assert undeclared({"src/glassnet/data/read.py": "import sklearn\nfrom PIL import Image\nimport json"}) == []


def test_nothing_is_declared_that_the_package_does_not_import():
    used = {name for _, text in sources("src") for module in imported(text) for name in providers(module)}
    assert set(declared()) - used == set()


def test_the_lowest_versions_are_the_ones_pinned_for_their_job():
    pinned = pins("requirements-lowest.txt")
    for name, requirement in declared().items():
        lowest = [Version(s.version) for s in requirement.specifier if s.operator == ">="]
        assert lowest == [pinned[name]], f"{requirement} and {name}=={pinned[name]}"


@pytest.mark.parametrize(
    ("file", "extras"),
    [
        ("requirements.txt", ("test", "check")),
        ("requirements-lowest.txt", ("test",)),
        ("requirements-bench.txt", ("bench",)),
        ("requirements-browser.txt", ("browser",)),
        ("requirements-notebook.txt", ("notebook",)),
        ("requirements-jupyterlab.txt", ("jupyterlab",)),
        ("requirements-engines.txt", ("dask", "ray")),
        ("requirements-docs.txt", ("docs",)),
    ],
)
def test_pinned_versions_are_versions_that_are_declared(file, extras):
    pinned = pins(file)
    needs = declared(*extras)
    beside = file not in {"requirements.txt", "requirements-lowest.txt"}  # the package's own needs are not in these
    for name in needs.keys() - declared().keys() if beside else needs:
        assert needs[name].specifier.contains(pinned[name]), f"{needs[name]}, but {file} has {pinned[name]}"
