"""Formulas as trees: immutable nodes that know nothing of networks and nothing of how they are printed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Literal, Union

Sign = Literal["=", "<", "<=", ">", ">="]


@dataclass(frozen=True)
class Number:
    """A number, shown with so many significant digits."""

    value: float
    digits: int = 6


@dataclass(frozen=True)
class Symbol:
    """A letter with the number of a layer above it and indices below: `W`, 1, ("2", "3") is W^1_23."""

    name: str
    above: str = ""
    below: tuple[str, ...] = ()


@dataclass(frozen=True)
class Words:
    """A name or a remark, shown as it is."""

    text: str


@dataclass(frozen=True)
class Sum:
    """Terms added up; a negative one is subtracted."""

    terms: tuple["Node", ...]


@dataclass(frozen=True)
class Negative:
    """What is behind a minus."""

    body: "Node"


@dataclass(frozen=True)
class Product:
    """Factors side by side: of numbers, or of matrices."""

    factors: tuple["Node", ...]


@dataclass(frozen=True)
class Hadamard:
    """Factors multiplied entry by entry."""

    factors: tuple["Node", ...]


@dataclass(frozen=True)
class Fraction:
    """One above the other."""

    top: "Node"
    bottom: "Node"


@dataclass(frozen=True)
class Power:
    """A base and its exponent."""

    base: "Node"
    exponent: "Node"


@dataclass(frozen=True)
class Prime:
    """A prime: the transpose of a matrix or vector, or the derivative of a function."""

    body: "Node"


@dataclass(frozen=True)
class Derivative:
    """dE/d(by), with E the cost."""

    by: "Node"


@dataclass(frozen=True)
class Call:
    """A function of some arguments: its name or, of sigma and sigma', a node."""

    function: Union[str, "Node"]
    arguments: tuple["Node", ...]


@dataclass(frozen=True)
class Over:
    """A sum, or the largest, over indices."""

    operator: Literal["sum", "max"]
    indices: tuple[str, ...]
    body: "Node"


@dataclass(frozen=True)
class Vector:
    """Parts laid end to end."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Relation:
    """Parts with the same sign between them, as in a = b = c."""

    parts: tuple["Node", ...]
    sign: Sign = "="


@dataclass(frozen=True)
class Cases:
    """One value where a condition holds, and another elsewhere."""

    value: "Node"
    condition: "Node"
    otherwise: "Node"


@dataclass(frozen=True)
class Rest:
    """Three dots: terms of a sum that are not shown, how many they are, and what they are together, if known."""

    count: int
    total: float | None = None


Node = (
    Number
    | Symbol
    | Words
    | Sum
    | Negative
    | Product
    | Hadamard
    | Fraction
    | Power
    | Prime
    | Derivative
    | Call
    | Over
    | Vector
    | Relation
    | Cases
    | Rest
)


def mapped(node: Node, change: Callable[[Node], Node | None]) -> Node:
    """Return a tree with the nodes for which `change` gives another in their place; the others keep their kind."""
    changed = change(node)
    if changed is not None:
        return changed
    values = {field.name: getattr(node, field.name) for field in fields(node)}
    return replace(node, **{name: _mapped(value, change) for name, value in values.items()})


def nodes_in(node: Node) -> Iterator[Node]:
    """Yield all nodes of a tree, the outermost first."""
    yield node
    for field in fields(node):
        value = getattr(node, field.name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Node):
                yield from nodes_in(part)


def _mapped(value: object, change: Callable[[Node], Node | None]) -> object:
    if isinstance(value, tuple):
        return tuple(_mapped(item, change) for item in value)  # pyright: ignore[reportUnknownVariableType]
    return mapped(value, change) if isinstance(value, Node) else value


def number(value: float, digits: int = 6) -> Number:
    """Return a number of Python as a node."""
    return Number(float(value), digits)


def total(*terms: Node) -> Node:
    """Return the sum of the terms, which is 0 for none and the term itself for one."""
    return number(0) if not terms else terms[0] if len(terms) == 1 else Sum(terms)


def minus(left: Node, right: Node) -> Sum:
    """Return left - right."""
    return Sum((left, Negative(right)))


def times(*factors: Node) -> Node:
    """Return the product, without factors of one."""
    kept = tuple(factor for factor in factors if factor != Number(1.0))
    return number(1) if not kept else kept[0] if len(kept) == 1 else Product(kept)


def equal(*parts: Node) -> Relation:
    """Return parts that are equal."""
    return Relation(parts)


def call(function: str | Node, *arguments: Node) -> Call:
    """Return a function of its arguments."""
    return Call(function, arguments)
