"""A small model as a fragment of LaTeX with all its numbers."""

from collections.abc import Callable, Iterator

import numpy as np

from glassnet.ensemble.member import Member
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.insight.equations.activated import activated
from glassnet.insight.equations.entries import Entries, Letters
from glassnet.insight.equations.latex_printer import escaped, to_latex
from glassnet.insight.equations.notation import plain, signal
from glassnet.insight.equations.small_model import SmallInput, checked_model, inputs_of, link_of
from glassnet.insight.equations.traced_layers import entries_of
from glassnet.insight.equations.tree import (
    Fraction,
    Negative,
    Node,
    Product,
    Sum,
    Symbol,
    Words,
    call,
    mapped,
    minus,
    number,
    times,
    total,
)
from glassnet.network.activation import Exponential
from glassnet.network.dense import Dense
from glassnet.network.dropout import Dropout
from glassnet.network.linear_path import LinearPath

TERMS_A_LINE = 4
SIGNALS = ("x", "z")
HEAD = """% Needs \\usepackage{{amsmath}}. Numbers have six digits.
% {members} of {parameters} parameters; x^0 are the scaled columns, x^{last} is the output of the last layer.
"""


def latex_formula(model: NetworkRegressor) -> str:
    r"""Return a small fitted model for LaTeX with amsmath, from the cells of columns to the prediction.

    Every number has six digits; `python_line` has them all. Names of columns and targets are escaped.

    Parameters
    ----------
    model : NetworkRegressor
        A model fitted to columns of numbers, of at most 200 parameters over all its members.

    Returns
    -------
    str
        A fragment for the body of a document.

    Raises
    ------
    TypeError
        For another model than a NetworkRegressor.
    ValueError
        For a model that is larger, and for columns, layers and losses that are not so simple.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, latex_formula
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((2,), preset="plain", n_members=4, max_iter=20, random_state=0).fit(X[["bmi"]], y)
    >>> print(latex_formula(model))
    % Needs \usepackage{amsmath}. Numbers have six digits.
    % 4 members of 7 parameters; x^0 are the scaled columns, x^2 is the output of the last layer.
    \begingroup\allowdisplaybreaks
    \paragraph{member 1}
    \begin{align*}
    x^{0}_{1} &= \frac{\text{bmi} - ...}{...} \\
    ...
    """
    known = checked_model(model, "a formula in LaTeX")
    members, inputs = known.ensemble_.members, inputs_of(known)
    count = f"{len(members)} member{'s' if len(members) > 1 else ''}"
    head = HEAD.format(members=count, parameters=known.network_.n_parameters, last=len(known.network_.layers))
    parts = [head + "\\begingroup\\allowdisplaybreaks"]
    for place, member in enumerate(members, start=1):
        if len(members) > 1:
            parts.append(rf"\paragraph{{{escaped(f'member {place}')}}}")
        parts.append(_align(_member(known, member, inputs, place)))
    if len(members) > 1:
        parts.append(_align(_mean(known)))
    return "\n".join([*parts, "\\endgroup"]) + "\n"


Line = tuple[Node, Node]


def _member(model: NetworkRegressor, member: Member, inputs: list[SmallInput], place: int) -> Iterator[Line]:
    """Yield the equations of one member: scaled inputs, layers, predictions."""
    scaler = member.preprocessing.inputs
    for j, each in enumerate(inputs):
        shift, width = each.low + each.width * scaler.center[j], each.width * scaler.scale[j]
        scaled = Fraction(minus(Words(each.name), number(shift)), number(width)) if width else number(0)
        yield signal("x", 0, j + 1), scaled
    for layer_place, layer in enumerate(model.network_.layers, start=1):
        if isinstance(layer, Dropout):
            yield signal("x", layer_place), signal("x", layer_place - 1)
        else:
            yield from _layer(model, member, layer_place)
    last = len(model.network_.layers)
    center, scale, low, high = member.preprocessing.units(model.ensemble_.outputs)
    for j, name in enumerate(model.target_names_):
        output: Node = signal("x", last, j + 1)
        output = call("exp", output) if isinstance(link_of(model), Exponential) else output
        value: Node = Sum((number(center[j]), times(number(scale[j]), output)))
        value = _within(value, float(low[j]), float(high[j]))
        alone = len(model.ensemble_.members) == 1
        yield Words(name) if alone else plain("f", place, j + 1), value


def _layer(model: NetworkRegressor, member: Member, place: int) -> Iterator[Line]:
    network = model.network_
    layer, arrays = network.layers[place - 1], member.parameters[place - 1]
    units = network.shapes[place][0]
    inputs = np.zeros(network.inputs if isinstance(layer, LinearPath) else network.shapes[place - 1])
    entries = entries_of(layer, Letters(place, None, inputs, (units,)))
    put_in = _numbers_of(arrays, place)
    if isinstance(layer, Dense):
        for j in range(units):
            yield signal("z", place, j + 1), put_in(entries.z((j,)))
        for relation in activated(layer.activation, place).forward:
            yield relation.parts[0], relation.parts[1]
        return
    for j in range(units):
        yield signal("x", place, j + 1), _without_z(entries, j, place, put_in)


def _without_z(entries: Entries, j: int, place: int, put_in: Callable[[Node], Node]) -> Node:
    """Return an entry of x^l with numbers, and what z^l is in its place."""
    z = put_in(entries.z((j,)))
    return mapped(put_in(entries.x((j,))), lambda node: z if node == signal("z", place, j + 1) else None)


def _numbers_of(arrays: dict[str, np.ndarray], place: int) -> Callable[[Node], Node]:
    """Return what puts the numbers of parameters into a formula and leaves z and x."""

    def change(node: Node) -> Node | None:
        if isinstance(node, Symbol) and node.above == str(place) and node.name not in SIGNALS:
            return number(arrays[node.name][tuple(int(index) - 1 for index in node.below)])
        return None

    return lambda node: mapped(node, change)


def _mean(model: NetworkRegressor) -> Iterator[Line]:
    count = len(model.ensemble_.members)
    for j, name in enumerate(model.target_names_, start=1):
        each = total(*(plain("f", place, j) for place in range(1, count + 1)))
        yield Words(name), Product((Fraction(number(1), number(count)), each))


def _within(value: Node, low: float, high: float) -> Node:
    """Return a value that stays within limits, as far as these are finite."""
    value = call("max", number(low), value) if np.isfinite(low) else value
    return call("min", number(high), value) if np.isfinite(high) else value


def _align(lines: Iterator[Line]) -> str:
    rows = [row for left, right in lines for row in _rows(left, _plainer(right))]
    return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def _plainer(node: Node) -> Node:
    """Return a formula without factors of 1 and without 0 in a difference."""

    def change(part: Node) -> Node | None:
        if isinstance(part, Product) and number(1) in part.factors:
            return times(*map(_plainer, part.factors))
        if isinstance(part, Sum) and Negative(number(0)) in part.terms:
            return total(*(_plainer(term) for term in part.terms if term != Negative(number(0))))
        return None

    return mapped(node, change)


def _rows(left: Node, right: Node) -> Iterator[str]:
    """Yield an equation in as many lines as a long sum needs."""
    terms = right.terms if isinstance(right, Sum) else (right,)
    for start in range(0, len(terms), TERMS_A_LINE):
        some = to_latex(total(*terms[start : start + TERMS_A_LINE]))
        signed = f"- {some[1:]}" if some.startswith("-") else f"+ {some}"
        yield f"{to_latex(left)} &= {some}" if start == 0 else rf"&\quad {signed}"
