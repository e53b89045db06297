"""Formulas as MathML, every text of them escaped.

A bracket is never the base of an index or exponent: what is in brackets is one row, which is the base.
"""

from glassnet._html import Markup, join, tag
from glassnet.insight.equations.brackets import first_leaf, needs_brackets, signed, subtracted_needs_brackets
from glassnet.insight.equations.digits import joined, parts_of, shown, tokens
from glassnet.insight.equations.tree import (
    Call,
    Cases,
    Derivative,
    Fraction,
    Hadamard,
    Negative,
    Node,
    Number,
    Over,
    Power,
    Prime,
    Product,
    Relation,
    Rest,
    Sum,
    Symbol,
    Vector,
    Words,
)

GREEK = {"alpha": "α", "delta": "δ", "phi": "φ", "pi": "π", "sigma": "σ", "tau": "τ"}
SIGNS = {"=": "=", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
APPLY, TIMES = "\u2061", "\u2062"  # invisible: function application and multiplication


def to_mathml(node: Node) -> Markup:
    """Return a formula as an element to be put into <math>."""
    match node:
        case Number(value, digits):
            return _number(value, digits)
        case Symbol():
            return _symbol(node)
        case Words(text):
            return tag("mtext", text)
        case Rest():
            return _operator("⋯")
        case Sum(terms):
            return _sum(terms)
        case Negative(body):
            return _row(_operator("−"), _child(body, node, 0))
        case Product(factors):
            return _product(node, factors)
        case Hadamard(factors):
            return _between("⊙", [_child(factor, node, place) for place, factor in enumerate(factors)])
        case _:
            return _other(node)


def _other(node: Node) -> Markup:
    match node:
        case Fraction(top, bottom):
            return tag("mfrac", to_mathml(top), to_mathml(bottom))
        case Power(base, exponent):
            return tag("msup", _child(base, node, 0), to_mathml(exponent))
        case Prime(body):
            return tag("msup", _child(body, node, 0), _operator("′"))
        case Derivative(by):
            partial = tag("mi", "∂", mathvariant="normal")
            return tag("mfrac", _row(partial, tag("mi", "E")), _row(partial, to_mathml(by)))
        case Call(function, arguments):
            return _call(function, [to_mathml(argument) for argument in arguments])
        case Over(operator, indices, body):
            sign = tag("mo", "∑") if operator == "sum" else tag("mo", "max", lspace="0", rspace="0.2em")
            return _row(tag("munder", sign, _index(", ".join(indices))), _child(body, node, 0))
        case Vector(parts):
            return _row(_operator("["), _between(",", list(map(to_mathml, parts))), _operator("]"))
        case Relation(parts, sign):
            return _between(SIGNS[sign], list(map(to_mathml, parts)))
        case Cases(value, condition, otherwise):
            first = tag("mtr", tag("mtd", to_mathml(value)), tag("mtd", tag("mtext", "if "), to_mathml(condition)))
            rows = tag("mtable", first, tag("mtr", tag("mtd", to_mathml(otherwise)), tag("mtd", tag("mtext", "else"))))
            return _row(_operator("{"), rows)
        case _:
            raise TypeError(f"{node!r} is no formula")


def _number(value: float, digits: int) -> Markup:
    mantissa, power = parts_of(shown(value, digits))
    digits_of = _signed_digits(mantissa)
    if not power:
        return digits_of
    return _row(digits_of, _operator("×"), tag("msup", tag("mn", "10"), _signed_digits(power)))


def _signed_digits(text: str) -> Markup:
    return _row(_operator("−"), tag("mn", text[1:])) if text.startswith("-") else tag("mn", text)


def _symbol(symbol: Symbol) -> Markup:
    letter = tag("mi", GREEK.get(symbol.name, symbol.name))
    above = _index(symbol.above) if symbol.above else None
    below = _index(joined(symbol.below)) if symbol.below else None
    if above is None:
        return letter if below is None else tag("msub", letter, below)
    return tag("msup", letter, above) if below is None else tag("msubsup", letter, below, above)


def _index(text: str) -> Markup:
    parts = list(map(_token, tokens(text)))
    return parts[0] if len(parts) == 1 else _row(parts)


def _token(part: str) -> Markup:
    if "_" in part and len(part) > 1:  # an index with an index of its own, as c_0
        letter, _, below = part.partition("_")
        return tag("msub", tag("mi", letter), tag("mn" if below.isdigit() else "mi", below))
    if part.isdigit():
        return tag("mn", part)
    return tag("mi", part) if part.isalpha() else _operator(SIGNS.get(part, "−" if part == "-" else part))


def _call(function: str | Node, arguments: list[Markup]) -> Markup:
    inner = _between(",", arguments)
    if function == "sqrt":
        return tag("msqrt", inner)
    if function == "abs":
        return _row(_operator("|"), inner, _operator("|"))
    name = tag("mi", function) if isinstance(function, str) else to_mathml(function)
    return _row(name, tag("mo", APPLY), _in_brackets(inner))


def _sum(terms: tuple[Node, ...]) -> Markup:
    parts: list[Markup] = []
    for place, term in enumerate(terms):
        minus, body = signed(term)
        inside = (
            subtracted_needs_brackets(body, flat=False) if minus else needs_brackets(body, Sum(terms), 0, flat=False)
        )
        sign = _operator("−") if minus else _operator("+") if place else None
        parts += [join(sign), _in_brackets(to_mathml(body)) if inside else to_mathml(body)]
    return _row(parts)


def _product(node: Node, factors: tuple[Node, ...]) -> Markup:
    parts: list[Markup] = []
    for place, factor in enumerate(factors):
        if place:
            parts.append(tag("mo", "·" if isinstance(first_leaf(factor), Number) else TIMES))
        parts.append(_child(factor, node, place))
    return _row(parts)


def _between(sign: str, parts: list[Markup]) -> Markup:
    """Return parts with a sign between them."""
    if len(parts) == 1:
        return parts[0]
    rest = [[_operator(sign), part] for part in parts[1:]]
    return _row(parts[0], rest)


def _child(child: Node, parent: Node, place: int) -> Markup:
    inner = to_mathml(child)
    return _in_brackets(inner) if needs_brackets(child, parent, place, flat=False) else inner


def _in_brackets(inner: Markup) -> Markup:
    return _row(_operator("("), inner, _operator(")"))


def _operator(sign: str) -> Markup:
    return tag("mo", sign)


def _row(*parts: Markup | list[Markup] | list[list[Markup]]) -> Markup:
    return tag("mrow", *parts)
