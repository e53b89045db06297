"""Where brackets stand, and which sign a term has: one rule for all printers.

`flat` is whether a printer writes fractions and exponents in one line, where nothing but brackets keeps them together.
"""

from glassnet.insight.equations.tree import (
    Call,
    Cases,
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
    Sum,
    Symbol,
    Vector,
    Words,
)

OUTERMOST, SUM, PRODUCT, POWER, ATOM = range(5)


def needs_brackets(child: Node, parent: Node, place: int, *, flat: bool) -> bool:
    """Return whether a child, the `place`-th of its parent counted from 0, stands in brackets."""
    level = _level(child, flat=flat)
    if isinstance(parent, Sum):
        return level < SUM
    if isinstance(parent, Negative):
        return level <= SUM
    if isinstance(parent, Product | Hadamard):
        last = place == len(parent.factors) - 1
        minus = place > 0 and (flat or not isinstance(child, Fraction)) and _leads_with_minus(child)
        return minus or level < PRODUCT or _mixes(child, parent, last, flat=flat)
    if isinstance(parent, Over):
        return level < PRODUCT or _leads_with_minus(child)
    if isinstance(parent, Fraction):
        return flat and _in_line(child, level, place)
    if isinstance(parent, Power):
        if place == 0:
            return level < ATOM or not _is_bare(child)
        return flat and (level < POWER or _leads_with_minus(child))
    return isinstance(parent, Prime) and not _is_bare(child)


def signed(term: Node) -> tuple[bool, Node]:
    """Return whether a term of a sum is subtracted, and the term without that minus."""
    if isinstance(term, Negative):
        inner, body = signed(term.body)
        return not inner, body
    if isinstance(term, Number) and term.value < 0:
        return True, Number(-term.value, term.digits)
    if isinstance(term, Product | Hadamard):
        minus, first = signed(term.factors[0])
        return minus, type(term)((first, *term.factors[1:]))
    if isinstance(term, Fraction):
        minus, top = signed(term.top)
        return minus, Fraction(top, term.bottom)
    return False, term


def subtracted_needs_brackets(term: Node, *, flat: bool) -> bool:
    """Return whether what is behind a minus stands in brackets."""
    return _level(term, flat=flat) <= SUM


def first_leaf(node: Node) -> Node:
    """Return the leaf that a node begins with, as far as no bracket stands before it."""
    if isinstance(node, Product | Hadamard):
        return first_leaf(node.factors[0])
    if isinstance(node, Fraction):
        return first_leaf(node.top)
    if isinstance(node, Power):
        return first_leaf(node.base)
    return node


def _level(node: Node, *, flat: bool) -> int:
    if isinstance(node, Relation | Cases):
        return OUTERMOST
    if isinstance(node, Sum | Negative):
        return SUM
    if isinstance(node, Product | Hadamard | Over):
        return PRODUCT
    if isinstance(node, Fraction):
        return PRODUCT
    if isinstance(node, Number) and not flat and "e" in f"{node.value:.{node.digits}g}":
        return PRODUCT  # it is shown as a product with a power of ten
    return POWER if isinstance(node, Power) else ATOM


def _in_line(child: Node, level: int, place: int) -> bool:
    """Return whether a part of a fraction that is written in one line stands in brackets."""
    if place > 0:
        return level <= PRODUCT or _leads_with_minus(child)
    return level < PRODUCT or isinstance(child, Over | Hadamard)


def _mixes(child: Node, parent: Product | Hadamard, last: bool, *, flat: bool) -> bool:
    """Return whether a factor would be read as something else beside the others."""
    if isinstance(child, Fraction):
        return flat and not last
    if isinstance(child, Over):
        return not last
    return isinstance(child, Product | Hadamard) and type(child) is not type(parent)


def _leads_with_minus(node: Node) -> bool:
    leaf = first_leaf(node)
    return (isinstance(leaf, Number) and leaf.value < 0) or isinstance(leaf, Negative)


def _is_bare(node: Node) -> bool:
    """Return whether a prime or an exponent beside a node belongs to all of it."""
    if isinstance(node, Number):
        return node.value >= 0
    if isinstance(node, Symbol):
        return not node.above
    return isinstance(node, Call | Vector | Words)
