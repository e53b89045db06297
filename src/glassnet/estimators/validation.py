"""Checks of what a user passes, with errors that say what was given, what was expected and what to type."""

from collections.abc import Callable
from numbers import Integral, Real
from typing import NamedTuple, TypeGuard

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight  # pyright: ignore[reportPrivateUsage]

from glassnet.data.read_columns import numbers_in_text
from glassnet.data.samples import Features, as_samples, kind_of
from glassnet.data.schema import Samples
from glassnet.data.sparse import issparse
from glassnet.data.values import from_cells, is_missing, without_mask
from glassnet.ensemble.recipe import Recipe
from glassnet.network.loss import Loss

NO_MOMENTS = "the target must be numbers, but holds dates or durations; turn them into numbers first"


class Rule(NamedTuple):
    """What a parameter must be, as text and as a test."""

    text: str
    test: Callable[[object], bool]


def integer(least: int) -> Rule:
    """Return the rule for an integer from `least` on."""
    return Rule(f"an integer of at least {least}", lambda v: is_integer(v) and v >= least)


def positive() -> Rule:
    """Return the rule for a finite number above 0."""
    return Rule("a number above 0", lambda v: is_real(v) and 0 < v < np.inf)


def not_negative() -> Rule:
    """Return the rule for a finite number of at least 0."""
    return Rule("a number of at least 0", lambda v: is_real(v) and 0 <= v < np.inf)


def fraction() -> Rule:
    """Return the rule for a number strictly between 0 and 1."""
    return Rule("a number between 0 and 1", lambda v: is_real(v) and 0 < v < 1)


def one_of(*names: str) -> Rule:
    """Return the rule for one of these names."""
    return Rule(f"one of {', '.join(names)}", lambda v: isinstance(v, str) and v in names)


def either(rule: Rule, *values: object) -> Rule:
    """Return the rule that also takes these values."""
    text = " or ".join([rule.text, *map(repr, values)])
    return Rule(
        text, lambda v: any(v is value or (isinstance(v, str) and v == value) for value in values) or rule.test(v)
    )


def sizes() -> Rule:
    """Return the rule for the sizes of hidden layers."""
    return Rule(
        "an integer of at least 1 or a sequence of such, as in (64, 64)",
        lambda v: (
            integer(1).test(v) or (isinstance(v, list | tuple | np.ndarray) and all(integer(1).test(n) for n in v))
        ),
    )


def check_parameters(estimator: BaseEstimator | Recipe, rules: dict[str, Rule]) -> None:
    """Raise `ValueError` for the first parameter that breaks its rule."""
    for name, rule in rules.items():
        value = getattr(estimator, name)
        if not rule.test(value):
            raise ValueError(f"{type(estimator).__name__}({name}={value!r}): {name} must be {rule.text}")


def check_inputs(estimator: BaseEstimator, X: ArrayLike, *, reset: bool) -> Samples:
    """Return X as samples; with `reset` the estimator learns the number and names of features.

    Later frames are matched by name, by the schema.
    """
    name = type(estimator).__name__
    if not reset:
        _check_kind(estimator, X)
        names = getattr(estimator, "feature_names_in_", None)
        known = Features(name, vars(estimator).get("n_features_in_"), None if names is None else tuple(names))
        return as_samples(X, known)
    samples = as_samples(X, Features(name))
    vars(estimator)["n_features_in_"] = samples.n_features
    vars(estimator).pop("feature_names_in_", None)
    if samples.feature_names is not None:
        vars(estimator)["feature_names_in_"] = np.asarray(samples.feature_names, dtype=object)
    return samples


def _check_kind(estimator: BaseEstimator, X: ArrayLike) -> None:
    """Raise `ValueError` for a table where images were learned from; numbers of features would say little."""
    schema = getattr(vars(estimator).get("ensemble_"), "schema", None)
    if schema is not None and schema.kind == "image" and kind_of(X) == "table" and np.ndim(X) == 2:
        raise ValueError(
            f"the model was fitted to {schema}, but X is a table with {np.shape(X)[1]} columns; give it images (rows, "
            "height, width) or (rows, height, width, channels)"
        )


def check_targets(y: ArrayLike | None, rows: int) -> np.ndarray:
    """Return y as float64, (rows,) or (rows, outputs); `ValueError` names text and the first missing target."""
    if y is None:
        raise ValueError("fit requires y to be passed, but the target y is None")
    cells = _as_cells(y, "y")
    if cells.dtype.kind in "OUT" and cells.ndim in (1, 2):
        cells = np.column_stack([_as_targets(column) for column in cells.reshape(len(cells), -1).T]).reshape(
            cells.shape
        )
    if cells.dtype.kind in "mM":
        raise ValueError(NO_MOMENTS)
    targets = check_array(cells, ensure_2d=False, dtype="float64", ensure_all_finite=False, input_name="y")
    if targets.ndim > 2:
        raise ValueError(f"the target has shape {targets.shape}; expected (rows,) or (rows, outputs)")
    if len(targets) != rows:
        raise ValueError(f"Found input variables with inconsistent numbers of samples: {[rows, len(targets)]}")
    columns = targets.reshape(rows, -1)
    bad = np.isinf(columns).any(axis=1) | np.isnan(columns).all(axis=1)  # of several targets, some may be missing
    if bad.any():
        row = int(np.argmax(bad))
        value = columns[row][~np.isfinite(columns[row])][0]
        raise ValueError(
            f"Input y contains NaN or infinity: the target is {value} in row {row} ({bad.sum()} such row(s)); "
            "leave these rows out"
        )
    return targets


def _as_cells(values: ArrayLike, what: str) -> np.ndarray:
    """Return what a user gave as an array, masked cells as missing ones; `TypeError` for a sparse matrix."""
    if issparse(values):
        raise TypeError(f"{what} is sparse; give it dense, as {what}.toarray()")
    return np.asarray(without_mask(values))


def _as_targets(column: np.ndarray) -> np.ndarray:
    """Return Python objects as float64, text too where all of it is numbers or marks for missing ones."""
    values = from_cells("y", column.tolist())
    if values.kind in ("date", "duration"):
        raise ValueError(NO_MOMENTS)
    if values.cells.dtype != object:
        return values.cells + float(values.origin)
    return numbers_in_text(values.cells)


def check_pair(X_val: ArrayLike | None, y_val: ArrayLike | None) -> None:
    """Raise `ValueError` when one of the two is missing."""
    if (X_val is None) != (y_val is None):
        raise ValueError("X_val and y_val belong together; give both or neither")


def check_labels(y: ArrayLike | None, rows: int) -> np.ndarray:
    """Return labels (rows,); `ValueError` for numbers that are no classes, and for a missing label."""
    if y is None:
        raise ValueError("fit requires y to be passed, but the target y is None")
    labels = column_or_1d(_as_cells(y, "y"), warn=True)
    if len(labels) != rows:
        raise ValueError(f"Found input variables with inconsistent numbers of samples: {[rows, len(labels)]}")
    missing = np.array([is_missing(label) or label in (np.inf, -np.inf) for label in labels], dtype=bool)
    if missing.any():
        raise ValueError(
            f"Input y contains NaN or infinity: the label is missing in row {int(np.argmax(missing))} "
            f"({missing.sum()} such row(s)); leave these rows out"
        )
    labels = _of_one_type(labels)
    check_classification_targets(labels)
    return labels


def _of_one_type(labels: np.ndarray) -> np.ndarray:
    """Return Python objects that are all integers, booleans or numbers as such; `TypeError` for several types."""
    if labels.dtype.kind != "O" or all(isinstance(label, str) for label in labels):
        return labels
    kind = from_cells("y", labels.tolist()).kind
    if kind == "boolean":
        return labels.astype(bool)
    if kind == "number" and not any(isinstance(label, bool | np.bool_) for label in labels):
        return labels.astype(np.int64 if all(map(is_integer, labels)) else np.float64)
    kinds = [type(label).__name__ for label in labels]
    other = next((row for row, kind in enumerate(kinds) if kind != kinds[0]), None)
    if other is None:
        raise TypeError(f"labels of type {kinds[0]} are no classes; make them text, as in [str(label) for label in y]")
    raise TypeError(
        f"the labels are of several types: row 0 has {labels[0]!r} and row {other} has {labels[other]!r}; make them "
        "text, as in [str(label) for label in y]"
    )


def check_groups(groups: ArrayLike | None, rows: int) -> np.ndarray | None:
    """Return groups (rows,) that can be sorted; `ValueError` for another number of them, and for a missing one."""
    if groups is None:
        return None
    given = _as_cells(groups, "groups")
    given = given[:, 0] if given.ndim == 2 and given.shape[1] == 1 else given
    if given.ndim != 1 or len(given) != rows:
        shape = f"has shape {given.shape}" if given.ndim != 1 else f"has {len(given)} entries"
        raise ValueError(f"groups {shape} for {rows} rows; give one a row")
    missing = np.array([is_missing(group) for group in given.tolist()], dtype=bool)
    if missing.any():
        row = int(np.argmax(missing))
        raise ValueError(
            f"groups is missing ({given.tolist()[row]!r}) in row {row} ({missing.sum()} such row(s)); give every row a "
            "group, one of its own where it belongs to none"
        )
    try:
        np.unique(given)
    except TypeError:  # of several types, which have no order
        numbers: dict[object, int] = {}
        return np.array([numbers.setdefault(group, len(numbers)) for group in given], dtype=np.int64)
    return given


def check_target_columns(y: ArrayLike | None, rows: int, outputs: int) -> np.ndarray:
    """Return y as float64 (rows, outputs); `ValueError` for another number of targets than the model predicts."""
    targets = check_targets(y, rows).reshape(rows, -1)
    if targets.shape[1] != outputs:
        raise ValueError(f"y has {targets.shape[1]} target(s), but the model predicts {outputs}")
    return targets


def class_indicators(labels: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return indicators (rows, classes) of labels, 1 or 0; `ValueError` for a label that is none of the classes."""
    indicators = labels[:, None] == classes
    known = indicators.any(axis=1)
    if not known.all():
        (unknown,) = labels[~known][:1].tolist()
        raise ValueError(f"y holds the class {unknown!r}, which is none of {classes.tolist()}")
    return indicators.astype(np.float64)


def check_weights(sample_weight: ArrayLike | None, rows: int, *, part: bool = False) -> np.ndarray:
    """Return float64 weights (rows,), ones unless given; `ValueError` when one is negative or all are zero.

    The rows may be `part` of those that are learned from, which may all be zero.
    """
    given = None if sample_weight is None else _as_weights(_as_cells(sample_weight, "sample_weight"))
    if given is not None and given.shape != (rows,):
        raise ValueError(f"sample_weight has shape {given.shape} for {rows} row(s); give one weight a row")
    if part and given is not None and not given.any():
        return given
    weights = _check_sample_weight(given, np.empty((rows, 1)), dtype=np.float64, ensure_non_negative=True)
    if not part and not np.any(weights > 0):
        raise ValueError("sample_weight is zero for every sample; at least one must be above 0")
    return weights


def check_exposure(exposure: ArrayLike | None, rows: int, loss: Loss) -> np.ndarray | None:
    """Return float64 exposures (rows,); `ValueError` for one that is not above 0, and for a loss without them."""
    if exposure is None:
        return None
    if loss.variance_power is None:
        raise ValueError(
            f"exposure needs a loss whose mean is in proportion to it, 'poisson', 'gamma' or Tweedie(power), not {loss}"
        )
    given = check_array(_as_cells(exposure, "exposure"), ensure_2d=False, dtype="float64", input_name="exposure")
    if given.shape != (rows,):
        raise ValueError(f"exposure has shape {given.shape} for {rows} rows; give one number a row")
    if not (given > 0).all():
        row = int(np.argmin(given > 0))
        raise ValueError(
            f"exposure is {given[row]:g} in row {row} ({(given <= 0).sum()} such row(s)), but must be above 0; leave "
            "rows out that were never exposed"
        )
    return given


def _as_weights(cells: np.ndarray) -> np.ndarray:
    """Return weights as numbers; `ValueError` names a row that has none."""
    if cells.dtype.kind in "OUTmM" and cells.ndim == 1:
        values = from_cells("sample_weight", cells.tolist())
        given = [row for row, cell in enumerate(cells) if not is_missing(cell)]
        if given and values.kind not in ("number", "boolean"):
            raise ValueError(
                f"sample_weight must be numbers, but row {given[0]} has {cells[given[0]]!r}; give a number a row"
            )
        cells = np.array([np.nan if is_missing(cell) else cell for cell in cells], dtype=np.float64)
    if cells.ndim == 1 and cells.dtype.kind == "f" and np.isnan(cells).any():
        missing = np.isnan(cells)
        raise ValueError(
            f"Input sample_weight contains NaN: it is missing in row {int(np.argmax(missing))} ({missing.sum()} such "
            "row(s)); give every row a weight, 0 for one that should not count"
        )
    return cells


def is_integer(value: object) -> TypeGuard[int]:
    """Return whether a value is an integer, of Python or of NumPy; True is none."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def is_real(value: object) -> TypeGuard[float]:
    """Return whether a value is a real number; True is none."""
    return isinstance(value, Real) and not isinstance(value, bool)
