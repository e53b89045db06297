"""The value of a formula in which there are numbers alone."""

import math
from collections.abc import Callable
from itertools import pairwise

from glassnet.insight.equations.tree import (
    Call,
    Cases,
    Fraction,
    Hadamard,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Relation,
    Rest,
    Sum,
)

FUNCTIONS: dict[str, Callable[..., float]] = {
    "abs": math.fabs,
    "clip": lambda value, low, high: min(max(value, low), high),
    "cos": math.cos,
    "erf": math.erf,
    "exp": math.exp,
    "log": math.log,
    "logistic": lambda z: 0.5 * (1 + math.tanh(z / 2)),
    "max": lambda *values: max(values),
    "min": lambda *values: min(values),
    "sign": lambda value: float((value > 0) - (value < 0)),
    "sin": math.sin,
    "softplus": lambda z: max(z, 0.0) + math.log1p(math.exp(-abs(z))),
    "sqrt": math.sqrt,
    "tanh": math.tanh,
}
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "=": lambda a, b: a == b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def value_of(node: Node) -> float:
    """Return the value of a formula; `TypeError` where it holds anything but numbers."""
    match node:
        case Number(value):
            return value
        case Rest(_, float(total)):
            return total
        case Sum(terms):
            return math.fsum(map(value_of, terms))
        case Negative(body):
            return -value_of(body)
        case Product(factors) | Hadamard(factors):
            return math.prod(map(value_of, factors))
        case Fraction(top, bottom):
            return value_of(top) / value_of(bottom)
        case Power(base, exponent):
            return value_of(base) ** value_of(exponent)
        case Call(str(function), arguments):
            return FUNCTIONS[function](*map(value_of, arguments))
        case Cases(value, Relation(parts, sign), otherwise):
            numbers = list(map(value_of, parts))
            holds = all(COMPARISONS[sign](a, b) for a, b in pairwise(numbers))
            return value_of(value if holds else otherwise)
        case _:
            raise TypeError(f"{node!r} is no number")
