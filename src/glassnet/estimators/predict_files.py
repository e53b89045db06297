"""A fitted model's predictions from file to file, for tables that do not fit into memory."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sklearn.utils.validation import check_is_fitted

from glassnet._lazy import pl
from glassnet.data.files import TableFiles, open_files
from glassnet.data.report import ReadReport, TableError
from glassnet.data.slice_writers import slice_writer
from glassnet.data.table_paths import table_paths
from glassnet.estimators.prediction_table import Asked, Model, beside, prediction_table, without_targets
from glassnet.estimators.slice_predictions import SLICE, Progress, write_predictions


@dataclass(frozen=True)
class FilePredictions:
    """Predictions that were written to a file.

    Parameters
    ----------
    path : path
        The file.
    rows : int
        The number of its rows.
    report : ReadReport
        How the table was read.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, predict_files
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     X.to_csv(Path(folder) / "table.csv", index=False)
    ...     written = predict_files(model, f"{folder}/table.csv", f"{folder}/predictions.csv")
    >>> written.path.name, written.rows, [column.name for column in written.report.columns][:3]
    ('predictions.csv', 442, ['age', 'sex', 'bmi'])
    """

    path: Path
    rows: int
    report: ReadReport

    def __str__(self) -> str:
        return f"{self.path}: predictions of {self.rows} rows of {self.report.source}"


def predict_files(
    model: Model,
    sources: "str | Path | Sequence[str | Path] | pl.LazyFrame",
    output: str | Path,
    *,
    coverage: float | None = None,
    width: str = "constant",
    levels: Sequence[float] = (),
    append: bool = False,
    progress: Progress | None = None,
    rows: int = SLICE,
) -> FilePredictions:
    """Predict a table in files, slice by slice, and write the predictions to a file.

    Memory does not grow with the number of rows. The columns are those of `glassnet predict`, and the numbers have the
    same bits as those that the model predicts of the table in memory; where a graphics card predicts, the last bits may
    differ.

    Parameters
    ----------
    model : NetworkRegressor or NetworkClassifier
        A model that was fitted to a table.
    sources : path, str, sequence of these, or polars.LazyFrame
        As in `open_files`: a file, a pattern such as "big/*.parquet", a folder of Parquet files, or several of these.
    output : path or str
        The file to write: .parquet, .csv, .tsv, .jsonl or .ndjson. It appears when it is complete.
    coverage : float, optional
        The coverage of intervals, or of sets of classes, that are written too.
    width : "constant" or "adaptive"
        Whether intervals are as wide everywhere.
    levels : sequence of float
        Levels of quantiles that are written too.
    append : bool
        Whether to write the columns of the table too.
    progress : callable, optional
        Called with a `SliceProgress` after every slice.
    rows : int
        Rows that are predicted at once.

    Returns
    -------
    FilePredictions
        The file, its rows, and how the table was read.

    Raises
    ------
    TableError
        For files that are no table, and where `output` is one of them.
    ValueError
        For a table that the model cannot predict; it names the rows.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import polars as pl
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, predict_files
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     X.to_csv(Path(folder) / "table.csv", index=False)
    ...     written = predict_files(model, f"{folder}/table.csv", f"{folder}/predictions.parquet", coverage=0.9)
    ...     predictions = pl.read_parquet(written.path)
    >>> predictions.columns, predictions.height
    (['predicted_target', 'target_lower', 'target_upper'], 442)
    """
    check_is_fitted(model)
    path = Path(output)
    check_output(path, sources)
    asked = Asked(coverage, width, tuple(levels))

    def predict(frame: "pl.DataFrame") -> "pl.DataFrame":
        result = prediction_table(model, without_targets(frame, model), asked)[0]
        return beside(frame, result, files.report.source) if append else result

    with slice_writer(path) as write, tempfile.TemporaryDirectory(prefix=".glassnet-", dir=path.parent) as folder:
        files: TableFiles = open_files(sources, Path(folder), like=getattr(model, "table_format_", None))
        write_predictions(files, predict, write, progress, rows)
    return FilePredictions(path, files.rows, files.report)


def check_output(path: Path, sources: "str | Path | Sequence[str | Path] | pl.LazyFrame") -> None:
    """Raise `TableError` where the file to write is one of those to read."""
    if isinstance(sources, pl.LazyFrame) or not path.exists():
        return
    if any(path.samefile(source) for source in table_paths(sources)):
        raise TableError(f"{str(path)!r} is a table to predict, which would be lost; name another file")
