"""Thirty defects, met in fit, partial_fit, predict and evaluate, as array, pandas and polars frame: 360 cases.

Each ends in an error that names the column or the row, or in finite predictions; where a defect can be seen through,
the predictions are those without it. Never NaN, never silent nonsense.
"""

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone

from glassnet import NetworkRegressor
from glassnet.insight.evaluation import evaluate

ROWS = 40
NAMES = ["a", "b", "c"]
RANDOM = np.random.default_rng(0)
CLEAN = {name: RANDOM.normal(size=ROWS) for name in NAMES}
TARGET = CLEAN["a"] - 2 * CLEAN["b"] + 0.1 * RANDOM.normal(size=ROWS)

Columns = dict[str, Any]


@dataclass(frozen=True)
class Defect:
    """What is done to the columns and the target, what an error says, and in which containers it can occur at all."""

    harm: Callable[[Columns, Any], tuple[Any, Any]]
    says: str = ""  # empty: it must go through
    same: bool = False  # predictions are those of the clean table
    may_fit: bool = True  # it may go through, in some actions or containers


def cell(value, row=7, name="b"):
    def harm(columns, y):
        column = np.array(columns[name], dtype=object if not isinstance(value, float) else float)
        column[row] = value
        return {**columns, name: column}, y

    return harm


def column(values, name="b"):
    return lambda columns, y: ({**columns, name: values}, y)


def target(change):
    return lambda columns, y: (columns, change(np.array(y)))


def with_cell(y, value, row=7):
    y = y.astype(object if isinstance(value, str) else float)
    y[row] = value
    return y


B, ROW = r"(column 'b'|column 'x1')", r"row 7"
DEFECTS = {
    "a missing number": Defect(cell(np.nan)),
    "None for a number": Defect(cell(None)),
    "a blank for a number": Defect(cell(" "), rf"{B}.*{ROW}"),
    "a column all missing": Defect(column(np.full(ROWS, np.nan)), B),
    "infinity": Defect(cell(np.inf), rf"{B} is infinite \(inf\) in {ROW}", may_fit=False),
    "minus infinity": Defect(cell(-np.inf), rf"{B} is infinite \(inf\) in {ROW}", may_fit=False),
    "a number far out": Defect(cell(1e30), rf"({B} has 1e\+30 in {ROW}|row 7 is not finite: '(b|x1)')"),
    "text among numbers": Defect(cell("abc"), rf"{B}.*{ROW}.*'abc'"),
    "a list in a cell": Defect(cell([1, 2]), rf"{B} holds", may_fit=False),
    "a dict in a cell": Defect(cell({"k": 1}), rf"{B} holds", may_fit=False),
    "a complex number": Defect(cell(1 + 2j), rf"({B} holds|[Cc]omplex)", may_fit=False),
    "numbers as text": Defect(lambda c, y: ({**c, "b": [repr(float(v)) for v in c["b"]]}, y), same=True),
    "a constant column": Defect(column(np.full(ROWS, 5.0))),
    "one integer too long": Defect(cell(float(10**25)), rf"({B} has 1e\+25 in {ROW}|row 7 is not finite: '(b|x1)')"),
    "tiny numbers": Defect(column(1e-300 * RANDOM.normal(size=ROWS))),
    "huge numbers": Defect(column(1e300 * RANDOM.normal(size=ROWS)), r"row \d+ is not finite: '(b|x1)'"),
    "booleans": Defect(column(np.arange(ROWS) % 2 == 0)),
    "a column too few": Defect(
        lambda c, y: ({k: v for k, v in c.items() if k != "b"}, y), r"(- b|2 features, but .* 3 features)"
    ),
    "a column too many": Defect(lambda c, y: ({**c, "d": c["a"]}, y), r"4 features, but .* 3 features"),
    "a renamed column": Defect(lambda c, y: ({"B" if k == "b" else k: v for k, v in c.items()}, y), "- b", same=True),
    "columns in another order": Defect(lambda c, y: ({k: c[k] for k in ("c", "a", "b")}, y)),
    "no rows": Defect(lambda c, y: ({k: v[:0] for k, v in c.items()}, y[:0]), r"0 sample\(s\)", may_fit=False),
    "no columns": Defect(lambda c, y: ({}, y), r"(no column|0 feature|at least one|- a)", may_fit=False),
    "a missing target": Defect(target(lambda y: with_cell(y, np.nan)), rf"target is nan in {ROW}"),
    "an infinite target": Defect(target(lambda y: with_cell(y, np.inf)), rf"target is inf in {ROW}"),
    "a target far out": Defect(target(lambda y: with_cell(y, 1e30)), rf"the target has 1e\+30 in {ROW}"),
    "text among targets": Defect(target(lambda y: with_cell(y, "abc")), "target must be numbers, .*'abc'"),
    "a target too short": Defect(target(lambda y: y[:-1]), r"inconsistent numbers of samples: \[40, 39\]"),
    "a constant target": Defect(target(lambda y: np.full(len(y), 3.0))),
    "a target of dates": Defect(
        target(lambda y: np.datetime64("2024-01-01") + np.arange(len(y))), "target must be numbers, but holds dates"
    ),
}  # fmt: skip
ACTIONS = ("fit", "partial_fit", "predict", "evaluate")
CONTAINERS = ("array", "pandas", "polars")


def in_container(columns: Columns, kind: str) -> Any:
    if kind == "pandas":
        return pd.DataFrame(columns)
    if kind == "polars":
        return pl.DataFrame(
            {name: pl.Series(name, list(values), strict=False) if _mixed(values) else values
             for name, values in columns.items()}
        )  # fmt: skip
    if not columns:
        return np.empty((ROWS, 0))
    mixed = any(_mixed(values) for values in columns.values())
    made = np.empty((len(next(iter(columns.values()))), len(columns)), dtype=object if mixed else float)
    for place, values in enumerate(columns.values()):
        for row, value in enumerate(values):
            made[row, place] = value
    return made


def _mixed(values):
    return (np.asarray(values, dtype=object).dtype == object and not isinstance(values, np.ndarray)) or (
        isinstance(values, np.ndarray) and values.dtype == object
    )


MODELS = {
    "plain": NetworkRegressor((8,), preset="plain", max_iter=3, random_state=0),
    "ensemble": NetworkRegressor((8,), n_members=2, max_iter=3, early_stopping=False, random_state=0),
}


def done(action, fitted, X, y):
    """Return the predictions that an action leads to."""
    if action in ("fit", "partial_fit"):
        return getattr(clone(fitted), action)(X, y).predict(X)
    if action == "predict":
        return fitted.predict(X)
    found = evaluate(fitted, X, y)
    assert all(np.isfinite(error.rmse) for error in found.errors.values())
    return fitted.predict(X)


@pytest.fixture(scope="module", params=["plain", pytest.param("ensemble", marks=pytest.mark.slow)])
def fitted(request):
    return {kind: clone(MODELS[request.param]).fit(in_container(CLEAN, kind), TARGET) for kind in CONTAINERS}


def test_there_are_as_many_cases_as_said():
    assert len(DEFECTS) * len(ACTIONS) * len(CONTAINERS) == 360


@pytest.mark.parametrize("kind", CONTAINERS)
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect(name, action, kind, fitted):
    defect = DEFECTS[name]
    columns, y = defect.harm(CLEAN, TARGET)
    try:
        X = in_container(columns, kind)
    except (TypeError, ValueError, pl.exceptions.PolarsError):
        pytest.skip("this container cannot hold it")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            prediction = done(action, fitted[kind], X, y)
        said = ""
    except (ValueError, TypeError) as error:
        prediction, said = np.zeros(0), str(error)
    if said:
        assert defect.says, f"it should go through, but: {said}"
        assert re.search(defect.says, said, re.DOTALL), said
        return
    assert defect.may_fit
    assert np.isfinite(prediction).all()
    if defect.same and action == "predict":
        np.testing.assert_array_equal(prediction, fitted[kind].predict(in_container(CLEAN, kind)))
