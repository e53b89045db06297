"""A model's errors on a table in files, slice by slice, as `evaluate` gives them of a table in memory."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from sklearn.utils.validation import check_is_fitted

from glassnet._counted import counted
from glassnet._lazy import pl
from glassnet.data.files import TableFiles, open_files
from glassnet.data.read import take_column
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.prediction_table import Asked, Model
from glassnet.estimators.slice_predictions import SLICE, Progress, each_slice
from glassnet.insight.class_sums import ClassSums, LabelSums
from glassnet.insight.evaluation import ClassEvaluation, Evaluation
from glassnet.insight.interval_evaluation import IntervalEvaluation
from glassnet.insight.interval_sums import IntervalSums
from glassnet.insight.quantile_evaluation import QuantileEvaluation
from glassnet.insight.quantile_sums import QuantileSums
from glassnet.insight.regression_sums import RegressionSums
from glassnet.insight.set_evaluation import SetEvaluation
from glassnet.insight.set_sums import SetSums
from glassnet.insight.text import TextTable
from glassnet.storage.json_value import JSON, finite

Split = Callable[["pl.DataFrame"], "tuple[pl.DataFrame, pl.DataFrame | pl.Series | np.ndarray]"]  # inputs and targets


@dataclass(frozen=True, eq=False)
class FileEvaluation:
    """What was measured of a model on a table in files.

    Attributes
    ----------
    rows : int
        The rows of the table.
    errors : Evaluation or ClassEvaluation
        The errors, as of a table in memory; median errors are of a sample where the table is long.
    rows_of_medians : dict of str to int
        How many rows the median error of every line of `errors` is of; empty for classes, which have none.
    intervals : IntervalEvaluation, SetEvaluation or None
        How often intervals, or sets of classes, hold. Their `interval` or `sets` has no rows.
    quantiles : QuantileEvaluation or None
        How quantiles fare.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, evaluate_files
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> with TemporaryDirectory() as folder:
    ...     X.assign(target=y).to_csv(Path(folder, "data.csv"), index=False)
    ...     evaluation = evaluate_files(model, Path(folder, "data.csv"))
    >>> evaluation.rows, round(evaluation.errors.errors["target, mean of training"].rmse, 2)
    (442, 77.01)
    """

    rows: int
    errors: Evaluation | ClassEvaluation
    rows_of_medians: dict[str, int]
    intervals: IntervalEvaluation | SetEvaluation | None = None
    quantiles: QuantileEvaluation | None = None

    @property
    def sampled(self) -> int | None:
        """The rows of the sample that median errors are of; None where every median is of all rows with a target."""
        if isinstance(self.errors, ClassEvaluation):
            return None
        rows = {name: errors.rows for name, errors in self.errors.errors.items()}
        return max((n for name, n in self.rows_of_medians.items() if n < rows[name]), default=None)

    def parts(self) -> list[TextTable | str]:
        """Return the tables and sentences that say all of it."""
        parts: list[TextTable | str] = [self.errors.table()]
        if self.sampled is not None:
            parts.append(f"median error: median of a sample of {self.sampled:,} rows")
        if self.intervals is not None:
            parts += [self.intervals.table(), _promise(self.intervals, self.rows)]
        return parts if self.quantiles is None else [*parts, self.quantiles.table()]

    def to_dict(self) -> dict[str, JSON]:
        """Return all of it, for JSON; a number that is infinite is null."""
        if isinstance(self.errors, ClassEvaluation):
            errors = asdict(self.errors)
            return errors if self.intervals is None else {**errors, "sets": finite(self.intervals.to_dict())}
        records = [record for record in (self.intervals, self.quantiles) if record is not None]
        errors = {
            name: {**asdict(errors), "median_rows": self.rows_of_medians[name]}
            for name, errors in self.errors.errors.items()
        }
        return {
            name: finite(value) for part in (errors, *(r.to_dict() for r in records)) for name, value in part.items()
        }

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.parts()))


def _promise(found: IntervalEvaluation | SetEvaluation, rows: int) -> str:
    """Return what intervals or sets of so many rows promise, as their records say it."""
    if isinstance(found, IntervalEvaluation):
        what = counted((rows, *found.interval.lower.shape[1:]), "interval")
        return f"{what}: {str(found.interval).partition(': ')[2]}"
    size = found.all_rows.mean_size
    return f"{counted(rows, 'set')} of {size:.3g} labels on average: {str(found.sets).partition(': ')[2]}"


def evaluate_files(
    model: Model,
    sources: "str | Path | Sequence[str | Path] | pl.LazyFrame",
    target: str | Sequence[str] | None = None,
    *,
    coverage: float | None = None,
    width: str = "constant",
    levels: Sequence[float] = (),
    progress: Progress | None = None,
    rows: int = SLICE,
) -> FileEvaluation:
    """Measure a model's errors on a table in files, slice by slice.

    Memory does not grow with the number of rows. All is exact but for median errors, which are of at most 131,072 rows,
    drawn by their numbers.

    Parameters
    ----------
    model : NetworkRegressor or NetworkClassifier
        A model that was fitted to a table.
    sources : path, str, sequence of these, or polars.LazyFrame
        As in `open_files`: a file, a pattern such as "big/*.parquet", a folder of Parquet files, or several of these.
    target : str or sequence of str, optional
        The columns of the targets, in the order of the model's; by default those that it was fitted to. Of a model that
        was fitted with exposures they are for a unit of exposure.
    coverage : float, optional
        The coverage of intervals, or of sets of classes, that are measured too.
    width : "constant" or "adaptive"
        Whether intervals are as wide everywhere.
    levels : sequence of float
        Levels of quantiles that are measured too.
    progress : callable, optional
        Called with a `SliceProgress` after every slice.
    rows : int
        Rows that are predicted at once.

    Returns
    -------
    FileEvaluation
        The errors.

    Raises
    ------
    TableError
        For files that are no table, or without a column of targets.
    ValueError
        For a table that the model cannot be measured on; it names the rows.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, evaluate_files
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> with TemporaryDirectory() as folder:
    ...     X.assign(target=y).to_csv(Path(folder, "data.csv"), index=False)
    ...     evaluation = evaluate_files(model, Path(folder, "data.csv"))
    >>> evaluation.rows, evaluation.errors.errors["target"].rmse < 70
    (442, True)
    """
    check_is_fitted(model)
    given = model.target_names_ if target is None else target
    names = [given] if isinstance(given, str) else list(given)

    def split(frame: "pl.DataFrame") -> "tuple[pl.DataFrame, pl.DataFrame | pl.Series]":
        columns = [take_column(frame, name, "target") for name in names]
        return frame.drop(names), columns[0] if len(columns) == 1 else frame.select(names)

    with tempfile.TemporaryDirectory(prefix=".glassnet-") as folder:
        files = open_files(sources, Path(folder), like=getattr(model, "table_format_", None))
        return evaluate_slices(model, files, split, Asked(coverage, width, tuple(levels)), progress, rows)


def evaluate_slices(
    model: Model, files: TableFiles, split: Split, asked: Asked, progress: Progress | None = None, rows: int = SLICE
) -> FileEvaluation:
    """Measure a model's errors on an open table; `split` gives inputs and targets of a slice."""
    if isinstance(model, NetworkClassifier):
        return _classes(model, files, split, asked, progress, rows)
    errors = RegressionSums(model)
    intervals = None if asked.coverage is None else IntervalSums(model, asked.coverage, asked.width)
    quantiles = QuantileSums(model, asked.levels) if asked.levels else None

    def add(first: int, frame: "pl.DataFrame") -> None:
        X, y = split(frame)
        errors.add(first, X, y)
        for sums in (intervals, quantiles):
            if sums is not None:
                sums.add(X, y)

    each_slice(files, add, progress, rows)
    return FileEvaluation(
        files.rows,
        errors.evaluation(),
        errors.rows_of_medians(),
        None if intervals is None else intervals.evaluation(),
        None if quantiles is None else quantiles.evaluation(),
    )


def _classes(
    model: NetworkClassifier, files: TableFiles, split: Split, asked: Asked, progress: Progress | None, rows: int
) -> FileEvaluation:
    if asked.levels:
        raise ValueError(f"levels={asked.levels} are of quantiles, but the model predicts classes; leave them out")
    errors = LabelSums(model) if model.multilabel_ else ClassSums(model)
    sets = None if asked.coverage is None else SetSums(model, asked.coverage)

    def add(_: int, frame: "pl.DataFrame") -> None:
        X, y = split(frame)
        errors.add(X, y)
        if sets is not None:
            sets.add(X, y)

    each_slice(files, add, progress, rows)
    return FileEvaluation(files.rows, errors.evaluation(), {}, None if sets is None else sets.evaluation())
