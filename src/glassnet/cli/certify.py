"""`glassnet certify`: between which numbers predictions stay while a row's numbers move."""

from pathlib import Path

import click

from glassnet.cli.app import FILE, as_json, command
from glassnet.cli.arguments import load_regressor, read
from glassnet.cli.reading import reads_tables
from glassnet.cli.terminal import show


@command
@click.argument("model", type=FILE)
@click.argument("table", type=FILE)
@click.option("--epsilon", default="0.1", show_default=True, metavar="DISTANCE",
              help="How far numbers move: 0.1 of each column's scale, or age=5,weight=2 in units.")  # fmt: skip
@click.option("--rows", default="0:10", show_default=True, help="Rows of TABLE, from:to, counted from 0.")
@click.option("--method", default="linear", show_default=True, type=click.Choice(["linear", "interval"]),
              help="Lines carried back, or interval arithmetic.")  # fmt: skip
@click.option("--splits", default=0, show_default=True, type=click.IntRange(0, 12),
              help="Halve every box so many times: tighter, 2^splits times the work.")  # fmt: skip
@click.option("--monotone", is_flag=True, help="Bound slopes, and say in which columns the prediction rises or falls.")
@reads_tables
@as_json
def certify(
    model: Path, table: Path, epsilon: str, rows: str, method: str, splits: int, monotone: bool, in_json: bool
) -> None:
    """Certify between which numbers predictions stay while a row's numbers move by EPSILON.

    MODEL is a model file or an ONNX file.

    Flags, categories, dates and missing cells are held fixed. The attacked range was reached; the certified one cannot
    be left.
    """
    distance, (first, last) = as_distance(epsilon), as_rows(rows)
    from glassnet.insight.certificate import WITHOUT_SLOPES
    from glassnet.insight.certificate import certify as certified

    estimator = load_regressor(model)
    from glassnet.estimators.prediction_table import without_targets

    frame = without_targets(read(table, estimator), estimator)
    part = frame[first : frame.height if last is None else last]
    if part.height == 0:
        raise click.UsageError(f"--rows {rows} has no row: the table has rows 0 to {frame.height - 1}")
    certificate = certified(estimator, part, distance, method=method, splits=splits, slopes=monotone)
    if in_json:
        click.echo(certificate.to_json(first))
    else:
        parts = [
            certificate.table(first),
            certificate.monotone_table(first) if monotone else WITHOUT_SLOPES,
            certificate.assumptions,
        ]
        show(*parts)


def as_distance(text: str) -> float | dict[str, float]:
    """Return 0.1 as a number and age=5,weight=0.5 as a dict."""
    try:
        if "=" not in text:
            return float(text)
        pairs = [part.rpartition("=") for part in text.split(",")]
        return {name.strip(): float(distance) for name, _, distance in pairs}
    except ValueError:
        raise click.UsageError(f"--epsilon {text!r} must be a number, or NAME=NUMBER with commas between") from None


def as_rows(text: str) -> tuple[int, int | None]:
    """Return the first row and the one after the last, None for the end, of a text such as 0:10, 5: or 7."""
    first, colon, last = text.partition(":")
    if not all(part.strip().isdecimal() or (colon and not part.strip()) for part in (first, last)[: 1 + bool(colon)]):
        raise click.UsageError(f"--rows {text!r} must be from:to, as in 0:10, or one row, as in 7")
    start = int(first or 0)
    return start, (int(last) if last.strip() else None) if colon else start + 1
