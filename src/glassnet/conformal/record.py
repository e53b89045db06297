"""Intervals and prediction sets, with the method, the number of rows and the assumption behind their coverage."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from glassnet._counted import counted
from glassnet._html_table import HtmlTable
from glassnet._notebook import MOST_ROWS, Fragment, NotebookRecord
from glassnet.storage.json_value import JSON

Label = str | bool | int | float


@dataclass(frozen=True, eq=False)
class Interval(NotebookRecord):
    """Ends that hold the target of a new row with a stated probability, in the units of the target.

    Ends are infinite where the rows are too few for the coverage. With several targets each has its own intervals.

    Attributes
    ----------
    lower, upper : ndarray (rows,) or (rows, targets)
        The ends, in the units of the target.
    coverage : float
        The coverage that was asked for, between 0 and 1.
    method : str
        The method and what the width depends on, such as "CV+, constant width".
    rows : int
        The number of rows with residuals; with several targets the fewest of any.
    floor : float or None
        The coverage that is proved, the least of any target; None where none is proved.
    assumption : str
        What the coverage rests on.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> interval = model.predict_interval(X.head(3), coverage=0.9)
    >>> interval.lower.shape, bool((interval.lower < interval.upper).all())
    ((3,), True)
    >>> interval.coverage, interval.method, interval.rows
    (0.9, 'CV+, constant width', 442)
    """

    _rest: ClassVar[str] = "lower and upper have all"

    lower: np.ndarray  # (rows,), or (rows, targets)
    upper: np.ndarray
    coverage: float
    method: str
    rows: int  # whose residuals were used
    floor: float | None
    assumption: str

    @property
    def promise(self) -> dict[str, JSON]:
        """Return everything but the ends."""
        return _promise(self)

    @property
    def width(self) -> np.ndarray:
        """Return upper - lower."""
        return self.upper - self.lower

    def __str__(self) -> str:
        return f"{counted(self.lower.shape, 'interval')}: {_description(self)}"

    def _fill(self, fragment: Fragment) -> None:
        ends = np.stack([np.atleast_2d(end[:MOST_ROWS].T).T for end in (self.lower, self.upper)], axis=-1)
        targets = [f" {number}" for number in range(1, ends.shape[1] + 1)] if ends.shape[1] > 1 else [""]
        header = ("row", *(f"{end}{target}" for target in targets for end in ("lower", "upper")))
        cells = tuple((row, *pairs.ravel()) for row, pairs in enumerate(ends))
        fragment.text(str(self))
        fragment.table(HtmlTable(header, cells), more=len(self.lower) - len(cells))


@dataclass(frozen=True, eq=False)
class PredictionSet(NotebookRecord):
    """Labels that hold the class of a new row with a stated probability, whichever class it is.

    Attributes
    ----------
    holds : ndarray of bool (rows, classes)
        Whether the set of a row has a class.
    classes : ndarray (classes,)
        The labels, in the order of the columns.
    coverage : float
        The coverage that was asked for, between 0 and 1.
    method : str
        "cross-conformal" or "split conformal".
    rows : int
        The number of rows with scores, the fewest of any class.
    floor : float or None
        The coverage that is proved, the least of any class; None where none is proved.
    assumption : str
        What the coverage rests on.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from glassnet import NetworkClassifier
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> model = NetworkClassifier((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> sets = model.predict_set(X.head(3), coverage=0.9)
    >>> sets.holds.shape, sets.coverage, sets.method
    ((3, 3), 0.9, 'cross-conformal')
    >>> len(sets.labels)  # a list of labels for every row
    3
    """

    _rest: ClassVar[str] = "labels has all"

    holds: np.ndarray  # (rows, classes), bool
    classes: np.ndarray
    coverage: float
    method: str
    rows: int
    floor: float | None
    assumption: str

    @property
    def promise(self) -> dict[str, JSON]:
        """Return everything but the sets."""
        return _promise(self)

    @property
    def labels(self) -> list[list[Label]]:
        """Return the labels of every row; none where no class is likely enough."""
        return [self.classes[row].tolist() for row in self.holds]

    def __str__(self) -> str:
        size = float(self.holds.sum(axis=1).mean()) if len(self.holds) else 0.0
        return f"{counted(len(self.holds), 'set')} of {size:.3g} labels on average: {_description(self)}"

    def _fill(self, fragment: Fragment) -> None:
        labels = [self.classes[row].tolist() for row in self.holds[:MOST_ROWS]]
        cells = tuple((row, ", ".join(map(str, of_row)) or "none") for row, of_row in enumerate(labels))
        fragment.text(str(self))
        fragment.table(HtmlTable(("row", "labels"), cells), more=len(self.holds) - len(cells))


def _promise(record: Interval | PredictionSet) -> dict[str, JSON]:
    return {name: getattr(record, name) for name in ("coverage", "method", "rows", "floor", "assumption")}


def _description(record: Interval | PredictionSet) -> str:
    proved = "a floor is not known" if record.floor is None else f"at least {record.floor:.3f} is proved"
    return (
        f"coverage {record.coverage:g} by {record.method}, from {counted(record.rows, 'row')}; {proved}. "
        f"Assumed: {record.assumption}"
    )
