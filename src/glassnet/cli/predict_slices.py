"""Predictions of a table in files on the command line: notes that are summed over slices, and a bar."""

import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glassnet._counted import counted
from glassnet.cli.predict import Wanted, beside_columns, inputs_of
from glassnet.cli.reading import open_as_typed
from glassnet.cli.slice_bar import SliceBar
from glassnet.cli.terminal import show_json

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    import polars as pl

    from glassnet.cli.arguments import Inputs, Model
    from glassnet.conformal.record import Interval, PredictionSet
    from glassnet.data.slice_writers import WriteSlice


def predict_in_slices(
    estimator: "Model", paths: "Sequence[Path]", output: Path | None, wanted: Wanted, in_json: bool
) -> None:
    """Predict a table in files and write the predictions to a file, or as CSV to the standard output."""
    from glassnet.estimators.predict_files import check_output
    from glassnet.estimators.slice_predictions import write_predictions

    if in_json and output is None:
        raise click.UsageError("--json prints all predictions at once; for a table in files name a file with -o")
    if estimator.schema_.kind != "table":
        raise click.UsageError("the model was fitted to images, which are not read in slices; give one folder or file")
    if output is not None:
        check_output(output, paths)
    place = None if output is None else output.parent
    with _writer(output) as write, tempfile.TemporaryDirectory(prefix=".glassnet-", dir=place) as folder:
        files = open_as_typed(paths, Path(folder), getattr(estimator, "table_format_", None))
        predictor = SlicePredictor(estimator, wanted, files.report.source)
        with SliceBar() as bar:
            write_predictions(files, predictor, write, bar)
    predictor.tell()
    if in_json:
        rows = {"rows": files.rows, "file": str(output)}
        ends = predictor.ends
        show_json(rows if ends is None else {"interval": ends.promise, "predictions": rows})


@contextmanager
def _writer(output: Path | None) -> "Generator[WriteSlice, None, None]":
    from glassnet.data.slice_writers import slice_writer, write_csv_to

    if output is None:
        yield write_csv_to(lambda text: click.echo(text, nl=False))
    else:
        with slice_writer(output) as write:
            yield write


class SlicePredictor:
    """Predicts slices, and sums up what is to be said of all of them.

    Parameters
    ----------
    estimator : NetworkRegressor or NetworkClassifier
        A fitted model.
    wanted : Wanted
        What is asked for.
    source : str
        What the table is called in messages.
    """

    def __init__(self, estimator: "Model", wanted: Wanted, source: str) -> None:
        self._estimator, self._wanted, self._source = estimator, wanted, source
        self._counts, self._unknown_text = Counter[str](), Counter[str]()
        self._rows = self._rows_outside = self._beyond = self._labels = 0
        self.ends: Interval | PredictionSet | None = None

    def __call__(self, frame: "pl.DataFrame") -> "pl.DataFrame":
        """Return the predictions of a slice."""
        import polars as pl

        from glassnet.conformal.record import PredictionSet
        from glassnet.estimators.prediction_table import Asked, prediction_table

        wanted = self._wanted
        X, exposures = inputs_of(frame, self._estimator, wanted)
        asked = Asked(wanted.interval, wanted.width, wanted.levels)
        result, self.ends = prediction_table(self._estimator, X, asked)
        self._count_outside(X, result)
        self._rows += result.height
        if isinstance(self.ends, PredictionSet):
            self._labels += int(self.ends.holds.sum())
        if exposures is not None:
            result = result.select(pl.all() * exposures)
        return beside_columns(frame, result, self._source) if wanted.append else result

    def tell(self) -> None:
        """Say what holds for all slices."""
        from glassnet.conformal.record import PredictionSet
        from glassnet.insight.extrapolation import in_words

        if self._rows_outside or self._beyond or self._unknown_text:
            counts, unknown = (dict(counter.most_common()) for counter in (self._counts, self._unknown_text))
            click.echo(f"note: {in_words(self._rows, self._rows_outside, counts, self._beyond, unknown)}", err=True)
        if self.ends is None:
            return
        promise = str(self.ends).partition(": ")[2]  # behind the number of rows of the last slice
        if isinstance(self.ends, PredictionSet):
            what = f"{counted(self._rows, 'set')} of {self._labels / self._rows:.3g} labels on average"
        else:
            what = counted((self._rows, *self.ends.lower.shape[1:]), "interval")
        click.echo(f"{what}: {promise}", err=True)

    def _count_outside(self, X: "Inputs", result: "pl.DataFrame") -> None:
        """Count the rows outside what training saw, with the predictions that are known already."""
        from glassnet.estimators.prediction_table import predicted_columns
        from glassnet.insight.extrapolation import extrapolation

        if self._estimator.input_quantiles_ is not None:
            found = extrapolation(self._estimator, X, predicted_columns(self._estimator, result))
            self._counts.update(found.counts)
            self._unknown_text.update(found.unknown_text)
            self._rows_outside += len(found.rows)
            self._beyond += int(found.predicted_outside.sum())
