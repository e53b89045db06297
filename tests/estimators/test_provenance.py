"""A fit keeps how it came about, and its warnings stay what they were."""

import json
import pickle
import sys
import threading
import warnings
from copy import copy
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

import glassnet
from glassnet import NetworkClassifier, NetworkRegressor, Note
from glassnet.estimators import provenance as provenance_module
from glassnet.estimators.provenance import Provenance, provenance_kept
from glassnet.exchange.model_file import ModelFileError
from glassnet.storage.container import read_container, write_container

X = np.column_stack([np.linspace(-1, 1, 30), np.ones(30)])
Y = X[:, 0] ** 2
MODEL = NetworkRegressor((2,), preset="plain", n_members=1, max_iter=2, random_state=0)
LEFT_OUT = "1 of 2 columns are left out: 'x1' (the same in every row)"


def shown(action="default", model=MODEL):
    """Return a fitted model, what was shown of its warnings, and the line of the fit."""
    with warnings.catch_warnings(record=True) as record:
        warnings.simplefilter(action)
        line = sys._getframe().f_lineno + 1
        fitted = clone(model).fit(X, Y, sample_weight=np.ones(30))
    return fitted, [(w.category, w.filename, w.lineno) for w in record], line


@pytest.fixture(scope="module")
def fitted():
    return shown()[0]


def test_time_date_and_versions_are_kept():
    before = datetime.now(UTC)
    found = shown()[0].provenance_
    after = datetime.now(UTC)
    assert 0 < found.seconds <= (after - before).total_seconds()
    date = datetime.fromisoformat(found.date)
    assert before - timedelta(seconds=1) <= date <= after
    assert date.utcoffset() == timedelta(0)
    assert found.versions["jax"] == version("jax")
    assert found.versions["glassnet"] == glassnet.__version__
    assert found.versions["python"] == ".".join(map(str, sys.version_info[:3]))
    assert found.options == ("sample_weight",)
    assert json.loads(json.dumps(found.to_dict()))["date"] == found.date
    assert f"{found.date}, with 2 warnings, on python " in str(found)


def test_warnings_are_kept_and_shown_at_the_line_of_the_fit():
    for _ in range(2):  # from the same line, and again
        model, seen, line = shown()
        assert seen == [(Note, __file__, line), (ConvergenceWarning, __file__, line)]
        assert model.provenance_.warnings[0] == LEFT_OUT
        assert "has not converged yet" in model.provenance_.warnings[1]
        assert len(model.provenance_.warnings) == 2


def test_hidden_warnings_are_kept_too():
    model, seen, _ = shown("ignore")
    assert seen == []
    assert len(model.provenance_.warnings) == 2


def test_a_warning_that_is_an_error_ends_the_fit(fitted):
    model, before = clone(MODEL), list(warnings.filters)
    with warnings.catch_warnings():
        warnings.simplefilter("error", Note)
        with pytest.raises(Note, match="1 of 2 columns are left out"):
            model.fit(X, Y)
    assert not hasattr(model, "ensemble_")
    assert model.provenance_ is None
    assert warnings.filters == before


def test_a_fit_that_fails_leaves_the_provenance_of_the_one_before(fitted):
    model, before = pickle.loads(pickle.dumps(fitted)), fitted.provenance_  # noqa: S301, our own
    assert model.provenance_ == before
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.fit(X, Y[:-1])
    assert model.provenance_ == before


@pytest.mark.filterwarnings("ignore")
def test_the_last_call_counts_whatever_it_was():
    labels = np.where(Y > 0.3, "far", "near")
    model = NetworkClassifier((2,), preset="plain", n_members=1, max_iter=2, random_state=0).fit(X, labels)
    first = model.provenance_
    assert clone(model).provenance_ is None
    model.partial_fit(X, labels, sample_weight=np.ones(30))
    assert first.options == ()
    assert model.provenance_.options == ("sample_weight",)
    assert first.warnings  # of columns that are left out, which only the first call reads
    assert not any("left out" in text for text in model.provenance_.warnings)


def test_a_warning_that_was_shown_before_is_kept_by_every_fit():
    kept = []
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("default")
        for _ in range(3):  # once a place, so Python asks its list of warned places before the filters
            model = clone(MODEL)
            with provenance_kept(model):
                warnings.warn("again", UserWarning, stacklevel=1)
                warnings.warn("again", UserWarning, stacklevel=1)
            kept.append(model.provenance_.warnings)
    assert kept == [("again",)] * 3
    assert len(seen) == 6  # two places


def test_a_python_without_the_private_function_keeps_the_first(monkeypatch):
    model = clone(MODEL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with monkeypatch.context() as patch:
            patch.delattr(warnings, "_filters_mutated")
            with provenance_kept(model):
                warnings.warn("here", UserWarning, stacklevel=1)
    assert model.provenance_.warnings == ("here",)


def test_texts_are_bounded(monkeypatch):
    monkeypatch.setattr(provenance_module, "LONGEST", 3)
    monkeypatch.setattr(provenance_module, "MOST_WARNINGS", 2)
    model = clone(MODEL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with provenance_kept(model):
            for text in ("abcd", "abce", "b", "c"):
                warnings.warn(text, UserWarning, stacklevel=1)
    assert model.provenance_.warnings == ("abc", "b")


def test_warnings_of_other_threads_are_not_those_of_a_fit():
    model = clone(MODEL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with provenance_kept(model):
            other = threading.Thread(target=warnings.warn, args=("elsewhere",))
            other.start()
            other.join()
            with warnings.catch_warnings():  # which works on a copy of the filters
                warnings.simplefilter("default")
                warnings.simplefilter("ignore", append=True)
            warnings.warn("here", UserWarning, stacklevel=1)
    assert model.provenance_.warnings == ("here",)


def test_a_file_keeps_it_and_an_old_one_lacks_it(fitted, tmp_path):
    assert glassnet.load(glassnet.save(fitted, tmp_path / "m")).provenance_ == fitted.provenance_
    old = copy(fitted)
    del vars(old)["_provenance"]
    assert glassnet.load(glassnet.save(old, tmp_path / "old")).provenance_ is None


def test_two_equal_fits_differ_in_nothing_else(tmp_path):
    files = [read_container(glassnet.save(shown()[0], tmp_path / str(number))) for number in range(2)]
    first, second = (description["fitted"]["dict"] for description, _ in files)
    assert {key for key in first if first[key] != second[key]} <= {"_provenance"}
    assert first.keys() == second.keys()
    assert all(np.array_equal(array, files[1][1][name], equal_nan=True) for name, array in files[0][1].items())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seconds": -1.0}, "its fit took -1.0 seconds"),
        ({"seconds": float("nan")}, "cannot be loaded"),
        ({"seconds": 10**400}, "cannot be loaded"),
        ({"seconds": "1"}, "Provenance has a 'seconds' that is no float"),
        ({"date": "yesterday"}, "Invalid isoformat string: 'yesterday'"),
        ({"date": "2024-01-01"}, "the date of its fit is not in UTC to the second"),
        ({"date": "2024-01-01T00:00:00+01:00"}, "the date of its fit is not in UTC to the second"),
        ({"versions": {"dict": {"jax": 1}}}, "Provenance has a 'versions' that is no dict"),
        ({"versions": {"dict": {str(n): "1" for n in range(60)}}}, "too many versions, options or warnings"),
        ({"warnings": {"tuple": ["w"] * 101}}, "too many versions, options or warnings"),
        ({"warnings": {"tuple": ["w" * 2001]}}, "a text about its fit has 2001 letters"),
        ({"warnings": ["w"]}, "Provenance has a 'warnings' that is no tuple"),
        ({"options": {"tuple": ["o" * 2001]}}, "a text about its fit has 2001 letters"),
        ({"more": 1}, "unexpected keyword argument 'more'"),
    ],
)
def test_hostile_files_are_refused(fitted, tmp_path, changes, message):
    path = glassnet.save(fitted, tmp_path / "m")
    description, arrays = read_container(path)
    description["fitted"]["dict"]["_provenance"]["fields"].update(changes)
    write_container(path, description, arrays)
    with pytest.raises(ModelFileError, match=message):
        glassnet.load(path)


def test_a_provenance_of_another_type_is_refused(fitted, tmp_path):
    path = glassnet.save(fitted, tmp_path / "m")
    description, arrays = read_container(path)
    description["fitted"]["dict"]["_provenance"] = "today"
    write_container(path, description, arrays)
    with pytest.raises(ModelFileError, match="its fitted attribute '_provenance' is no Provenance"):
        glassnet.load(path)


def test_a_sentence_says_it():
    record = Provenance(1.25, "2024-01-02T03:04:05+00:00", {"python": "3.13.1", "glassnet": "1.0"}, ("w",))
    expected = "fitted in 1.25 s, until 2024-01-02T03:04:05+00:00, with 1 warning, on python 3.13.1, glassnet 1.0."
    assert record.describe() == expected
