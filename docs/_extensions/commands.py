"""A page of every command, made from the command: `reference/commands/NAME.rst`, written before pages are read.

Commands register themselves when `glassnet.cli.command_line` is imported.
"""

import re
import sys
from pathlib import Path

import click
from sphinx.application import Sphinx

import glassnet.cli.command_line  # noqa: F401
from glassnet.cli.app import cli

INDEX = """Command line
============

``glassnet COMMAND --help`` prints what stands on these pages. Exit codes are 0, 1 (the work failed) and 2 (wrong use).

.. toctree::
   :maxdepth: 1

"""
SPECIAL = re.compile(r"([*|`\\])")  # letters that reStructuredText reads as its own


def page_of(command: click.Command, name: str) -> str:
    """Return the page of a command, in reStructuredText."""
    module = command.callback.__module__
    variable = next(key for key, value in vars(sys.modules[module]).items() if value is command)
    return f".. click:: {module}:{variable}\n   :prog: glassnet {name}\n   :nested: none\n"


def write_pages(app: Sphinx) -> None:
    """Write the pages that differ from those of the last build, and remove those of commands that are gone."""
    folder = Path(app.srcdir) / "reference" / "commands"
    folder.mkdir(exist_ok=True)
    shown = {name: command for name, command in cli.commands.items() if not command.hidden}
    pages = {f"{name}.rst": page_of(command, name) for name, command in shown.items()} | {"index.rst": INDEX}
    pages["index.rst"] += "".join(f"   {name}\n" for name in sorted(shown))
    for old in folder.glob("*.rst"):
        if old.name not in pages:
            old.unlink()
    for name, page in pages.items():
        if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != page:
            (folder / name).write_text(page, encoding="utf-8")


def escape(app: Sphinx, context: click.Context, lines: list[str]) -> None:
    """Escape what reStructuredText would read as its own in a help text; directives stay."""
    lines[:] = [line if line.lstrip().startswith((".. ", ":")) else SPECIAL.sub(r"\\\1", line) for line in lines]


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages at the beginning of a build."""
    app.connect("builder-inited", write_pages)
    app.connect("sphinx-click-process-description", escape)
    app.connect("sphinx-click-process-options", escape)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
