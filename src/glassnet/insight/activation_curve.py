"""An activation and its derivative over z: what it does, and where it is so flat that hardly any delta passes."""

import json
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from glassnet._lazy import jnp
from glassnet._notebook import Fragment, NotebookRecord
from glassnet.insight.text import TextTable, rounded
from glassnet.insight.trace_record import Trace
from glassnet.network.activation import ACTIVATIONS, Activation, as_activation
from glassnet.network.compiled_programs import check_process
from glassnet.network.coordinatewise import Coordinatewise
from glassnet.network.devices import float64
from glassnet.storage.json_value import JSON

FLAT = 0.01  # |sigma'| below which sigma is called flat
LOWER, UPPER, POINTS = -6.0, 6.0, 1201
FARTHEST = 1e6  # to where sigma is drawn


@dataclass(frozen=True, eq=False)
class ActivationCurve(NotebookRecord):
    """sigma and sigma' at points of z, where sigma is flat, and some given z.

    Attributes
    ----------
    name : str
        The activation.
    z, x, derivative : array (points,)
        Points of z, sigma(z) and sigma'(z).
    kinks : tuple of float
        Where sigma' or sigma itself jumps, in rising order.
    flat : tuple of (float, float)
        Between which points |sigma'(z)| < 0.01.
    given : array (values,)
        The z that were given.
    of_what : str
        What these are of, such as "layer 1, step 1".
    given_flat : array of bool (values,)
        Which of them lie where |sigma'(z)| < 0.01.

    Examples
    --------
    >>> from glassnet import activation_curve
    >>> curve = activation_curve("relu")
    >>> curve.name, curve.kinks, curve.flat
    ('relu', (0.0,), ((-6.0, 0.0),))
    >>> curve.z.shape == curve.x.shape == curve.derivative.shape
    True
    """

    _rest: ClassVar[str] = "to_json() has all"

    name: str
    z: np.ndarray
    x: np.ndarray
    derivative: np.ndarray
    kinks: tuple[float, ...]
    flat: tuple[tuple[float, float], ...]
    given: np.ndarray
    of_what: str
    given_flat: np.ndarray

    def table(self) -> TextTable:
        """Return sigma and sigma' at nine of the points."""
        shown = np.linspace(0, len(self.z) - 1, 9).round().astype(int)
        rows = tuple(zip(*(array[shown].tolist() for array in (self.z, self.x, self.derivative)), strict=True))
        return TextTable(("z", "sigma(z)", "sigma'(z)"), rows, None, self.name)

    def describe(self) -> str:
        """Return the largest slope, where it is flat, and how many of the given z lie there."""
        steepest = int(np.argmax(np.abs(self.derivative)))
        slope, at = float(self.derivative[steepest]), float(self.z[steepest])
        said = [
            f"{self.name} for z from {rounded(float(self.z[0]))} to {rounded(float(self.z[-1]))}: the steepest "
            f"sigma'(z) there is {rounded(slope)}, at z = {rounded(at)}"
        ]
        where = " and ".join(self._interval(*ends) for ends in self.flat)
        said.append(f"flat (|sigma'| < {FLAT:g}) {where}" if where else f"nowhere flat (|sigma'| < {FLAT:g})")
        if self.given.size:
            of = f" of {self.of_what}" if self.of_what else ""
            count = int(self.given_flat.sum())
            lie = "lies" if count == 1 else "lie"
            said.append(f"{count:,} of {self.given.size:,} z{of} {lie} where it is flat")
        return "; ".join(said) + "."

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON."""
        arrays = {name: getattr(self, name).tolist() for name in ("z", "x", "derivative", "given", "given_flat")}
        ends = {"kinks": list(self.kinks), "flat": list(map(list, self.flat))}
        return {"name": self.name, **arrays, **ends, "of_what": self.of_what}

    def to_json(self) -> str:
        """Return everything as JSON."""
        return json.dumps(self.to_dict(), indent=2)

    def __str__(self) -> str:
        return f"{self.table()}\n{self.describe()}"

    def _fill(self, fragment: Fragment) -> None:
        fragment.text(self.describe())
        fragment.table(self.table())

    def _interval(self, low: float, high: float) -> str:
        """Return an interval in words; at the ends of the points, as one that may go on."""
        first, last = low == self.z[0], high == self.z[-1]
        if first and last:
            return "everywhere"
        if first or last:
            return f"below {rounded(high)}" if first else f"above {rounded(low)}"
        return f"from {rounded(low)} to {rounded(high)}"


def activation_curve(activation: str | Activation, z: ArrayLike = (), *, of_what: str = "") -> ActivationCurve:
    """Return sigma(z) and sigma'(z) for z from -6 to 6, or as far as given z reach, and where sigma is flat.

    Parameters
    ----------
    activation : str or Activation
        A name, such as "tanh", or a rule that acts on each entry alone.
    z : array of any shape, default=()
        Pre-activations to be marked, from -1e6 to 1e6.
    of_what : str, default=""
        What they are of.

    Returns
    -------
    ActivationCurve
        Float64.

    Raises
    ------
    TypeError
        For an activation that couples entries, as softmax does.
    ValueError
        For a name that is not known, and for z that are not finite or too large.

    Examples
    --------
    >>> from glassnet import activation_curve
    >>> curve = activation_curve("logistic", [0.0, 5.0], of_what="layer 1")
    >>> curve.given, curve.given_flat
    (array([0., 5.]), array([False,  True]))
    >>> print(curve.describe())
    logistic for z from -6 to 6: the steepest sigma'(z) there is 0.25, at z = 0; flat (|sigma'| < 0.01) below -4.59
    and above 4.59; 1 of 2 z of layer 1 lies where it is flat.
    """
    rule = as_activation(activation)
    if not isinstance(rule, Coordinatewise):
        raise TypeError(
            f"{rule!r} couples the entries of z, so that it is no curve over one z; give an activation of each entry "
            "alone, such as 'logistic'"
        )
    given = np.asarray(z, np.float64).ravel()
    if not (np.isfinite(given) & (np.abs(given) <= FARTHEST)).all():
        raise ValueError(f"z holds NaN, infinity or numbers beyond {FARTHEST:g}; give finite numbers")
    ends = min(LOWER, given.min(initial=LOWER)), max(UPPER, given.max(initial=UPPER))
    points = np.linspace(*ends, POINTS)
    check_process()
    with float64():
        x, derivative = _both(rule, points)
        of_given = _both(rule, given)[1]
    kinks = tuple(kink for kink in rule.kinks if ends[0] < kink < ends[1])
    flat = _intervals(points, np.abs(derivative) < FLAT)
    return ActivationCurve(_name(rule), points, x, derivative, kinks, flat, given, of_what, np.abs(of_given) < FLAT)


def curve_of_trace(trace: Trace, layer: int, step: int = 1) -> ActivationCurve:
    """Return the activation of a layer of a trace with the z of that layer in one step; both are counted from 1."""
    if not 1 <= step <= len(trace.steps) or not 1 <= layer <= len(trace.layers):
        raise ValueError(
            f"there is no layer {layer} in step {step}: the trace has layers 1 to {len(trace.layers)} and steps 1 to "
            f"{len(trace.steps)}"
        )
    name, numbers = trace.layers[layer - 1].activation, trace.steps[step - 1].layers[layer - 1]
    if name is None or numbers.derivative is None:
        raise ValueError(
            f"layer {layer}, {trace.layers[layer - 1].kind}, has no sigma'(z) of each entry; choose a dense layer or a "
            "convolution whose activation acts on each entry alone"
        )
    if name not in ACTIVATIONS:
        raise ValueError(
            f"the trace keeps of the activation of layer {layer} the name {name} alone; give the activation itself, as "
            f"in ActivationDisplay.from_activation({name}(...), z=trace.steps[{step - 1}].layers[{layer - 1}].z)"
        )
    return activation_curve(name, numbers.z, of_what=f"layer {layer}, step {step}")


def _name(rule: Coordinatewise) -> str:
    return next((name for name, known in ACTIVATIONS.items() if known == rule), repr(rule))


def _both(rule: Coordinatewise, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    at = jnp.asarray(z)
    x = rule.value(at)
    return np.asarray(x), np.asarray(rule.derivative(at, x))


def _intervals(z: np.ndarray, where: np.ndarray) -> tuple[tuple[float, float], ...]:
    """Return the first and last z of every run of points in `where`."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], where, [False]]).astype(int)))
    return tuple((float(z[start]), float(z[end - 1])) for start, end in edges.reshape(-1, 2))
