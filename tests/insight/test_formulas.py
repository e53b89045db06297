"""Whole formulas of small models: a line of Python that predicts what the model does, and a fragment of LaTeX."""

import math
import re
from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest

from glassnet import (
    Dense,
    Network,
    NetworkClassifier,
    NetworkRegressor,
    Periodic,
    Recipe,
    Softmax,
    Tanh,
    latex_formula,
    python_line,
)
from glassnet.insight.equations.python_formula import _activated
from glassnet.network.activation import ACTIVATIONS, Coordinatewise

HOSTILE = '50%\n"} of $a_b'
TINY = {"preset": "plain", "hidden_layer_sizes": (3,), "max_iter": 3, "random_state": 0}


def table(rows=60):
    random = np.random.default_rng(0)
    X = pd.DataFrame(random.normal(size=(rows, 3)) * [1, 20, 300] + [0, 5, 1000], columns=["a", HOSTILE, "c"])
    X["flag"], X["same"] = random.integers(0, 2, rows) * 3.0, 1.0
    return X, pd.Series(np.sin(X["a"]) + X["c"] / 300 + X["flag"], name="the_target")


def predicted(model, X):
    """Return what the line makes of rows, evaluated with nothing but math and NumPy."""
    line = python_line(model)
    assert "\n" not in line
    names = {}
    exec(line, names)
    return names["predict"](X.to_numpy(float))


LINE = Recipe("balanced", embedding="none", linear_path=True, hidden_layer_sizes=(3,))
ENDS = Recipe("plain", output_range="seen", binary_flags=True)
MODELS = {
    "plain": {},
    "flags, members, a line": {"preset": LINE, "hidden_layer_sizes": None, "n_members": 2},
    "limits": {"preset": ENDS, "activation": "mish"},
}


@pytest.fixture(scope="module")
def models():
    (X, y), fitted = table(), {}
    for name, parameters in MODELS.items():
        fitted[name] = NetworkRegressor(**{**TINY, **parameters})
        with pytest.warns(UserWarning, match="left out"):
            fitted[name].fit(X, np.column_stack([y, y**2]) if name == "limits" else y)
    return fitted


@pytest.mark.parametrize("name", MODELS)
def test_the_line_predicts_what_the_model_does(models, name):
    (X, y), model = table(), models[name]
    rows = pd.concat([X, X * 1.5])
    expected = model.predict(rows)
    found = predicted(model, rows)
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() < 1e-6 * np.std(np.column_stack([y, y**2])[:, -1 if found.ndim > 1 else 0])
    assert python_line(model).endswith('# the columns of X: "a", "50%\\n\\"} of $a_b", "c", "flag", "same"')


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_every_activation_as_python(name):
    activation, z = ACTIVATIONS[name], np.array([[-30.0, -1.2, -0.1, 0.4, 2.5]])
    found = eval(_activated(activation, "(Z + 0)"), {"np": np, "math": math, "Z": z})
    np.testing.assert_allclose(found, np.asarray(activation.value(jnp.asarray(z))), rtol=1e-5, atol=1e-7)


def test_latex_has_every_number(models):
    model = models["plain"]
    text = latex_formula(model)
    numbers = set(re.findall(r"\d+\.?\d*", text))
    for layer in model.members_[0].parameters:
        for array in layer.values():
            for value in np.ravel(array):
                assert f"{abs(value):.6g}".split("e")[0] in numbers
    scaler = model.members_[0].preprocessing.inputs
    assert (
        rf"x^{{0}}_{{1}} &= \frac{{\text{{a}} {-scaler.center[0]:+.6g}".replace("+", "+ ").replace(" -", " - ") in text
    )
    assert r"\text{50\% ''\} of \$a\_b}" in text
    assert r"\text{the\_target} &= " in text
    assert r"\sigma\left(z\right) &= \max\left(0, z\right)" in text
    plain = text.replace(r"\}", "")
    assert plain.count("{") == plain.count("}")


def test_latex_of_members_ends_with_their_mean(models):
    text = latex_formula(models["flags, members, a line"])
    assert text.count(r"\paragraph{member") == 2
    assert r"\text{the\_target} &= \frac{1}{2} \, \left(f_{11} + f_{21}\right)" in text
    assert r"\operatorname{clip}" in text
    assert r"\cdot 1 \\" not in text
    limited = latex_formula(models["limits"])
    assert r"\min\left(" in limited
    assert r"\max\left(" in limited


class Own(Coordinatewise):
    """An activation of a user."""

    def value(self, z):
        return z

    def derivative(self, z, x):
        return jnp.ones_like(z)


def refused(model, message, kind=ValueError):
    for function in (python_line, latex_formula):
        with pytest.raises(kind, match=message):
            function(model)


def changed(model, **attributes):
    """Return a model with another schema or network, without a fit."""
    copied = type(model)(**model.get_params())
    vars(copied).update({**vars(model), "ensemble_": replace(model.ensemble_, **attributes)})
    return copied


def test_models_that_have_no_small_formula_are_refused(models):
    (X, y), plain = table(), models["plain"]
    network = plain.network_
    larger = Network(network.inputs, [Dense(60, "relu"), network.layers[1]])
    refused(changed(plain, network=larger), "it has 361 parameters, and there is room for 200\nfit NetworkRegressor")
    refused(changed(plain, network=larger), "\n    glassnet fit TABLE --target Y --preset plain --hidden 8\n")
    refused(changed(plain, network=Network(network.inputs, [Periodic(1, 1, 1), Dense(1)])), "its network has Periodic")
    refused(changed(plain, link=Softmax()), "loss='half_squared_error' has several numbers a target")
    columns = plain.schema_.columns
    for attributes, message in (
        ({"kind": "category"}, "column 'a': categories, no numbers"),
        ({"missing": True}, "column 'a': numbers with missing cells; fill these before the fit"),
        ({"origin": 2**60}, r"column 'a': integers beyond 2\^53"),
    ):
        schema = replace(plain.schema_, columns=(replace(columns[0], **attributes), *columns[1:]))
        refused(changed(plain, schema=schema), message)
    dates = tuple(replace(columns[0], name=f"d{place}", kind="date") for place in range(7))
    both = changed(plain, schema=replace(plain.schema_, columns=dates), network=larger)
    refused(both, r"361 parameters, .*\n  - columns 'd0', 'd1', 'd2', 'd3', 'd4' and 2 more: dates, no numbers\n")
    with pytest.raises(ValueError, match="is one of your own; fit activation='tanh'"):
        _activated(Own(), "z")
    assert _activated(Tanh(), "z") == "np.tanh(z)"
    classifier = NetworkClassifier(**TINY).fit(X[["a", "c"]], y > y.mean())
    refused(classifier, "is of a NetworkRegressor, and this is a NetworkClassifier", TypeError)
