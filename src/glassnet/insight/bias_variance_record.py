"""What squared errors are made of, for every value of a parameter: bias^2, variance and noise."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from glassnet._counted import counted
from glassnet._notebook import Fragment, NotebookRecord
from glassnet.insight.decomposition import Estimate
from glassnet.insight.text import TextTable, rounded
from glassnet.storage.json_value import JSON

Source = Literal["simulated", "resampled", "exact"]
PARTS = {
    "error": "squared error",
    "bias_squared": "bias^2",
    "bias_squared_and_noise": "bias^2 + noise",
    "variance": "variance",
    "noise": "noise",
    "member_variance": "variance of a member",
}  # in the order in which they are shown


@dataclass(frozen=True, eq=False)
class BiasVariance(NotebookRecord):
    """The expected squared error of a model in parts, bias^2 + variance + noise, and where the numbers come from.

    Attributes
    ----------
    source : "simulated", "resampled" or "exact"
        Whether fits were made to samples of a true function, or of rows of a table, or the parts are known without.
    assumption : str
        What the numbers rest on, and what their standard errors count.
    parameter : str
        What is varied; "estimator" where nothing is.
    values : tuple of float and str
        Its values: numbers as they are, others as text.
    error : Estimate
        The expected squared error in new targets, the sum of the parts.
    variance : Estimate
        How far predictions of fits to other samples lie apart.
    bias_squared, noise : Estimate or None
        The squared distance of their mean from the true function, and the variance of the targets about it; None where
        the rows are real, which cannot tell them apart.
    bias_squared_and_noise : Estimate or None
        Both as one number, of real rows alone.
    member_variance : Estimate or None
        The variance of the members one by one, where there are ensembles; `variance` is that of their mean.
    draws : int
        How many samples were fitted for each value; 0 of exact numbers.
    rows, test_rows : int
        How many rows a sample has, and how many points or rows the errors of a fit are averaged over.
    points : array (points,) or None
        Of one input, where it is to be drawn.
    curves : array (values, draws, points) or None
        What every fit predicts there.
    mean_curve : array (values, points) or None
        The mean of all fits there.
    true_function : array (points,) or None
        The true function there.

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import exact_bias_variance
    >>> parts = exact_bias_variance(np.linspace(-1, 1, 9), truth=np.square, noise=0.3, degrees=[0, 1, 2])
    >>> parts.parameter, parts.values
    ('degree', (0, 1, 2))
    >>> print(parts.describe())
    The expected squared error is least, 0.12, where degree is 2: bias^2 0, variance 0.03, noise 0.09 (exact,
    samples of 9 rows, mean over 9 points).
    """

    source: Source
    assumption: str
    parameter: str
    values: tuple[float | str, ...]
    error: Estimate
    variance: Estimate
    bias_squared: Estimate | None
    noise: Estimate | None
    bias_squared_and_noise: Estimate | None
    member_variance: Estimate | None
    draws: int
    rows: int
    test_rows: int
    points: np.ndarray | None = None
    curves: np.ndarray | None = None
    mean_curve: np.ndarray | None = None
    true_function: np.ndarray | None = None

    @property
    def labels(self) -> list[str]:
        """The values as text: six digits of numbers, and all where these do not tell two values apart."""
        short = list(map(_short, self.values))
        return [text if short.count(text) == 1 else repr(value) for text, value in zip(short, self.values, strict=True)]

    @property
    def parts(self) -> dict[str, Estimate]:
        """The error and what is known of its parts, by name."""
        known = {name: getattr(self, name) for name in PARTS}
        return {name: estimate for name, estimate in known.items() if estimate is not None}

    @property
    def best(self) -> int:
        """The place of the value with the least error."""
        return int(np.argmin(self.error.value))

    def table(self) -> TextTable:
        """Return a line a value: the error and its parts, each with its standard error unless it is known."""
        shown = [value if text == _short(value) else text for value, text in zip(self.values, self.labels, strict=True)]
        header, columns = [self.parameter], [shown]
        for name, estimate in self.parts.items():
            header.append(PARTS[name])
            columns.append(estimate.value.tolist())
            if estimate.standard_error.any():
                header.append("±")
                columns.append(estimate.standard_error.tolist())
        title = f"{self.source}: {self._of_what()}{'; ± is the standard error' if '±' in header else ''}"
        return TextTable(tuple(header), tuple(zip(*columns, strict=True)), None, title)

    def describe(self) -> str:
        """Return the least error with its parts, and what they come from."""
        place = self.best
        parts = [
            f"{PARTS[name]} {rounded(float(estimate.value[place]))}"
            for name, estimate in self.parts.items()
            if name not in ("error", "member_variance")
        ]
        where = f", where {self.parameter} is {self.labels[place]}" if len(self.values) > 1 else ""
        least = "least, " if len(self.values) > 1 else ""
        deviation = float(self.error.standard_error[place])
        error = f"{rounded(float(self.error.value[place]))}{f' ± {rounded(deviation, 2)}' if deviation else ''}"
        apart = "" if self.bias_squared else "; real rows cannot tell bias^2 and noise apart"
        of_what = f"{self.source}, {self._of_what()}{apart}"
        alike = "".join(
            f" {self.parameter} {' and '.join(labels)} have the same error to all digits: their fits predict the same."
            for labels in self._alike()
        )
        return f"The expected squared error is {least}{error}{where}: {', '.join(parts)} ({of_what}).{alike}"

    def to_dict(self) -> dict[str, JSON]:
        """Return everything but the curves of the single fits, for JSON."""
        names = ("source", "assumption", "parameter", "draws", "rows", "test_rows")
        curves = {"points": self.points, "mean_curve": self.mean_curve, "true_function": self.true_function}
        return {
            **{name: getattr(self, name) for name in names},
            "values": list(self.values),
            "parts": {
                name: {"value": part.value.tolist(), "standard_error": part.standard_error.tolist()}
                for name, part in self.parts.items()
            },
            **{name: None if array is None else array.tolist() for name, array in curves.items()},
        }

    def __str__(self) -> str:
        return f"{self.table()}\n{self.assumption}"

    def _sweep(self) -> dict[str, JSON] | None:
        from glassnet.insight.bias_variance_sweep import bias_variance_sweep  # which is made of this record

        found = bias_variance_sweep(self)
        return None if found is None else found.to_dict()

    def _fill(self, fragment: Fragment) -> None:
        fragment.table(self.table())
        fragment.text(self.assumption)

    def _alike(self) -> list[list[str]]:
        """Return the labels of values whose errors and variances are the same to all digits, two or more each."""
        groups: dict[tuple[float, float], list[str]] = {}
        pairs = zip(self.error.value.tolist(), self.variance.value.tolist(), strict=True)
        for label, pair in zip(self.labels, pairs, strict=True):
            groups.setdefault(pair, []).append(label)
        return [labels for labels in groups.values() if len(labels) > 1]

    def _of_what(self) -> str:
        """Return how many samples of how many rows."""
        samples = counted(self.draws, "sample") if self.draws else "samples"
        points = {"resampled": "rows that a fit has not seen"}.get(self.source, "points")
        return f"{samples} of {counted(self.rows, 'row')}, mean over {self.test_rows:,} {points}"


def _short(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.6g}"
