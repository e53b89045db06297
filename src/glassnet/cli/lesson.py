"""`glassnet lesson`: a question, what is tried to answer it, and the answer, as a page."""

import webbrowser
from pathlib import Path

import click

from glassnet.cli.app import PAGE, command
from glassnet.insight.lessons.questions import QUESTIONS


@command
@click.argument("name", required=False, type=click.Choice(list(QUESTIONS)), metavar="[NAME]")
@click.option("-o", "--output", type=PAGE, help="Page to write (default: lesson-NAME.html in this folder).")
@click.option("--no-open", is_flag=True, help="Do not open the page in the browser.")
@click.option("--list", "listed", is_flag=True, help="Show the lessons with their questions, as without NAME.")
def lesson(name: str | None, output: Path | None, no_open: bool, listed: bool) -> None:
    """Write the lesson NAME as a page and open it in the browser; without NAME, show all lessons.

    A lesson asks a question first, then shows recorded numbers to try it on, then the answer. The page works from the
    disk, without a connection.
    """
    if name is None or listed:
        if name is not None or output is not None or no_open:
            given = "--list" if listed else "-o" if output is not None else "--no-open"
            what = (
                "shows all lessons; leave NAME, -o and --no-open out" if listed else "is for one lesson; type its NAME"
            )
            raise click.UsageError(f"{given} {what}, as in glassnet lesson festival")
        for each, question in QUESTIONS.items():
            click.echo(f"{each}\n{click.wrap_text(question, 88, '    ', '    ')}")
        return
    from glassnet.insight.lessons.catalogue import LESSONS
    from glassnet.pages.lesson_page import lesson_page
    from glassnet.storage.atomic import write_bytes

    path = output or Path(f"lesson-{name}.html")
    write_bytes(path, lesson_page(LESSONS[name]()).encode("utf-8"))
    click.echo(f"lesson: {path}")
    if not no_open and not webbrowser.open(path.resolve().as_uri()):
        click.echo(f"note: no browser could be started; open {str(path)!r} in one", err=True)
