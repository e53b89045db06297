"""Adversarial examples of a fitted model: rows that moved a little, and how much worse its answers became."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from glassnet._counted import counted
from glassnet._notebook import Fragment, NotebookRecord
from glassnet.attacks.gradient import Ball, MemberInputs, Norm, Walk, fast_gradient, projected_gradient
from glassnet.attacks.square import square
from glassnet.ensemble.ensemble import Ensemble
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.validation import check_inputs, check_labels, check_targets
from glassnet.insight.targets import Estimator, encoded_targets, loss_of
from glassnet.insight.text import TextTable
from glassnet.network.loss import ClassLoss, Loss
from glassnet.training.adversarial_batch import CROSSING

Method = Literal["fgsm", "pgd", "square"]
DEFAULT_STEPS: dict[Method, int] = {"fgsm": 1, "pgd": 20, "square": 1000}
BIG = 1e30  # no bound, and still a float32


@dataclass(frozen=True)
class Attack(NotebookRecord):
    """Rows moved by an adversary, with the predictions before and after.

    Attributes
    ----------
    X : data frame or array
        The moved rows, of the kind that was given.
    y : array (rows,) or (rows, targets)
        Their targets or classes.
    before, after : array (rows,) or (rows, targets)
        The predictions for the rows as given and for the moved ones.
    epsilon : float
        The size of the moves in `norm`: a fraction of white for images of 8 bits, the units of the pixels for other
        images, the scale of each column of numbers for tables, where everything else is held fixed.
    method : str
        "fgsm", "pgd" or "square".
    norm : str
        "inf" or "2".
    steps, starts, seed : int
        Steps of "pgd" or queries of "square", random starts of "pgd", and the seed of what was drawn.
    step_size : float
        Length of the steps of "fgsm" and "pgd", in the units of epsilon.
    error_before, error_after : float
        The fraction of wrong classes, or the root mean squared error in the units of the target.
    classes : bool
        Whether the model is a classifier.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, attack
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> moved = attack(model, X[:5], y[:5], epsilon=0.1)
    >>> moved.method, moved.norm, moved.X.shape, moved.after.shape
    ('fgsm', 'inf', (5, 10), (5,))
    >>> print(moved.table())
    fgsm, epsilon 0.1 in the largest change
              rows     RMSE
    as given     5  3...
    attacked     5  4...
    """

    X: ArrayLike
    y: np.ndarray
    before: np.ndarray
    after: np.ndarray
    epsilon: float
    method: str
    norm: str
    steps: int
    step_size: float
    starts: int
    seed: int
    error_before: float
    error_after: float
    classes: bool

    @property
    def robust_accuracy(self) -> float:
        """The fraction of rows whose class is right after the attack."""
        if not self.classes:
            raise AttributeError("a regressor has no accuracy; see error_before and error_after")
        return 1 - self.error_after

    def table(self) -> TextTable:
        """Return the errors before and after."""
        what = "error rate" if self.classes else "RMSE"
        rows = (("as given", len(self.y), self.error_before), ("attacked", len(self.y), self.error_after))
        pgd = f", {counted(self.steps, 'step')} of {self.step_size:g}, {counted(self.starts, 'start')}"
        many = {"fgsm": "", "pgd": pgd}
        how = self.method + many.get(self.method, f", {counted(self.steps, 'query', 'queries')}")
        title = f"{how}, epsilon {self.epsilon:g} in the {'largest change' if self.norm == 'inf' else '2-norm'}"
        return TextTable(("", "rows", what), rows, None, title)

    def __str__(self) -> str:
        return str(self.table())

    def _fill(self, fragment: Fragment) -> None:
        fragment.table(self.table())


def attack(
    model: Estimator,
    X: ArrayLike,
    y: ArrayLike,
    epsilon: float,
    *,
    method: Method = "fgsm",
    norm: Norm = "inf",
    clip: tuple[float, float] | Literal["auto"] | None = "auto",
    steps: int | None = None,
    step_size: float | None = None,
    starts: int = 1,
    seed: int = 0,
) -> Attack:
    """Return rows of X moved by at most epsilon so that the cost of the targets y grows most, with the predictions.

    E is the members' mean training loss.

    Parameters
    ----------
    model : NetworkRegressor or NetworkClassifier
        A fitted model.
    X : data frame or array
        Rows or images.
    y : array (rows,) or (rows, targets)
        Their targets or classes.
    epsilon : float
        Size of the moves, in the units that `Attack` names.
    method : "fgsm", "pgd" or "square"
        x + epsilon sign(dE/dx^0); projected steps along the gradient from random starts; or squares of random signs,
        kept where the cost grows, which needs no gradient (see `attacks.square`).
    norm : "inf" or "2"
        Whether epsilon bounds the largest change or the length of a move.
    clip : (low, high), "auto" or None
        Between which numbers inputs stay, in the units of epsilon; "auto" is (0, 1) for images of 8 bits and nothing
        else.
    steps : int or None
        Steps of "pgd", 20 unless given, or queries of "square", 1,000 unless given.
    step_size : float or None
        Length of the steps of "pgd", in the units of epsilon; 2.5 epsilon / steps unless given.
    starts : int
        Random starts of "pgd". Of all steps and starts that of the largest cost is kept, whatever its class.
    seed : int
        Seed of what "pgd" and "square" draw.

    Returns
    -------
    Attack
        The moved rows, and predictions and errors before and after.

    Raises
    ------
    ValueError
        For an option that is not known or that the method has no use for, and for targets that do not fit the model.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, attack
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> moved = attack(model, X, y, epsilon=0.1)
    >>> moved.error_after > moved.error_before
    True
    """
    if method not in get_args(Method) or norm not in get_args(Norm):
        raise ValueError(f"method={method!r} must be one of {get_args(Method)}, and norm={norm!r} of {get_args(Norm)}")
    number = DEFAULT_STEPS[method] if steps is None else steps
    if not 0 <= epsilon < np.inf or number < 1 or starts < 1:
        raise ValueError(
            f"epsilon={epsilon} must be a number of at least 0, and steps={steps} and starts={starts} at least 1"
        )
    if step_size is not None and not 0 < step_size < np.inf:
        raise ValueError(f"step_size={step_size} must be a number above 0")
    _check_options(method, norm, {"steps": steps, "step_size": step_size, "starts": starts if starts > 1 else None})
    check_is_fitted(model)
    ensemble = model.ensemble_
    x = ensemble.encode(check_inputs(model, X, reset=False))
    encoded, loss = encoded_targets(model, y, len(x)), _unsmoothed(loss_of(model))
    ends = ensemble.schema.perturbation_range(x) if isinstance(clip, str) else clip
    if ends is not None and not ends[0] < ends[1]:
        raise ValueError(f"clip={clip} must be two numbers, the first below the second, or None")
    length = (CROSSING * epsilon / number if method == "pgd" else epsilon) if step_size is None else step_size
    walk = Walk(number, length, starts, seed)
    moved = moved_inputs(ensemble, loss, x, encoded, Move(epsilon, method, norm, ends, walk))
    rows = ensemble.schema.restore(X, moved)
    before, after = (np.asarray(model.predict(some)) for some in (X, rows))
    targets = _as_predicted(model, y, encoded)
    errors = _error(model, targets, before), _error(model, targets, after)
    classes = isinstance(model, NetworkClassifier)
    return Attack(rows, targets, before, after, float(epsilon), method, norm, *walk, *errors, classes)


def _check_options(method: Method, norm: Norm, given: Mapping[str, float | None]) -> None:
    """Raise `ValueError` for an option that the method has no use for."""
    used = {"fgsm": (), "pgd": ("steps", "step_size", "starts"), "square": ("steps",)}[method]
    for name, value in given.items():
        if value is not None and name not in used:
            raise ValueError(f"{name}={value} has no effect with method={method!r}; leave it out")
    if method == "square" and norm != "inf":
        raise ValueError("method='square' bounds the largest change; leave norm out, or use method='pgd'")


@dataclass(frozen=True)
class Move:
    """How inputs may be moved: at most epsilon in a norm, between two numbers or freely, by a method in some steps."""

    epsilon: float
    method: Method
    norm: Norm
    ends: tuple[float, float] | None
    walk: Walk


def moved_inputs(ensemble: Ensemble, loss: Loss, x: np.ndarray, y: np.ndarray, move: Move) -> np.ndarray:
    """Return encoded inputs x moved so that the mean cost of the targets y (rows, targets) grows most."""
    unit = ensemble.schema.perturbation_unit(np.mean(ensemble.input_scales, axis=0), x)
    members, ball = _member_inputs(ensemble, x, unit, y), _ball(x, unit, move)
    if move.method == "fgsm":
        offsets = fast_gradient(ensemble.network, loss, members, ball, move.norm)
    elif move.method == "pgd":
        offsets = projected_gradient(ensemble.network, loss, members, ball, move.norm, move.walk)
    else:
        offsets = square(ensemble.network, loss, members, ball, move.walk.steps, move.walk.seed)
    moved = x + offsets * unit
    if move.ends is not None:  # again, for what rounding left outside
        moved = np.where(offsets != 0, np.clip(moved, *(end * unit for end in move.ends)), x)
    return moved


def _member_inputs(ensemble: Ensemble, x: np.ndarray, unit: np.ndarray, y: np.ndarray) -> MemberInputs:
    scales = np.where(ensemble.input_scales != 0, ensemble.input_scales, np.inf)
    return MemberInputs(
        ensemble.parameters,
        ensemble.scale_inputs(x).astype(np.float32),
        (unit / scales).astype(np.float32),
        np.stack([member.preprocessing.scale_targets(y) for member in ensemble.members]).astype(np.float32),
    )


def _ball(x: np.ndarray, unit: np.ndarray, move: Move) -> Ball:
    here = np.divide(x, unit, out=np.zeros(x.shape), where=unit != 0)
    least, most = move.ends or (-np.inf, np.inf)
    free = (unit != 0) & ~np.isnan(x)  # a missing cell has nowhere to move from
    bounds = [np.where(free, np.clip(end - here, -BIG, BIG), 0.0) for end in (least, most)]
    return Ball(move.epsilon, np.minimum(bounds[0], 0), np.maximum(bounds[1], 0))


def _as_predicted(model: Estimator, y: ArrayLike, encoded: np.ndarray) -> np.ndarray:
    """Return targets in the form that `predict` returns."""
    if not isinstance(model, NetworkClassifier):
        return check_targets(y, len(encoded))
    return encoded.astype(int) if model.multilabel_ else check_labels(y, len(encoded))


def _error(model: Estimator, targets: np.ndarray, prediction: np.ndarray) -> float:
    """Return the fraction of rows with a wrong class or label, or the RMSE; of quantiles that of the middle one."""
    if isinstance(model, NetworkClassifier):
        return float(np.mean(np.any(np.not_equal(targets, prediction).reshape(len(targets), -1), axis=1)))
    targets, predicted = (a.reshape(len(a), -1) for a in (targets, prediction))
    each = predicted.shape[1] // targets.shape[1]
    return float(np.sqrt(np.nanmean(np.square(targets - predicted[:, each // 2 :: each]))))


def _unsmoothed(loss: Loss) -> Loss:
    """Return a loss of classes without smoothing, under which being surer of the right class always costs less."""
    return replace(loss, smoothing=0.0) if isinstance(loss, ClassLoss) else loss
