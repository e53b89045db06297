"""`glassnet trace`: every number of the forward and backward pass of one row."""

from pathlib import Path

import click

from glassnet.cli.app import DATA, FILE, as_json, command, decimals_of
from glassnet.cli.arguments import load_model, read_samples
from glassnet.cli.reading import reads_tables
from glassnet.cli.terminal import show


@command
@click.argument("model", type=FILE, required=False)
@click.argument("data", type=DATA, required=False)
@click.option("--example", type=click.Choice(["one-neuron", "two-neurons", "festival"]), help="A worked example.")
@click.option("--row", type=click.IntRange(0), help="Row of DATA, counted from 0.")
@click.option("--member", default=0, show_default=True, type=click.IntRange(0), help="Member, counted from 0.")
@click.option("--weights", is_flag=True, help="Print the matrices W and dE/dW too.")
@click.option("--figure", type=FILE, help="Figure of feature maps, kernels and deltas, for images.")
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
    decimals: int | None,
    in_json: bool,
) -> None:
    """Show every number of forward pass, backward pass and step.

    Either of a worked EXAMPLE, or of one ROW of DATA through a model file.
    """
    if example is not None and model is None and row is None:
        from glassnet.insight.examples import EXAMPLES

        shown = EXAMPLES[example](decimals)
        click.echo(shown.json) if in_json else show(shown.about, shown.table)
        return
    if model is None or data is None or row is None or example is not None:
        raise click.UsageError("type either --example one-neuron, or MODEL DATA --row 0")
    from glassnet.insight.sample_trace import trace_row

    estimator = load_model(model)
    X, y = read_samples(data, estimator)
    record = trace_row(estimator, X, y, row, member=member)
    if figure is not None:
        from glassnet.insight.image_plots import maps_figure
        from glassnet.insight.plots import save_figure

        save_figure(maps_figure(record.trace), figure)
        click.echo(f"wrote: {figure}", err=True)
    click.echo(record.to_json()) if in_json else show(*record.tables(decimals, weights=weights))
