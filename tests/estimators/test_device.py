"""Device and precision of estimators: what is refused, what is remembered, and what a model file keeps of it."""

import json
import re

import jax
import numpy as np
import pytest
from sklearn.base import clone

from glassnet import NetworkClassifier, NetworkRegressor, Recipe, load, save
from glassnet.estimators.provenance import Provenance
from glassnet.exchange.model_file import ModelFileError
from glassnet.insight.summary import summarise
from glassnet.network import devices
from glassnet.training import epochs

KINDS = [NetworkRegressor, NetworkClassifier]
X = np.random.default_rng(0).normal(size=(40, 2))
Y = (X[:, 0] > 0).astype(int)


def small(kind, **changes):
    return kind((3,), preset="plain", max_iter=2, random_state=0, **changes)


@pytest.fixture
def card(monkeypatch):
    """The processor, playing a graphics card."""
    monkeypatch.setattr(devices, "graphics_cards", lambda: (jax.devices()[0],))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("device", ["auto", "cpu"])
def test_the_device_is_remembered(kind, device, tmp_path):
    model = small(kind, device=device).fit(X, Y)
    assert model.device_ == model.provenance_.device == "cpu"
    assert " s on cpu, until " in model.provenance_.describe()
    again = load(save(model, tmp_path / "m.glass"))
    assert (again.device, again.precision, again.device_) == (device, "float32", "cpu")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_there_or_has_no_effect_is_refused(kind):
    with pytest.raises(ValueError, match=re.escape("device='gpu' needs a graphics card, and JAX sees none; install")):
        small(kind, device="gpu").fit(X, Y)
    with pytest.raises(ValueError, match="precision='bfloat16' has an effect on graphics cards alone"):
        small(kind, precision="bfloat16").fit(X, Y)
    with pytest.raises(ValueError, match="device"):
        small(kind, device="cuda").fit(X, Y)
    with pytest.raises(ValueError, match="precision"):
        small(kind, precision="float16").fit(X, Y)


@pytest.mark.parametrize("solver", ["lbfgs", "lm"])
def test_solvers_of_all_rows_stay_on_the_processor(solver):
    model = NetworkRegressor((3,), preset="plain", solver=solver, max_iter=2, random_state=0)
    assert clone(model).fit(X, Y).device_ == "cpu"
    with pytest.raises(ValueError, match="device='gpu' has no effect on a solver that takes all rows at once"):
        clone(model).set_params(device="gpu").fit(X, Y)


def test_a_fit_that_is_refused_leaves_the_one_before():
    model = small(NetworkRegressor, solver="lm").fit(X, Y)
    before = model.predict(X)
    with pytest.raises(ValueError, match="precision='tf32'"):
        model.set_params(precision="tf32").fit(X, Y)
    assert model.device_ == "cpu"
    np.testing.assert_array_equal(model.predict(X), before)


def test_all_members_are_one_part_on_a_graphics_card(card, monkeypatch):
    counts = []
    advance = epochs.advance
    monkeypatch.setattr(
        "glassnet.training.epoch_trainer.advance",
        lambda *given: counts.append(given[4].epoch.shape[0]) or advance(*given),
    )
    model = NetworkRegressor((3,), preset=Recipe("plain"), n_members=8, max_iter=2, random_state=0)
    model.fit(X, Y)
    assert set(counts) == {8}
    counts.clear()
    monkeypatch.setattr(devices, "graphics_cards", tuple)
    model.set_params(device="cpu").fit(X, Y)
    assert set(counts) == {4}


def test_a_file_of_a_fit_on_a_graphics_card_predicts_where_there_is_none(card, monkeypatch, tmp_path):
    model = small(NetworkRegressor, device="gpu").fit(X, Y)
    assert model.device_ == "gpu: cpu"
    assert ("device", "gpu: cpu") in summarise(model, X, Y).table().rows
    path, before = save(model, tmp_path / "m.glass"), model.predict(X)
    monkeypatch.setattr(devices, "graphics_cards", tuple)
    again = load(path)
    assert again.device_ == "gpu: cpu"
    np.testing.assert_array_equal(again.predict(X), before)
    rows = np.tile(X, (200, 1))
    np.testing.assert_array_equal(again.predict(rows)[: len(X)], before)  # 8,000 rows, on the processor


def test_a_provenance_without_a_device_says_nothing_of_it():
    assert " on " not in Provenance(1.0, "2024-01-02T03:04:05+00:00", {}).describe().split(", until")[0]


def test_a_file_with_a_long_device_is_refused(tmp_path):
    model = small(NetworkRegressor).fit(X, Y)
    object.__setattr__(model._provenance, "device", "x" * 10_000)
    with pytest.raises(ModelFileError):
        save(model, tmp_path / "m.glass")


def test_summaries_say_the_device_in_json_too():
    model = small(NetworkRegressor).fit(X, Y)
    summary = summarise(model, X, Y)
    assert summary.device == "cpu"
    assert "device" not in dict(summary.table().rows)
    assert json.dumps(model.provenance_.to_dict())
