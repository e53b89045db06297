"""Adversarial examples of a fitted model: rows that moved a little, and how much worse its answers became."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
from sklearn.utils.validation import check_is_fitted

from glassnet.attacks.gradient import Ball, MemberInputs, Norm, fast_gradient, projected_gradient
from glassnet.data.columns import is_frame
from glassnet.data.images import WHITE, Images, ImageSchema, Samples
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.dataset import AnySchema, in_numbers, matched
from glassnet.estimators.fitting import stacked
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.estimators.validation import check_inputs, check_labels, check_targets
from glassnet.insight.text import TextTable
from glassnet.network.loss import CrossEntropy, as_loss

Method = Literal["fgsm", "pgd"]
BIG = 1e30  # no bound, and still a float32
Estimator = NetworkRegressor | NetworkClassifier


@dataclass(frozen=True)
class Attack:
    """What an adversary made of rows X with truth y: the moved rows, and predictions before and after.

    `epsilon` is the size of the moves in `norm`: for pictures of 8 bits as a share of white, for other pictures in
    their own units, for tables in spreads of each column of numbers; everything else in a table is held fixed.
    `error_before` and `error_after` are shares of wrong classes, or root mean squared errors.
    """

    X: Any
    y: np.ndarray
    before: np.ndarray
    after: np.ndarray
    epsilon: float
    method: str
    norm: str
    error_before: float
    error_after: float
    classes: bool

    @property
    def robust_accuracy(self) -> float:
        """The share of rows whose class is right after the attack."""
        if not self.classes:
            raise AttributeError("a regressor has no accuracy; see error_before and error_after")
        return 1 - self.error_after

    def table(self) -> TextTable:
        """Return the errors before and after."""
        what = "error rate" if self.classes else "RMSE"
        rows = (("as given", len(self.y), self.error_before), ("attacked", len(self.y), self.error_after))
        title = f"{self.method}, epsilon {self.epsilon:g} in the {'largest change' if self.norm == 'inf' else '2-norm'}"
        return TextTable(("", "rows", what), rows, None, title)

    def __str__(self) -> str:
        return str(self.table())


def attack(
    model: Estimator,
    X: Any,
    y: Any,
    epsilon: float,
    *,
    method: Method = "fgsm",
    norm: Norm = "inf",
    clip: tuple[float, float] | Literal["auto"] | None = "auto",
    steps: int = 20,
    seed: int = 0,
) -> Attack:
    """Return rows of X moved by at most epsilon so that the cost of the truth y grows most, and what the model says.

    `method` is "fgsm", x + epsilon sign(dE/dx^0), or "pgd", `steps` projected steps from a random start; `norm` bounds
    the largest change ("inf") or the length ("2") of a move. `clip` keeps inputs between two numbers, in the units of
    epsilon; "auto" is (0, 1) for pictures of 8 bits and nothing else. E is the members' mean training loss.
    """
    if method not in get_args(Method) or norm not in get_args(Norm):
        raise ValueError(f"method={method!r} must be one of {get_args(Method)}, and norm={norm!r} of {get_args(Norm)}")
    if not 0 <= epsilon < np.inf or steps < 1:
        raise ValueError(f"epsilon={epsilon} must be a number of at least 0, and steps={steps} at least 1")
    check_is_fitted(model)
    given = matched(model.schema_, check_inputs(model, X, reset=False))
    raw = in_numbers(model.schema_, given)
    loss = CrossEntropy() if isinstance(model, NetworkClassifier) else as_loss(model.loss)
    truth = check_labels(y, len(raw)) if isinstance(model, NetworkClassifier) else check_targets(y, len(raw))
    unit, ends = _unit(model, raw), _ends(model, raw, clip)
    sight, ball = _sight(model, raw, unit, _targets(model, truth)), _ball(raw, unit, epsilon, ends)
    if method == "fgsm":
        offsets = fast_gradient(model.network_, loss, sight, ball, norm)
    else:
        offsets = projected_gradient(model.network_, loss, sight, ball, norm, steps, seed)
    moved = raw + offsets * unit
    if ends is not None:  # again, for what rounding left outside
        moved = np.where(offsets != 0, np.clip(moved, *(end * unit for end in ends)), raw)
    moved = _moved(model.schema_, X, given, moved)
    before, after = (np.asarray(model.predict(rows)) for rows in (X, moved))
    errors = _error(model, truth, before), _error(model, truth, after)
    classes = isinstance(model, NetworkClassifier)
    return Attack(moved, truth, before, after, float(epsilon), method, norm, *errors, classes)


def _unit(model: Estimator, raw: np.ndarray) -> np.ndarray:
    """Return what one unit of epsilon is in every raw input or channel, 0 where it is held fixed."""
    schema = model.schema_
    if isinstance(schema, ImageSchema):
        return np.full(schema.shape[-1], WHITE if schema.eight_bits or raw.dtype == np.uint8 else 1.0)
    spread = np.mean([own.inputs.spread for own in model.members_], axis=0)
    numbers = {column.name for column in schema.columns if column.kind == "number"}
    return np.where([name in numbers for name in schema.inputs], spread, 0.0)


def _sight(model: Estimator, raw: np.ndarray, unit: np.ndarray, truth: np.ndarray) -> MemberInputs:
    spreads = [np.where(own.inputs.spread != 0, own.inputs.spread, np.inf) for own in model.members_]
    return MemberInputs(
        stacked([own.parameters for own in model.members_]),
        np.stack([own.inputs.down(raw).astype(np.float32) for own in model.members_]),
        np.stack([unit / spread for spread in spreads]).astype(np.float32),
        np.stack([own.targets.down(truth) for own in model.members_]).astype(np.float32),
    )


def _ends(model: Estimator, raw: np.ndarray, clip: Any) -> tuple[float, float] | None:
    if isinstance(clip, str):
        return (0.0, 1.0) if getattr(model.schema_, "eight_bits", False) or raw.dtype == np.uint8 else None
    if clip is not None and not clip[0] < clip[1]:
        raise ValueError(f"clip={clip} must be two numbers, the first below the second, or None")
    return clip


def _ball(raw: np.ndarray, unit: np.ndarray, epsilon: float, ends: tuple[float, float] | None) -> Ball:
    here = np.divide(raw, unit, out=np.zeros(raw.shape), where=unit != 0)
    least, most = ends or (-np.inf, np.inf)
    free = (unit != 0) & ~np.isnan(raw)  # a missing cell has nowhere to move from
    bounds = [np.where(free, np.clip(end - here, -BIG, BIG), 0.0) for end in (least, most)]
    return Ball(epsilon, np.minimum(bounds[0], 0), np.maximum(bounds[1], 0))


def _targets(model: Estimator, truth: np.ndarray) -> np.ndarray:
    """Return targets (rows, outputs), or an indicator a class."""
    if not isinstance(model, NetworkClassifier):
        return truth.reshape(len(truth), -1)
    unknown = np.setdiff1d(truth, model.classes_)
    if unknown.size:
        raise ValueError(f"y holds the class {unknown.tolist()[0]!r}, which is none of {model.classes_.tolist()}")
    return (truth[:, None] == model.classes_).astype(np.float64)


def _moved(schema: AnySchema, X: Any, given: Samples, raw: np.ndarray) -> Any:
    """Return the moved rows as they were given: pictures as float32, an array, or a frame of the same library."""
    if isinstance(schema, ImageSchema) or isinstance(given, Images):
        return raw.astype(np.float32)
    places = {column.name: schema.inputs.index(column.name) for column in schema.columns if column.kind == "number"}
    if is_frame(X):
        frame = nw.from_native(X, eager_only=True)
        there = [str(name) for name in frame.columns]
        known = there if set(schema.names) <= set(there) else schema.names  # fitted to an array: by position
        new = [
            nw.new_series(name, raw[:, places[own]], nw.Float64, backend=frame.implementation)
            for name, own in zip(frame.columns, known, strict=True)
            if own in places
        ]
        return nw.to_native(frame.with_columns(*new))
    cells = np.array(X, dtype=object if np.asarray(X).dtype.kind in "OU" else np.float64)
    for name, place in places.items():
        cells[:, schema.names.index(name)] = raw[:, place]
    return cells


def _error(model: Estimator, truth: np.ndarray, prediction: np.ndarray) -> float:
    """Return the share of wrong classes, or the root mean squared error; of quantiles that of the middle one."""
    if isinstance(model, NetworkClassifier):
        return float(np.mean(truth != prediction))
    targets, said = (a.reshape(len(a), -1) for a in (truth, prediction))
    each = said.shape[1] // targets.shape[1]
    return float(np.sqrt(np.nanmean(np.square(targets - said[:, each // 2 :: each]))))
