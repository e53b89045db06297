"""Equations of networks: every kind of layer, activation and loss has its own, printed three ways alike."""

import importlib
import json
import pkgutil
import re
import xml.etree.ElementTree as ET
from dataclasses import is_dataclass

import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest

import glassnet.network
from glassnet import (
    Convolution,
    CustomLoss,
    Dense,
    Dropout,
    Embedding,
    Equations,
    Flatten,
    InputScaling,
    MaxPool,
    Network,
    NetworkClassifier,
    NetworkRegressor,
    ParametricActivation,
    Periodic,
    PiecewiseLinear,
    SmoothClip,
    equations,
)
from glassnet.insight.equations.activations import COUPLED, RULES, rules_of
from glassnet.insight.equations.cost import COUPLED as COUPLED_LOSSES
from glassnet.insight.equations.latex_printer import to_latex
from glassnet.insight.equations.layers import KINDS
from glassnet.insight.equations.losses import RULES as LOSS_RULES
from glassnet.insight.equations.losses import loss_rules
from glassnet.insight.equations.mathml_printer import to_mathml
from glassnet.insight.equations.text_printer import to_text
from glassnet.insight.equations.traced_layers import ENTRIES
from glassnet.insight.equations.tree import (
    Cases,
    Derivative,
    Fraction,
    Hadamard,
    Negative,
    Number,
    Over,
    Power,
    Prime,
    Product,
    Relation,
    Sum,
    Symbol,
    Words,
    call,
    mapped,
    minus,
    number,
)
from glassnet.network.activation import ACTIVATIONS, Increasing
from glassnet.network.bounded_scaling import BoundedScaling
from glassnet.network.layer import Layer
from glassnet.network.linear_path import LinearPath
from glassnet.network.loss import LOSSES, BinaryCrossEntropy, CrossEntropy, Loss

HOSTILE = "</math><img src=x onerror=alert(1)> 50% of $a_b^2$ \\input{x} & #1 ~"
a, b, c, x = (Symbol(letter) for letter in "abcx")


def classes():
    """Return every class of the mathematics."""
    names = [module.name for module in pkgutil.iter_modules(glassnet.network.__path__, "glassnet.network.")]
    found = {kind for name in names for kind in vars(importlib.import_module(name)).values() if isinstance(kind, type)}
    return {kind for kind in found if kind.__module__.startswith("glassnet.network") and is_dataclass(kind)}


def is_abstract(kind):
    return any(getattr(member, "__isabstractmethod__", False) for member in vars(kind).values())


def test_every_kind_of_layer_has_its_equations():
    layers = {kind for kind in classes() if hasattr(kind, "parameters") and hasattr(kind, "output_shape")}
    layers = {kind for kind in layers if issubclass(kind, Layer) and not is_abstract(kind)}
    layers = {kind for kind in layers if "forward" in vars(kind) or kind.__name__ in ("Shift", "Flip", "Crop")}
    assert layers == set(KINDS) == set(ENTRIES)
    assert len(layers) == 17


def test_every_activation_and_loss_has_its_equations():
    activations = {type(known) for known in ACTIVATIONS.values()} | {Increasing}
    assert activations == {*RULES, *COUPLED}
    losses = {kind for kind in classes() if issubclass(kind, Loss) and not kind.__abstractmethods__}
    assert losses - {CustomLoss} == set(LOSS_RULES) == {type(loss) for loss in LOSSES.values()}
    assert set(COUPLED_LOSSES) < set(LOSS_RULES)


POINTS = np.array([-85.0, -1.7, -0.6, 0.3, 1.4, 6.0])


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"softmax"}))
def test_activations_say_what_is_computed(name, printed_value):
    activation, points = ACTIVATIONS[name], POINTS[1:] if name == "logistic" else POINTS
    rules = rules_of(activation)
    values = activation.value(jnp.asarray(points))
    derivatives = activation.derivative(jnp.asarray(points), values)
    for z, value, derivative in zip(points, np.asarray(values), np.asarray(derivatives), strict=True):
        found = printed_value(to_text(rules.value(number(z))))
        assert found == pytest.approx(value, rel=1e-5, abs=1e-6)
        assert printed_value(to_text(rules.derivative(number(z), number(value)))) == pytest.approx(
            derivative, rel=1e-5, abs=2e-5
        )


@pytest.mark.parametrize("loss", [*LOSSES.values(), CrossEntropy(0.1), BinaryCrossEntropy(0.2)], ids=repr)
def test_losses_say_what_is_computed(loss, printed_value):
    outputs = np.array([[0.3, -0.8, 1.1, 0.4, -1.3, 0.9][: loss.outputs(2)]])
    targets = np.array([[0.0, 1.0]]) if loss.classifies else np.array([[0.7, 1.9]])
    rules, nodes = loss_rules(loss), [list(map(number, numbers[0])) for numbers in (outputs, targets)]
    ends = jnp.asarray(outputs), jnp.asarray(targets)
    values, derivatives = loss.value(*ends), loss.derivative(*ends)
    found = [printed_value(to_text(node)) for node in rules.values(*nodes)]
    assert found == pytest.approx(np.asarray(values)[0], rel=1e-4)
    found = [printed_value(to_text(node)) for node in rules.derivatives(*nodes)]
    assert found == pytest.approx(np.asarray(derivatives)[0], rel=1e-4, abs=1e-6)


BRACKETS = {  # text, LaTeX; a fraction needs brackets in text alone
    Product((Sum((a, b)), c)): ("(a + b) c", r"\left(a + b\right) \, c"),
    Sum((a, Negative(Sum((b, c))))): ("a - (b + c)", r"a - \left(b + c\right)"),
    Sum((a, Negative(Product((b, c))))): ("a - b c", r"a - b \, c"),
    Sum((a, Number(-2.0))): ("a - 2", "a - 2"),
    Sum((Number(-2.0), Negative(Number(-3.0)))): ("-2 + 3", "-2 + 3"),
    Product((Number(2.0), Number(-3.0))): ("2·(-3)", r"2 \cdot \left(-3\right)"),
    Product((Number(-2.0), a)): ("-2 a", r"-2 \, a"),
    Fraction(Sum((a, b)), Product((b, c))): ("(a + b) / (b c)", r"\frac{a + b}{b \, c}"),
    Product((Fraction(a, b), c)): ("(a / b) c", r"\frac{a}{b} \, c"),
    Product((c, Fraction(a, b))): ("c a / b", r"c \, \frac{a}{b}"),
    Product((c, Fraction(Number(-1.0), b))): ("c·(-1 / b)", r"c \cdot \frac{-1}{b}"),
    Fraction(a, Fraction(b, c)): ("a / (b / c)", r"\frac{a}{\frac{b}{c}}"),
    Power(Fraction(a, b), number(2)): ("(a / b)^2", r"\left(\frac{a}{b}\right)^{2}"),
    Power(Symbol("x", "1", ("2",)), number(2)): ("(x^1_2)^2", r"\left(x^{1}_{2}\right)^{2}"),
    Power(call("tanh", x), number(2)): ("tanh(x)^2", r"\tanh\left(x\right)^{2}"),
    Power(x, Fraction(number(3), number(2))): ("x^(3 / 2)", r"x^{\frac{3}{2}}"),
    Power(Number(-2.0), Number(-1.0)): ("(-2)^(-1)", r"\left(-2\right)^{-1}"),
    Power(Number(1e-7), number(2)): ("1e-07^2", r"\left(1 \times 10^{-7}\right)^{2}"),
    Prime(Symbol("W", "1")): ("(W^1)'", r"\left(W^{1}\right)'"),
    Prime(x): ("x'", "x'"),
    Hadamard((Product((a, b)), c)): ("(a b) (*) c", r"\left(a \, b\right) \odot c"),
    Product((a, Hadamard((b, c)))): ("a (b (*) c)", r"a \, \left(b \odot c\right)"),
    Sum((Over("sum", ("i",), a), b)): ("sum_i a + b", r"\sum_{i} a + b"),
    Product((Over("sum", ("i",), a), b)): ("(sum_i a) b", r"\left(\sum_{i} a\right) \, b"),
    Over("sum", ("i",), Sum((a, b))): ("sum_i (a + b)", r"\sum_{i} \left(a + b\right)"),
    Product((a, Cases(b, Relation((x, number(0)), ">"), c))): ("a (b if x > 0 else c)", None),
    Derivative(Symbol("W", "2", ("1", "12"))): ("dE/dW^2_{1,12}", r"\frac{\partial E}{\partial W^{2}_{1,12}}"),
    Symbol("b", "1", ("12",)): ("b^1_{12}", "b^{1}_{12}"),
    Symbol("W", "10", ("1", "2")): ("W^{10}_12", "W^{10}_{12}"),
    Number(-0.0): ("0", "0"),
    Number(1234567.0): ("1234567", "1234567"),
}


@pytest.mark.parametrize("node", BRACKETS, ids=to_text)
def test_brackets_stand_where_precedence_needs_them(node):
    text, latex = BRACKETS[node]
    assert to_text(node) == text
    assert latex is None or to_latex(node) == latex
    mathml = ET.fromstring(to_mathml(node))
    brackets = [element.text for element in mathml.iter("mo") if element.text in "()"]
    assert brackets.count("(") == brackets.count(")") == to_latex(node).count(r"\left(")


def test_numbers_put_in_for_letters_keep_their_meaning(printed_value):
    formula = minus(Product((a, Power(b, number(2)))), Fraction(Product((a, Sum((b, c)))), Negative(Fraction(c, a))))
    for A, B, C in ((2.0, -3.0, 0.5), (-1.0, 4.0, -2.0), (-0.5, -1.5, -3.0)):
        numbers = {a: A, b: B, c: C}
        put_in = mapped(formula, lambda node, numbers=numbers: number(numbers[node]) if node in numbers else None)
        assert printed_value(to_text(put_in)) == pytest.approx(A * B**2 - A * (B + C) / (-(C / A)))


ALL = [Embedding((3,), 2), SmoothClip(4), Periodic(4), PiecewiseLinear(4), InputScaling(), Dense(4, "selu"), Dropout()]
ENDS = [ParametricActivation("tanh"), Dense(1), BoundedScaling(), LinearPath(1, (3,))]
NETWORKS = {
    "table": (Network(5, [*ALL, *ENDS]), "quantile"),
    "image": (Network((6, 6, 1), [Convolution(2, 3, "relu", 2, "same"), MaxPool(2), Flatten(), Dense(2)]), "huber"),
    "softmax": (Network(2, [Dense(3, "softmax")]), "squared_error"),
}


@pytest.fixture(scope="module", params=NETWORKS)
def shown(request):
    network, loss = NETWORKS[request.param]
    return network, equations(network, loss=loss)


def test_all_layers_with_sizes(shown):
    network, found = shown
    assert isinstance(found, Equations)
    assert len(found.sections) == len(network.layers) + 1
    for place, shapes in enumerate(network.parameter_shapes):
        section = found.sections[place]
        assert section.title.startswith(f"layer {place + 1}: {type(network.layers[place]).__name__}")
        above = f"^{place + 1}" if place < 9 else f"^{{{place + 1}}}"
        sizes = [f"{name}{above} {' x '.join(map(str, shape))}" for name, shape in shapes.items()]
        assert list(section.sizes[1:-1]) == sizes
        text = section.text()
        for name in shapes:
            assert f"dE/d{name}{above}" in text
        assert f"delta{above}" in text


def test_the_equations_of_backpropagation_as_the_docstrings_have_them():
    lines = [line.strip() for line in str(equations(Network(3, [Dense(4, "tanh"), Dense(1)]))).splitlines()]
    for line in ("layer 1: Dense, tanh (x^0 3, W^1 3 x 4, b^1 4, x^1 4)", "z^1 = (W^1)' x^0 + b^1", "x^1 = sigma(z^1)",
                 "sigma(z) = tanh(z)", "delta^1 = dE/dx^1 (*) sigma'(z^1)", "sigma'(z) = 1 - x^2",
                 "dE/dW^1 = x^0 (delta^1)'", "dE/db^1 = delta^1", "dE/dx^1 = W^2 delta^2"):  # fmt: skip
        assert line in lines
    assert "E =" not in str(equations(Network(3, [Dense(1)])))


def test_a_convolution_reads_the_pixels_that_its_equation_names():
    layer = Convolution(1, 3, stride=2, padding=((1, 0), (0, 2)), flip=True)
    (text, *_) = equations(Network((5, 6, 1), [layer])).sections[0].text().splitlines()[1:]
    indices = re.search(r"x\^0_\{(.*?),(.*?),a\} W\^1_\{(.*?),(.*?),a,c\}", text).groups()
    image = np.random.default_rng(0).normal(size=(1, 5, 6, 1))
    W = np.random.default_rng(1).normal(size=(3, 3, 1, 1))
    z = np.asarray(layer.forward({"W": jnp.asarray(W), "b": jnp.zeros(1)}, jnp.asarray(image)).z)[0, ..., 0]
    for p, q in np.ndindex(z.shape):
        total = 0.0
        for i, j in np.ndindex(3, 3):
            names = {"p": p + 1, "q": q + 1, "i": i + 1, "j": j + 1}
            m, n, k, r = (eval(re.sub(r"(\d)([a-z])", r"\1*\2", index), names) - 1 for index in indices)
            total += image[0, m, n, 0] * W[k, r, 0, 0] if 0 <= m < 5 and 0 <= n < 6 else 0.0
        assert z[p, q] == pytest.approx(total, abs=1e-5)


def test_mathml_is_well_formed_and_no_bracket_is_the_base_of_an_index(shown):
    _, found = shown
    root = ET.fromstring(found.mathml())
    assert root.tag == "math"
    for element in root.iter():
        if element.tag in ("msub", "msup", "msubsup"):
            assert element[0].tag in ("mi", "mn", "mrow", "mfrac", "msubsup", "msqrt")
            assert len(element) == (3 if element.tag == "msubsup" else 2)
    assert all(len(element) == 2 for element in root.iter("mfrac"))


def test_latex_is_balanced(shown):
    _, found = shown
    check_latex(found.latex())


def check_latex(text):
    """Assert that groups, brackets and environments of LaTeX end where they must."""
    plain = re.sub(r"\\[{}\\%&#_$]", "", text)
    depth = 0
    for letter in plain:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        assert depth >= 0
    assert depth == 0
    assert text.count(r"\left") == text.count(r"\right") + text.count(r"\leftarrow")
    for environment in ("align*", "cases"):
        assert text.count(rf"\begin{{{environment}}}") == text.count(rf"\end{{{environment}}}")
    words = re.sub(r"\\(?:begin|end)\{[a-z*]+\}|\\[a-zA-Z]+", "", plain)
    assert not set("#$%~") & set(re.sub(r"^%.*$", "", words, flags=re.MULTILINE))


def test_latex_of_formulas_is_drawn_by_matplotlib():
    from matplotlib.mathtext import MathTextParser

    parser = MathTextParser("path")
    for section in equations(NETWORKS["table"][0], loss="gaussian").sections:
        for relation in section.equations:
            latex = to_latex(relation)
            if "cases" not in latex:
                assert parser.parse(f"${latex}$").width > 10


@pytest.fixture(scope="module")
def frame():
    random = np.random.default_rng(0)
    X = pd.DataFrame(random.normal(size=(60, 2)), columns=[HOSTILE, "b"])
    return X, pd.Series(X["b"] + 0.1 * random.normal(size=60), name=HOSTILE)


PLAIN = {"preset": "plain", "hidden_layer_sizes": (3,), "max_iter": 2, "n_members": 2, "random_state": 0}


@pytest.fixture(scope="module")
def model(frame):
    return NetworkRegressor(**PLAIN).fit(*frame)


def test_a_fitted_model_begins_with_its_inputs_and_ends_with_its_predictions(model):
    found = equations(model)
    assert [section.title for section in found.sections] == [
        "scaled inputs", "layer 1: Dense, relu", "layer 2: Dense", "predictions", "cost: HalfSquaredError"
    ]  # fmt: skip
    text = found.text()
    assert text == str(found)
    assert "x^0_j = (v_j - center_j) / scale_j" in text
    assert "the mean and the standard deviation" in text
    assert "f_kj = center_j + scale_j x^2_j" in text
    assert "f_j = (1 / 2) sum_k f_kj" in text
    assert f"f_1, f_2, ... are {HOSTILE}" in text


def test_names_of_columns_come_out_as_text(model):
    found = equations(model)
    html = found._repr_html_()
    assert "<img" not in html
    assert "&lt;/math&gt;&lt;img" in html
    check_latex(found.latex())
    assert r"50\% of \$a\_b\textasciicircum{}2\$ \textbackslash{}input\{x\} \& \#1 \textasciitilde{}" in found.latex()
    assert ET.fromstring(to_mathml(Words(HOSTILE))).text == HOSTILE


def test_a_notebook_has_formulas_and_the_text_by_itself(model):
    bundle = equations(model)._repr_mimebundle_()
    html = bundle["text/html"]
    assert len(html.encode()) <= 60_000
    assert bundle["text/plain"] == str(equations(model))
    root = ET.fromstring(html)
    assert root.findtext(".//pre") == str(equations(model))
    assert len(root.findall(".//math")) == 5
    long = equations(Network(4, [Dense(4, "mish")] * 60))._repr_html_()
    assert len(long.encode()) <= 60_000
    assert "more parts, as text below" in long


def test_json_has_every_equation_three_times(shown):
    _, found = shown
    record = json.loads(json.dumps(found.to_dict()))
    for section, known in zip(record["sections"], found.sections, strict=True):
        assert [each["text"] for each in section["forward"]] == [to_text(each) for each in known.forward]
        assert all(ET.fromstring(each["mathml"]).tag == "math" for each in section["backward"])


def test_classes_end_with_probabilities(frame):
    X, y = frame
    model = NetworkClassifier(**{**PLAIN, "n_members": 1}).fit(X, y > 0)
    text = equations(model).text()
    assert "f_j = exp(x^2_j) / (sum_k exp(x^2_k))" in text
    assert "f_1, f_2, ... are False, True" in text
    assert "loss(x_j, y_j) = y_j (log(sum_k exp(x_k)) - x_j)" in text


def test_what_has_no_equations_is_refused(model):
    with pytest.raises(TypeError, match=r"equations takes a fitted NetworkRegressor .* this is a str"):
        equations("model")
    with pytest.raises(TypeError, match="a fitted model has one already: leave it out"):
        equations(model, loss="huber")


def test_layers_and_losses_of_ones_own_are_named():
    class Own(Dense):
        pass

    own = CustomLoss(lambda x, y: (x - y) ** 4, lambda x, y: 4 * (x - y) ** 3)
    text = str(equations(Network(2, [Own(1)]), loss=own))
    assert "x^1 = f(x^0)" in text or "x^1 = f^1(x^0)" in text
    assert "Own is a layer of your own" in text
    assert "loss is CustomLoss, one of your own" in text
