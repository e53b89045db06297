"""`trace`: a network with parameters, step by step; or one row of a table through a fitted model."""

from collections.abc import Mapping, Sequence
from typing import overload

from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from glassnet.insight.sample_trace import RowForward, RowTrace, forward_row, trace_row
from glassnet.insight.targets import Estimator
from glassnet.insight.trace import trace_network
from glassnet.insight.trace_record import Trace
from glassnet.network.loss import Loss
from glassnet.network.network import Network
from glassnet.training.solver import Solver

Parameters = Sequence[Mapping[str, ArrayLike]]


@overload
def trace(
    network: Network,
    parameters: Parameters,
    x: ArrayLike,
    y: ArrayLike,
    *,
    loss: str | Loss | None = None,
    step_size: float | None = None,
    steps: int | None = None,
    solver: str | Solver | None = None,
    sample_weight: ArrayLike | None = None,
) -> Trace: ...


@overload
def trace(
    network: Estimator,
    parameters: ArrayLike,
    x: None = None,
    y: None = None,
    *,
    row: int | None = None,
    member: int | None = None,
) -> RowForward: ...


@overload
def trace(
    network: Estimator,
    parameters: ArrayLike,
    x: ArrayLike,
    y: None = None,
    *,
    row: int | None = None,
    member: int | None = None,
    step_size: float | None = None,
) -> RowTrace: ...


@overload
def trace(
    network: Estimator,
    parameters: ArrayLike,
    x: None = None,
    *,
    y: ArrayLike,
    row: int | None = None,
    member: int | None = None,
    step_size: float | None = None,
) -> RowTrace: ...


def trace(
    network: Network | Estimator,
    parameters: Parameters | ArrayLike,
    x: ArrayLike | None = None,
    y: ArrayLike | None = None,
    *,
    row: int | None = None,
    member: int | None = None,
    loss: str | Loss | None = None,
    step_size: float | None = None,
    steps: int | None = None,
    solver: str | Solver | None = None,
    sample_weight: ArrayLike | None = None,
) -> Trace | RowTrace | RowForward:
    """Keep every number: `trace(network, parameters, x, y)` of some steps of training, or of one row of a fitted model.

    A network takes `steps` steps on the samples x (rows, inputs) and targets y (rows, outputs), with
    E = (1/s) sum_i w_i loss(f(x_i), y_i) over the s rows given; each step moves all W and b at once with step size tau
    from gradients taken at the old ones.

    A fitted model shows one row as one of its members sees it: `trace(model, X, row=0)` its forward pass, and
    `trace(model, X, y, row=0)` the backward pass and one step of gradient descent on that row alone too.

    Parameters
    ----------
    network : Network, NetworkRegressor or NetworkClassifier
        The layers, or a fitted model.
    parameters : sequence of dicts of arrays; of a fitted model data frame or array
        W, b, ... of every layer by name, before the first step. Of a fitted model, X: rows or images.
    x : array (rows, inputs); of a fitted model array or None
        The samples; one row, or one input, may be given without its axis. Of a fitted model, the targets or classes of
        the rows of X, or None.
    y : array (rows, outputs)
        The targets; likewise. Of a fitted model the same as x, for calls with y=.
    row : int or None
        Of a fitted model: the row of X, counted from 0; None is 0.
    member : int or None
        Of a fitted model: the member, counted from 0; None is 0.
    loss : str, Loss or None
        As for `NetworkRegressor`; None is "half_squared_error".
    step_size : float or None
        tau, above 0; None is 0.1, or what the fit of a model began with.
    steps : int or None
        Steps of training; None is 1.
    solver : str, Solver or None
        One that steps along a gradient; None is "gd".
    sample_weight : array (rows,) or None
        w; ones unless given.

    Returns
    -------
    Trace, RowTrace or RowForward
        Every number of every step, float64; of a fitted model those of a row, with a target or without.

    Raises
    ------
    ValueError
        When shapes do not fit, there is no such row or member, or x, y or the parameters are not finite.
    TypeError
        For an argument that belongs to the other kind of call.
    DivergenceError
        When the parameters leave the finite numbers.

    Examples
    --------
    >>> from glassnet import Dense, Network, trace
    >>> neuron, parameters = Network(1, [Dense(1)]), [{"W": [[2.0]], "b": [1.0]}]
    >>> steps = trace(neuron, parameters, [[3.0]], [[5.0]], step_size=0.05, steps=2)
    >>> print(steps.table())
    k   W^1   b^1  output before  output after    E
    1   1.7   0.9              7             6    2
    2  1.55  0.85              6           5.5  0.5
    """
    of_network = {"loss": loss, "steps": steps, "solver": solver, "sample_weight": sample_weight}
    of_model = {"row": row, "member": member}
    if isinstance(network, Network):
        _refuse(of_model, "is of a fitted model, but this is a network with parameters")
        if x is None or y is None:
            raise TypeError("trace(network, parameters, x, y) needs x and y; without y, give a fitted model")
        given = {name: value for name, value in {**of_network, "step_size": step_size}.items() if value is not None}
        return trace_network(network, parameters, x, y, **given)  # pyright: ignore[reportArgumentType]
    if not isinstance(network, Estimator):
        raise TypeError(
            f"trace takes a Network with parameters, or a fitted NetworkRegressor or NetworkClassifier, and this is a "
            f"{type(network).__name__}"
        )
    check_is_fitted(network)
    _refuse(of_network, "is of a network with parameters; a fitted model has its own, and takes one step")
    if x is not None and y is not None:
        raise TypeError("trace(model, X, y, row=0) has three arguments before row; leave the fourth out")
    targets, X = x if y is None else y, parameters
    if targets is not None:
        return trace_row(network, X, targets, row or 0, step_size, member or 0)  # pyright: ignore[reportArgumentType]
    _refuse({"step_size": step_size}, "moves parameters along a gradient, which needs a target: give y")
    return forward_row(network, X, row or 0, member or 0)  # pyright: ignore[reportArgumentType]


def _refuse(arguments: Mapping[str, object], why: str) -> None:
    for name, value in arguments.items():
        if value is not None:
            raise TypeError(f"{name}={value!r} {why}; leave it out")
