"""Exposures on the command line: how much of every row was observed; models that have them predict per unit."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from glassnet.cli.arguments import Model, Targets

exposed = click.option("--exposure", metavar="COLUMN", help="Column of exposures, which predictions are "
                                                             "multiplied by, and targets divided.")  # fmt: skip


def is_exposed(model: "Model") -> bool:
    """Return whether a model was fitted with exposures; a classifier never is."""
    return bool(getattr(model, "exposed_", False))


def check_exposed(model: "Model", exposure: str | None) -> None:
    """Raise for a column of exposures where a model was fitted without, and for targets without it where it was."""
    if exposure is not None and not is_exposed(model):
        raise click.UsageError("--exposure is for a model that was fitted with it, and this one was not")
    if exposure is None and is_exposed(model):
        raise click.ClickException(
            "the model was fitted with exposures and predicts per unit, so targets must be divided by theirs: evaluate "
            "does it, with --exposure COLUMN; in Python give y / exposure"
        )


def exposures_in(column: "pl.Series") -> "np.ndarray":
    """Return a column as exposures; it is wrong use to name one that holds no numbers above 0."""
    if not column.dtype.is_numeric():
        raise click.UsageError(f"--exposure {column.name!r} holds {column.dtype}, not numbers")
    values = column.cast(float).to_numpy()
    wrong = ~(values > 0)  # a missing one too
    if wrong.any():
        raise click.UsageError(
            f"--exposure {column.name!r} is {values[wrong][0]:g} in {wrong.sum()} row(s), not above 0"
        )
    return values


def weights_of_fit(model: "Model", weights: "np.ndarray | None", exposure: "np.ndarray | None") -> "np.ndarray | None":
    """Return the weights that a fit had, those by exposure among them, by which its rows are recognised."""
    if exposure is None:
        return weights
    from glassnet.network.loss import as_loss

    by_exposure = exposure ** (2 - (as_loss(getattr(model, "loss", "squared_error")).variance_power or 0.0))
    return by_exposure if weights is None else weights * by_exposure


def over_exposure(y: "Targets", exposure: "np.ndarray") -> "Targets":
    """Return targets for a unit of exposure."""
    import polars as pl

    if isinstance(y, pl.DataFrame):
        return y.select(column / pl.Series(exposure) for column in y.get_columns())
    return y / (pl.Series(exposure) if isinstance(y, pl.Series) else exposure)
