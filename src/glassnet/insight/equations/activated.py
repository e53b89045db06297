"""What an activation adds to a layer's equations."""

from typing import NamedTuple

from glassnet.insight.equations.activations import coupled, rules_of
from glassnet.insight.equations.notation import plain, signal, slope
from glassnet.insight.equations.tree import Hadamard, Prime, Product, Relation, call, equal, nodes_in
from glassnet.network.activation import Activation, Identity

SIGMA = plain("sigma")


class Activated(NamedTuple):
    """What an activation adds to a layer's equations: those of x^l and sigma, and those of delta^l and sigma'."""

    forward: tuple[Relation, ...]
    backward: tuple[Relation, ...]
    notes: tuple[str, ...] = ()


def activated(activation: Activation, place: int) -> Activated:
    """Return the equations of x^l = sigma(z^l) and of delta^l."""
    x, z, delta, g = signal("x", place), signal("z", place), signal("delta", place), slope("x", place)
    if isinstance(activation, Identity):
        return Activated((equal(x, z),), (equal(delta, g),))
    rules, outer = rules_of(activation), equal(x, call(SIGMA, z))
    if rules is not None:
        value = equal(call(SIGMA, plain("z")), rules.value(plain("z")))
        derivative = equal(call(Prime(SIGMA), plain("z")), rules.derivative(plain("z"), plain("x")))
        through = equal(delta, Hadamard((g, call(Prime(SIGMA), z))))
        uses_x = plain("x") in nodes_in(derivative)
        return Activated((outer, value), (through, derivative), ("in sigma', x is sigma(z)",) if uses_x else ())
    equations = coupled(activation)
    if equations:
        of_x = tuple(each for each in equations if each.parts[0] in (plain("x", "j"), plain("x", "1")))
        return Activated((outer, *of_x), tuple(each for each in equations if each not in of_x))
    own = f"sigma is {type(activation).__name__}, an activation of your own: its class has its equations"
    through = equal(delta, Product((Prime(call("J", z)), g)))
    return Activated((outer,), (through,), (own,))
