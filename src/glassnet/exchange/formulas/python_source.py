"""The source of functions, with all that they use of this package, as one text that needs none of it.

A function brings the functions, classes and constants that it names, of its own module and of those that this one
imports them from, and the imports of other packages. So what a written module does is the code that the package tests.
"""

import ast
import builtins
import inspect
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType

PACKAGE = "glassnet"
CHECKERS = re.compile(r"  # (noqa|pyright|fmt)\b.*$")  # what is said to programs that check the code
Definition = ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign


@dataclass
class _Module:
    """What a module defines and imports, by name."""

    lines: list[str]
    definitions: dict[str, Definition] = field(default_factory=dict[str, Definition])
    imports: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])  # name: (module, its name)


@dataclass
class Collected:
    """Imports, and definitions in an order in which each follows what it is made of.

    Parameters
    ----------
    imports : set of (str, str)
        The module, and the name that is taken from it; an empty name for the module itself.
    definitions : dict
        The source of every function, class and constant, by the module that it is from and its name there.
    names : dict
        The names that they have in the text, by the same; of two of one name the second is called after its module too.
    """

    imports: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    definitions: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    names: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    @property
    def code(self) -> list[str]:
        """The sources, each once: one line may define several constants."""
        return list(dict.fromkeys(self.definitions.values()))

    def import_lines(self) -> str:
        """Return the lines that import what the definitions need."""
        modules = sorted({module for module, _ in self.imports})
        lines: list[str] = []
        for module in modules:
            names = sorted({name for of, name in self.imports if of == module and name})
            if (module, "") in self.imports:
                lines.append("import numpy as np" if module == "numpy" else f"import {module}")
            lines += [f"from {module} import {', '.join(names)}"] if names else []
        standard = [line for line in lines if line.split()[1].split(".")[0] in sys.stdlib_module_names]
        others = [line for line in lines if line not in standard]
        direct = [line for line in standard if line.startswith("import ")]
        return "\n".join([*direct, *(line for line in standard if line not in direct), "", *others])


def names_used(code: str) -> list[str]:
    """Return the names that code reads, each once; Python's own are not among them."""
    return list(dict.fromkeys(_names(ast.parse(code))))


def collect(names: Iterable[str], modules: Iterable[ModuleType]) -> Collected:
    """Return what these names stand for in the modules, and all that it uses.

    Parameters
    ----------
    names : iterable of str
        Names; those that no module defines are left out.
    modules : iterable of modules
        Where the names are looked for.
    """
    known: dict[str, _Module] = {}
    found = Collected()
    homes = {name: module.__name__ for module in modules for name in _read(module.__name__, known).definitions}
    for name in names:
        if name in homes:
            _bring(homes[name], name, known, found)
    return found


def _bring(module: str, name: str, known: dict[str, _Module], found: Collected) -> None:
    """Add a definition behind all that it uses."""
    if (module, name) in found.names:
        return
    taken = name in found.names.values()
    found.names[module, name] = f"{name}_{module.split('.')[-1]}" if taken else name
    home = _read(module, known)
    node, renamed = home.definitions[name], {name: found.names[module, name]}
    for used in dict.fromkeys(_names(node)):
        origin = (module, used) if used in home.definitions else home.imports.get(used)
        if origin is not None and origin[0].split(".")[0] == PACKAGE:
            _bring(*origin, known, found)
            renamed[used] = found.names[origin]
        elif origin is not None:
            found.imports.add(origin)
    found.definitions[module, name] = _source(node, home.lines, renamed)


def _source(node: Definition, lines: list[str], renamed: Mapping[str, str]) -> str:
    """Return the lines of a definition with other names, without what is said to programs that check code."""
    first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
    own = {place: lines[place - 1].encode() for place in range(first, (node.end_lineno or node.lineno) + 1)}
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        own[node.lineno] = own[node.lineno].replace(f" {node.name}".encode(), f" {renamed[node.name]}".encode(), 1)
    used = [part for part in ast.walk(node) if isinstance(part, ast.Name) and renamed.get(part.id, part.id) != part.id]
    for part in sorted(used, key=lambda part: (part.lineno, -part.col_offset)):
        line, place = own[part.lineno], part.col_offset
        own[part.lineno] = line[:place] + renamed[part.id].encode() + line[place + len(part.id.encode()) :]
    return "\n".join(CHECKERS.sub("", line.decode()) for line in own.values())


def _read(name: str, known: dict[str, _Module]) -> _Module:
    """Return what a module of this package defines and imports at its top level."""
    if name in known:
        return known[name]
    source = inspect.getsource(import_module(name))
    module = known[name] = _Module(source.splitlines())
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            module.definitions[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for part in (one for target in targets for one in ast.walk(target)):
                if isinstance(part, ast.Name):
                    module.definitions[part.id] = node
        elif isinstance(node, ast.Import):
            module.imports |= {alias.asname or alias.name: (alias.name, "") for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            module.imports |= {alias.name: (node.module, alias.name) for alias in node.names if alias.asname is None}
    return module


def _names(tree: ast.AST) -> Iterable[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and not hasattr(builtins, node.id):
            yield node.id
