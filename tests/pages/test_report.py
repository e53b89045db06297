"""Reports: their numbers are those of the records, hostile names are text, and what does not apply says so."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from glassnet import NetworkClassifier, NetworkRegressor, Quantile, compare, report
from glassnet._viewer import viewer_module, viewer_script
from glassnet.insight.evaluation import evaluate
from glassnet.pages.content import Folded, Picture, Titled

HOSTILE = "</script><img src=x onerror=alert(1)>"
NAMES = (HOSTILE, "{{7*7}}", "=cmd()", "$x^{")
TINY = {"preset": "plain", "n_members": 2, "max_iter": 20, "random_state": 0}


def table(rows=120, seed=0):
    random = np.random.default_rng(seed)
    X = pl.DataFrame({name: random.normal(size=rows) for name in NAMES})
    X = X.with_columns(pl.Series("kind", np.where(random.random(rows) < 0.5, HOSTILE, "b")))
    y = pl.Series("y`|*<b>", X[HOSTILE].to_numpy() * 2 + random.normal(size=rows))
    return X, y


@pytest.fixture(scope="module")
def fitted():
    X, y = table()
    return NetworkRegressor((3,), **TINY).fit(X, y), X, y


@pytest.fixture(scope="module")
def out_of_fold(fitted):
    return report(*fitted)


@pytest.fixture(scope="module")
def html(out_of_fold):
    return out_of_fold.to_html()


@pytest.fixture(scope="module")
def on_new_rows(fitted):
    X_test, y_test = table(60, seed=1)
    return report(*fitted, X_test=X_test, y_test=y_test, bounds=0.05, epsilon=0.1)


class Elements(HTMLParser):
    """All elements with their attributes, and all text."""

    def __init__(self, text):
        super().__init__()
        self.found, self.text = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)


def pictures(blocks):
    for block in blocks:
        match block:
            case Picture(display):
                yield display
            case Folded(_, inner) | Titled(_, inner):
                yield from pictures(inner)


def numbers_of(value):
    match value:
        case dict():
            return {number for item in value.values() for number in numbers_of(item)}
        case list():
            return {number for item in value for number in numbers_of(item)}
        case bool() | None | str():
            return set()
    return {float(value)}


def test_every_number_is_one_of_the_records_or_of_a_figure(on_new_rows, out_of_fold, html):
    for found, page in ((on_new_rows, on_new_rows.to_html()), (out_of_fold, html)):
        known = numbers_of(json.loads(found.to_json()))
        for part in found.page().parts:
            for display in pictures(part.blocks):
                for column in display.frame().select(pl.selectors.numeric()):
                    known |= set(column.drop_nulls().cast(float).to_list())
        elements = Elements(page).found
        values = [attributes["data-value"] for _, attributes in elements if "data-value" in attributes]
        assert len(values) > 100
        # a sentence has the size of a difference, whose sign is in its words
        strange = {v for v in values if not {float(v), -float(v)} & known and np.isfinite(float(v))}
        assert strange == set()


def test_the_page_asks_for_nothing_outside_and_runs_its_viewer_alone(html):
    found = Elements(html).found
    names = {name for name, _ in found}
    assert not names & {"link", "iframe", "object", "embed", "form", "base"}
    assert [attributes for name, attributes in found if name == "script"] == [
        {"type": "application/json"},
        {"type": "module"},
    ]
    digest = b64encode(sha256(viewer_script().encode()).digest()).decode()
    assert html.count(viewer_module()) == 1
    assert all(attributes["src"].startswith("data:image/svg+xml;base64,") for n, attributes in found if n == "img")
    assert not any(key.startswith("on") or key == "style" for _, attributes in found for key in attributes)
    (policy,) = [a["content"] for n, a in found if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith(f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'sha256-")


def test_hostile_names_are_text(out_of_fold, html):
    markdown = out_of_fold.to_markdown()
    assert HOSTILE in "".join(Elements(html).text)
    assert not [a for n, a in Elements(html).found if n == "img" and a.get("src") == "x"]
    assert "<" not in re.sub(r"```.*?```", "", markdown, flags=re.DOTALL)


def test_headings_are_in_order_and_pictures_have_sentences(html):
    found = Elements(html).found
    levels = [int(name[1]) for name, _ in found if re.fullmatch(r"h[1-6]", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    assert all(len(attributes["alt"]) > 20 for name, attributes in found if name == "img")


def test_the_first_sentences_have_the_numbers_of_compare(fitted, out_of_fold):
    comparison = compare(*fitted)
    text = str(out_of_fold.summary)
    for model in comparison.models:
        assert f"{model.error:.4g}" in text
    assert f"{abs(comparison.best_peer.difference):.4g}" in text
    assert "By members that never saw the row" in text


def test_errors_of_new_rows_are_those_of_evaluate(fitted, on_new_rows):
    X_test, y_test = table(60, seed=1)
    expected = evaluate(fitted[0], X_test, y_test).errors["y`|*<b>"]
    assert on_new_rows.records.evidence.error == pytest.approx(expected.rmse, rel=1e-9)
    assert f"{expected.rmse:.4g}" in str(on_new_rows.summary)
    assert "that none of them has seen" in str(on_new_rows.summary)


def test_rows_of_the_fit_among_others_are_left_out_and_said(fitted):
    model, X, y = fitted
    X_test, y_test = table(60, seed=1)
    found = report(model, pl.concat([X[:40], X_test]), pl.concat([y[:40], y_test]))
    assert found.records.evidence.judged.of_the_fit == 40
    assert found.records.evidence.rows == 60
    assert "40 of the rows were left out" in found.to_markdown()


def test_the_table_of_the_fit_in_another_order_is_refused(fitted):
    model, X, y = fitted
    order = np.random.default_rng(0).permutation(len(X))
    with pytest.raises(ValueError, match="not exactly the table of its last fit"):
        report(model, X[order], y[order])


def test_the_file_has_the_format_of_its_ending(out_of_fold, tmp_path):
    assert out_of_fold.save(tmp_path / "a.html").read_text().startswith("<!doctype html>")
    assert out_of_fold.save(tmp_path / "a.md").read_text().startswith("# Report on")
    assert json.loads((out_of_fold.save(tmp_path / "a.json")).read_text())["rows"] == 120
    with pytest.raises(ValueError, match="no ending of a report"):
        out_of_fold.save(tmp_path / "a.docx")


def test_two_models_are_compared_on_equal_rows(fitted):
    model, X, y = fitted
    other = NetworkRegressor((2,), **TINY).fit(X, y)
    found = report(model, X, y, beside=other)
    evidence, comparison = found.records.beside
    assert comparison.models[1].error == pytest.approx(evidence.error)
    assert comparison.models[1].difference == pytest.approx(evidence.error - found.records.evidence.error)


def test_a_report_on_classes_has_their_errors():
    X, y = table()
    labels = np.where(y.to_numpy() > 0, "high", HOSTILE)
    model = NetworkClassifier((3,), **TINY).fit(X, labels)
    found = report(model, X, labels)
    counts = found.records.confusion.counts
    wrong = counts.sum() - np.trace(counts)
    assert f"{wrong / len(X):.1%} of the rows get a wrong class" in str(found.summary)
    assert "Prediction sets" in found.to_markdown() or "sets are checked" in found.to_markdown()


def test_a_report_on_two_targets_and_one_on_quantiles_name_each():
    X, y = table()
    both = pl.DataFrame({"one": y, "two": -y})
    found = report(NetworkRegressor((3,), **TINY).fit(X, both), X, both)
    assert {record.target for record in found.records.evidence.predictions} == {"one", "two"}
    text = found.to_markdown()
    assert "Kinds of rows by their one" in text
    assert "Kinds of rows by their two" in text
    found = report(NetworkRegressor((3,), loss=Quantile([0.1, 0.5, 0.9]), **TINY).fit(X, y), X, y)
    assert len(found.records.evidence.errors) == 3


def test_a_report_on_images_says_what_does_not_apply():
    random = np.random.default_rng(0)
    X = random.integers(0, 255, (40, 6, 6, 1), np.uint8)
    y = np.where(X.mean(axis=(1, 2, 3)) > 127, "light", "dark")
    model = NetworkClassifier((3,), **TINY).fit(X, y)
    text = report(model, X, y).to_markdown()
    assert "The rows are images, which have no columns" in text


def test_rows_keep_the_numbers_that_they_have_in_the_table(fitted):
    model, X, y = fitted
    X_test, y_test = table(60, seed=1)
    found = report(model, pl.concat([X[:40], X_test]), pl.concat([y[:40], y_test])).records
    assert {row.row for row in found.worst.rows} <= set(range(40, 100))
    worst = found.worst.rows[0]
    assert worst.actual[0] == y_test[worst.row - 40]
    ends = model.predict_interval(X_test[[worst.row - 40]], 0.9)
    assert worst.intervals[model.target_names_[0]] == pytest.approx((ends.lower[0], ends.upper[0]), rel=1e-6)
    assert 40 <= found.row.row < 100


def test_models_that_are_judged_by_other_rows_are_not_compared(fitted):
    model, X, y = fitted
    alone = NetworkRegressor((2,), **{**TINY, "n_members": 1}).fit(X, y)
    with pytest.raises(ValueError, match=r"rows are out of fold .* those of the fit"):
        report(model, X, y, beside=alone)


def test_rows_that_cannot_be_told_from_those_of_the_fit_are_not_called_new(fitted):
    model, X, y = fitted
    seen, model._seen = model._seen, None
    try:
        text = str(report(model, X[::-1], y[::-1]).summary)
    finally:
        model._seen = seen
    assert "it cannot be told whether they were in the fit" in text
    assert "none of them has seen" not in text


def test_weights_of_other_rows_are_refused(fitted):
    with pytest.raises(ValueError, match="not exactly its table"):
        report(fitted[0], *table(60, seed=1), sample_weight=np.ones(60))


@pytest.mark.parametrize("loss", ["gaussian", Quantile([0.9])])
def test_every_loss_has_a_report(fitted, loss):
    _, X, y = fitted
    found = report(NetworkRegressor((2,), loss=loss, **TINY).fit(X, y), X, y)
    assert found.to_html()
    assert "What it uses" in found.to_markdown()


def test_of_a_missing_target_and_a_constant_column_the_rest_is_reported(fitted):
    _, X, y = fitted
    model = NetworkRegressor((2,), **TINY).fit(X, pl.DataFrame({"one": y, "two": -y}))
    X_test, y_test = table(60, seed=1)
    both = pl.DataFrame({"one": y_test, "two": pl.Series([None] * 60, dtype=pl.Float64)})
    found = report(model, X_test.with_columns(pl.lit(1.0).alias("=cmd()")), both)
    assert list(found.records.evidence.errors) == ["one"]
    assert "=cmd()" not in {record.column for record in found.records.profiles}
    assert found.to_html()
