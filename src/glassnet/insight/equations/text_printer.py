"""Formulas as plain text, in the notation of the docstrings: z^1 = (W^1)' x^0 + b^1."""

from glassnet.insight.equations.brackets import first_leaf, needs_brackets, signed, subtracted_needs_brackets
from glassnet.insight.equations.digits import joined, shown
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

DOT = "·"


def to_text(node: Node) -> str:
    """Return a formula in one line of text."""
    match node:
        case Number(value, digits):
            return shown(value, digits)
        case Symbol():
            return _symbol(node)
        case Words(text):
            return text
        case Rest():
            return "..."
        case Sum(terms):
            return _sum(terms)
        case Negative(body):
            return f"-{_child(body, node, 0)}"
        case Product(factors):
            return _product(node, factors)
        case Hadamard(factors):
            return " (*) ".join(_child(factor, node, place) for place, factor in enumerate(factors))
        case _:
            return _other(node)


def _other(node: Node) -> str:
    match node:
        case Fraction(top, bottom):
            return f"{_child(top, node, 0)} / {_child(bottom, node, 1)}"
        case Power(base, exponent):
            return f"{_child(base, node, 0)}^{_child(exponent, node, 1)}"
        case Prime(body):
            return f"{_child(body, node, 0)}'"
        case Derivative(by):
            return f"dE/d{to_text(by)}"
        case Call(function, arguments):
            return _call(function, ", ".join(map(to_text, arguments)))
        case Over(operator, indices, body):
            return f"{operator}_{_group(','.join(indices))} {_child(body, node, 0)}"
        case Vector(parts):
            return f"[{', '.join(map(to_text, parts))}]"
        case Relation(parts, sign):
            return f" {sign} ".join(map(to_text, parts))
        case Cases(value, condition, otherwise):
            return f"{to_text(value)} if {to_text(condition)} else {to_text(otherwise)}"
        case _:
            raise TypeError(f"{node!r} is no formula")


def _call(function: str | Node, inner: str) -> str:
    if function == "abs":
        return f"|{inner}|"
    return f"{function if isinstance(function, str) else to_text(function)}({inner})"


def _symbol(symbol: Symbol) -> str:
    below = joined(symbol.below)
    single = all(len(index) == 1 for index in symbol.below)  # W_11 is an entry of a matrix, b_{11} of a vector
    subscript = "" if not below else f"_{below}" if single else f"_{{{below}}}"
    return symbol.name + (f"^{_group(symbol.above)}" if symbol.above else "") + subscript


def _group(text: str) -> str:
    return text if len(text) == 1 else f"{{{text}}}"


def _sum(terms: tuple[Node, ...]) -> str:
    text = ""
    for place, term in enumerate(terms):
        minus, body = signed(term)
        level = subtracted_needs_brackets(body, flat=True) if minus else needs_brackets(body, Sum(terms), 0, flat=True)
        inner = f"({to_text(body)})" if level else to_text(body)
        sign = (" - " if minus else " + ") if place else ("-" if minus else "")
        text += sign + inner
    return text


def _product(node: Node, factors: tuple[Node, ...]) -> str:
    text = ""
    for place, factor in enumerate(factors):
        inner = _child(factor, node, place)
        dot = (isinstance(first_leaf(factor), Number) and not inner.startswith("(")) or inner.startswith("(-")
        text += (DOT if dot else " ") * (place > 0) + inner
    return text


def _child(child: Node, parent: Node, place: int) -> str:
    text = to_text(child)
    return f"({text})" if needs_brackets(child, parent, place, flat=True) else text
