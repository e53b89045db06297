"""The chain rule is ours: nothing in the package differentiates, by its text and when it runs."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest
from jax._src.interpreters import ad

from glassnet import Dense, Network, NetworkRegressor, trace

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "glassnet"
LAZY = ast.parse((SOURCE / "_lazy.py").read_text())
IMPORTS = "; ".join(ast.unparse(line) for node in LAZY.body if isinstance(node, ast.If) for line in node.body)
BANNED = [
    "grad", "value_and_grad", "vjp", "jvp", "jacrev", "jacfwd", "jacobian", "linearize", "hessian", "linear_transpose",
    "custom_vjp", "custom_jvp", "custom_gradient", "fwd_and_bwd",
]  # fmt: skip


@pytest.fixture
def no_autodiff(monkeypatch):
    def forbidden(*_, **__):
        raise AssertionError("automatic differentiation was called")

    jax.clear_caches()
    for name in BANNED:
        monkeypatch.setattr(jax, name, forbidden, raising=False)
        monkeypatch.setattr(jax._src.api, name, forbidden, raising=False)
    for name in ("jvp", "linearize_jaxpr", "backward_pass"):
        monkeypatch.setattr(ad, name, forbidden, raising=False)
    yield
    jax.clear_caches()


def test_the_patch_is_felt(no_autodiff):
    with pytest.raises(AssertionError, match="was called"):
        jax.grad(lambda x: x)(1.0)


@pytest.mark.parametrize("solver", ["adam", "sgd", "gd", "lbfgs", "lm"])
def test_fit_without_autodiff(no_autodiff, small, solver):
    X, y = small
    model = NetworkRegressor(
        (8, 8),
        "mish",
        solver=solver,
        max_iter=3,
        dropout=0.1 if solver == "adam" else None,
        n_members=2,
        random_state=0,
    ).fit(X, y)
    assert np.isfinite(model.predict(X)).all()


def test_trace_without_autodiff(no_autodiff):
    network = Network(2, [Dense(3, "gelu"), Dense(2)])
    parameters = network.initialize(0)
    record = trace(network, parameters, [[1.0, 2.0]], [[1.0, 0.0]], loss="cross_entropy", solver="adam", steps=3)
    assert record.steps[-1].E < record.steps[0].E


def linted(folder, files):
    """Return what ruff says of uses of banned names; names of `glassnet._lazy` are written as the imports they are."""
    for path, text in files.items():
        file = folder / "src" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(re.sub(r"from glassnet\._lazy import (\([^)]*\)|.*)", IMPORTS, text))
    lint = [sys.executable, "-m", "ruff", "check", "--select", "TID251", "--config", str(ROOT / "pyproject.toml")]
    return subprocess.run([*lint, str(folder / "src")], capture_output=True, text=True)


@pytest.mark.parametrize("line", ["jax.grad(f)", "from jax import value_and_grad as v", "import jax.scipy.optimize"])
@pytest.mark.parametrize(
    "names", ["import jax", "from glassnet._lazy import jax", "from glassnet._lazy import (\n    jax,\n)"]
)
def test_the_lint_sees_it(tmp_path, names, line):
    found = linted(tmp_path, {"bad.py": f"{names}\n\n{line}\n"})
    assert found.returncode == 1
    assert "TID251" in found.stdout


def test_the_lint_finds_nothing_in_the_package(tmp_path):
    files = {path.relative_to(SOURCE): path.read_text() for path in SOURCE.rglob("*.py")}
    found = linted(tmp_path, files)
    assert found.returncode == 0, found.stdout
