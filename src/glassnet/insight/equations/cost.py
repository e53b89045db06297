"""The cost E and its derivative with respect to the outputs of the network, as equations."""

from collections.abc import Callable

from glassnet.insight.equations.losses import loss_rules
from glassnet.insight.equations.notation import plain, signal, slope
from glassnet.insight.equations.structure import Structure
from glassnet.insight.equations.tree import (
    Cases,
    Fraction,
    Negative,
    Node,
    Over,
    Power,
    Prime,
    Product,
    Relation,
    Sum,
    call,
    equal,
    minus,
    number,
    times,
)
from glassnet.network.loss import LEAST_DEVIATION, CrossEntropy, Gaussian, Loss, Quantile

X, Y = plain("x"), plain("y")
LETTER, DERIVATIVE = plain("loss"), Prime(plain("loss"))
LOSS = call(LETTER, X, Y)


def cost_of(loss: Loss, place: int) -> Structure:
    """Return E and dE/dx^L, with L = `place`, of s samples that have targets y and weights w."""
    samples, weight = plain("s"), plain("w", "i")
    x, y = signal("x", place, "i", "j"), plain("y", "i", "j")
    of_row = Over("sum", ("j",), call(LETTER, x, y))
    E = equal(plain("E"), Product((Fraction(number(1), samples), Over("sum", ("i",), Product((weight, of_row))))))
    top = equal(slope("x", place, "i", "j"), Product((Fraction(weight, samples), call(DERIVATIVE, x, y))))
    value, derivative, notes = _rules(loss)
    counted = "i counts samples and j outputs; w_i = 1 unless weights are given"
    summed = "gradients of parameters are sums over the samples"
    return Structure((E, *value), (top, *derivative), (counted, summed, *notes))


def _rules(loss: Loss) -> tuple[tuple[Relation, ...], tuple[Relation, ...], tuple[str, ...]]:
    if type(loss) in COUPLED:
        return COUPLED[type(loss)](loss)
    rules = loss_rules(loss)
    if rules is None:
        return (), (), (f"loss is {type(loss).__name__}, one of your own: its class has its equations",)
    value, derivative = rules.values([X], [Y])[0], rules.derivatives([X], [Y])[0]
    return (equal(LOSS, value),), (equal(call(DERIVATIVE, X, Y), derivative),), ()


Parts = tuple[tuple[Relation, ...], tuple[Relation, ...], tuple[str, ...]]


def _cross_entropy(loss: CrossEntropy) -> Parts:
    x_j, y_j, s = plain("x", "j"), plain("y", "j"), loss.smoothing
    all_of_them = Over("sum", ("k",), call("exp", plain("x", "k")))
    target: Node = Sum((times(number(1 - s), y_j), Fraction(number(s), plain("K")))) if s else y_j
    value = times(target, minus(call("log", all_of_them), x_j))
    derivative = minus(Fraction(call("exp", x_j), all_of_them), target)
    notes = ("K is the number of classes",) if s else ()
    return (
        (equal(call(LETTER, x_j, y_j), value),),
        (equal(call(DERIVATIVE, x_j, y_j), derivative),),
        ("y_j is 1 for the class of a sample and 0 for the others", *notes),
    )


def _quantile(loss: Quantile) -> Parts:
    q, t, s = plain("q", "k"), plain("t", "k"), plain("h", "k")
    r = minus(Y, q)
    value = Over("sum", ("k",), call("max", Product((t, r)), Product((minus(t, number(1)), r))))
    side = Cases(
        Negative(t), Relation((Y, q), ">"), Cases(minus(number(1), t), Relation((Y, q), "<"), number(0))
    )  # fmt: skip
    first = equal(call(DERIVATIVE, plain("x", "1"), Y), Over("sum", ("k>=1",), s))
    others = equal(
        call(DERIVATIVE, plain("x", "j"), Y), Product((call("logistic", plain("x", "j")), Over("sum", ("k>=j",), s)))
    )
    levels = ", ".join(f"{level:g}" for level in loss.levels)
    steps = equal(plain("q", "j"), Sum((plain("q", "j-1"), call("softplus", plain("x", "j")))))
    return (
        (equal(plain("q", "1"), plain("x", "1")), steps, equal(LOSS, value)),
        (equal(s, side), first, others),
        (f"a target has the quantiles q_k of the levels t_k = {levels}, from as many outputs",),
    )


def _gaussian(_: Gaussian) -> Parts:
    m, d, v = plain("m"), plain("d"), plain("v")
    first, second = plain("x", "1"), plain("x", "2")
    squares = Fraction(Power(minus(Y, m), number(2)), v)
    variance = Sum((Power(d, number(2)), number(LEAST_DEVIATION**2)))
    of_second = Product((call("logistic", second), minus(number(1), squares), Fraction(d, v)))
    return (
        (
            equal(m, first),
            equal(d, call("softplus", second)),
            equal(v, variance),
            equal(LOSS, Product((number(0.5), Sum((call("log", v), squares))))),
        ),
        (
            equal(call(DERIVATIVE, first, Y), Negative(Fraction(minus(Y, m), v))),
            equal(call(DERIVATIVE, second, Y), of_second),
        ),
        ("a target has two outputs: its mean m is the first, its deviation d is the softplus of the second",),
    )


COUPLED: dict[type, Callable[..., Parts]] = {CrossEntropy: _cross_entropy, Quantile: _quantile, Gaussian: _gaussian}
