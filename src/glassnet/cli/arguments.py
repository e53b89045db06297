"""From what was typed to tables, models and numbers, with errors of wrong use."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

if TYPE_CHECKING:  # what is imported is imported when it is needed
    import numpy as np
    import polars as pl

    from glassnet.estimators.classifier import NetworkClassifier
    from glassnet.estimators.regressor import NetworkRegressor

    Model = NetworkRegressor | NetworkClassifier
    Inputs = pl.DataFrame | np.ndarray
    Targets = pl.DataFrame | pl.Series | np.ndarray


class Data(NamedTuple):
    """What a file or a folder holds: a frame or an array, targets if there are any, and files' names."""

    X: "Inputs"
    y: "Targets | None" = None
    names: tuple[str, ...] = ()


class TrainingData(NamedTuple):
    """Inputs, targets and sample weights, None for equal ones."""

    X: "Inputs"
    y: "Targets"
    weights: "np.ndarray | None" = None


def read(path: Path, model: "Model | None" = None) -> "pl.DataFrame":
    """Return the table of a file, columns that a model knows as text read as text."""
    from glassnet.data.read import KNOWN_ENDINGS, read_table

    if path.suffix.lower() not in KNOWN_ENDINGS:
        raise click.UsageError(
            f"{str(path)!r} ends in {path.suffix!r}; the formats are {', '.join(KNOWN_ENDINGS)}, and for images .npz "
            "or a folder"
        )
    text = list(getattr(getattr(model, "schema_", None), "text_columns", ()))
    classes = getattr(model, "classes_", None)
    if model is not None and classes is not None and classes.dtype.kind in "UO":
        text += model.target_names_
    return read_table(path, text)


def read_training(path: Path, targets: Sequence[str], weight: str | None, size: str | None) -> TrainingData:
    """Return what a model is to learn from: a table's columns, or images with what they show."""
    if is_images(path):
        from glassnet.data.read_images import read_images

        if targets or weight:
            raise click.UsageError(
                f"{str(path)!r} has no columns to name with --target or --weight; it says what its images show"
            )
        images = read_images(path, "train", None if size is None else as_lengths(size))
        return TrainingData(images.X, _known(path, images.y))
    if not targets:
        raise click.UsageError("Missing option '--target': name the column to predict")
    if size is not None:
        raise click.UsageError("--size is for images")
    frame, wanted = split_off(read(path), targets)
    if weight is None:
        return TrainingData(frame, wanted)
    weights = column_of(frame, weight, "sample weights").to_numpy()
    return TrainingData(frame.drop(weight), wanted, weights)


def read_inputs(path: Path, model: "Model") -> Data:
    """Return rows to predict; images of a folder are resized to those that the model knows."""
    if not is_images(path):
        return Data(read(path, model))
    from glassnet.data.read_images import read_images

    height, width, *_ = getattr(model.schema_, "shape", (0, 0))
    images = read_images(path, "test", (height, width) if height else None)
    return Data(images.X, images.y, images.names)


def read_samples(path: Path, model: "Model") -> "tuple[Inputs, Targets]":
    """Return rows with their targets, to measure a model by."""
    if is_images(path):
        images = read_inputs(path, model)
        return images.X, _known(path, images.y)
    return split_off(read(path, model), model.target_names_)


def is_images(path: Path) -> bool:
    """Return whether a path holds images; it is wrong use when it is not there."""
    if not path.exists() and not path.suffix:
        raise click.UsageError(f"there is no file or folder {str(path)!r}")
    return path.is_dir() or path.suffix.lower() == ".npz"


def load_model(path: Path) -> "Model":
    """Return the regressor or classifier in a model file."""
    from glassnet.exchange.model_file import load

    model = load(path)
    from glassnet.estimators.perceptron import Perceptron

    if isinstance(model, Perceptron):
        raise click.ClickException(
            f"{str(path)!r} holds a {type(model).__name__}; this command needs a NetworkRegressor or NetworkClassifier"
        )
    return model


def load_regressor(path: Path) -> "NetworkRegressor":
    """Return the regressor in a model file."""
    from glassnet.estimators.regressor import NetworkRegressor

    model = load_model(path)
    if not isinstance(model, NetworkRegressor):
        raise click.ClickException(
            f"{str(path)!r} holds a {type(model).__name__}; this command needs a NetworkRegressor"
        )
    return model


def column_of(frame: "pl.DataFrame", name: str, what: str) -> "pl.Series":
    """Return a column of a table; it is wrong use when it is not there."""
    from glassnet.data.read import TableError, take_column

    try:
        return take_column(frame, name, what)
    except TableError as error:
        raise click.UsageError(str(error)) from error


def split_off(frame: "pl.DataFrame", targets: Sequence[str]) -> "tuple[pl.DataFrame, pl.DataFrame | pl.Series]":
    """Return the table without its targets, and the targets."""
    if len(set(targets)) < len(targets):
        raise click.UsageError(f"--target names a column twice: {', '.join(targets)}")
    columns = [column_of(frame, name, "target") for name in targets]
    return frame.drop(targets), columns[0] if len(columns) == 1 else frame.select(targets)


def without_targets(frame: "pl.DataFrame", model: "Model") -> "pl.DataFrame":
    """Return a table without the columns that the model predicts, which a file may hold."""
    inputs = {column.name for column in model.schema_.columns}
    return frame.drop([name for name in model.target_names_ if name in frame.columns and name not in inputs])


def as_levels(text: str) -> tuple[float, ...]:
    """Return the levels of quantiles in a text such as 0.05,0.5."""
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise click.UsageError(f"--quantiles {text!r} must be numbers with commas between, as in 0.05,0.5") from None


def as_lengths(text: str) -> tuple[int, int]:
    """Return height and width in a text such as 32,32."""
    lengths = as_sizes(text, "--size")
    if len(lengths) != 2:
        raise click.UsageError(f"--size {text!r} must be a height and a width with a comma between, as in 32,32")
    return lengths[0], lengths[1]


def _known(path: Path, y: "Targets | None") -> "Targets":
    if y is None:
        raise click.UsageError(f"{str(path)!r} does not say what its images show; give y, or a folder for every class")
    return y


def as_sizes(text: str, option: str = "--hidden") -> tuple[int, ...]:
    """Return integers in a text such as 64,64."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isdecimal() and int(part) for part in parts):
        raise click.UsageError(f"{option} {text!r} must be integers above 0 with commas between, as in 64,64")
    return tuple(map(int, parts))
