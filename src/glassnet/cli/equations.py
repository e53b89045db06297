"""`glassnet equations`: everything that a model computes, as equations."""

from pathlib import Path

import click

from glassnet.cli.app import FILE, command
from glassnet.cli.arguments import load_model


@command
@click.argument("model", type=FILE)
@click.option("--format", "form", default="text", show_default=True, type=click.Choice(["text", "latex", "mathml"]),
              help="Plain text, LaTeX for amsmath, or one <math> element.")  # fmt: skip
@click.option("-o", "--output", type=FILE, help="File to write (default: the screen).")
def equations(model: Path, form: str, output: Path | None) -> None:
    """Print the equations of MODEL, forward and backward, from its inputs to its predictions, with sizes.

    Every kind of layer has its own, and the last ones are those of the cost that training made small. Their numbers
    are in glassnet trace.
    """
    if output is not None and not output.absolute().parent.is_dir():
        raise click.UsageError(f"there is no folder {str(output.parent)!r} to write {output.name!r} to")
    from glassnet.insight.equations.network_equations import equations as equations_of

    found = equations_of(load_model(model))
    text = {"text": found.text, "latex": found.latex, "mathml": found.mathml}[form]().rstrip("\n") + "\n"
    if output is None:
        click.echo(text, nl=False)
        return
    from glassnet.storage.atomic import write_bytes

    write_bytes(output, text.encode("utf-8"))
    click.echo(f"equations: {output}")
