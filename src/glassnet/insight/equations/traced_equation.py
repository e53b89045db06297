"""`equation_of`: where one number of a trace comes from, as an equation with the numbers put in."""

from typing import SupportsIndex

from glassnet.insight.equations.entry_index import EntryIndex, checked_integer
from glassnet.insight.equations.trace_finder import TraceFinder
from glassnet.insight.equations.traced_numbers import rests_in, shortened
from glassnet.insight.equations.traced_record import TracedEquation, note_of_rest
from glassnet.insight.trace_record import Trace
from glassnet.network.loss import Loss
from glassnet.network.network import Network


def equation_of(
    trace: Trace,
    quantity: str,
    layer: SupportsIndex | None = None,
    unit: EntryIndex | None = None,
    *,
    row: SupportsIndex | None = None,
    step: SupportsIndex = 1,
    network: Network | None = None,
    loss: str | Loss | None = None,
) -> TracedEquation:
    """Return the equation of one number of a trace: in letters, with the numbers put in, and the number itself.

    For example z^1_1 = W^1_11 x^0_1 + W^1_21 x^0_2 + b^1_1, or dE/dW^1_11 = x^0_1 delta^1_1. Of a trace with several
    samples the first index of x, z, delta and y counts the samples, and gradients are sums over them. Of sums with
    more than 8 terms the first 4 and the last 3 are shown, and what the others are together.

    Parameters
    ----------
    trace : Trace
        The trace; of a row of a fitted model its `.trace`.
    quantity : str
        "z", "x", "delta", "dE/dx", "dE/dW", "W after" and so on by the name of the parameter, or "E".
    layer : int or None, default=None
        The layer, counted from 1; for "dE/dx" also 0, the inputs. None for "E".
    unit : int, tuple of int or None, default=None
        The unit, counted from 1 as in the tables of a trace; of matrices and images as many numbers as they have axes,
        as in (2, 1) for W_21. None for "E".
    row : int or None, default=None
        The sample, counted from 0; None is the first one, or all of them for gradients, "W after" and "E".
    step : int, default=1
        The step, counted from 1.
    network : Network or None, default=None
        The network that was traced: needed where the trace does not say all of a layer, as the stride of a
        convolution.
    loss : str, Loss or None, default=None
        The loss of the trace: needed for "E" and the last "dE/dx" where the trace has it with parameters of its own.

    Returns
    -------
    TracedEquation
        The equation; `text()`, `latex()` and `mathml()` print it.

    Raises
    ------
    TypeError
        For what is no trace, and for layers, units, rows and steps that are no integers.
    ValueError
        Where there is no such quantity, layer, unit, row or step, where the network or the loss is needed, and where
        an equation does not give the number of the trace, as of a trace with sample weights.

    Examples
    --------
    >>> from glassnet import Dense, Network, equation_of, trace
    >>> network = Network(2, [Dense(1)])
    >>> steps = trace(network, [{"W": [[1.0], [-2.0]], "b": [0.5]}], [[3.0, 2.0]], [[1.0]])
    >>> print(equation_of(steps, "z", 1, 1).text())
    z^1_1 = W^1_11 x^0_1 + W^1_21 x^0_2 + b^1_1 = 1·3 - 2·2 + 0.5 = -0.5
    >>> print(equation_of(steps, "dE/dW", 1, (2, 1)).text())
    dE/dW^1_21 = x^0_2 delta^1_1 = 2·(-1.5) = -3
    """
    if not isinstance(trace, Trace):
        raise TypeError(
            f"equation_of takes what trace(network, ...) returns, and this is a {type(trace).__name__}; of a row of a "
            "fitted model give its .trace"
        )
    number = checked_integer(step, "step", "step=1")
    if not 1 <= number <= len(trace.steps):
        raise ValueError(f"there is no step {number}: the trace has steps 1 to {len(trace.steps)}")
    sample = None if row is None else checked_integer(row, "row", "row=0")
    if sample is not None and not 0 <= sample < len(trace.x):
        raise ValueError(f"there is no row {sample}: the trace has rows 0 to {len(trace.x) - 1}")
    finder = TraceFinder(trace, trace.steps[number - 1], sample, network, loss)
    left, general, value = finder.found(quantity, layer, unit)
    short = shortened(finder.with_numbers(quantity, general, value))
    notes = [note_of_rest(rest.count, rest.total) for rest in rests_in(short)]
    return TracedEquation(left, shortened(general), short, value, tuple(notes))
