"""Intervals on the command line: the options, and the ends as columns."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from glassnet.conformal.record import Interval, PredictionSet

interval_of = click.option("--interval", type=click.FloatRange(0, 1, min_open=True, max_open=True), metavar="COVERAGE",
                           help="Intervals, or sets of classes, with this coverage, as in 0.9.")  # fmt: skip
width_of = click.option("--width", type=click.Choice(["constant", "adaptive"]), default="constant", show_default=True,
                        help="Whether intervals are as wide everywhere.")  # fmt: skip
COVERAGE = 0.9  # of intervals that are drawn, unless --interval says another
quantiles_of = click.option("--quantiles", metavar="LEVELS", help="Quantiles too, as in 0.05,0.5,0.95.")


def with_quantiles(result: "pl.DataFrame", quantiles: "np.ndarray", names: list[str]) -> "pl.DataFrame":
    """Return predictions with a column for every name, from an array (rows, ...)."""
    columns = quantiles.reshape(result.height, -1).T
    return result.hstack(type(result)(dict(zip(names, columns, strict=True))))


def with_ends(result: "pl.DataFrame", ends: "Interval", names: list[str]) -> "pl.DataFrame":
    """Return predictions with the columns NAME_lower and NAME_upper of every target."""
    lower, upper = (end.reshape(result.height, -1).T for end in (ends.lower, ends.upper))
    columns = {
        f"{name}_{which}": end
        for name, low, high in zip(names, lower, upper, strict=True)
        for which, end in (("lower", low), ("upper", high))
    }
    return result.hstack(type(result)(columns))


def with_sets(result: "pl.DataFrame", sets: "PredictionSet") -> "pl.DataFrame":
    """Return predictions with a column `set`: the labels that may be the class, with a bar between, or "none"."""
    empty = "none" if "none" not in map(str, sets.classes) else "no class"  # where a class has that name
    labels = ["|".join(map(str, labels)) or empty for labels in sets.labels]
    return result.hstack(type(result)({"set": labels}))
