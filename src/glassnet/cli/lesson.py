"""`glassnet lesson`: a question, what is tried to answer it, and the answer, as a page."""

import webbrowser
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glassnet.cli.app import FILE, PAGE, WrittenPath, command
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.lessons.starts import STEPPED

if TYPE_CHECKING:
    from glassnet.insight.lessons.lesson import TraceSteps

START = WrittenPath("a start", (".json",))


@command
@click.argument("name", required=False, type=click.Choice(list(QUESTIONS)), metavar="[NAME]")
@click.option("-o", "--output", type=PAGE, help="Page to write (default: lesson-NAME.html in this folder).")
@click.option("--start", "given", type=FILE, help=f"Show the steps from the numbers of this file too; of "
                                                  f"{', '.join(STEPPED)}.")  # fmt: skip
@click.option("--write-start", "written", type=START, help="Write the lesson's own numbers to this file, to edit them "
                                                           "for --start, and no page.")  # fmt: skip
@click.option("--force", is_flag=True, help="Let --write-start write over a file that exists.")
@click.option("--no-open", is_flag=True, help="Do not open the page in the browser.")
@click.option("--list", "listed", is_flag=True, help="Show the lessons with their questions, as without NAME.")
def lesson(
    name: str | None,
    output: Path | None,
    given: Path | None,
    written: Path | None,
    force: bool,
    no_open: bool,
    listed: bool,
) -> None:
    """Write the lesson NAME as a page and open it in the browser; without NAME, show all lessons.

    A lesson asks a question first, then shows recorded numbers to try it on, then the answer. The page works from the
    disk, without a connection.
    """
    typed = {"-o": output is not None, "--start": given is not None, "--write-start": written is not None}
    others = [option for option, is_given in {**typed, "--force": force, "--no-open": no_open}.items() if is_given]
    if listed and (name is not None or others):
        raise click.UsageError(
            f"--list shows all lessons; leave {' and '.join([*(['NAME'] if name else []), *others])} out, or type "
            "glassnet lesson festival"
        )
    if name is None:
        if others:
            raise click.UsageError(
                f"{others[0]} is for one lesson; type its NAME, as in glassnet lesson {_like(others)}"
            )
        for each, question in QUESTIONS.items():
            click.echo(f"{each}\n{click.wrap_text(question, 88, '    ', '    ')}")
        return
    if (given is not None or written is not None) and name not in STEPPED:
        raise click.UsageError(f"the lesson {name} has no start; those that step through a network have one: "
                               f"{', '.join(STEPPED)}")  # fmt: skip
    if written is not None:
        _write_start(name, written, force, [option for option in others if option not in ("--write-start", "--force")])
    elif force:
        raise click.UsageError("--force is for --write-start alone; leave it out: a page is written over without it")
    else:
        _write_page(name, output or Path(f"lesson-{name}.html"), given, no_open)


def _like(options: list[str]) -> str:
    return "published-example" if {"--start", "--write-start", "--force"} & {*options} else "festival"


def _write_start(name: str, path: Path, force: bool, others: list[str]) -> None:
    from glassnet.storage.atomic import write_bytes

    if others:
        raise click.UsageError(f"--write-start writes no page; leave {' and '.join(others)} out")
    if path.exists() and not force:
        raise click.UsageError(f"{str(path)!r} exists already; type --force to write over it, or another name")
    write_bytes(path, STEPPED[name].start.to_json().encode("utf-8"))
    click.echo(f"start: {path}\nedit it, then type: glassnet lesson {name} --start {path}")


def _write_page(name: str, path: Path, given: Path | None, no_open: bool) -> None:
    from rich.console import Console

    from glassnet.storage.atomic import write_bytes

    with Console(stderr=True).status("computing the numbers of the lesson"):  # which is silent in a pipe
        from glassnet.insight.lessons.catalogue import LESSONS
        from glassnet.pages.lesson_page import lesson_page

        own = () if given is None else (_own_steps(name, given),)
        shown = LESSONS[name]()
        write_bytes(path, lesson_page(replace(shown, body=(*own, *shown.body))).encode("utf-8"))
    click.echo(f"lesson: {path}")
    if not no_open and not webbrowser.open(path.resolve().as_uri()):
        click.echo(f"note: no browser could be started; open {str(path)!r} in one", err=True)


def _own_steps(name: str, path: Path) -> "TraceSteps":
    from glassnet.insight.lessons.start_file import MOST_BYTES, read_start
    from glassnet.insight.lessons.stepped import own_steps

    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        return own_steps(name, read_start(content, STEPPED[name].start))
    except FileNotFoundError:
        raise ValueError(
            f"there is no file {str(path)!r}; type glassnet lesson {name} --write-start {path} for one to edit"
        ) from None
    except ValueError as error:
        raise ValueError(f"{str(path)!r}: {error}") from error
