"""Checks of what a user passes, with errors that say what was given, what was expected and what to type."""

import warnings
from collections.abc import Callable
from dataclasses import replace
from numbers import Integral, Real
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, validate_data  # pyright: ignore[reportPrivateUsage]

from glassnet.data.columns import (
    Table,
    array_names,
    as_text,
    from_array,
    from_frame,
    from_objects,
    is_frame,
    seconds,
)
from glassnet.data.images import Samples, as_pictures, is_pictures
from glassnet.data.parse import as_numbers


class Rule(NamedTuple):
    """What a parameter must be, in words and as a test."""

    words: str
    test: Callable[[Any], bool]


def whole(least: int) -> Rule:
    """Return the rule for an integer from `least` on."""
    return Rule(f"an integer of at least {least}", lambda v: _is_int(v) and v >= least)


def positive() -> Rule:
    """Return the rule for a finite number above 0."""
    return Rule("a number above 0", lambda v: _is_real(v) and 0 < v < np.inf)


def not_negative() -> Rule:
    """Return the rule for a finite number of at least 0."""
    return Rule("a number of at least 0", lambda v: _is_real(v) and 0 <= v < np.inf)


def share() -> Rule:
    """Return the rule for a number strictly between 0 and 1."""
    return Rule("a number between 0 and 1", lambda v: _is_real(v) and 0 < v < 1)


def either(rule: Rule, *values: Any) -> Rule:
    """Return the rule that also takes these values."""
    words = " or ".join([rule.words, *map(repr, values)])
    return Rule(
        words, lambda v: any(v is value or (isinstance(v, str) and v == value) for value in values) or rule.test(v)
    )


def sizes() -> Rule:
    """Return the rule for the sizes of hidden layers."""
    return Rule(
        "an integer of at least 1 or a sequence of such, as in (64, 64)",
        lambda v: whole(1).test(v) or (isinstance(v, list | tuple | np.ndarray) and all(whole(1).test(n) for n in v)),
    )


def check_parameters(estimator: BaseEstimator, rules: dict[str, Rule]) -> None:
    """Raise `ValueError` for the first parameter that breaks its rule."""
    for name, rule in rules.items():
        value = getattr(estimator, name)
        if not rule.test(value):
            raise ValueError(f"{type(estimator).__name__}({name}={value!r}): {name} must be {rule.words}")


def check_inputs(estimator: BaseEstimator, X: Any, *, reset: bool) -> Samples:
    """Return X as columns, of any data frame or a numeric array whose NaN are missing cells; or as pictures.

    With `reset` the estimator learns the number and names of columns. Later frames are matched by name, by the schema.
    """
    if is_frame(X):
        table = from_frame(X)
        if not table.names:
            raise ValueError("the table has no column left to learn from")
        if table.rows == 0:
            raise ValueError("Found array with 0 sample(s): the table has columns but no rows")
        if not reset and not hasattr(estimator, "feature_names_in_"):
            return _by_position(estimator, table)
        if reset:
            vars(estimator).update(
                n_features_in_=len(table.names), feature_names_in_=np.asarray(table.names, dtype=object)
            )
        return table
    if is_pictures(X):
        pictures = as_pictures(X)
        if reset:
            vars(estimator).pop("feature_names_in_", None)
            vars(estimator)["n_features_in_"] = int(np.prod(pictures.pixels.shape[1:]))
        return pictures
    names = None if reset else getattr(estimator, "feature_names_in_", None)
    given: Any = X
    if getattr(given, "dtype", None) is not None and given.dtype.kind in "OU":
        objects: Any = validate_data(estimator, given, reset=reset, dtype=None, ensure_all_finite=False)
        return from_objects(objects, names)
    kind = getattr(getattr(given, "dtype", None), "kind", "")
    given = seconds(given) if kind in ("m", "M") else given
    # Infinite cells are refused later, by column and row.
    matrix: Any = validate_data(estimator, given, reset=reset, dtype=np.float64, ensure_all_finite=False)
    table = from_array(matrix, names)
    return replace(table, dates=frozenset(table.names)) if kind == "M" else table


def _by_position(estimator: BaseEstimator, table: Table) -> Table:
    """Return a frame's columns under the names of an array's, as scikit-learn takes them, with its warning."""
    expected: int = vars(estimator)["n_features_in_"]
    name = type(estimator).__name__
    if len(table.names) != expected:
        raise ValueError(f"X has {len(table.names)} features, but {name} is expecting {expected} features as input")
    warnings.warn(f"X has feature names, but {name} was fitted without feature names", UserWarning, stacklevel=4)
    names = array_names(expected)
    new = dict(zip(table.names, names, strict=True))
    declared, dates = (frozenset(new[name] for name in some) for some in (table.declared, table.dates))
    return Table(names, table.columns, declared, dates)


def check_targets(y: Any, rows: int) -> np.ndarray:
    """Return y as float64, (rows,) or (rows, outputs); `ValueError` names text and the first missing target."""
    if y is None:
        raise ValueError("fit requires y to be passed, but the target y is None")
    if np.asarray(y).dtype.kind in "mM":
        raise ValueError("the target must be numbers, but holds dates or durations; turn them into numbers first")
    try:
        targets = check_array(_numbers(y), ensure_2d=False, dtype="float64", ensure_all_finite=False, input_name="y")
    except ValueError as error:
        if "could not convert string" in str(error):
            raise ValueError(f"the target must be numbers, but holds text: {error}; use a classifier?") from None
        raise
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


def _numbers(y: Any) -> Any:
    """Return text that is all numbers, or marks for missing ones, as numbers; anything else as it is."""
    cells = np.asarray(y)
    if cells.dtype.kind not in "OU" or cells.ndim != 1:
        return y
    numbers = as_numbers(as_text(cells.tolist()))
    return y if numbers is None else numbers


def check_pair(X_val: Any, y_val: Any) -> None:
    """Raise `ValueError` when one of the two is missing."""
    if (X_val is None) != (y_val is None):
        raise ValueError("X_val and y_val belong together; give both or neither")


def check_labels(y: Any, rows: int) -> np.ndarray:
    """Return labels (rows,); `ValueError` for numbers that are no classes, and for a missing label."""
    if y is None:
        raise ValueError("fit requires y to be passed, but the target y is None")
    labels = column_or_1d(y, warn=True)
    if len(labels) != rows:
        raise ValueError(f"Found input variables with inconsistent numbers of samples: {[rows, len(labels)]}")
    missing = np.array([label is None or label != label or label in (np.inf, -np.inf) for label in labels])
    if missing.any():
        raise ValueError(
            f"Input y contains NaN or infinity: the label is missing in row {int(np.argmax(missing))} "
            f"({missing.sum()} such row(s)); leave these rows out"
        )
    check_classification_targets(labels)
    return labels


def check_weights(sample_weight: Any, rows: int) -> np.ndarray:
    """Return float64 weights (rows,), ones unless given; `ValueError` when one is negative or all are zero."""
    weights = _check_sample_weight(sample_weight, np.empty((rows, 1)), dtype=np.float64, ensure_non_negative=True)
    if not np.any(weights > 0):
        raise ValueError("sample_weight is zero for every sample; at least one must be above 0")
    return weights


def _is_int(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_real(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)
