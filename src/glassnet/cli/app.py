"""The group of commands, and what they share."""

import os
import sys
import warnings
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import click

from glassnet import __version__
from glassnet.cli.remedies import with_options

Options = ParamSpec("Options")


class WrittenPath(click.Path):
    """A file to write to, refused before any work where its folder is missing or its ending is not one of `endings`.

    Parameters
    ----------
    what : str
        What is written, with its article, such as "a picture".
    endings : sequence of str
        Such as ".png".
    """

    name = "file"

    def __init__(self, what: str, endings: Sequence[str]) -> None:
        super().__init__(dir_okay=False, path_type=Path)
        self._what, self._endings = what, endings

    def convert(self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path."""
        path = Path(os.fspath(value))
        if path.suffix.lower() not in self._endings:
            endings = ", ".join(self._endings)
            self.fail(f"{path.name!r} has no ending of {self._what}; choose from {endings}", param, ctx)
        if not path.parent.is_dir():
            self.fail(f"there is no folder {str(path.parent)!r} to write {path.name!r} to", param, ctx)
        return path


PICTURES = (".png", ".svg", ".pdf", ".jpg", ".tif", ".webp", ".eps")
FIGURE = WrittenPath("a picture", PICTURES)
PAGE = WrittenPath("a page", (".html",))
FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
DATA = click.Path(path_type=Path)
as_json = click.option("--json", "in_json", is_flag=True, help="Print JSON for machines.")
seeded = click.option(
    "--seed", default=0, show_default=True, type=click.IntRange(0, 2**32 - 1), help="Seed of everything random."
)
decimals_of = click.option(
    "--decimals", type=click.IntRange(0, 17), help="Decimals of every number (default: 6 digits)."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="glassnet")
def cli() -> None:
    """Regression with neural networks that can be seen through.

    Tables are CSV and other text, Parquet, Arrow, JSON or Excel, also as .gz, .zip or .zst, by their content. What is
    decided about a table is printed as notes; glassnet columns FILE shows it without a fit.
    """


def _kind(category: type[Warning]) -> str:
    return "note" if category.__name__ == "Note" else "warning"  # by its name: importing it would import NumPy


def command(function: Callable[Options, None]) -> click.Command:
    """Register a command whose failures are one line on the error stream and exit code 1, and warnings a line each."""

    @wraps(function)
    def run(*args: Options.args, **options: Options.kwargs) -> None:
        told, typed = set[str](), click.get_current_context().command

        def tell(message: Warning | str, category: type[Warning], *_: object) -> None:
            if str(message) not in told:
                click.echo(f"{_kind(category)}: {with_options(str(message), typed)}", err=True)
                told.add(str(message))

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("always", UserWarning)
                warnings.showwarning = tell
                function(*args, **options)
        except BrokenPipeError:  # the reader has seen enough
            sys.stdout = None
        except (ValueError, TypeError, ArithmeticError, OSError) as error:
            raise click.ClickException(with_options(str(error), typed)) from error

    return cli.command()(run)
