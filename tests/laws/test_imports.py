"""Imports point down, from the command line to the storage, and never up or sideways."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "glassnet"
FLOORS = {
    "storage": 0,
    "network": 0,
    "data": 1,
    "training": 2,
    "conformal": 2,
    "verification": 2,
    "attacks": 2,
    "ensemble": 3,
    "sklearn": 3,
    "estimators": 4,
    "insight": 5,
    "exchange": 5,
    "pages": 6,
    "cli": 7,
}
ANYONE_MAY = {
    "_types",
    "_counted",
    "_lazy",
    "_html",
    "_html_table",
    "_notebook",
    "_viewer",
    "_warn",
    "__version__",
}  # which import nothing but each other
ABOVE_ALL = {"__init__.py", "__main__.py"}


def violations(files: dict[str, str]) -> list[str]:
    """Return a line for every import that does not point down; `files` maps a path below the package to its source."""
    found = []
    for path, text in files.items():
        own = Path(path).parts[0]
        if path in ABOVE_ALL:
            continue
        floor = FLOORS[own] if own.removesuffix(".py") not in ANYONE_MAY else -1
        for module in imported(ast.parse(text)):
            other = module.split(".")[1] if "." in module else ""
            if own == other or other in ANYONE_MAY:
                continue
            if other not in FLOORS or floor <= FLOORS[other]:
                found.append(f"{path} (floor {floor}) imports {module} (floor {FLOORS.get(other)})")
    return found


def imported(tree: ast.AST) -> list[str]:
    modules = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules += [f"{node.module}.{name.name}" for name in node.names]
    return [module for module in modules if module.split(".")[0] == "glassnet"]


def test_every_import_points_down():
    files = {str(path.relative_to(SOURCE)): path.read_text() for path in SOURCE.rglob("*.py")}
    assert len(files) > 30
    assert violations(files) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("network/dense.py", "from glassnet.training.loop import train"),
        ("network/dense.py", "def f():\n    import glassnet.estimators.regressor"),
        ("insight/trace.py", "from glassnet.exchange.model_file import save"),
        ("data/read.py", "from glassnet import load"),
        ("_html.py", "from glassnet.storage.json_value import JSON"),
    ],
)
def test_the_law_sees_an_import_that_points_up_or_sideways(path, text):
    assert len(violations({path: text})) == 1


def test_the_law_lets_imports_point_down():
    assert (
        violations({"network/dense.py": "from glassnet.network.layer import Layer\nfrom glassnet._types import Key"})
        == []
    )
    assert violations({"cli/studio.py": "from glassnet.data.read import read_table\nimport jax"}) == []
