"""Predictions from file to file: the bits of those in memory, every warning once, and whole files or none."""

import re
import warnings
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

import glassnet
from glassnet import TableError
from glassnet.data.slice_writers import slice_writer
from glassnet.estimators.predict_files import predict_files

ROWS = 900


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    random = np.random.default_rng(0)
    x = random.normal(size=(ROWS, 3))
    kind = random.choice(["red", "green", "blue"], ROWS)
    y = x[:, 0] - np.sin(2 * x[:, 1]) + (kind == "red") + 0.1 * random.normal(size=ROWS)
    labels = np.where(y > 0.5, "high", "low")
    return pl.DataFrame({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "kind": kind, "y": y, "label": labels})


@pytest.fixture(scope="module")
def regressor(frame):
    model = glassnet.NetworkRegressor((8,), preset="fast", n_members=2, cv=2, max_iter=3, random_state=0)
    return model.fit(frame[:200].drop("y", "label"), frame[:200]["y"])


@pytest.fixture(scope="module")
def classifier(frame):
    model = glassnet.NetworkClassifier((8,), preset="fast", n_members=2, cv=2, max_iter=3, random_state=0)
    return model.fit(frame[:200].drop("y", "label"), frame[:200]["label"])


@pytest.fixture
def parts(frame, tmp_path) -> str:
    for number, (first, last) in enumerate([(0, 0), (0, 350), (350, 351), (351, ROWS)]):
        frame[first:last].drop("label").write_parquet(tmp_path / f"part-{number}.parquet", row_group_size=100)
    return str(tmp_path / "part-*.parquet")


def test_numbers_have_the_bits_of_those_in_memory(frame, regressor, parts, tmp_path):
    done = predict_files(regressor, parts, tmp_path / "out.parquet", coverage=0.9, levels=(0.1, 0.5), rows=128)
    written = pl.read_parquet(tmp_path / "out.parquet")
    X = frame.drop("y", "label")
    ends = regressor.predict_interval(X, 0.9)
    quantiles = regressor.predict_quantiles(X, (0.1, 0.5))
    columns = [regressor.predict(X), *quantiles.T, ends.lower, ends.upper]
    assert written.columns == ["predicted_y", "y at 0.1", "y at 0.5", "y_lower", "y_upper"]
    for name, expected in zip(written.columns, columns, strict=True):
        np.testing.assert_array_equal(written[name].to_numpy(), expected)
    assert (done.rows, done.path) == (ROWS, tmp_path / "out.parquet")
    assert re.fullmatch(r".*out.parquet: predictions of 900 rows of .*part-0.parquet and 3 more", str(done))


def test_classes_and_sets_have_the_bits_of_those_in_memory(frame, classifier, tmp_path):
    frame.drop("y").write_parquet(tmp_path / "table.parquet")
    predict_files(classifier, tmp_path / "table.parquet", tmp_path / "out.parquet", coverage=0.9, rows=100)
    written = pl.read_parquet(tmp_path / "out.parquet")
    X = frame.drop("y", "label")
    np.testing.assert_array_equal(written["predicted_label"].to_numpy(), classifier.predict(X))
    probabilities = written.select("probability_high", "probability_low").to_numpy()
    np.testing.assert_array_equal(probabilities, classifier.predict_proba(X))
    sets = ["|".join(labels) or "none" for labels in classifier.predict_set(X, 0.9).labels]
    assert written["set"].to_list() == sets


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".jsonl", ".ndjson"])
def test_text_is_that_of_one_table(regressor, parts, tmp_path, ending):
    one, many = tmp_path / f"one{ending}", tmp_path / f"many{ending}"
    predict_files(regressor, parts, one, append=True)
    predict_files(regressor, parts, many, append=True, rows=37)
    assert many.read_bytes() == one.read_bytes()
    read = glassnet.read_table(many).frame
    assert read.columns == ["a", "b", "c", "kind", "y", "predicted_y"]
    assert read.height == ROWS


def test_parquet_keeps_the_columns_of_the_table(frame, regressor, parts, tmp_path):
    predict_files(regressor, parts, tmp_path / "out.parquet", append=True, rows=64)
    written = pl.read_parquet(tmp_path / "out.parquet")
    assert written.drop("predicted_y").equals(frame.drop("label"))
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".glassnet")]


def test_text_and_lazy_frames_are_predicted(frame, regressor, tmp_path):
    frame.drop("label").write_csv(tmp_path / "table.csv")
    predict_files(regressor, tmp_path / "table.csv", tmp_path / "1.parquet", rows=100)
    predict_files(regressor, frame.drop("label").lazy(), tmp_path / "2.parquet", rows=100)
    expected = regressor.predict(frame.drop("y", "label"))
    for name in ("1.parquet", "2.parquet"):
        np.testing.assert_array_equal(pl.read_parquet(tmp_path / name)["predicted_y"].to_numpy(), expected)


def test_progress_is_told_after_every_slice(regressor, parts, tmp_path):
    told = []
    predict_files(regressor, parts, tmp_path / "out.csv", rows=400, progress=told.append)
    assert [(done.rows, done.of_rows) for done in told] == [(400, ROWS), (800, ROWS), (900, ROWS)]
    assert all(later.seconds >= done.seconds >= 0 for done, later in pairwise(told))


def test_warnings_of_several_slices_are_given_once(frame, regressor, tmp_path):
    gaps = pl.int_range(ROWS) % 100 == 50
    odd = frame.drop("label", "y").with_columns(
        pl.when(gaps).then(None).otherwise(pl.col("a")).alias("a"),
        pl.when(gaps).then(None).otherwise(pl.col("b")).alias("b"),
        pl.when(pl.int_range(ROWS) > 300).then(pl.format("new {}", pl.int_range(ROWS) % 7)).otherwise("kind").alias(
            "kind"),
        pl.lit(1.0).alias("more"),
    )  # fmt: skip
    odd.write_parquet(tmp_path / "table.parquet")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        predict_files(regressor, tmp_path / "table.parquet", tmp_path / "out.csv", rows=100)
    told = [str(warning.message) for warning in caught]
    assert sum("column 'a' was never missing" in text for text in told) == 1
    assert sum("column 'b' was never missing" in text for text in told) == 1
    assert sum("cells of column 'kind'" in text for text in told) == 1
    assert sum("did not have are ignored: 'more'" in text for text in told) == 1
    assert len(told) == 4
    of_slices = [text for text in told if "are ignored" not in text]
    assert all(re.search(r"\(rows \d+ to \d+; said once\)$", text) for text in of_slices)


def test_an_error_names_the_rows_and_leaves_no_file(frame, regressor, tmp_path):
    words = frame.drop("label").with_columns(
        pl.when(pl.int_range(ROWS) < 500).then(pl.lit("1.5")).otherwise(pl.lit("word")).alias("a")
    )
    words.write_parquet(tmp_path / "table.parquet")
    (tmp_path / "out.csv").write_text("before")
    with pytest.raises(ValueError, match=r"column 'a' .* \(in rows 500 to 599 of the table, counted from 0\)"):
        predict_files(regressor, tmp_path / "table.parquet", tmp_path / "out.csv", rows=100)
    assert (tmp_path / "out.csv").read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "table.parquet"]


def test_the_output_is_no_input(regressor, parts, tmp_path):
    with pytest.raises(TableError, match=r"part-1.parquet' is a table to predict, which would be lost; name another"):
        predict_files(regressor, parts, tmp_path / "part-1.parquet")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("out.xlsx", r"ends in '.xlsx'; the formats are .csv, .tsv, .jsonl, .ndjson, .parquet"),
        ("nowhere/out.csv", r"there is no folder '.*nowhere' to write 'out.csv' to; make it, or name another"),
    ],
)
def test_files_that_cannot_be_written_are_refused(tmp_path, name, message):
    with pytest.raises(TableError, match=message), slice_writer(tmp_path / name):
        pass


def test_appending_a_name_that_is_there_is_refused(frame, regressor, tmp_path):
    frame.drop("label").with_columns(predicted_y=0.0).write_parquet(tmp_path / "table.parquet")
    with pytest.raises(ValueError, match=r"has a column 'predicted_y' already; leave out --append or rename it"):
        predict_files(regressor, tmp_path / "table.parquet", tmp_path / "out.csv", append=True)
