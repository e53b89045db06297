"""Benchmarks use today's names: each can be imported; the ablation changes parameters of the estimator."""

import importlib
from pathlib import Path

import pytest

from glassnet import NetworkRegressor

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)


@pytest.mark.parametrize("name", sorted(path.stem for path in BENCHMARKS.glob("*.py")))
def test_a_benchmark_can_be_imported(name):
    importlib.import_module(name)


def test_what_the_ablation_changes_are_parameters():
    default = NetworkRegressor().get_params()
    for what, parameters in importlib.import_module("ablation").CHANGES.items():
        changed = NetworkRegressor(**parameters).get_params()
        assert (changed != default) == (what != "the default"), what
