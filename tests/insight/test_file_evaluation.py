"""Errors of a table in files: those of the table in memory, whatever the slices; medians of a sample of long ones."""

import dataclasses

import numpy as np
import polars as pl
import pytest

import glassnet
from glassnet import TableError, evaluate_files
from glassnet.insight import error_sums
from glassnet.insight.error_sums import ErrorSums
from glassnet.insight.evaluation import evaluate, evaluate_classes
from glassnet.insight.interval_evaluation import evaluate_intervals
from glassnet.insight.quantile_evaluation import evaluate_quantiles
from glassnet.insight.set_evaluation import evaluate_sets

ROWS, SLICE = 700, 128
pytestmark = pytest.mark.filterwarnings("ignore:.*did not have are ignored")  # the other targets
OPTIONS = {"preset": "fast", "n_members": 2, "cv": 2, "max_iter": 3, "random_state": 0}
INPUTS = ("a", "b")
LEVELS = (0.1, 0.5)


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    random = np.random.default_rng(0)
    x = random.normal(size=(ROWS, 2))
    y = 1000 + x[:, 0] - np.sin(2 * x[:, 1]) + 0.3 * random.normal(size=ROWS)
    z = pl.Series(1e-3 * y**2).set(pl.Series(random.random(ROWS) < 0.2), None)
    late = pl.Series(x[:, 1] + random.normal(size=ROWS)).set(
        pl.Series(np.arange(ROWS) < 300), None
    )  # first slices have none
    kind = np.array(["low", "middle", "high"])[(y > 999.7).astype(int) + (y > 1001)]
    columns = {"a": x[:, 0], "b": x[:, 1], "y": y, "z": z, "late": late, "kind": kind}
    return pl.DataFrame({**columns, "warm": y > 1000, "dry": x[:, 0] > 0.5})


@pytest.fixture(scope="module")
def parts(frame, tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("parts")
    for number, (first, last) in enumerate([(0, 0), (0, 333), (333, 334), (334, ROWS)]):
        frame[first:last].write_parquet(folder / f"{number}.parquet", row_group_size=100)
    return str(folder / "*.parquet")


def fitted(frame, *targets, **options):
    y = frame[300:500].select(targets)
    model = glassnet.NetworkRegressor((4,), **OPTIONS, **options)
    return model.fit(frame[300:500].select(INPUTS), y[:, 0] if len(targets) == 1 else y)


@pytest.fixture(scope="module")
def of_y(frame):
    return fitted(frame, "y")


def same(found, expected):
    """Compare records number by number, to 1e-12 of each; of R2 the ratio of errors that is taken from 1."""
    if dataclasses.is_dataclass(expected):
        assert type(found) is type(expected)
        for field in dataclasses.fields(expected):
            pair = getattr(found, field.name), getattr(expected, field.name)
            if field.name == "r2" and pair[1] is not None:
                pair = 1 - pair[0], 1 - pair[1]
            if field.name not in ("interval", "sets"):
                same(*pair)
    elif isinstance(expected, dict):
        assert list(found) == list(expected)
        for name, value in expected.items():
            same(found[name], value)
    elif isinstance(expected, list | tuple):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            same(one, other)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-12, abs=0)
    else:
        assert found == expected


@pytest.mark.parametrize("rows", [1, SLICE, 10_000])
def test_a_regressor_has_the_errors_of_the_table_in_memory(frame, of_y, parts, rows):
    model = of_y
    source = frame[:40].lazy() if rows == 1 else parts
    table = frame[:40] if rows == 1 else frame
    found = evaluate_files(model, source, coverage=0.8, levels=LEVELS, rows=rows)
    X, y = table.select(INPUTS), table["y"]
    same(found.errors, evaluate(model, X, y))
    same(found.intervals, evaluate_intervals(model, X, y, 0.8))
    same(found.quantiles, evaluate_quantiles(model, X, y, LEVELS))
    assert (found.rows, found.sampled) == (table.height, None)
    interval = model.predict_interval(X, 0.8)
    assert found.parts()[2] == str(interval)
    assert found.intervals.interval.promise == interval.promise


def test_several_targets_with_gaps(frame, parts):
    model = fitted(frame, "y", "z", "late")
    found = evaluate_files(model, parts, coverage=0.9, rows=SLICE)
    X, y = frame.select(INPUTS), frame.select("y", "z", "late")
    same(found.errors, evaluate(model, X, y))
    same(found.intervals, evaluate_intervals(model, X, y, 0.9))
    assert found.parts()[2].startswith("700 x 3 intervals: coverage 0.9 by ")
    assert found.rows_of_medians["late"] == 400


def test_quantiles_and_gaussians(frame, parts):
    X = frame.select(INPUTS)
    model = fitted(frame, "y", "z", loss=glassnet.Quantile((0.1, 0.9)))
    found = evaluate_files(model, parts, rows=SLICE)
    same(found.errors, evaluate(model, X, frame.select("y", "z")))
    model = fitted(frame, "y", loss="gaussian")
    found = evaluate_files(model, parts, rows=SLICE)
    same(found.errors, evaluate(model, X, frame["y"]))
    assert "log-likelihood" in str(found)


def test_classes_and_sets(frame, parts):
    X, y = frame.select(INPUTS), frame["kind"]
    model = glassnet.NetworkClassifier((4,), **OPTIONS).fit(X[:200], y[:200])
    found = evaluate_files(model, parts, coverage=0.9, rows=SLICE)
    same(found.errors, evaluate_classes(model, X, y))
    expected = evaluate_sets(model, X, y, 0.9)
    same(found.intervals, expected)
    assert str(found.parts()[1]) == str(expected.table())
    assert found.parts()[2] == str(expected.sets)
    assert found.sampled is None
    assert found.to_dict() == {**dataclasses.asdict(found.errors), "sets": found.intervals.to_dict()}
    with pytest.raises(ValueError, match=r"levels=\(0.5,\) are of quantiles, but the model predicts classes; leave"):
        evaluate_files(model, parts, levels=(0.5,))


def test_several_labels(frame, parts):
    X, y = frame.select(INPUTS), frame.select("warm", "dry")
    model = glassnet.NetworkClassifier((4,), **OPTIONS).fit(X[:200], y[:200].cast(int))
    found = evaluate_files(model, parts, ("warm", "dry"), rows=SLICE)
    same(found.errors, evaluate_classes(model, X, y.cast(int)))


def test_a_median_of_many_rows_is_that_of_a_sample(frame, parts, monkeypatch):
    monkeypatch.setattr(error_sums.ErrorSums.__init__, "__defaults__", (None, 200))
    monkeypatch.setattr(glassnet.insight.regression_sums.RegressionSums.__init__, "__defaults__", (200,))
    model = fitted(frame, "y", "z", "late")
    one, many = (evaluate_files(model, parts, rows=rows) for rows in (10_000, 37))
    assert one.errors.errors["y"].median == many.errors.errors["y"].median
    assert one.sampled == 200
    assert "median error: median of a sample of 200 rows" in str(one)
    assert one.to_dict()["y"]["median_rows"] == 200
    exact = evaluate(model, frame.select(INPUTS), frame.select("y", "z", "late")).errors
    for name, errors in exact.items():
        same(dataclasses.replace(many.errors.errors[name], median=errors.median), errors)
    residuals = np.sort(np.abs(frame["y"].to_numpy() - model.predict(frame.select(INPUTS))[:, 0]))
    below = np.searchsorted(residuals, one.errors.errors["y"].median) / ROWS
    assert abs(below - 0.5) < 5 * np.sqrt(0.25 / 200)  # five standard deviations of the fraction below a median


@pytest.mark.parametrize("scale", [1e-160, 1.0, 1e160])
def test_sums_neither_overflow_nor_vanish(scale):
    random = np.random.default_rng(0)
    y = scale * np.sort(random.normal(3, 1, 500) ** 5)  # later slices have larger targets
    y[:100] = 0
    prediction = y + scale * random.normal(size=500)
    sums = ErrorSums(level=0.3)
    for first in range(0, 500, 100):
        sums.add(first, y[first : first + 100], prediction[first : first + 100])
    same(sums.errors(), glassnet.estimators.metrics.errors(y, prediction, 0.3))


@pytest.mark.parametrize("error", [0.0, 0.1])
def test_equal_targets_have_the_r2_of_scikit_learn(error):
    y, sums = np.full(300, 0.7), ErrorSums()
    for first in range(0, 300, 100):
        sums.add(first, y[:100], y[:100] + error)
    same(sums.errors().r2, glassnet.estimators.metrics.errors(y, y + error).r2)


def test_what_cannot_be_measured_is_refused(of_y, parts):
    model = of_y
    with pytest.raises(TableError, match=r"there is no column 'price' to take as target"):
        evaluate_files(model, parts, "price")
    with pytest.raises(ValueError, match=r"the target is nan in row 0 .* \(in rows 0 to 127 of the table, counted"):
        evaluate_files(model, parts, "late", rows=SLICE)
    with pytest.raises(ValueError, match=r"y has 2 target\(s\), but the model predicts 1"):
        evaluate_files(model, parts, ("y", "z"), rows=SLICE)
    with pytest.raises(ValueError, match=r"every target is missing; an error needs at least one"):
        ErrorSums().errors()


def test_progress_is_told_after_every_slice(of_y, parts):
    told = []
    evaluate_files(of_y, parts, progress=told.append, rows=400)
    assert [(done.rows, done.of_rows) for done in told] == [(400, ROWS), (700, ROWS)]
