"""What a model predicts of rows whose target is known: out of fold of those of the fit, with intervals of others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from glassnet.conformal.record import Interval
from glassnet.data.dataset import encode
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.estimators.validation import check_inputs, check_target_columns
from glassnet.insight.basis import IN_TRAINING, OUT_OF_FOLD, Basis, basis_of
from glassnet.insight.targets import has_intervals, target_place
from glassnet.network.loss import as_loss
from glassnet.storage.json_value import JSON


@dataclass(frozen=True, eq=False)
class Predictions:
    """Predictions of one target beside the actual values, in the units of the target.

    Attributes
    ----------
    target : str
        The name of the target.
    actual, predicted : array (rows,)
        The values; rows without a target are left out.
    lower, upper : array (rows,) or None
        The ends of intervals.
    coverage, floor : float or None
        The coverage that was asked of them, and what is proved of it.
    basis, title : str
        Which rows these are and by whom they are predicted, at length and in a few words.
    rows : array (rows,) of int
        Which of the rows that were given.
    missing : int
        How many rows were left out, without a target or without a prediction.
    new : bool
        Whether the model was fitted to none of them, as far as is known.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, predictions
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> beside = predictions(model, X, y)
    >>> beside.target, beside.new, beside.basis
    ('target', False, 'out of fold: each row by members that never saw it')
    >>> beside.residuals(len(X)).shape
    (442,)
    """

    target: str
    actual: np.ndarray
    predicted: np.ndarray
    lower: np.ndarray | None = None
    upper: np.ndarray | None = None
    coverage: float | None = None
    floor: float | None = None
    basis: str = "as given"
    title: str = "as given"
    rows: np.ndarray | None = None
    missing: int = 0
    new: bool = False

    @property
    def inside(self) -> np.ndarray | None:
        """Whether each interval holds the actual value, (rows,); None without intervals."""
        if self.lower is None or self.upper is None:
            return None
        return (self.lower <= self.actual) & (self.actual <= self.upper)

    def residuals(self, rows: int) -> np.ndarray:
        """Return actual less predicted values of so many rows, (rows,), NaN where one of the two is missing.

        Parameters
        ----------
        rows : int
            The number of rows that were given.
        """
        residuals = np.full(rows, np.nan)
        residuals[np.arange(rows) if self.rows is None else self.rows] = self.actual - self.predicted
        return residuals

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON."""
        arrays = {name: getattr(self, name) for name in ("rows", "actual", "predicted", "lower", "upper")}
        named: dict[str, JSON] = {
            name: getattr(self, name) for name in ("target", "coverage", "floor", "basis", "missing", "new")
        }
        return named | {name: None if array is None else array.tolist() for name, array in arrays.items()}


def predictions(
    model: NetworkRegressor,
    X: ArrayLike,
    y: ArrayLike,
    *,
    target: str | None = None,
    coverage: float = 0.9,
    width: str = "constant",
    sample_weight: ArrayLike | None = None,
) -> Predictions:
    """Return predictions of X beside y: out of fold where these are the rows of the fit, else with intervals.

    Parameters
    ----------
    model : NetworkRegressor
        A fitted model.
    X : data frame or array (rows, columns), or images
        Rows: those of the fit, or others.
    y : array (rows,) or (rows, targets)
        Their targets; some may be missing.
    target : str or None
        The name of the target, of several.
    coverage : float
        Of the intervals of new rows. Those of the fit have none, or with several quantiles the outer two.
    width : "constant" or "adaptive"
        As in `predict_interval`.
    sample_weight : array (rows,) or None
        The weights of the fit, if it had some, by which its rows are recognised.

    Returns
    -------
    Predictions
        The target, what is predicted, and on which rows.

    Raises
    ------
    TypeError
        For a classifier.
    ValueError
        For a target that the model does not have, and where y has no value.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, predictions
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X[:300], y[:300])
    >>> beside = predictions(model, X[300:], y[300:], coverage=0.9)
    >>> beside.predicted.shape, beside.new, beside.coverage
    ((142,), True, 0.9)
    >>> bool(beside.inside.mean() > 0.8)
    True
    """
    if isinstance(model, NetworkClassifier):
        raise TypeError(
            "predictions beside actual values are of numbers; for classes draw ConfusionDisplay.from_estimator and "
            "ReliabilityDisplay.from_estimator"
        )
    check_is_fitted(model)
    place = target_place(model, target)
    samples = check_inputs(model, X, reset=False)
    targets = check_target_columns(y, samples.rows, model.n_outputs_)
    basis = basis_of(model, encode(model.schema_, samples, targets, np.ones(samples.rows)), y, sample_weight)
    if basis.folds:
        return _of_target(model, place, targets, model.oof_prediction_, basis)
    interval = None
    if has_intervals(model):
        interval = model.predict_interval(X, coverage, width=width)
    return _of_target(model, place, targets, model.predict(X), basis, interval)


def fitted_predictions(
    model: NetworkRegressor, X: ArrayLike, y: ArrayLike, *, target: str | None = None
) -> Predictions:
    """Return predictions of the very rows of the fit: out of fold, or by all members where there are no folds.

    Parameters
    ----------
    model : NetworkRegressor
        A fitted model.
    X : data frame or array (rows, columns), or images
        The rows that it was fitted to.
    y : array (rows,) or (rows, targets)
        Their targets, for a unit of exposure where there are exposures.
    target : str or None
        The name of the target, of several.

    Returns
    -------
    Predictions
        The target, what is predicted, and on which rows.
    """
    place, folds = target_place(model, target), hasattr(model, "oof_prediction_")
    outputs = model.oof_prediction_ if folds else model.predict(X)
    targets = check_target_columns(y, len(outputs), model.n_outputs_)
    return _of_target(model, place, targets, outputs, Basis(*(OUT_OF_FOLD if folds else IN_TRAINING), "fit"))


def _of_target(
    model: NetworkRegressor,
    place: int,
    targets: np.ndarray,
    outputs: np.ndarray,
    basis: Basis,
    interval: Interval | None = None,
) -> Predictions:
    """Return the record of one target from what is predicted of all, (rows, ...); with quantiles their outer ends."""
    rows, levels, name = len(targets), as_loss(model.loss).levels, model.target_names_[place]
    each = outputs.reshape(rows, model.n_outputs_, -1)[:, place]
    ends: tuple[np.ndarray, ...] = ()
    if interval is not None:
        ends = tuple(end.reshape(rows, -1)[:, place] for end in (interval.lower, interval.upper))
    elif len(levels) > 1:
        ends = (each[:, 0], each[:, -1])
    middle = int(np.argmin(np.abs(np.subtract(levels, 0.5)))) if levels else 0
    predicted = each[:, middle]
    kept = np.flatnonzero(~np.isnan(targets[:, place]) & ~np.isnan(predicted))
    if not kept.size:
        raise ValueError(f"no row of y has a value of {name!r} and a prediction; give rows whose target is known")
    lower, upper = (end[kept] for end in ends) if ends else (None, None)
    return Predictions(
        target=name if not levels or levels[middle] == 0.5 else f"{name} at {levels[middle]:g}",
        actual=targets[kept, place],
        predicted=predicted[kept],
        lower=lower,
        upper=upper,
        coverage=interval.coverage if interval else levels[-1] - levels[0] if len(levels) > 1 else None,
        floor=interval and interval.floor,
        basis=basis.text,
        title=basis.title,
        rows=kept,
        missing=rows - kept.size,
        new=basis.kind == "new",
    )
