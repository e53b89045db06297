"""`glassnet trace`: every number of the forward and backward pass of one row."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from glassnet.cli.app import DATA, FIGURE, FILE, PAGE, as_json, command, decimals_of
from glassnet.cli.arguments import load_model, read_inputs, split_off
from glassnet.cli.exposure import check_exposed
from glassnet.cli.reading import reads_tables
from glassnet.cli.terminal import show

if TYPE_CHECKING:
    from glassnet.cli.arguments import Inputs, Model, Targets
    from glassnet.insight.text import TextTable
    from glassnet.storage.json_value import JSON


@command
@click.argument("model", type=FILE, required=False)
@click.argument("data", type=DATA, required=False)
@click.option("--example", type=click.Choice(["one-neuron", "two-neurons", "festival"]), help="A worked example.")
@click.option("--row", type=click.IntRange(0), help="Row of DATA, counted from 0.")
@click.option("--member", default=0, show_default=True, type=click.IntRange(0), help="Member, counted from 0.")
@click.option("--weights", is_flag=True, help="Print the matrices W and dE/dW too.")
@click.option("--figure", type=FIGURE, help="Figure of feature maps, kernels and deltas, for images.")
@click.option("--html", "page", type=PAGE, help="Page to write that steps forward, and with a target backward too.")
@decimals_of
@reads_tables
@as_json
def trace(
    model: Path | None,
    data: Path | None,
    example: str | None,
    row: int | None,
    member: int,
    weights: bool,
    figure: Path | None,
    page: Path | None,
    decimals: int | None,
    in_json: bool,
) -> None:
    """Show every number of forward pass, backward pass and step.

    Either of a worked EXAMPLE, or of one ROW of DATA through a model file or an ONNX file; where DATA has no target, of
    the forward pass alone.
    """
    if example is not None and model is None and row is None:
        if figure is not None:
            raise click.UsageError("--figure draws an image's way through a model; an --example has none: leave it out")
        from glassnet.insight.examples import EXAMPLES

        shown = EXAMPLES[example](decimals)
        if page is not None:
            _write_page(page, shown.viewer, shown.about, [shown.table, *shown.tables])
        click.echo(shown.json) if in_json else show(shown.about, shown.table)
        return
    if model is None or data is None or row is None or example is not None:
        raise click.UsageError("type either --example one-neuron, or MODEL DATA --row 0")
    from glassnet.insight.sample_trace import RowTrace, forward_row, trace_row

    estimator = load_model(model)
    X, y = _read(data, estimator)
    if y is None and figure is not None:
        raise click.UsageError("--figure draws deltas too, which need a target in DATA; leave it out")
    record = forward_row(estimator, X, row, member) if y is None else trace_row(estimator, X, y, row, member=member)
    if page is not None:
        title = f"Row {row} through {model.name}"
        _write_page(page, record.to_viewer(), title, record.tables(decimals, weights=weights))
    if figure is not None and isinstance(record, RowTrace):
        from glassnet.insight.figures.display import save_figure
        from glassnet.insight.figures.images import maps_figure

        save_figure(maps_figure(record.trace), figure)
        click.echo(f"wrote: {figure}", err=True)
    click.echo(record.to_json()) if in_json else show(*record.tables(decimals, weights=weights))


def _write_page(path: Path, record: "dict[str, JSON] | None", title: str, tables: "list[TextTable]") -> None:
    from glassnet.pages.viewer_page import viewer_page
    from glassnet.storage.atomic import write_bytes

    if record is None:
        raise click.UsageError(
            "--html steps through networks whose numbers are finite; this is an example without a network, or the "
            "numbers overflow: leave it out"
        )
    write_bytes(path, viewer_page(title, record, tables).encode())
    click.echo(f"wrote: {path}", err=True)


def _read(data: Path, estimator: "Model") -> "tuple[Inputs, Targets | None]":
    """Return rows, with their targets if DATA has them; it is said when it has not."""
    found = read_inputs(data, estimator)
    columns: list[str] | None = getattr(found.X, "columns", None)
    missing = [name for name in estimator.target_names_ if columns is not None and name not in columns]
    if columns is not None and not missing:
        check_exposed(estimator, None)
        return split_off(found.X, estimator.target_names_)  # pyright: ignore[reportArgumentType]
    if columns is None and found.y is not None:
        return found.X, found.y
    what = f"the target {', '.join(map(repr, missing))}" if missing else "what its images show"
    click.echo(f"note: {str(data)!r} does not have {what}, so this is the forward pass alone", err=True)
    return found.X, None
