"""A report on a model: one file that opens anywhere, asks for nothing outside and says where each number is from."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from numpy.typing import ArrayLike

from glassnet.data.file_sample import RowSample
from glassnet.insight.report_records import ReportRecords, report_records
from glassnet.insight.targets import Estimator
from glassnet.pages.content import Page, Sentence
from glassnet.pages.html_page import as_html
from glassnet.pages.markdown_page import as_markdown
from glassnet.pages.report_parts.certainty import how_sure
from glassnet.pages.report_parts.columns import the_data, what_it_uses
from glassnet.pages.report_parts.errors import how_good, where_it_errs
from glassnet.pages.report_parts.findings import what_was_found
from glassnet.pages.report_parts.fit import bounds as certified
from glassnet.pages.report_parts.fit import how_it_was_trained, one_row, to_repeat
from glassnet.pages.report_parts.head import head, summary, title_of
from glassnet.storage.atomic import write_bytes
from glassnet.storage.json_value import finite

ENDINGS = (".html", ".md", ".json")


@dataclass(frozen=True, eq=False)
class Report:
    """A report on a model.

    Attributes
    ----------
    records : ReportRecords
        All that was computed.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, report
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> made = report(model, X, y)
    >>> made.to_markdown().splitlines()[0]
    '# Report on target'
    >>> print(made.summary)
    4 networks learned target from 10 columns of 442 rows. By members that never saw the row they err by 5...
    """

    records: ReportRecords

    @property
    def summary(self) -> Sentence:
        """The first sentences: how good, compared with what, how sure, and what is proved."""
        return summary(self.records)

    def page(self) -> Page:
        """Return the report as parts of sentences, tables and pictures."""
        records = self.records
        parts = (
            head(records),
            what_was_found(records),
            how_good(records),
            where_it_errs(records),
            how_sure(records),
            what_it_uses(records),
            the_data(records),
            how_it_was_trained(records),
            one_row(records),
            certified(records),
            to_repeat(records),
        )
        return Page(title_of(records), tuple(part for part in parts if part is not None))

    def to_html(self) -> str:
        """Return one HTML page, which asks for nothing outside and runs nothing."""
        return as_html(self.page())

    def to_markdown(self) -> str:
        """Return Markdown, with the sentence of every figure in the place of the picture."""
        return as_markdown(self.page())

    def to_json(self) -> str:
        """Return the records; a number that is infinite or not known is null."""
        return json.dumps(finite(self.records.to_dict()), indent=2)

    def save(self, path: str | Path) -> Path:
        """Write the report to a file, whose ending says the format, and return its path.

        Parameters
        ----------
        path : str or path
            A name that ends in .html, .md or .json.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ValueError
            For another ending.
        """
        path = Path(path)
        formats = {".html": self.to_html, ".md": self.to_markdown, ".json": self.to_json}
        if path.suffix.lower() not in formats:
            raise ValueError(f"{path.name!r} has no ending of a report; choose from {', '.join(ENDINGS)}")
        write_bytes(path, formats[path.suffix.lower()]().encode())
        return path

    def __repr__(self) -> str:
        return f"Report: {self.summary}"


def report(
    model: Estimator,
    X: ArrayLike,
    y: ArrayLike,
    *,
    X_test: ArrayLike | None = None,
    y_test: ArrayLike | None = None,
    beside: Estimator | None = None,
    bounds: float | None = None,
    epsilon: float | None = None,
    sample_weight: ArrayLike | None = None,
    seed: int = 0,
    drawn: RowSample | None = None,
    callback: Callable[[str], None] | None = None,
) -> Report:
    """Return a report on a fitted model: how good it is, compared with what, where it errs, and what it uses.

    Which rows a number stands on is decided by the rows: those of the fit are judged out of fold, others by all
    members, and rows of the fit among others are left out, which is said.

    Parameters
    ----------
    model : NetworkRegressor or NetworkClassifier
        A fitted model.
    X : data frame or array (rows, columns), or images
        The rows of the fit, or others.
    y : array (rows,) or (rows, targets)
        Their targets, classes or labels.
    X_test : as X, or None
        Other rows, where X are those of the fit; all errors are then of them.
    y_test : as y, or None
        Their targets, classes or labels.
    beside : NetworkRegressor, NetworkClassifier or None
        Another model of the same target, to be compared on the same rows.
    bounds : float or None
        A certificate of one row while each of its numbers moves by this fraction of its size.
    epsilon : float or None
        An adversary that moves rows by so much; see `attack`.
    sample_weight : array (rows,) or None
        The weights of the fit, if it had some, by which its rows are recognised.
    seed : int
        Seed of what is drawn.
    drawn : RowSample or None
        Where the rows that errors are of are a sample of a larger table, of `sample_of_files`: which they are. The
        report says so, and names rows by their numbers in that table.
    callback : callable (str) or None
        Told what is computed, before it is.

    Returns
    -------
    Report
        To be saved as .html, .md or .json.

    Raises
    ------
    ValueError
        For rows that say nothing of the model, and for options that do not apply to it.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, report
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> with TemporaryDirectory() as folder:
    ...     report(model, X, y).save(Path(folder, "report.html")).name
    'report.html'
    """
    return Report(
        report_records(
            model, X, y, X_test=X_test, y_test=y_test, beside=beside, bounds=bounds, epsilon=epsilon,
            sample_weight=sample_weight, seed=seed, drawn=drawn, callback=callback,
        )
    )  # fmt: skip
