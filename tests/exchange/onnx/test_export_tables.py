"""Files of tables: every kind of column, loss and output, on rows that the test makes and feeds by itself."""

import json
import warnings
from datetime import UTC, datetime, timedelta

import numpy as np
import onnx
import polars as pl
import pytest
from onnx_cases import GAP, feeds_of, made_table, outputs_of, target_of

from glassnet import NetworkClassifier, NetworkRegressor, Quantile, Recipe, export_onnx

SMALL = {"hidden_layer_sizes": (4,), "n_members": 2, "max_iter": 2, "random_state": 0}
PLAIN = {"hidden_layer_sizes": (3,), "n_members": 1, "max_iter": 2, "random_state": 0, "preset": "plain"}
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # of columns left out, folds beside dates, and gaps


@pytest.fixture(scope="module")
def table():
    return made_table()


@pytest.fixture(scope="module")
def model(table):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return NetworkRegressor(**SMALL, preset=Recipe("balanced", most_one_hot=5)).fit(table, target_of(table))


def with_oddities(table):
    """Return rows with gaps, unseen levels, far values and dates of leap years, of centuries and before 1970."""
    n = table.height
    days = [datetime(1900, 2, 28), datetime(2000, 2, 29), datetime(1969, 12, 31, 23), datetime(2100, 3, 1)]
    return table.with_columns(
        pl.when(pl.arange(n) % 5 == 0).then(None).when(pl.arange(n) % 5 == 1).then(1e4).otherwise("size").alias("size"),
        pl.when(pl.arange(n) % 5 == 2).then(pl.lit("unseen")).otherwise("few").alias("few"),
        pl.when(pl.arange(n) % 5 == 3).then(None).otherwise("many").alias("many"),
        pl.Series("begin", [days[i % 4] if i % 3 else None for i in range(n)]),
        pl.when(pl.arange(n) % 6 == 0).then(None).otherwise("two").alias("two"),
    )


def regression(model, X, coverage=None):
    expected = {"prediction": model.predict(X)}
    if len(model.members_) > 1:
        expected["members_standard_deviation"] = model.predict_members(X).std(axis=0)
    if coverage:
        ends = model.predict_interval(X, coverage)
        expected |= {"lower": ends.lower, "upper": ends.upper}
    return expected


def test_every_kind_of_column(agrees, model, table):
    kinds = {column.kind for column in model.schema_.columns}
    assert kinds == {"number", "flag", "category", "date", "left out"}
    assert {column.coded for column in model.schema_.columns if column.kind == "category"} == {True, False}
    rows = with_oddities(table)
    written = agrees(model, rows, regression(model, rows, 0.8), float(target_of(table).std()), coverage=0.8)
    assert written.rows == 200
    assert written.inputs[0] == "size (float64, rows x 1)"
    assert "few (string, rows x 1)" in written.inputs
    assert "begin (int64, rows x 1)" in written.inputs
    assert "prediction_column (float64, rows x 1)" in written.inputs
    assert not any(value.startswith("same") for value in written.inputs)
    assert set(written.differences) == {"onnx.reference", "onnxruntime"}
    assert written.largest_difference == max(written.differences.values()) < 1e-5
    assert "largest difference from the model on 200 rows" in str(written)


def test_the_file_says_what_it_needs(agrees, model, table):
    written = agrees(model, table, regression(model, table), float(target_of(table).std()))
    proto = onnx.load(written.path)
    onnx.checker.check_model(proto, full_check=True)
    assert {opset.domain: opset.version for opset in proto.opset_import} == {"": 18, "ai.onnx.ml": 3}
    assert {node.domain for node in proto.graph.node} <= {"", "ai.onnx.ml"}
    assert proto.producer_name == "glassnet"
    assert "'price'" in proto.doc_string
    (entry,) = proto.metadata_props
    stated = json.loads(entry.value)
    assert (entry.key, stated["targets"], stated["coverage"]) == ("glassnet", ["price"], None)
    columns = stated["schema"]["fields"]["columns"]["tuple"]
    assert [column["fields"]["name"] for column in columns] == table.columns


def test_the_same_model_gives_the_same_bytes(model, tmp_path):
    export_onnx(model, tmp_path / "a.onnx")
    export_onnx(model, tmp_path / "b.onnx")
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()


def test_dates_at_every_hour_of_leap_years(agrees, tmp_path):
    moments = [datetime(1899, 12, 30) + timedelta(hours=931 * i) for i in range(2_000)]
    X = pl.DataFrame({"at": pl.Series([*moments, *[datetime(2400, 2, 29, 23, 59, 59)] * 9], dtype=pl.Datetime("us"))})
    y = np.sin(np.arange(X.height) / 500.0)
    model = NetworkRegressor(**PLAIN).fit(X, y)
    export_onnx(model, tmp_path / "m.onnx")
    for found in outputs_of(tmp_path / "m.onnx", X):
        np.testing.assert_allclose(found["prediction"], model.predict(X), atol=1e-5 * y.std())


def test_moments_with_a_zone(agrees):
    moments = [datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=5 * i) for i in range(60)]
    X = pl.DataFrame({"at": moments})
    model = NetworkRegressor(**PLAIN).fit(X, np.arange(60.0))
    agrees(model, X, regression(model, X), 17.0)


def test_true_and_false_in_any_case_are_levels(tmp_path):
    X = pl.DataFrame({"t": ["True", "False", "maybe"] * 20, "x": np.arange(60.0)})
    model = NetworkRegressor(**PLAIN).fit(X, (X["t"] == "True").cast(pl.Float64))
    export_onnx(model, tmp_path / "m.onnx")
    other = X.with_columns(pl.Series("t", ["TRUE", "fALSE", "true"] * 20))
    for found in outputs_of(tmp_path / "m.onnx", other):
        np.testing.assert_allclose(found["prediction"], model.predict(other), atol=1e-5)


@pytest.mark.parametrize("embedding", ["periodic", "piecewise", "both", "none"])
def test_every_embedding_of_numbers(agrees, embedding):
    X = np.random.default_rng(0).normal(size=(80, 3))
    model = NetworkRegressor(**SMALL, preset=Recipe("balanced", embedding=embedding)).fit(X, X.sum(axis=1))
    rows = np.concatenate([X, 1e3 * X, np.full((1, 3), np.nan)])
    agrees(model, rows, regression(model, rows))


@pytest.mark.parametrize(
    ("parameters", "targets"),
    [
        ({"output_range": (0, None)}, 1),
        ({"output_range": (0, 9)}, 2),
        ({"output_range": "seen", "n_members": 3}, 1),
        ({"loss": "poisson"}, 1),
        ({"loss": "tweedie", "n_members": 2}, 2),
        ({"loss": Quantile((0.1, 0.5, 0.9)), "n_members": 2}, 1),
        ({"loss": Quantile((0.1, 0.5, 0.9))}, 2),
        ({"loss": Quantile(0.5)}, 1),
    ],
)
def test_every_loss_and_range(agrees, parameters, targets):
    X = np.random.default_rng(1).normal(size=(80, 2))
    y = np.exp(X[:, :targets] / 2) if targets > 1 else np.exp(X[:, 0] / 2)
    model = NetworkRegressor(**PLAIN | parameters).fit(X, y)
    rows = np.concatenate([X, 30 * X])
    agrees(model, rows, regression(model, rows))


def test_a_normal_distribution_has_the_deviation_of_predict(agrees):
    X = np.random.default_rng(2).normal(size=(80, 2))
    model = NetworkRegressor(**PLAIN | {"n_members": 2}, loss="gaussian").fit(X, X)
    expected = regression(model, X, 0.8) | {"standard_deviation": model.predict(X, return_std=True)[1]}
    agrees(model, X, expected, coverage=0.8)


def test_exposures_are_named(tmp_path):
    random = np.random.default_rng(3)
    X, years = random.normal(size=(60, 2)), random.uniform(0.5, 2, 60)
    model = NetworkRegressor(**PLAIN, loss="poisson").fit(X, random.poisson(years), exposure=years)
    export_onnx(model, tmp_path / "m.onnx")
    assert "per unit of exposure" in onnx.load(tmp_path / "m.onnx").doc_string


@pytest.mark.parametrize("kind", [str, int, float, bool])
def test_classes_of_every_type(agrees, kind):
    X = np.random.default_rng(4).normal(size=(90, 2))
    y = np.array([kind(value) for value in (X[:, 0] > 0).astype(int) + (0 if kind is bool else X[:, 1] > 0)])
    y = y.astype(object) if kind is str else y
    model = NetworkClassifier(**SMALL, preset=Recipe("balanced", label_smoothing=0.1)).fit(X, y)
    agrees(model, X, {"label": model.predict(X), "probabilities": model.predict_proba(X)})


def test_several_labels_a_row(agrees):
    X = np.random.default_rng(5).normal(size=(90, 2))
    model = NetworkClassifier(**SMALL, preset=Recipe("balanced", label_smoothing=0.1)).fit(X, (X > 0).astype(int))
    agrees(model, X, {"label": model.predict(X), "probabilities": model.predict_proba(X)})


def test_one_row_gives_what_many_give(model, table, tmp_path):
    export_onnx(model, tmp_path / "m.onnx")
    for many, one in zip(outputs_of(tmp_path / "m.onnx", table), outputs_of(tmp_path / "m.onnx", table[7:8]),
                         strict=True):  # fmt: skip
        np.testing.assert_allclose(one["prediction"], many["prediction"][7:8], rtol=1e-12)


def test_a_gap_of_a_date_is_the_least_integer(model, table, tmp_path):
    path = export_onnx(model, tmp_path / "m.onnx").path
    assert (feeds_of(path, table)["end"] == GAP).sum() == table["end"].null_count() > 0
