"""What every loss costs and its derivative, in entries: outputs x^L of a row, and its targets y."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from glassnet.insight.equations.tree import (
    Cases,
    Fraction,
    Negative,
    Node,
    Power,
    Relation,
    Sum,
    call,
    minus,
    number,
    times,
    total,
)
from glassnet.network.loss import (
    LEAST_DEVIATION,
    AbsoluteError,
    BinaryCrossEntropy,
    ClassLoss,
    CrossEntropy,
    Gamma,
    Gaussian,
    HalfSquaredError,
    Huber,
    Loss,
    Poisson,
    Quantile,
    SquaredError,
    Tweedie,
)

Nodes = Sequence[Node]
ONE, TWO = number(1), number(2)


class LossRules(NamedTuple):
    """A loss in entries.

    Parameters
    ----------
    values : callable
        From the outputs of a row and its targets to what each target costs.
    derivatives : callable
        From the same to the derivative of the sum of these with respect to each output.
    """

    values: Callable[[Nodes, Nodes], list[Node]]
    derivatives: Callable[[Nodes, Nodes], list[Node]]


def loss_rules(loss: Loss) -> LossRules | None:
    """Return the rules of a loss of ours, or None."""
    maker = RULES.get(type(loss))
    return None if maker is None else maker(loss)


def _of_each(value: Callable[[Node, Node], Node], derivative: Callable[[Node, Node], Node]) -> LossRules:
    """Return the rules of a loss with one output a target, which costs by itself."""
    return LossRules(
        lambda x, y: [value(*pair) for pair in zip(x, y, strict=True)],
        lambda x, y: [derivative(*pair) for pair in zip(x, y, strict=True)],
    )


def _square(node: Node) -> Power:
    return Power(node, TWO)


def _huber(loss: Huber) -> LossRules:
    c = number(loss.threshold)

    def value(x: Node, y: Node) -> Node:
        r = call("abs", minus(x, y))
        return Cases(Fraction(_square(minus(x, y)), TWO), Relation((r, c), "<="), times(c, minus(r, Fraction(c, TWO))))

    return _of_each(value, lambda x, y: call("clip", minus(x, y), number(-loss.threshold), c))


def _poisson(_: Poisson) -> LossRules:
    return _of_each(lambda x, y: minus(call("exp", x), times(y, x)), lambda x, y: minus(call("exp", x), y))


def _gamma(_: Gamma) -> LossRules:
    return _of_each(
        lambda x, y: Sum((x, times(y, call("exp", Negative(x))))),
        lambda x, y: minus(ONE, times(y, call("exp", Negative(x)))),
    )


def _tweedie(loss: Tweedie) -> LossRules:
    above, below = number(2 - loss.power), number(1 - loss.power)

    def value(x: Node, y: Node) -> Node:
        first, second = (call("exp", times(factor, x)) for factor in (above, below))
        return minus(Fraction(first, above), Fraction(times(y, second), below))

    def derivative(x: Node, y: Node) -> Node:
        first, second = (call("exp", times(factor, x)) for factor in (above, below))
        return minus(first, times(y, second))

    return _of_each(value, derivative)


def _smoothed(loss: ClassLoss, y: Node, answers: int) -> Node:
    """Return y' = (1 - s) y + s / K."""
    s = loss.smoothing
    return Sum((times(number(1 - s), y), Fraction(number(s), number(answers)))) if s else y


def _cross_entropy(loss: CrossEntropy) -> LossRules:
    def values(x: Nodes, y: Nodes) -> list[Node]:
        log_sum = call("log", total(*(call("exp", each) for each in x)))
        return [times(_smoothed(loss, target, len(y)), minus(log_sum, each)) for each, target in zip(x, y, strict=True)]

    def derivatives(x: Nodes, y: Nodes) -> list[Node]:
        all_of_them = total(*(call("exp", each) for each in x))
        return [
            minus(Fraction(call("exp", each), all_of_them), _smoothed(loss, target, len(y)))
            for each, target in zip(x, y, strict=True)
        ]

    return LossRules(values, derivatives)


def _binary_cross_entropy(loss: BinaryCrossEntropy) -> LossRules:
    return _of_each(
        lambda x, y: minus(call("softplus", x), times(_smoothed(loss, y, 2), x)),
        lambda x, y: minus(call("logistic", x), _smoothed(loss, y, 2)),
    )


def _quantile(loss: Quantile) -> LossRules:
    count = len(loss.levels)

    def values(x: Nodes, y: Nodes) -> list[Node]:
        return [
            total(*(_pinball(level, minus(target, q)) for level, q in zip(loss.levels, quantiles, strict=True)))
            for target, quantiles in _targets(x, y, count)
        ]

    def derivatives(x: Nodes, y: Nodes) -> list[Node]:
        found: list[Node] = []
        for place, (target, quantiles) in enumerate(_targets(x, y, count)):
            signs = [_side(level, target, q) for level, q in zip(loss.levels, quantiles, strict=True)]
            found.append(total(*signs))
            for k in range(1, count):
                found.append(times(call("logistic", x[place * count + k]), total(*signs[k:])))
        return found

    return LossRules(values, derivatives)


def _targets(x: Nodes, y: Nodes, count: int) -> list[tuple[Node, list[Node]]]:
    """Return every target with its quantiles: the lowest, and steps of softplus above it."""
    found: list[tuple[Node, list[Node]]] = []
    for place, target in enumerate(y):
        first, *others = x[place * count : (place + 1) * count]
        above = [call("softplus", other) for other in others]
        found.append((target, [total(first, *above[:k]) for k in range(count)]))
    return found


def _pinball(level: float, r: Node) -> Node:
    return call("max", times(number(level), r), times(number(level - 1), r))


def _side(level: float, y: Node, q: Node) -> Node:
    below = Cases(number(1 - level), Relation((y, q), "<"), number(0))
    return Cases(number(-level), Relation((y, q), ">"), below)


def _gaussian(_: Gaussian) -> LossRules:
    def parts(x: Nodes, place: int) -> tuple[Node, Node, Node]:
        mean, deviation = x[2 * place], call("softplus", x[2 * place + 1])
        return mean, deviation, Sum((_square(deviation), number(LEAST_DEVIATION**2)))

    def values(x: Nodes, y: Nodes) -> list[Node]:
        found: list[Node] = []
        for place, target in enumerate(y):
            mean, _, variance = parts(x, place)
            cost = Sum((call("log", variance), Fraction(_square(minus(target, mean)), variance)))
            found.append(times(number(0.5), cost))
        return found

    def derivatives(x: Nodes, y: Nodes) -> list[Node]:
        found: list[Node] = []
        for place, target in enumerate(y):
            mean, deviation, variance = parts(x, place)
            left = minus(ONE, Fraction(_square(minus(target, mean)), variance))
            found.append(Negative(Fraction(minus(target, mean), variance)))
            found.append(times(call("logistic", x[2 * place + 1]), left, Fraction(deviation, variance)))
        return found

    return LossRules(values, derivatives)


def _squared_error(_: SquaredError) -> LossRules:
    return _of_each(lambda x, y: _square(minus(x, y)), lambda x, y: times(TWO, minus(x, y)))


def _half_squared_error(_: HalfSquaredError) -> LossRules:
    return _of_each(lambda x, y: times(number(0.5), _square(minus(x, y))), minus)


def _absolute_error(_: AbsoluteError) -> LossRules:
    return _of_each(lambda x, y: call("abs", minus(x, y)), lambda x, y: call("sign", minus(x, y)))


RULES: dict[type, Callable[..., LossRules]] = {
    SquaredError: _squared_error,
    HalfSquaredError: _half_squared_error,
    AbsoluteError: _absolute_error,
    Huber: _huber,
    Quantile: _quantile,
    Gaussian: _gaussian,
    Poisson: _poisson,
    Gamma: _gamma,
    Tweedie: _tweedie,
    CrossEntropy: _cross_entropy,
    BinaryCrossEntropy: _binary_cross_entropy,
}
