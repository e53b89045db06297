"""What users import is annotated, without `Any` and without a bare `object`, and what errors recommend is exported."""

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import re
import typing
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from numpy.typing import ArrayLike, DTypeLike

import glassnet
import glassnet.sklearn

SOURCE = Path(glassnet.__file__).parent
EXPORTED = {name: getattr(glassnet, name) for name in glassnet.__all__ if not name.startswith("__")}
EXPORTED |= {f"sklearn.{name}": getattr(glassnet.sklearn, name) for name in glassnet.sklearn.__all__}
# scikit-learn passes the parameters of any estimator through these two, whatever they are.
VALUES_OF_ANY_KIND = {"get_params", "set_params"}


def protocols() -> dict[str, type]:
    """Return every protocol of the package."""
    names = [
        module.name for module in pkgutil.walk_packages([str(SOURCE)], "glassnet.") if "__main__" not in module.name
    ]
    kinds = [kind for name in names for kind in vars(importlib.import_module(name)).values()]
    return {
        f"{kind.__module__}.{kind.__name__}": kind
        for kind in kinds
        if isinstance(kind, type) and getattr(kind, "_is_protocol", False) and kind.__module__.startswith("glassnet")
    }


def functions(owner: object) -> Iterator[tuple[str, Callable[..., object]]]:
    """Yield a function itself; or the public methods, properties and `__init__` of a class that are ours."""
    if not isinstance(owner, type):
        yield "", owner
        return
    for name, member in inspect.getmembers_static(owner):
        if name.startswith("_") and name != "__init__":
            continue
        member = getattr(member, "fget", None) or getattr(member, "__func__", member)
        member = getattr(member, "fn", member)  # of scikit-learn's available_if
        if inspect.isfunction(member) and (member.__module__ or "").startswith("glassnet"):
            yield name, member


def unclear(annotation: object) -> bool:
    """Return whether an annotation is or contains Any or a bare object; ArrayLike and DTypeLike are clear."""
    if annotation is typing.Any or annotation is object:
        return True
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return unclear(typing.get_args(annotation)[0])
    if origin is typing.Literal:
        return False
    members = typing.get_args(annotation)
    for known in (ArrayLike, DTypeLike):
        if all(member in members for member in typing.get_args(known)):
            members = [member for member in members if member not in typing.get_args(known)]
    parts = [part for member in members for part in (member if isinstance(member, list) else [member])]
    return any(unclear(part) for part in parts)


def faults(owner: object) -> list[str]:
    """Return what is not annotated, or not clearly."""
    found = []
    if isinstance(owner, type) and (dataclasses.is_dataclass(owner) or hasattr(owner, "_fields")):
        declared = typing.get_type_hints(owner, localns=EXPORTED, include_extras=True)
        names = owner._fields if hasattr(owner, "_fields") else [field.name for field in dataclasses.fields(owner)]
        found += [f"field {name}: {declared[name]}" for name in names if unclear(declared[name])]
    for name, function in functions(owner):
        declared = typing.get_type_hints(function, localns=EXPORTED, include_extras=True)
        needed = [p for p in inspect.signature(function).parameters if p not in ("self", "cls")] + ["return"]
        found += [f"{name}({part}) is not annotated" for part in needed if part not in declared]
        if name not in VALUES_OF_ANY_KIND:
            found += [f"{name}({part}): {declared[part]}" for part in needed if unclear(declared.get(part))]
    return found


@pytest.mark.parametrize("name", sorted(EXPORTED))
def test_exported_names_are_annotated(name):
    assert faults(EXPORTED[name]) == []


@pytest.mark.parametrize("name", sorted(protocols()))
def test_protocols_are_annotated(name):
    assert faults(protocols()[name]) == []


def test_an_unclear_annotation_is_found():
    def function(
        a, b: typing.Any, c: list[object], d: Callable[[typing.Any], int], e: int
    ) -> dict[str, typing.Any]: ...

    assert len(faults(function)) == 5


def definitions() -> set[str]:
    """Return the public classes and functions that modules define, but for the commands of the command line."""
    trees = [ast.parse(path.read_text()) for path in SOURCE.rglob("*.py") if path.parent.name != "cli"]
    nodes = [node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    return {node.name for node in nodes if not node.name.startswith("_")}


def recommended(tree: ast.AST) -> set[str]:
    """Return the names that the texts of raise statements call, and those written in camel case."""
    raised = [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.exc is not None]
    texts = [
        part.value
        for error in raised
        for part in ast.walk(error)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]
    return {
        name
        for text in texts
        for name in re.findall(r"(?<![\w.])[A-Za-z]\w*(?=\((?!s\)))|\b[A-Z][a-z0-9]+[A-Z]\w*", text)
    }


def test_what_errors_recommend_can_be_imported():
    ours, exported = definitions(), set(glassnet.__all__)
    missing = {
        f"{path.relative_to(SOURCE)}: {name}"
        for path in SOURCE.rglob("*.py")
        for name in recommended(ast.parse(path.read_text())) & ours - exported
    }
    assert missing == set()
    assert "CustomLoss" in recommended(ast.parse("raise TypeError(f'give CustomLoss(value), not {given}')"))
