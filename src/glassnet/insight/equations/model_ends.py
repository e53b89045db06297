"""What a fitted model does before and behind its network, as equations."""

from math import isfinite

from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.insight.equations.notation import plain, signal
from glassnet.insight.equations.record import EquationSection
from glassnet.insight.equations.tree import (
    Call,
    Fraction,
    Node,
    Over,
    Product,
    Relation,
    Sum,
    call,
    equal,
    minus,
    number,
)
from glassnet.insight.targets import Estimator, class_loss, loss_of, output_names
from glassnet.network.activation import Activation, Exponential, Identity, Increasing, Logistic, Softmax
from glassnet.network.loss import KEPT_SMOOTHING, ClassLoss

MOST_NAMES = 12
CENTERS = {
    "robust": "the median and the distance between the quartiles",
    "standard": "the mean and the standard deviation",
}


def input_section(model: Estimator) -> EquationSection:
    """Return x^0_j = (v_j - center_j) / scale_j, and what v_j is."""
    names, shape = model.schema_.inputs, model.network_.inputs
    if not names:
        indices, note = ("p", "q", "c"), "v is the image, and c its channel"
    else:
        indices, note = ("j",), f"v_1, v_2, ... are {_listed(names)}"
    v, center, scale = plain("v", *indices), plain("center", indices[-1]), plain("scale", indices[-1])
    learned = "center and scale are those of each member's own training rows: of numbers "
    learned += f"{CENTERS[model.recipe_.scaler or 'standard']}, of flags 0 and 1; x is 0 where the scale is 0"
    scaled = equal(signal("x", 0, *indices), Fraction(minus(v, center), scale))
    return EquationSection("scaled inputs", (f"x^0 {' x '.join(map(str, shape))}",), (scaled,), (), (note, learned))


def prediction_section(model: Estimator) -> EquationSection:
    """Return from x^L to predictions in the units of the target, or to probabilities, and the mean over the members."""
    place, names = len(model.network_.layers), output_names(model)
    if isinstance(model, NetworkClassifier):
        equations, notes = _probabilities(class_loss(model), place, _of_member(model))
    else:
        equations, notes = _units(model, place)
    members = len(model.members_)
    if members > 1:
        mean = Product((Fraction(number(1), number(members)), Over("sum", ("k",), plain("f", "k", "j"))))
        equations = (*equations, equal(plain("f", "j"), mean))
        notes = (*notes, f"the prediction is the mean of the {members} members k, each with numbers of its own")
    return EquationSection("predictions", (), equations, (), (*notes, f"f_1, f_2, ... are {_listed(names)}"))


def _units(model: NetworkRegressor, place: int) -> tuple[tuple[Relation, ...], tuple[str, ...]]:
    x = signal("x", place, "j")
    found, output = _linked(loss_of(model).link, x)
    value: Node = Sum((plain("center", "j"), Product((plain("scale", "j"), output))))
    limits = any(isfinite(limit) for member in model.ensemble_.members for limit in member.preprocessing.limits.ravel())
    value = call("clip", value, plain("low", "j"), plain("high", "j")) if limits else value
    notes = ("center and scale are those of the targets of each member's own training rows",)
    notes += ("low and high are the limits of predictions",) if limits else ()
    return (*found, equal(_of_member(model), value)), notes


def _linked(link: Activation, x: Node) -> tuple[tuple[Relation, ...], Node]:
    """Return what the link of a loss makes of an output."""
    if isinstance(link, Identity):
        return (), x
    if isinstance(link, Exponential):
        return (), call("exp", x)
    if isinstance(link, Increasing):
        first, step = plain("u", "1"), Sum((plain("u", "j-1"), call("softplus", x)))
        return (equal(first, _first(x)), equal(plain("u", "j"), step)), plain("u", "j")
    if isinstance(link, Softmax):
        return (), Fraction(call("exp", x), Over("sum", ("k",), call("exp", _other(x))))
    return (), Call("logistic" if isinstance(link, Logistic) else "link", (x,))


def _first(x: Node) -> Node:
    return signal("x", int(getattr(x, "above")), 1)  # noqa: B009


def _other(x: Node) -> Node:
    return signal("x", int(getattr(x, "above")), "k")  # noqa: B009


def _probabilities(loss: ClassLoss, place: int, f: Node) -> tuple[tuple[Relation, ...], tuple[str, ...]]:
    p, (_, output) = plain("p", "j"), _linked(loss.link, signal("x", place, "j"))
    if not loss.smoothing:
        return (equal(f, output),), ()
    answers = plain("K")
    removed, kept = (number(fraction * loss.smoothing) for fraction in (1 - KEPT_SMOOTHING, KEPT_SMOOTHING))
    without = call("max", minus(p, Fraction(removed, answers)), Fraction(kept, answers))
    total = Over("sum", ("k",), plain("h", "k"))
    note = "h_j is the probability without the label smoothing of training; of a label K is 2: having it and lacking it"
    return (equal(p, output), equal(plain("h", "j"), without), equal(f, Fraction(plain("h", "j"), total))), (note,)


def _of_member(model: Estimator) -> Node:
    return plain("f", "j") if len(model.members_) == 1 else plain("f", "k", "j")


def _listed(names: tuple[str, ...] | list[str]) -> str:
    shown = ", ".join(map(str, names[:MOST_NAMES]))
    return shown if len(names) <= MOST_NAMES else f"{shown} and {len(names) - MOST_NAMES} more"
