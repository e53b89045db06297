"""What every kind of layer does, as equations of one sample: forward, and backward from dE/dx^l.

Of several samples the gradients of parameters are sums over them. A kind of layer is one function here or in
`layers_of_images` and `layers_of_inputs`; `KINDS` lists them all.
"""

from collections.abc import Callable

from glassnet.insight.equations.activated import SIGMA, activated
from glassnet.insight.equations.activations import rules_of
from glassnet.insight.equations.layers_of_images import (
    average_pool,
    convolution,
    crop,
    flatten,
    flip,
    max_pool,
    shift,
)
from glassnet.insight.equations.layers_of_inputs import (
    embedding,
    input_scaling,
    linear_path,
    periodic,
    piecewise_linear,
    smooth_clip,
)
from glassnet.insight.equations.notation import plain, signal, slope
from glassnet.insight.equations.structure import Structure
from glassnet.insight.equations.tree import (
    Cases,
    Fraction,
    Hadamard,
    Node,
    Prime,
    Product,
    Relation,
    Sum,
    Words,
    call,
    equal,
    minus,
    nodes_in,
    number,
)
from glassnet.network.augmentation import Crop, Flip, Shift
from glassnet.network.bounded_scaling import BoundedScaling
from glassnet.network.convolution import Convolution
from glassnet.network.dense import Dense
from glassnet.network.dropout import Dropout
from glassnet.network.embedding import Embedding
from glassnet.network.flatten import Flatten
from glassnet.network.layer import Layer, Shape
from glassnet.network.linear_path import LinearPath
from glassnet.network.parametric import ParametricActivation
from glassnet.network.periodic import Periodic
from glassnet.network.piecewise import PiecewiseLinear
from glassnet.network.pooling import AveragePool, MaxPool
from glassnet.network.scaling import InputScaling
from glassnet.network.smooth_clip import SmoothClip


def structure_of(layer: Layer, place: int, inputs: Shape, outputs: Shape) -> Structure:
    """Return the equations of the `place`-th layer, counted from 1; of a kind that is not ours its name alone."""
    maker = KINDS.get(type(layer))
    if maker is not None:
        return maker(layer, place, inputs, outputs)
    x = equal(signal("x", place), call(signal("f", place), signal("x", place - 1)))
    return Structure((x,), (), (f"{type(layer).__name__} is a layer of your own: its class has its equations",))


def dense(layer: Dense, place: int, inputs: Shape, outputs: Shape) -> Structure:
    """z^l = (W^l)' x^{l-1} + b^l; dE/dW^l = x^{l-1} (delta^l)', dE/db^l = delta^l, dE/dx^{l-1} = W^l delta^l."""
    W, b, before, delta = signal("W", place), signal("b", place), signal("x", place - 1), signal("delta", place)
    z = equal(signal("z", place), Sum((Product((Prime(W), before)), b)))
    sigma = activated(layer.activation, place)
    back = (
        equal(slope("W", place), Product((before, Prime(delta)))),
        equal(slope("b", place), delta),
        equal(slope("x", place - 1), Product((W, delta))),
    )
    return Structure((z, *sigma.forward), (*sigma.backward, *back), sigma.notes)


def dropout(layer: Dropout, place: int, inputs: Shape, outputs: Shape) -> Structure:
    """x^l = m (*) x^{l-1}, with a mask m that is 1 in predictions."""
    m, j = signal("m", place), signal("m", place, "j")
    drawn = Cases(
        number(0), Words(f"drawn, with probability {layer.rate:g}"), Fraction(number(1), number(1 - layer.rate))
    )
    forward = (equal(signal("x", place), Hadamard((m, signal("x", place - 1)))), equal(j, drawn))
    g = slope("x", place)
    what = "channel" if layer.channels else "entry"
    return Structure(
        forward,
        (equal(signal("delta", place), g), equal(slope("x", place - 1), Hadamard((m, g)))),
        (f"m is drawn for every {what} in every step of training; in predictions all of it is 1",),
    )


def parametric_activation(layer: ParametricActivation, place: int, inputs: Shape, outputs: Shape) -> Structure:
    """x^l = x^{l-1} + a (*) (sigma(x^{l-1}) - x^{l-1})."""
    a, x, z, g = signal("a", place), signal("x", place - 1), signal("z", place), slope("x", place)
    forward: list[Relation] = [
        equal(z, call(SIGMA, x)),
        equal(signal("x", place), Sum((x, Hadamard((a, minus(z, x)))))),
    ]
    rules = rules_of(layer.activation)
    back: Node = Product((Prime(call("J", x)), Hadamard((a, g))))
    backward, notes = list[Relation](), tuple[str, ...]()
    if rules is not None:
        forward.append(equal(call(SIGMA, plain("z")), rules.value(plain("z"))))
        backward.append(equal(call(Prime(SIGMA), plain("z")), rules.derivative(plain("z"), plain("x"))))
        back = Hadamard((call(Prime(SIGMA), x), a, g))
        notes = ("in sigma', x is sigma(z)",) if plain("x") in nodes_in(backward[0]) else ()
    else:
        notes = (f"sigma is {type(layer.activation).__name__}, with the Jacobian J",)
    delta = equal(signal("delta", place), Sum((Hadamard((minus(number(1), a), g)), back)))
    others = equal(slope("a", place), Hadamard((g, minus(z, x)))), equal(slope("x", place - 1), signal("delta", place))
    return Structure(tuple(forward), (delta, *backward, *others), notes)


def bounded_scaling(layer: BoundedScaling, place: int, inputs: Shape, outputs: Shape) -> Structure:
    """x^l = clip(s (*) x^{l-1}, low, high)."""
    s, low, high = (signal(name, place) for name in ("s", "low", "high"))
    z, delta = signal("z", place), signal("delta", place)
    z_j, low_j, high_j = (signal(name, place, "j") for name in ("z", "low", "high"))
    g_j = slope("x", place, "j")
    inside = Cases(g_j, Relation((low_j, z_j, high_j), "<="), number(0))
    return Structure(
        (equal(z, Hadamard((s, signal("x", place - 1)))), equal(signal("x", place), call("clip", z, low, high))),
        (
            equal(signal("delta", place, "j"), inside),
            equal(slope("s", place), Hadamard((delta, signal("x", place - 1)))),
            equal(slope("low", place, "j"), Cases(g_j, Relation((z_j, low_j), "<"), number(0))),
            equal(slope("high", place, "j"), Cases(g_j, Relation((z_j, high_j), ">"), number(0))),
            equal(slope("x", place - 1), Hadamard((s, delta))),
        ),
        ("in training x = z, without the clip; no solver moves s, low and high",),
    )


KINDS: dict[type, Callable[..., Structure]] = {
    Dense: dense,
    Convolution: convolution,
    MaxPool: max_pool,
    AveragePool: average_pool,
    Flatten: flatten,
    Shift: shift,
    Flip: flip,
    Crop: crop,
    Dropout: dropout,
    Embedding: embedding,
    SmoothClip: smooth_clip,
    Periodic: periodic,
    PiecewiseLinear: piecewise_linear,
    InputScaling: input_scaling,
    ParametricActivation: parametric_activation,
    BoundedScaling: bounded_scaling,
    LinearPath: linear_path,
}
