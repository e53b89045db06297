"""`glassnet export`: a model file as a file for other programs: its formula, or an ONNX model."""

import os
from pathlib import Path

import click

from glassnet.cli.app import FILE, command
from glassnet.cli.arguments import load_model
from glassnet.cli.intervals import COVERAGE
from glassnet.cli.terminal import show

# Written out, because asking the module that defines them would import JAX; a test compares.
KINDS = {
    ".py": "a Python module that needs NumPy alone",
    ".xlsx": "a workbook of formulas, of up to 5,000 parameters",
    ".tex": "equations for LaTeX, of up to 200 parameters",
    ".onnx": "an ONNX model for runtimes in many languages",
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
@click.option("--interval", type=click.FloatRange(0, 1, min_open=True, max_open=True), metavar="[COVERAGE]",
              is_flag=False, flag_value=COVERAGE, default=None,
              help=f"Intervals too, of a .onnx file, with this coverage; {COVERAGE} where none is given.")  # fmt: skip
@click.option("--force", is_flag=True, help="Write over files that exist.")
def export(model: Path, output: Path, interval: float | None, force: bool) -> None:
    """Write the formula of MODEL, fitted to a table, as a file that other programs compute, of the kind of its ending.

    .py is a Python module that needs NumPy alone, of any model; beside it lies a .npz file with its arrays. .xlsx is a
    workbook, of up to 5,000 parameters. .tex is LaTeX, of up to 200. .onnx is an ONNX model, of tables and images, with
    intervals if asked.
    """
    if output.suffix.lower() == ".onnx":
        _export_onnx(model, output, interval, force)
        return
    if interval is not None:
        raise click.UsageError(f"--interval is for .onnx files, and {output.name!r} is none; leave it out")
    from glassnet.pages.export import exported_files, write_files

    files = exported_files(load_model(model), output)
    _check_existing(list(files), force)
    write_files(files)
    show(f"formula: {', '.join(map(str, sorted(files, key=lambda path: path != output)))}")


def _export_onnx(model: Path, output: Path, interval: float | None, force: bool) -> None:
    from glassnet.exchange.onnx.export import export_onnx

    _check_existing([output], force)
    show(str(export_onnx(load_model(model), output, coverage=interval)))


def _check_existing(files: list[Path], force: bool) -> None:
    existing = [path for path in files if path.exists()]
    if existing and not force:
        raise click.UsageError(f"{str(existing[0])!r} exists already; type --force to write over it, or another name")
