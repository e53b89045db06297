"""From what was typed to tables, models and numbers, with errors of wrong use."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click


def read(path: Path, model: Any = None) -> Any:
    """Return the table of a file, columns that a model knows as text read as text."""
    from glassnet.table.read import KNOWN_ENDINGS, read_table

    if path.suffix.lower() not in KNOWN_ENDINGS:
        raise click.UsageError(f"{str(path)!r} ends in {path.suffix!r}; the formats are {', '.join(KNOWN_ENDINGS)}")
    return read_table(path, model.schema_.text_columns if model is not None else ())


def load_regressor(path: Path) -> Any:
    """Return the regressor in a model file."""
    from glassnet.exchange.model_file import load

    model = load(path)
    if not hasattr(model, "schema_") or not hasattr(model, "n_outputs_"):
        raise click.ClickException(
            f"{str(path)!r} holds a {type(model).__name__}; this command needs a NetworkRegressor"
        )
    return model


def column_of(frame: Any, name: str, what: str) -> Any:
    """Return a column of a table; it is wrong use when it is not there."""
    from glassnet.table.read import TableError, take_column

    try:
        return take_column(frame, name, what)
    except TableError as error:
        raise click.UsageError(str(error)) from error


def split_off(frame: Any, targets: Sequence[str]) -> tuple[Any, Any]:
    """Return the table without its targets, and the targets."""
    if len(set(targets)) < len(targets):
        raise click.UsageError(f"--target names a column twice: {', '.join(targets)}")
    columns = [column_of(frame, name, "target") for name in targets]
    return frame.drop(targets), columns[0] if len(columns) == 1 else frame.select(targets)


def as_levels(text: str) -> tuple[float, ...]:
    """Return the levels of quantiles in a text such as 0.05,0.5."""
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise click.UsageError(f"--quantiles {text!r} must be numbers with commas between, as in 0.05,0.5") from None


def as_sizes(text: str) -> tuple[int, ...]:
    """Return the sizes of hidden layers in a text such as 64,64."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isdecimal() and int(part) for part in parts):
        raise click.UsageError(f"--hidden {text!r} must be whole numbers above 0 with commas between, as in 64,64")
    return tuple(map(int, parts))
