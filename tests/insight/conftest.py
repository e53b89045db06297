"""What tests of equations and of the viewer share: the value of a printed formula, and a row of a fitted model."""

import math
import re

import numpy as np
import pytest

from glassnet import NetworkRegressor, trace

TOKEN = re.compile(r"\d+\.?\d*(?:e[+-]?\d+)?|[a-z]+|<=|>=|\*\*|\.\.\.|[-+/()^·,<>=|]")
FUNCTIONS = {
    "clip": lambda value, low, high: min(max(value, low), high),
    "cos": math.cos,
    "erf": math.erf,
    "exp": math.exp,
    "log": math.log,
    "logistic": lambda z: 1 / (1 + math.exp(-z)),
    "max": max,
    "min": min,
    "pi": math.pi,
    "sign": lambda value: (value > 0) - (value < 0),
    "sin": math.sin,
    "softplus": lambda z: math.log(1 + math.exp(z)),
    "sqrt": math.sqrt,
    "tanh": math.tanh,
    "fabs": math.fabs,
}
WORDS = {"if", "else"}


@pytest.fixture(scope="session")
def fitted_row():
    """One row through a small model of the default recipe: ten layers, one of them a line from the inputs."""
    random = np.random.default_rng(0)
    X = random.normal(size=(60, 3))
    y = X[:, 0] + np.sin(X[:, 1])
    model = NetworkRegressor((9,), n_members=1, max_iter=2, random_state=0).fit(X, y)
    return trace(model, X, y, row=3)


@pytest.fixture(scope="session")
def printed_value():
    """The witness of numbers and brackets, which reads nothing but the text."""
    return value_of_text


def value_of_text(text: str, rests: list[float] = ()) -> float:
    """Return the value of a printed formula of numbers; `rests` are what its dots stand for."""
    return float(eval(as_python(text, list(rests)), {"__builtins__": {}}, FUNCTIONS))


def as_python(text: str, rests: list[float]) -> str:
    """Return a printed formula as Python: factors side by side are multiplied."""
    inside = False
    parts: list[str] = []
    for token in TOKEN.findall(text):
        if token == "|":
            inside = not inside
            token = "fabs(" if inside else ")"
        if token == "...":
            token = f"({rests.pop(0)!r})"
        before = parts[-1].strip() if parts else "("
        ends = before[-1].isdigit() or before[-1] in ")." or before == "pi"
        starts = token[0].isalnum() or token[0] == "("
        if ends and starts and token not in WORDS and before not in WORDS:
            parts.append("*")
        parts.append({"^": "**", "·": "*"}.get(token, token))
        if token in WORDS:
            parts[-1] = f" {token} "
    assert "".join(TOKEN.findall(text)) == re.sub(r"\s", "", text)
    return "".join(parts)
