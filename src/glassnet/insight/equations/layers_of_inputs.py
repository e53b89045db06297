"""Layers that prepare inputs: embeddings, scales and clips, and the linear path from the inputs to the output."""

from glassnet.insight.equations.notation import plain, signal, slope
from glassnet.insight.equations.structure import Structure
from glassnet.insight.equations.tree import (
    Cases,
    Derivative,
    Fraction,
    Hadamard,
    Negative,
    Node,
    Over,
    Power,
    Prime,
    Product,
    Relation,
    Sum,
    Vector,
    Words,
    call,
    equal,
    minus,
    number,
)
from glassnet.network.embedding import Embedding
from glassnet.network.layer import Shape
from glassnet.network.linear_path import LinearPath
from glassnet.network.periodic import Periodic
from glassnet.network.piecewise import PiecewiseLinear
from glassnet.network.scaling import InputScaling
from glassnet.network.smooth_clip import SmoothClip

TWO_PI = (number(2), plain("pi"))


def embedding(layer: Embedding, place: int, inputs: Shape, outputs: Shape) -> Structure:
    """x^l = [v, row c_0 of E0, row c_1 of E1, ...], where x^{l-1} = [v, c]."""
    rows = [signal(f"E{k}", place, f"c_{k}") for k in range(len(layer.levels))]
    h = [plain("h", k) for k in range(len(layer.levels))]
    parts: tuple[Node, ...] = (signal("delta", place), slope("x", place), Vector((plain("u"), *h)))
    return Structure(
        (
            equal(signal("x", place - 1), Vector((plain("v"), *(plain("c", k) for k in range(len(rows)))))),
            equal(signal("x", place), signal("z", place), Vector((plain("v"), *rows))),
        ),
        (
            equal(*parts),
            *(equal(Derivative(row), each) for row, each in zip(rows, h, strict=True)),
            equal(slope("x", place - 1), Vector((plain("u"), *[number(0)] * len(rows)))),
        ),
        ("c_k is the number of a level, counted from 0; one that is no level (-1) becomes zeros",),
    )


def smooth_clip(layer: SmoothClip, place: int, inputs: Shape, outputs: Shape) -> Structure:
    """x^l_j = z^l_j x^{l-1}_j, z^l_j = 1 / sqrt(1 + (x^{l-1}_j / c)^2)."""
    x, z, g = signal("x", place - 1, "j"), signal("z", place, "j"), slope("x", place, "j")
    root = call("sqrt", Sum((number(1), Power(Fraction(x, number(layer.limit)), number(2)))))
    notes = () if layer.numbers in (None, inputs[0]) else (f"z_j is 1 for j > {layer.numbers}, which are not clipped",)
    return Structure(
        (equal(z, Fraction(number(1), root)), equal(signal("x", place, "j"), Product((z, x)))),
        (
            equal(signal("delta", place), slope("x", place)),
            equal(slope("x", place - 1, "j"), Product((g, Power(z, number(3))))),
        ),
        notes,
    )


def input_scaling(layer: InputScaling, place: int, inputs: Shape, outputs: Shape) -> Structure:
    """x^l = z^l = s (*) x^{l-1}."""
    s, x, g = signal("s", place), signal("x", place - 1), slope("x", place)
    return Structure(
        (equal(signal("x", place), signal("z", place), Hadamard((s, x))),),
        (
            equal(signal("delta", place), g),
            equal(slope("s", place), Hadamard((g, x))),
            equal(slope("x", place - 1), Hadamard((s, g))),
        ),
    )


def _combined(place: int, coordinate: Node) -> tuple[tuple[Relation, ...], tuple[Relation, ...]]:
    """Return what both embeddings of numbers share: x^l = [x^{l-1}, y], y_im = sum_k coordinate_ik V_ikm + d_im."""
    y, V, d = plain("y", "i", "m"), signal("V", place, "i", "k", "m"), signal("d", place, "i", "m")
    forward = (
        equal(y, Sum((Over("sum", ("k",), Product((coordinate, V))), d))),
        equal(signal("x", place), Vector((signal("x", place - 1), plain("y")))),
    )
    h = plain("h", "i", "m")
    backward = (
        equal(slope("x", place), Vector((plain("u"), plain("h")))),
        equal(slope("V", place, "i", "k", "m"), Product((coordinate, h))),
        equal(slope("d", place, "i", "m"), h),
    )
    return forward, backward


def _through(place: int) -> Over:
    """Return sum_m h_im V_ikm."""
    return Over("sum", ("m",), Product((plain("h", "i", "m"), signal("V", place, "i", "k", "m"))))


def _others(layer: Periodic | PiecewiseLinear, inputs: Shape) -> tuple[str, ...]:
    if layer.numbers in (None, inputs[0]):
        return ()
    return (f"i counts the first {layer.numbers} entries of x; the others have no y",)


def periodic(layer: Periodic, place: int, inputs: Shape, outputs: Shape) -> Structure:
    """z_ik = f_ik x_i + p_ik, y_im = sum_k cos(2 pi z_ik) V_ikm + d_im, x^l = [x^{l-1}, y]."""
    x, z, delta = signal("x", place - 1, "i"), signal("z", place, "i", "k"), signal("delta", place, "i", "k")
    f, p = signal("f", place, "i", "k"), signal("p", place, "i", "k")
    forward, backward = _combined(place, call("cos", Product((*TWO_PI, z))))
    turned = Negative(Product((*TWO_PI, call("sin", Product((*TWO_PI, z))), _through(place))))
    through = Over("sum", ("k",), Product((f, delta)))
    return Structure(
        (equal(z, Sum((Product((f, x)), p))), *forward),
        (
            backward[0],
            equal(delta, turned),
            *backward[1:],
            equal(slope("p", place, "i", "k"), delta),
            equal(slope("f", place, "i", "k"), Product((x, delta))),
            equal(slope("x", place - 1, "i"), Sum((plain("u", "i"), through))),
        ),
        _others(layer, inputs),
    )


def piecewise_linear(layer: PiecewiseLinear, place: int, inputs: Shape, outputs: Shape) -> Structure:
    """z_ik = (x_i - e_ik) / w_ik, y_im = sum_k clip(z_ik, 0, 1) V_ikm + d_im, x^l = [x^{l-1}, y]."""
    x, z, delta = signal("x", place - 1, "i"), signal("z", place, "i", "k"), signal("delta", place, "i", "k")
    e, above = signal("e", place, "i", "k"), signal("e", place, "i", "k+1")
    w, q, t = plain("w", "i", "k"), plain("q", "i", "k"), plain("t", "i", "k")
    forward, backward = _combined(place, t)
    inside = Cases(_through(place), Relation((number(0), z, number(1)), "<"), number(0))
    before = Product((plain("t", "i", "k-1"), plain("q", "i", "k-1")))
    return Structure(
        (
            equal(w, call("max", minus(above, e), number(1e-6))),
            equal(z, Fraction(minus(x, e), w)),
            equal(t, call("clip", z, number(0), number(1))),
            *forward,
        ),
        (
            backward[0],
            equal(delta, inside),
            *backward[1:],
            equal(q, Fraction(delta, w)),
            equal(slope("e", place, "i", "k"), minus(Product((minus(t, number(1)), q)), before)),
            equal(slope("x", place - 1, "i"), Sum((plain("u", "i"), Over("sum", ("k",), q)))),
        ),
        _others(layer, inputs),
    )


def linear_path(layer: LinearPath, place: int, inputs: Shape, outputs: Shape) -> Structure:
    """x^l = x^{l-1} + z^l, z^l = V' v + a + the effects of levels, where x^0 = [v, c]."""
    V, a, g, v = signal("V", place), signal("a", place), slope("x", place), plain("v")
    effects = [signal(f"E{k}", place, f"c_{k}") for k in range(len(layer.levels))]
    codes = [plain("c", k) for k in range(len(layer.levels))]
    start: tuple[Relation, ...] = (equal(signal("x", 0), Vector((v, *codes)) if codes else v),)
    first = Words("what the first layer gives back")
    direct: Node = Vector((Product((V, g)), *[number(0)] * len(codes))) if codes else Product((V, g))
    return Structure(
        (
            *start,
            equal(signal("z", place), Sum((Product((Prime(V), v)), *effects, a))),
            equal(signal("x", place), Sum((signal("x", place - 1), signal("z", place)))),
        ),
        (
            equal(signal("delta", place), g),
            equal(slope("V", place), Product((v, Prime(g)))),
            equal(slope("a", place), g),
            *(equal(Derivative(effect), g) for effect in effects),
            equal(slope("x", place - 1), g),
            equal(slope("x", 0), Sum((first, direct))),
        ),
        ("no solver moves V, a and the effects of levels: the fit starts them at the ridge solution",),
    )
