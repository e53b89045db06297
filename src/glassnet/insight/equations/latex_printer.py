"""Formulas as LaTeX, for amsmath."""

from glassnet.insight.equations.brackets import first_leaf, needs_brackets, signed, subtracted_needs_brackets
from glassnet.insight.equations.digits import joined, parts_of, shown
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

GREEK = frozenset({"alpha", "delta", "phi", "pi", "sigma", "tau"})
KNOWN = frozenset({"cos", "exp", "log", "max", "min", "sin", "tanh"})
SIGNS = {"=": "=", "<": "<", "<=": r"\leq", ">": ">", ">=": r"\geq"}
ESCAPED = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",  # \textquotedbl needs another encoding of fonts than the default
    **{letter: f"\\{letter}" for letter in "{}$&#%_"},
}


def to_latex(node: Node) -> str:
    """Return a formula for LaTeX's mathematics."""
    match node:
        case Number(value, digits):
            return _number(value, digits)
        case Symbol():
            return _symbol(node)
        case Words(text):
            return words(text)
        case Rest():
            return r"\cdots"
        case Sum(terms):
            return _sum(terms)
        case Negative(body):
            return f"-{_child(body, node, 0)}"
        case Product(factors):
            return _product(node, factors)
        case Hadamard(factors):
            return r" \odot ".join(_child(factor, node, place) for place, factor in enumerate(factors))
        case _:
            return _other(node)


def words(text: str) -> str:
    """Return text within a formula."""
    return rf"\text{{{escaped(text)}}}"


def escaped(text: str) -> str:
    """Return text for LaTeX that is shown as it is; what is no printable character is a space."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return "".join(ESCAPED.get(letter, letter) for letter in plain)


def _other(node: Node) -> str:
    match node:
        case Fraction(top, bottom):
            return rf"\frac{{{to_latex(top)}}}{{{to_latex(bottom)}}}"
        case Power(base, exponent):
            return f"{_child(base, node, 0)}^{{{to_latex(exponent)}}}"
        case Prime(body):
            return f"{_child(body, node, 0)}'"
        case Derivative(by):
            return rf"\frac{{\partial E}}{{\partial {to_latex(by)}}}"
        case Call(function, arguments):
            return _call(function, [to_latex(argument) for argument in arguments])
        case Over(operator, indices, body):
            return rf"\{operator}_{{{', '.join(indices).replace('>=', SIGNS['>='] + ' ')}}} {_child(body, node, 0)}"
        case Vector(parts):
            return rf"\left[{', '.join(map(to_latex, parts))}\right]"
        case Relation(parts, sign):
            return f" {SIGNS[sign]} ".join(map(to_latex, parts))
        case Cases(value, condition, otherwise):
            rows = rf"{to_latex(value)} & \text{{if }} {to_latex(condition)} \\ {to_latex(otherwise)} & \text{{else}}"
            return rf"\begin{{cases}} {rows} \end{{cases}}"
        case _:
            raise TypeError(f"{node!r} is no formula")


def _number(value: float, digits: int) -> str:
    mantissa, power = parts_of(shown(value, digits))
    return rf"{mantissa} \times 10^{{{power}}}" if power else mantissa


def _symbol(symbol: Symbol) -> str:
    name = symbol.name
    letter = f"\\{name}" if name in GREEK else name if len(name) == 1 else rf"\mathit{{{name}}}"
    above = f"^{{{symbol.above}}}" if symbol.above else ""
    return letter + above + (f"_{{{joined(symbol.below)}}}" if symbol.below else "")


def _call(function: str | Node, arguments: list[str]) -> str:
    inner = ", ".join(arguments)
    if function == "sqrt":
        return rf"\sqrt{{{inner}}}"
    if function == "abs":
        return rf"\left\lvert {inner} \right\rvert"
    if isinstance(function, str):
        name = f"\\{function}" if function in KNOWN else rf"\operatorname{{{function}}}"
    else:
        name = to_latex(function)
    return rf"{name}\left({inner}\right)"


def _sum(terms: tuple[Node, ...]) -> str:
    text = ""
    for place, term in enumerate(terms):
        minus, body = signed(term)
        inside = (
            subtracted_needs_brackets(body, flat=False) if minus else needs_brackets(body, Sum(terms), 0, flat=False)
        )
        sign = (" - " if minus else " + ") if place else ("-" if minus else "")
        text += sign + (_bracketed(body) if inside else to_latex(body))
    return text


def _product(node: Node, factors: tuple[Node, ...]) -> str:
    text = ""
    for place, factor in enumerate(factors):
        bracketed = needs_brackets(factor, node, place, flat=False)
        dot = isinstance(first_leaf(factor), Number)
        text += (r" \cdot " if dot else r" \, ") * (place > 0) + (_bracketed(factor) if bracketed else to_latex(factor))
    return text


def _child(child: Node, parent: Node, place: int) -> str:
    return _bracketed(child) if needs_brackets(child, parent, place, flat=False) else to_latex(child)


def _bracketed(node: Node) -> str:
    return rf"\left({to_latex(node)}\right)"
