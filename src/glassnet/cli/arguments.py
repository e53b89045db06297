"""From what was typed to tables, models and numbers, with errors of wrong use."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from glassnet.cli.exposure import check_exposed, exposures_in, over_exposure
from glassnet.cli.missing_targets import with_targets

if TYPE_CHECKING:  # what is imported is imported when it is needed
    import numpy as np
    import polars as pl

    from glassnet.data.read import TableRead
    from glassnet.data.report import ReadReport
    from glassnet.estimators.classifier import NetworkClassifier
    from glassnet.estimators.regressor import NetworkRegressor

    Model = NetworkRegressor | NetworkClassifier
    Inputs = pl.DataFrame | np.ndarray
    Targets = pl.DataFrame | pl.Series | np.ndarray

Command = TypeVar("Command", bound=Callable[..., Any])


class Data(NamedTuple):
    """What a file or a folder holds: a frame or an array, targets if there are any, and files' names."""

    X: "Inputs"
    y: "Targets | None" = None
    names: tuple[str, ...] = ()


class Roles(NamedTuple):
    """What the columns of a table are for.

    Parameters
    ----------
    targets : tuple of str
        What is to be predicted.
    weight, groups, time, exposure : str or None
        Sample weights; what keeps rows together in one fold; what sorts the rows; how much of a row was observed.
    only, exclude, categorical : tuple of str
        The columns to learn from, those not to learn from, and those that are categories though they are numbers.
    drop_missing_target : bool
        Whether rows without a target are left out.
    """

    targets: tuple[str, ...]
    weight: str | None = None
    groups: str | None = None
    time: str | None = None
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    drop_missing_target: bool = False
    exposure: str | None = None

    @property
    def named(self) -> dict[str, str]:
        """What each column that is no input is for."""
        return {name: what for what in ("weight", "groups", "time", "exposure") if (name := getattr(self, what))}

    def settle(self, column: str) -> bool:
        """Return whether it was said what a column is for, so that no remark is due on what its numbers may mean."""
        said = (*self.targets, *self.named, *self.exclude, *self.categorical)
        return column in said or bool(self.only and column not in self.only)


class TrainingData(NamedTuple):
    """Inputs, targets, and what a fit is told beside them; None for what there is not.

    Parameters
    ----------
    X : frame or array
        Inputs.
    y : frame, series or array
        Targets.
    weights, groups : array or None
        Sample weights, and what keeps rows together.
    report : ReadReport or None
        How the table was read.
    exposure : array or None
        How much of every row was observed.
    """

    X: "Inputs"
    y: "Targets"
    weights: "np.ndarray | None" = None
    groups: "np.ndarray | None" = None
    report: "ReadReport | None" = None
    exposure: "np.ndarray | None" = None

    @property
    def fit_parameters(self) -> "dict[str, Any]":
        """What `fit` is told beside inputs and targets, without what there is not."""
        given = {"sample_weight": self.weights, "groups": self.groups, "exposure": self.exposure}
        return {name: value for name, value in given.items() if value is not None}

    @property
    def per_exposure(self) -> "Targets":
        """The targets for a unit of exposure, which a model predicts."""
        return self.y if self.exposure is None else over_exposure(self.y, self.exposure)


CHOICES = (
    click.option(
        "--columns", "only", multiple=True, metavar="NAME", help="Column to learn from; repeat it for several."
    ),
    click.option("--exclude", multiple=True, metavar="NAME", help="Column not to learn from; repeat it for several."),
    click.option("--categorical", multiple=True, metavar="NAME", help="Column of numbers that name categories."),
)


def chooses_columns(function: Command) -> Command:
    """Give a command the options that choose columns."""
    for option in reversed(CHOICES):
        function = option(function)
    return function


def chosen_columns(
    frame: "pl.DataFrame", only: Sequence[str], exclude: Sequence[str], categorical: Sequence[str]
) -> "pl.DataFrame":
    """Return the columns to learn from, with categories as such; it is wrong use to name one that is not there."""
    import polars as pl

    for option, names in (("--columns", only), ("--exclude", exclude), ("--categorical", categorical)):
        for name in names:
            column_of(frame, name, option)
    chosen = [name for name in frame.columns if (not only or name in only) and name not in exclude]
    if not chosen:
        raise click.UsageError("--columns and --exclude leave no column to learn from")
    lost = [name for name in categorical if name not in chosen]
    if lost:
        raise click.UsageError(f"--categorical names {lost[0]!r}, which --columns or --exclude leaves out")
    # Text is declared to be categories, so that nobody looks again for numbers in it.
    names = [name for name in chosen if name in categorical or frame[name].dtype == pl.String]
    return frame.select(chosen).with_columns(frame[name].cast(pl.String).cast(pl.Categorical) for name in names)


def read(path: Path, model: "Model | None" = None) -> "pl.DataFrame":
    """Return the table of a file, read as the model's own table was."""
    from glassnet.cli.reading import read_as_typed

    return read_as_typed(path, like=getattr(model, "table_format_", None)).frame


def read_training(path: Path, roles: Roles, size: str | None, table: "TableRead | None" = None) -> TrainingData:
    """Return what a model is to learn from: a table's columns, or images with what they show.

    A `table` that was read already stands for the one at the path.
    """
    if table is None and is_images(path):
        from glassnet.data.read_images import read_images

        if roles != Roles(()):
            raise click.UsageError(
                f"{str(path)!r} has no columns to name with --target, --weight and the like; it says what its "
                f"images show"
            )
        images = read_images(path, "train", None if size is None else as_lengths(size))
        return TrainingData(images.X, _known(path, images.y))
    if not roles.targets:
        raise click.UsageError("Missing option '--target': name the column to predict")
    if size is not None:
        raise click.UsageError("--size is for images")
    from glassnet.cli.reading import read_as_typed

    table = read_as_typed(path, settled=roles.settle) if table is None else table
    frame = rows_to_use(table.frame, roles.targets, roles.drop_missing_target, table.report.row_name)
    if roles.time is not None:
        gaps = column_of(frame, roles.time, "--time").null_count()
        if gaps:
            raise click.ClickException(
                f"--time {roles.time!r} is missing in {gaps} row(s), which have no place in time"
            )
        frame = frame.sort(roles.time)
    inputs, wanted = split_off(frame, roles.targets)
    weights = None if roles.weight is None else column_of(inputs, roles.weight, "sample weights").to_numpy()
    groups = None if roles.groups is None else column_of(inputs, roles.groups, "groups").to_numpy()
    used = inputs.drop([name for name, what in roles.named.items() if what != "time"])
    X = chosen_columns(used, roles.only, roles.exclude, roles.categorical)
    exposure = None if roles.exposure is None else exposures_in(column_of(inputs, roles.exposure, "exposure"))
    return TrainingData(X, wanted, weights, groups, table.report, exposure)


def rows_to_use(
    frame: "pl.DataFrame", targets: Sequence[str], drop: bool, row_name: Callable[[int], str]
) -> "pl.DataFrame":
    """Return the rows of a table that have a target; the others are an error unless they are to be left out."""
    return with_targets(frame, [column_of(frame, name, "target") for name in targets], drop, row_name)


def refuse_text(data: TrainingData, advice: str) -> None:
    """Raise for a target of text, which could be classes or numbers that are written in an unknown way.

    `advice` is what to type where it is classes.
    """
    import polars as pl

    for column in data.y.get_columns() if isinstance(data.y, pl.DataFrame) else [data.y]:
        if isinstance(column, pl.Series) and column.dtype == pl.String:
            example = column[column.is_not_null().arg_max() or 0]
            digits = column.str.contains(r"\d").any()
            numeric = f", --numeric {column.name!r} takes all that is no number as missing" if digits else ""
            raise click.ClickException(f"the target {column.name!r} is text, such as {example!r}; {advice}{numeric}")


def read_inputs(path: Path, model: "Model") -> Data:
    """Return rows to predict; images of a folder are resized to those that the model knows."""
    if not is_images(path):
        return Data(read(path, model))
    from glassnet.data.read_images import read_images

    height, width, *_ = getattr(model.schema_, "shape", (0, 0))
    images = read_images(path, "test", (height, width) if height else None)
    return Data(images.X, images.y, images.names)


def read_samples(
    path: Path, model: "Model", drop_missing_target: bool, exposure: str | None = None
) -> "tuple[Inputs, Targets]":
    """Return rows with their targets, for a unit of exposure where that is a column, to measure a model by."""
    check_exposed(model, exposure)
    if is_images(path):
        if drop_missing_target:
            raise click.UsageError("--drop-missing-target is for a column of a table; images have none")
        images = read_inputs(path, model)
        return images.X, _known(path, images.y)
    return samples_of(read_with_targets(path, model, drop_missing_target), model, exposure)


def read_with_targets(path: Path, model: "Model", drop_missing_target: bool) -> "pl.DataFrame":
    """Return the rows of a file that have a target of the model, read as the model's own table was."""
    from glassnet.cli.reading import read_as_typed

    table = read_as_typed(path, like=getattr(model, "table_format_", None))
    return rows_to_use(table.frame, model.target_names_, drop_missing_target, table.report.row_name)


def samples_of(
    frame: "pl.DataFrame", model: "Model", exposure: str | None = None
) -> "tuple[pl.DataFrame, pl.DataFrame | pl.Series | np.ndarray]":
    """Return the rows of a table with their targets, for a unit of exposure where that is a column."""
    X, y = split_off(frame, model.target_names_)
    if exposure is None:
        return X, y
    exposures = exposures_in(column_of(X, exposure, "exposure"))
    return without_column(X, exposure, model), over_exposure(y, exposures)


def is_images(path: Path) -> bool:
    """Return whether a path holds images; it is wrong use when it is not there."""
    if str(path) == "-":
        return False
    if not path.exists() and not path.suffix:
        raise click.UsageError(f"there is no file or folder {str(path)!r}")
    return path.is_dir() or path.suffix.lower() == ".npz"


def load_model(path: Path) -> "Model":
    """Return the regressor or classifier in a model file, or the network of an ONNX file as a regressor."""
    if path.suffix.lower() == ".onnx":
        from glassnet.exchange.onnx.read import read_onnx

        return read_onnx(path).regressor()
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


def without_column(frame: "pl.DataFrame", name: str, model: "Model") -> "pl.DataFrame":
    """Return a table without a column that is no input of the model."""
    return frame if name in {column.name for column in model.schema_.columns} else frame.drop(name, strict=False)


def as_levels(text: str) -> tuple[float, ...]:
    """Return the levels of quantiles in a text such as 0.05,0.5."""
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise click.UsageError(f"--quantiles {text!r} must be numbers with commas between, as in 0.05,0.5") from None


def as_lengths(text: str) -> tuple[int, int]:
    """Return height and width in a text such as 32,32."""
    lengths = as_sizes(text, "--size", "32,32")
    if len(lengths) != 2:
        raise click.UsageError(f"--size {text!r} must be a height and a width with a comma between, as in 32,32")
    return lengths[0], lengths[1]


def _known(path: Path, y: "Targets | None") -> "Targets":
    if y is None:
        raise click.UsageError(f"{str(path)!r} does not say what its images show; give y, or a folder for every class")
    return y


def as_sizes(text: str, option: str = "--hidden", example: str = "64,64") -> tuple[int, ...]:
    """Return integers in a text such as the example."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isdecimal() and int(part) for part in parts):
        raise click.UsageError(f"{option} {text!r} must be integers above 0 with commas between, as in {example}")
    return tuple(map(int, parts))
