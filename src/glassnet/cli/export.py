"""`glassnet export`: the formula of a model file as a file for other programs."""

import os
from pathlib import Path

import click

from glassnet.cli.app import FILE, command
from glassnet.cli.arguments import load_model
from glassnet.cli.terminal import show

# Written out, because asking the module that defines them would import JAX; a test compares.
KINDS = {
    ".py": "a Python module that needs NumPy alone",
    ".xlsx": "a workbook of formulas, of up to 5,000 parameters",
    ".tex": "equations for LaTeX, of up to 200 parameters",
}


class FormulaPath(click.Path):
    """A file to write a formula to, refused before any work where its folder is missing or its ending is of none."""

    name = "file"

    def convert(self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path."""
        path = Path(os.fspath(value))
        if path.suffix.lower() not in KINDS:
            kinds = "; ".join(f"{ending}, {what}" for ending, what in KINDS.items())
            self.fail(f"{path.name!r} has no ending of a formula; choose from {kinds}", param, ctx)
        if not path.parent.is_dir():
            self.fail(f"there is no folder {str(path.parent)!r} to write {path.name!r} to", param, ctx)
        return path


@command
@click.argument("model", type=FILE)
@click.option("-o", "--output", type=FormulaPath(dir_okay=False, path_type=Path), required=True,
              help=f"File to write: {', '.join(KINDS)}.")  # fmt: skip
@click.option("--force", is_flag=True, help="Write over files that exist.")
def export(model: Path, output: Path, force: bool) -> None:
    """Write the formula of MODEL, fitted to a table, as a file that other programs compute, of the kind of its ending.

    .py is a Python module that needs NumPy alone, of any model; beside it lies a .npz file with its arrays. .xlsx is a
    workbook, of up to 5,000 parameters. .tex is LaTeX, of up to 200.
    """
    from glassnet.pages.export import exported_files, write_files

    files = exported_files(load_model(model), output)
    existing = [path for path in files if path.exists()]
    if existing and not force:
        raise click.UsageError(f"{str(existing[0])!r} exists already; type --force to write over it, or another name")
    write_files(files)
    show(f"formula: {', '.join(map(str, sorted(files, key=lambda path: path != output)))}")
