"""Intervals on the command line: the options."""

import click

interval_of = click.option("--interval", type=click.FloatRange(0, 1, min_open=True, max_open=True), metavar="COVERAGE",
                           help="Intervals, or sets of classes, with this coverage, as in 0.9.")  # fmt: skip
width_of = click.option("--width", type=click.Choice(["constant", "adaptive"]), default="constant", show_default=True,
                        help="Whether intervals are as wide everywhere.")  # fmt: skip
COVERAGE = 0.9  # of intervals that are drawn, unless --interval says another
quantiles_of = click.option("--quantiles", metavar="LEVELS", help="Quantiles too, as in 0.05,0.5,0.95.")
