"""sigma(z) and sigma'(z) of every activation, as its docstring has them; x stands for sigma(z)."""

from collections.abc import Callable
from typing import NamedTuple

from glassnet.insight.equations.tree import (
    Cases,
    Derivative,
    Fraction,
    Negative,
    Node,
    Over,
    Power,
    Product,
    Relation,
    Sum,
    Symbol,
    call,
    equal,
    minus,
    number,
    times,
)
from glassnet.network.activation import (
    ELU,
    GELU,
    SELU,
    Activation,
    Exponential,
    HardTanh,
    Heaviside,
    Identity,
    Increasing,
    LeakyReLU,
    Logistic,
    Mish,
    ReLU,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from glassnet.network.activations_smooth import LARGEST_EXPONENT, SELU_ALPHA, SELU_SCALE

ONE, ZERO, HALF = number(1), number(0), number(0.5)


class Rules(NamedTuple):
    """The value and the derivative of an activation of every entry alone.

    Parameters
    ----------
    value : callable
        From z to sigma(z).
    derivative : callable
        From z and x = sigma(z) to sigma'(z).
    """

    value: Callable[[Node], Node]
    derivative: Callable[[Node, Node], Node]


def rules_of(activation: Activation) -> Rules | None:
    """Return the rules of an activation of ours that acts on every entry alone, or None."""
    maker = RULES.get(type(activation))
    return None if maker is None else maker(activation)


def coupled(activation: Activation) -> list[Relation]:
    """Return the equations of an activation whose outputs depend on several z; none of one that we do not know."""
    if isinstance(activation, Softmax):
        value = Fraction(call("exp", _at("z", "j")), Over("sum", ("k",), call("exp", _at("z", "k"))))
        return [equal(_at("x", "j"), value), equal(_at("delta", "j"), softmax_back(_at("x", "j"), _g("j"), _mean()))]
    if isinstance(activation, Increasing):
        above = [Over("sum", (f"k>={first}",), _g("k")) for first in ("1", "j")]
        return [
            equal(_at("x", "1"), _at("z", "1")),
            equal(_at("x", "j"), Sum((_at("x", "j-1"), call("softplus", _at("z", "j"))))),
            equal(_at("delta", "1"), above[0]),
            equal(_at("delta", "j"), Product((call("logistic", _at("z", "j")), above[1]))),
        ]
    return []


def softmax_back(x: Node, g: Node, mean: Node) -> Node:
    """Return delta_j = x_j (g_j - <g, x>) of a softmax."""
    return Product((x, minus(g, mean)))


def _mean() -> Node:
    return Over("sum", ("k",), Product((_g("k"), _at("x", "k"))))


def _at(name: str, index: str) -> Symbol:
    return Symbol(name, "", (index,))


def _g(index: str) -> Derivative:
    return Derivative(_at("x", index))


def _where_positive(z: Node, value: Node, otherwise: Node) -> Cases:
    return Cases(value, Relation((z, ZERO), ">"), otherwise)


def _square(node: Node) -> Power:
    return Power(node, number(2))


def _logistic(z: Node) -> Node:
    return Fraction(ONE, Sum((ONE, call("exp", Negative(z)))))


def _elu(alpha: float, scale: float) -> Rules:
    """Return the rules of s ELU(z; alpha)."""
    s, a = number(scale, 8), number(alpha, 8)
    return Rules(
        lambda z: _where_positive(z, times(s, z), times(s, a, minus(call("exp", z), ONE))),
        lambda z, x: _where_positive(z, s, times(s, a, call("exp", z))),
    )


def _normal(z: Node) -> Node:
    """Return Phi(z), the normal distribution."""
    return times(HALF, _twice_normal(z))


def _twice_normal(z: Node) -> Node:
    return Sum((ONE, call("erf", Fraction(z, call("sqrt", number(2))))))


def _gelu_derivative(z: Node, x: Node) -> Node:
    two_pi = call("sqrt", times(number(2), Symbol("pi")))
    density = Fraction(call("exp", Negative(Fraction(_square(z), number(2)))), two_pi)
    return Sum((_normal(z), times(z, density)))


def _silu_derivative(z: Node, x: Node) -> Node:
    return Sum((call("logistic", z), times(x, minus(ONE, call("logistic", z)))))


def _mish_derivative(z: Node, x: Node) -> Node:
    t = call("tanh", call("softplus", z))
    return Sum((t, times(z, minus(ONE, _square(t)), call("logistic", z))))


def _hard_tanh_derivative(z: Node, x: Node) -> Node:
    return Cases(ONE, Relation((number(-1), z, ONE), "<"), ZERO)


def _exponential(_: Activation) -> Rules:
    top = number(LARGEST_EXPONENT)
    return Rules(
        lambda z: call("exp", call("min", z, top)), lambda z, x: Cases(x, Relation((z, top), "<"), ZERO)
    )  # fmt: skip


def _leaky_relu(activation: Activation) -> Rules:
    slope = number(getattr(activation, "slope"))  # noqa: B009
    return Rules(lambda z: call("max", times(slope, z), z), lambda z, x: _where_positive(z, ONE, slope))


def _fixed(value: Callable[[Node], Node], derivative: Callable[[Node, Node], Node]) -> Callable[[Activation], Rules]:
    return lambda _: Rules(value, derivative)


RULES: dict[type, Callable[..., Rules]] = {
    Identity: _fixed(lambda z: z, lambda z, x: ONE),
    Heaviside: _fixed(lambda z: _where_positive(z, ONE, ZERO), lambda z, x: ZERO),
    ReLU: _fixed(lambda z: call("max", ZERO, z), lambda z, x: _where_positive(z, ONE, ZERO)),
    LeakyReLU: _leaky_relu,
    Logistic: _fixed(_logistic, lambda z, x: times(x, minus(ONE, x))),
    Tanh: _fixed(lambda z: call("tanh", z), lambda z, x: minus(ONE, _square(x))),
    HardTanh: _fixed(lambda z: call("min", call("max", z, number(-1)), ONE), _hard_tanh_derivative),
    Exponential: _exponential,
    Softplus: _fixed(lambda z: call("log", Sum((ONE, call("exp", z)))), lambda z, x: _logistic(z)),
    ELU: lambda activation: _elu(activation.alpha, 1.0),
    SELU: lambda _: _elu(SELU_ALPHA, SELU_SCALE),
    GELU: _fixed(lambda z: times(HALF, z, _twice_normal(z)), _gelu_derivative),
    SiLU: _fixed(lambda z: times(z, call("logistic", z)), _silu_derivative),
    Mish: _fixed(lambda z: times(z, call("tanh", call("softplus", z))), _mish_derivative),
}
COUPLED = (Softmax, Increasing)
