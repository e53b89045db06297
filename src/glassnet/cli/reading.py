"""How a table is read, on the command line: the options of every command that reads one."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from glassnet.data.cell_format import TableFormat
    from glassnet.data.files import TableFiles
    from glassnet.data.read import TableRead

Command = TypeVar("Command", bound=Callable[..., Any])
KEY = "glassnet.reading"  # of what was typed, in the context of the command


def _keep(context: click.Context, parameter: click.Parameter, value: object) -> None:
    """Keep what was typed for `read_as_typed`, whatever command it was typed for."""
    if value not in (None, ()):
        context.meta.setdefault(KEY, {})[parameter.name] = value


def _option(*names: str, **attributes: Any) -> Callable[[Command], Command]:
    return click.option(*names, expose_value=False, callback=_keep, **attributes)


OPTIONS = (
    _option("--separator", metavar="CHARACTER", help="What stands between the cells of a text file (default: found "
                                                     "out)."),
    _option("--encoding", metavar="NAME", help="Encoding of a text file, such as cp1252 (default: found out)."),
    _option("--decimal", type=click.Choice([".", ","]), help="Decimal mark (default: found out from all cells)."),
    _option("--thousands", metavar="CHARACTER", help="Mark between thousands; '' for none (default: found out)."),
    _option("--dayfirst/--monthfirst", default=None, help="Order of 5/4/2021 (default: found out from all cells)."),
    _option("--na", multiple=True, metavar="MARK", help="What stands for a missing cell too; repeat it for several."),
    _option("--skip-rows", type=click.IntRange(0), metavar="N", help="Lines to leave out at the start."),
    _option("--header", metavar="LINE", help="Line with the names of the columns, counted from 1, or none."),
    _option("--sheet", metavar="NAME", help="Sheet of a workbook (default: the first with cells)."),
    _option("--text", multiple=True, metavar="COLUMN", help="Column of text, though it looks like numbers; repeat it."),
    _option("--numeric", multiple=True, metavar="COLUMN", help="Column of numbers; all else in it is missing; "
                                                               "repeat it."),
)  # fmt: skip


def reads_tables(function: Command) -> Command:
    """Give a command the options that say how a table is read."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


def read_as_typed(
    path: object, like: "TableFormat | None" = None, settled: Callable[[str], bool] = lambda _: False
) -> "TableRead":
    """Return the table of a file, read as the options say and like that of training; what was decided is printed.

    What numbers may be meant for is not said of columns whose use is settled.
    """
    from glassnet.data.read import read_table

    typed: dict[str, Any] = click.get_current_context().meta.get(KEY, {})
    read = read_table(str(path), **typed, like=like)
    for note in read.report.notes:
        if note.code in ("categories", "index") and settled(note.column):
            continue
        click.echo(f"note: {note}", err=True)
    return read


def open_as_typed(paths: "Sequence[Path]", folder: "Path", like: "TableFormat | None" = None) -> "TableFiles":
    """Return a table in files, read in slices as the options say and like that of training; decisions are printed."""
    from glassnet.data.files import open_files

    typed: dict[str, Any] = dict(click.get_current_context().meta.get(KEY, {}))
    if "sheet" in typed:
        raise click.UsageError("--sheet is for a workbook, which is not read in slices; leave it out")
    files = open_files(paths, folder, **typed, like=like)
    for note in files.report.notes:
        click.echo(f"note: {note}", err=True)
    return files
