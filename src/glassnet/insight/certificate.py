"""Certificates: between which numbers a regressor's predictions stay while a row's numbers move in a box."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from textwrap import fill
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from glassnet._notebook import MOST_ROWS, Fragment, NotebookRecord
from glassnet.attacks.extremes import furthest
from glassnet.ensemble.ensemble import Ensemble
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.estimators.validation import check_inputs, is_integer
from glassnet.insight.input_boxes import (
    Epsilon,
    RowBoxes,
    boxes_around,
    boxes_between,
    member_boxes,
    parameters_and_units,
)
from glassnet.insight.monotone import HELD_FIXED, monotone_directions
from glassnet.insight.text import TextTable
from glassnet.storage.json_value import JSON
from glassnet.verification.bounds import METHODS, chunks
from glassnet.verification.mean_bounds import Range, mean_range

NO_SLOPES = (None, None, None, None)
WIDTH = 100
FEW_CHUNKS = 32  # up to which compiling takes longer than computing
ASSUMPTIONS = (
    "Certified is the network as it was fitted, not the world: for every input in the box, with columns that are no "
    "numbers held fixed, the mean prediction in real numbers and as computed in float32 with products in full "
    "precision stays between lower and upper; slopes are those of the network in real numbers."
)
WITHOUT_SLOPES = (
    "Slopes are bounded on request: certify(..., slopes=True), or glassnet certify --monotone, bounds the derivative "
    "in each column and the change from one end of the box to the other (Lipschitz), and says where the prediction is "
    "monotone."
)


@dataclass(frozen=True)
class Certificate(NotebookRecord):
    """Guaranteed ranges of the predictions while the numbers of each row move in a box.

    lower <= attacked_lower <= attacked_upper <= upper, and the exact range lies between the attacked and the certified
    ends. What belongs to slopes is None unless it was asked for.

    Attributes
    ----------
    outputs : tuple of str
        The names of the outputs.
    columns : tuple of str
        The names of the columns that move.
    prediction : array (rows, outputs)
        The prediction for the row as it is, in the units of the target, as all ends.
    lower, upper : array (rows, outputs)
        Ends that no input in the box can leave.
    attacked_lower, attacked_upper : array (rows, outputs)
        Ends that some input in the box reached.
    box_lower, box_upper : array (rows, columns)
        The box, in the units of the columns.
    lowest_at, highest_at : array (rows, outputs, columns)
        The inputs at which the attacked ends were reached.
    method : str
        How bounds were computed.
    slope_lower, slope_upper : array (rows, outputs, columns) or None
        Bounds of the derivative of the prediction, in units of the target per unit of the column.
    lipschitz : array (rows, outputs) or None
        A bound of the change of the prediction when all columns together move from one end of the box to the other.
    monotone : array (rows, outputs, columns) of str or None
        "increasing", "decreasing", "constant", "neither" (shown by an example), "undecided" or "held fixed".
    assumptions : str
        What is certified, and what is not.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, certify
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> certificate = certify(model, X[:2], {"bmi": 0.01})
    >>> certificate.lower.shape, certificate.method
    ((2, 1), 'linear')
    >>> certificate.table().header
    ('row', 'prediction', 'lower', 'upper', 'attacked lower', 'attacked upper')
    """

    _rest: ClassVar[str] = "to_json() has all"

    outputs: tuple[str, ...]
    columns: tuple[str, ...]
    prediction: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    attacked_lower: np.ndarray
    attacked_upper: np.ndarray
    box_lower: np.ndarray
    box_upper: np.ndarray
    lowest_at: np.ndarray
    highest_at: np.ndarray
    method: str
    slope_lower: np.ndarray | None = None
    slope_upper: np.ndarray | None = None
    lipschitz: np.ndarray | None = None
    monotone: np.ndarray | None = None
    assumptions: str = ASSUMPTIONS

    def table(self, first: int = 0) -> TextTable:
        """Return one line a row and output, with the bound of its change where slopes were asked for.

        Parameters
        ----------
        first : int
            The number of the first row.
        """
        header = ("row", *(["output"] if len(self.outputs) > 1 else []), "prediction", "lower", "upper")
        header = (*header, "attacked lower", "attacked upper")
        parts = (self.prediction, self.lower, self.upper, self.attacked_lower, self.attacked_upper)
        if self.lipschitz is not None:
            header, parts = (*header, "Lipschitz bound"), (*parts, self.lipschitz)
        lines = [
            (row + first, *([name] if len(self.outputs) > 1 else []), *(float(part[row, place]) for part in parts))
            for row in range(len(self.prediction))
            for place, name in enumerate(self.outputs)
        ]
        return TextTable(header, tuple(lines), title=f"certified by the {self.method} method")

    def monotone_table(self, first: int = 0) -> TextTable:
        """Return one line a row, output and column that moves: its interval, bounds of the slope, and the answer.

        Parameters
        ----------
        first : int
            The number of the first row.
        """
        if self.monotone is None or self.slope_lower is None or self.slope_upper is None:
            raise ValueError("this certificate has no slopes; ask with certify(..., slopes=True)")
        several = len(self.outputs) > 1
        header = ("row", *(["output"] if several else []), "column", "from", "to", "slope from", "slope to", "monotone")
        lines = [
            (
                row + first,
                *([self.outputs[output]] if several else []),
                self.columns[place],
                float(self.box_lower[row, place]),
                float(self.box_upper[row, place]),
                float(self.slope_lower[row, output, place]),
                float(self.slope_upper[row, output, place]),
                str(self.monotone[row, output, place]),
            )
            for row, output, place in np.ndindex(self.monotone.shape)
            if self.monotone[row, output, place] != HELD_FIXED
        ]
        return TextTable(header, tuple(lines), title="in each column, wherever the others are in the box")

    def to_json(self, first: int = 0) -> str:
        """Return everything as JSON: a list of rows with a list of outputs each; a gap is null.

        Parameters
        ----------
        first : int
            The number of the first row.
        """
        named = {name: value for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        rows = [
            {"row": row + first, **{name: _plain(array[row]) for name, array in named.items()}}
            for row in range(len(self.prediction))
        ]
        head = {"outputs": self.outputs, "columns": self.columns, "method": self.method}
        return json.dumps({**head, "assumptions": self.assumptions, "rows": rows}, indent=2, allow_nan=False)

    def __str__(self) -> str:
        slopes = fill(WITHOUT_SLOPES, WIDTH) if self.monotone is None else self.monotone_table()
        return f"{self.table()}\n\n{slopes}"

    def _fill(self, fragment: Fragment) -> None:
        parts = 1 if self.monotone is None else 2
        table = self._first(MOST_ROWS // len(self.outputs)).table()
        fragment.table(table, more=self.prediction.size - len(table.rows), room=fragment.room // parts)
        if self.monotone is not None:
            table = self._first(MOST_ROWS // self.monotone[0].size).monotone_table()
            answers = int((self.monotone != HELD_FIXED).sum())
            fragment.table(table, more=answers - len(table.rows), folded=True)
        else:
            fragment.text(WITHOUT_SLOPES)
        fragment.text(self.assumptions)

    def _first(self, rows: int) -> "Certificate":
        """Return the certificate of the first rows, at least one."""
        arrays = {name: value for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        return replace(self, **{name: array[: max(rows, 1)] for name, array in arrays.items()})


def certify(
    model: NetworkRegressor,
    X: ArrayLike,
    epsilon: Epsilon | None = None,
    *,
    upper: ArrayLike | None = None,
    method: str = "linear",
    splits: int = 0,
    slopes: bool = False,
    random_state: int = 0,
) -> Certificate:
    """Return between which numbers the predictions for X stay while the columns that are numbers move in a box.

    The box is X - epsilon <= x <= X + epsilon, or X <= x <= `upper`, and then `prediction` is that of the box's middle.
    Flags, categories, dates and missing cells are held fixed.

    Parameters
    ----------
    model : NetworkRegressor
        A fitted regressor.
    X : data frame or array (rows, columns)
        The middles of the boxes, or their lower corners where `upper` is given.
    epsilon : float, dict or array (columns of numbers,), or None
        A number counts in the scale of each column, as the model scales it (the interquartile range, or the standard
        deviation with preset="plain"); a dict {column: distance} or an array counts in the units of the columns.
    upper : data frame or array (rows, columns), or None
        The upper corners of the boxes.
    method : "linear" or "interval"
        Linear relaxation carried back through the layers, or interval arithmetic.
    splits : int
        Halve every box so many times, from 0 to 12; 2^splits times the work.
    slopes : bool
        Whether to bound slopes and to answer where the prediction is monotone.
    random_state : int
        Seed of the attack.

    Returns
    -------
    Certificate
        The ranges, in the units of the target.

    Raises
    ------
    ValueError
        For bounds that are no box, and for an unknown method.
    TypeError
        For a model that is no NetworkRegressor, or has no columns.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, certify
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> certificate = certify(model, X[:2], {"bmi": 0.01})
    >>> bool((certificate.lower <= certificate.attacked_lower).all())
    True
    >>> bool((certificate.attacked_upper <= certificate.upper).all())
    True
    """
    if not isinstance(model, NetworkRegressor):
        raise TypeError(f"certify takes a fitted NetworkRegressor, not {type(model).__name__}; fit one first")
    check_is_fitted(model)
    if (epsilon is None) == (upper is None):
        raise ValueError("certify needs a box: give either epsilon, such as 0.1, or upper, a table of upper corners")
    if method not in METHODS:
        raise ValueError(f"method={method!r} is not known; choose 'linear' or 'interval'")
    if not is_integer(splits) or not 0 <= splits <= 12:
        raise ValueError(f"splits={splits!r} must be an integer from 0 to 12: 2^splits boxes a row are walked")
    ensemble = model.ensemble_
    ensemble.schema.movable()  # a model without columns is refused before anything is encoded
    x = ensemble.encode(check_inputs(model, X, reset=False))
    if upper is not None:
        boxes = boxes_between(ensemble, x, ensemble.encode(check_inputs(model, upper, reset=False)))
    else:
        boxes = boxes_around(ensemble, x, 0.0 if epsilon is None else epsilon)
    with ThreadPoolExecutor(1) as pool:  # bounds and attack are compiled, and computed, side by side
        found = pool.submit(attacked, ensemble, boxes, random_state)
        bounds = certified(ensemble, boxes, method, int(splits), slopes)
        points = found.result()
    predictions = np.stack([np.mean(ensemble.predict_encoded(point), axis=0) for point in (boxes.middle, *points)])
    count = bounds.low.shape[1]
    outputs = np.arange(count)
    low, high = predictions[1 + outputs, :, outputs].T, predictions[1 + count + outputs, :, outputs].T
    places = boxes.places
    return Certificate(
        tuple(model.output_names_),
        boxes.columns,
        predictions[0],
        bounds.low,
        bounds.high,
        np.minimum(low, predictions[0]),
        np.maximum(high, predictions[0]),
        boxes.low[:, places],
        boxes.high[:, places],
        points[:count][:, :, places].swapaxes(0, 1),
        points[count:][:, :, places].swapaxes(0, 1),
        method,
        *(_slopes(ensemble, bounds, boxes, points) if slopes else NO_SLOPES),
    )


def certified(ensemble: Ensemble, boxes: RowBoxes, method: str, splits: int, slopes: bool) -> Range:
    """Return the range of the mean prediction over every box; split boxes are the union of their parts."""
    parameters, units = parameters_and_units(ensemble)
    parts, places = list[Range](), chunks(len(boxes.low))
    few, with_slopes = len(places) << splits <= FEW_CHUNKS, slopes or splits > 0
    for rows in places:
        seen = member_boxes(ensemble, boxes.take(rows))
        parts.append(mean_range(ensemble.network, ensemble.link, parameters, units, seen, method, with_slopes, few))
    total = Range(*(np.concatenate(a)[: len(boxes.low)] for a in zip(*parts, strict=True)))
    if splits == 0:
        return total
    both = _halved(boxes, total)
    below = certified(ensemble, both, method, splits - 1, slopes)
    halves = [np.stack(np.split(array, 2)) for array in below]
    return Range(*(a.min(axis=0) if place % 2 == 0 else a.max(axis=0) for place, a in enumerate(halves)))


def attacked(ensemble: Ensemble, boxes: RowBoxes, seed: int) -> np.ndarray:
    """Return unscaled points (2 * outputs, rows, inputs) in the boxes that push each output down, then up."""
    parameters, units = parameters_and_units(ensemble)
    parts, places = list[np.ndarray](), chunks(len(boxes.low))
    few = len(places) <= FEW_CHUNKS
    for rows in places:
        seen = member_boxes(ensemble, boxes.take(rows))
        parts.append(furthest(ensemble.network, ensemble.link, parameters, units, seen.low, seen.high, seed, few))
    return boxes.at(np.concatenate(parts, axis=1)[:, : len(boxes.low)].astype(np.float64))


def _halved(boxes: RowBoxes, bounds: Range) -> RowBoxes:
    """Return lower halves, then upper halves, cut where slope bounds times width are largest."""
    width = np.nan_to_num(boxes.high - boxes.low)
    weight = np.max(np.maximum(np.abs(bounds.slope_low), np.abs(bounds.slope_high)), axis=1) * width
    place, every = np.argmax(weight, axis=1), np.arange(len(width))
    low, high = boxes.low.copy(), boxes.high.copy()
    middle = boxes.low[every, place] / 2 + boxes.high[every, place] / 2
    low[every, place], high[every, place] = middle, middle
    ends = np.concatenate([boxes.low, low]), np.concatenate([high, boxes.high])
    return RowBoxes(np.concatenate([boxes.middle] * 2), *ends, boxes.columns, boxes.places)


def _slopes(
    ensemble: Ensemble, bounds: Range, boxes: RowBoxes, points: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    width = (boxes.high - boxes.low)[:, None, boxes.places]
    low, high = (np.where(width > 0, end[..., boxes.places], np.nan) for end in (bounds.slope_low, bounds.slope_high))
    lipschitz = np.nansum(np.maximum(np.abs(low), np.abs(high)) * width, axis=-1)
    monotone = monotone_directions(ensemble, boxes, low, high, points)
    return low, high, lipschitz, monotone


def _plain(array: np.ndarray) -> JSON:
    if array.dtype.kind in "OU":
        return array.tolist()
    return [_plain(part) for part in array] if array.ndim else (float(array) if np.isfinite(array) else None)
