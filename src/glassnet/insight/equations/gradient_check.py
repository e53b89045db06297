"""The gradient check of one parameter: what backpropagation says, what a central difference says, and the gap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from glassnet._notebook import Fragment, NotebookRecord
from glassnet.estimators.validation import is_real
from glassnet.insight.central_differences import CostFunction
from glassnet.insight.equations.entry_index import EntryIndex, checked_index, checked_integer
from glassnet.insight.equations.notation import slope
from glassnet.insight.equations.text_printer import to_text
from glassnet.insight.text import TextTable
from glassnet.insight.trace import trace_network
from glassnet.network.loss import Loss, as_loss
from glassnet.network.network import Network
from glassnet.storage.json_value import JSON


@dataclass(frozen=True)
class GradientCheck(NotebookRecord):
    """A derivative of the cost, computed twice, float64.

    Attributes
    ----------
    name : str
        The derivative, such as "dE/dW^1_11".
    backpropagated : float
        What the backward pass gives.
    difference : float
        (E(w + h) - E(w - h)) / 2h, with the parameter w alone moved.
    h : float
        The step of the difference.
    E_below, E_above : float
        E(w - h) and E(w + h).

    Examples
    --------
    >>> from glassnet import Dense, Network, gradient_check
    >>> neuron, parameters = Network(1, [Dense(1)]), [{"W": [[2.0]], "b": [1.0]}]
    >>> check = gradient_check(neuron, parameters, [3.0], [5.0], layer=1, parameter="W", index=(1, 1))
    >>> check.name, check.backpropagated
    ('dE/dW^1_11', 6.0)
    >>> check.gap < 1e-6
    True
    """

    name: str
    backpropagated: float
    difference: float
    h: float
    E_below: float
    E_above: float

    @property
    def gap(self) -> float:
        """|backpropagated - difference|."""
        return abs(self.backpropagated - self.difference)

    @property
    def relative_gap(self) -> float:
        """The gap as a fraction of the larger of the two; 0 where both are 0."""
        largest = max(abs(self.backpropagated), abs(self.difference))
        return self.gap / largest if largest else 0.0

    def table(self, decimals: int | None = None) -> TextTable:
        """Return a line.

        Parameters
        ----------
        decimals : int or None
            Decimals of every number; None: six digits.
        """
        head = ("", "backpropagated", "central difference", "gap", "h")
        return TextTable(head, ((self.name, self.backpropagated, self.difference, self.gap, self.h),), decimals)

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON."""
        return {
            "name": self.name,
            "backpropagated": self.backpropagated,
            "difference": self.difference,
            "gap": self.gap,
            "h": self.h,
            "E_below": self.E_below,
            "E_above": self.E_above,
        }

    def __str__(self) -> str:
        return str(self.table())

    def _fill(self, fragment: Fragment) -> None:
        fragment.table(self.table())


def gradient_check(
    network: Network,
    parameters: Sequence[Mapping[str, ArrayLike]],
    x: ArrayLike,
    y: ArrayLike,
    *,
    layer: SupportsIndex,
    parameter: str,
    index: EntryIndex,
    loss: str | Loss = "half_squared_error",
    sample_weight: ArrayLike | None = None,
    h: float | None = None,
) -> GradientCheck:
    """Return dE/dw of one entry w of a parameter: backpropagated, and as (E(w + h) - E(w - h)) / 2h.

    Where both agree to about 7 digits, the backward pass is right there. At a kink, as where a ReLU begins, the
    difference is a mean over both sides and they need not agree.

    Parameters
    ----------
    network : Network
        The layers.
    parameters : sequence of dicts of arrays
        W, b, ... of every layer by name.
    x : array (rows, inputs)
        The samples; one row, or one input, may be given without its axis.
    y : array (rows, outputs)
        The targets; likewise.
    layer : int
        The layer, counted from 1.
    parameter : str
        The name of the parameter, such as "W".
    index : int or tuple of int
        The entry, counted from 1, as in (2, 1) for W_21.
    loss : str or Loss, default="half_squared_error"
        As for `NetworkRegressor`.
    sample_weight : array (rows,) or None, default=None
        w; ones unless given.
    h : float or None, default=None
        The step, above 0; None is 1e-5 times the size of the entry, rounded up: 1e-5, 2e-5, ...

    Returns
    -------
    GradientCheck
        Both numbers, the gap and the step.

    Raises
    ------
    TypeError
        For a layer, an entry or a step h that are no numbers.
    ValueError
        Where there is no such layer, parameter or entry, where h is not above 0, does not change w or is so large that
        w is lost in it, where E is not finite at w - h or w + h, and where shapes do not fit.

    Examples
    --------
    >>> from glassnet import Dense, Network, gradient_check
    >>> network = Network(2, [Dense(3, "tanh"), Dense(1)])
    >>> parameters = network.initialize(seed=0)
    >>> check = gradient_check(network, parameters, [0.5, -1.0], [2.0], layer=1, parameter="W", index=(2, 1))
    >>> check.name
    'dE/dW^1_21'
    >>> check.relative_gap < 1e-6
    True
    """
    rule, number = as_loss(loss), checked_integer(layer, "layer", "layer=1")
    if not isinstance(parameter, str):
        raise TypeError(f"parameter={parameter!r} must be the name of one, as in parameter='W'")
    if h is not None and not is_real(h):
        raise TypeError(f"h={h!r} must be a number above 0, as in h=1e-4; leave it out for 1e-5")
    record = trace_network(network, parameters, x, y, loss=rule, sample_weight=sample_weight)
    found = record.steps[0].layers
    if not 1 <= number <= len(found):
        raise ValueError(f"there is no layer {number}: the network has layers 1 to {len(found)}")
    before = found[number - 1].before
    if parameter not in before:
        raise ValueError(f"layer {number} has no parameter {parameter!r}; it has {', '.join(before) or 'none'}")
    at = checked_index(index, before[parameter].shape, "index", parameter)
    if h is not None:
        _check_step(h, float(before[parameter][at]))
    weights = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    E = CostFunction(network, rule, record.x, record.y, weights)
    with np.errstate(invalid="ignore"):  # infinity less infinity, of which the next lines speak
        (moved,) = E.differences([each.before for each in found], [(number, parameter, at)], h)
    if not np.isfinite([moved.E_below, moved.E_above]).all():
        raise ValueError(
            f"E is {moved.E_below:g} at w - h and {moved.E_above:g} at w + h with h={moved.h:g}, and a difference "
            "needs finite numbers; give a smaller h, or parameters and samples of a size near 1"
        )
    name = to_text(slope(parameter, number, *(i + 1 for i in at)))
    derivative = float(found[number - 1].gradient[parameter][at])
    return GradientCheck(name, derivative, moved.quotient, moved.h, moved.E_below, moved.E_above)


def _check_step(h: float, weight: float) -> None:
    """Raise `ValueError` for a step that does not move a weight, or in which the weight is lost."""
    if not 0 < h < np.inf:
        raise ValueError(f"h={h} must be a number above 0; leave it out for 1e-5")
    if weight in (weight - h, weight + h):
        raise ValueError(f"h={h} does not change a weight of {weight:g}; leave h out for 1e-5")
    if max(1.0, abs(weight)) + h == h:
        raise ValueError(f"h={h} is so large that a weight of {weight:g} is lost in it; leave h out for 1e-5")
