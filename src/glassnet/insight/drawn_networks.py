"""What a diagram is drawn of: a network with the parameters of its members, and perhaps a row that passes through."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from glassnet.insight.forward_pass import ForwardPass
from glassnet.insight.sample_trace import forward_row
from glassnet.insight.targets import Estimator, output_names
from glassnet.insight.trace import forward_pass
from glassnet.network.activation import Identity
from glassnet.network.network import Network


class DrawnNetworks(NamedTuple):
    """What is drawn: one network with the parameters of some members, and perhaps a row that passes through.

    Parameters
    ----------
    network : Network
        The layers.
    parameters : sequence
        Of every member the arrays of every layer, by name.
    signals : sequence or None
        Of every member x^0, x^1, ..., x^L of the row, each flat.
    predictions : array (outputs,) or None
        What is predicted of the row.
    inputs, outputs : sequence of str
        The names of inputs and outputs; empty where they have none.
    """

    network: Network
    parameters: Sequence[Sequence[dict[str, np.ndarray]]]
    signals: Sequence[Sequence[np.ndarray]] | None
    predictions: np.ndarray | None
    inputs: Sequence[str]
    outputs: Sequence[str]

    def signal(self, layer: int) -> np.ndarray | None:
        """Return x^l of the row, (members, units)."""
        return None if self.signals is None else np.stack([signals[layer] for signals in self.signals])


def drawn_model(
    model: Estimator,
    parameters: object,
    X: ArrayLike | None,
    row: int | None,
    member: int | None,
) -> DrawnNetworks:
    """Return the network of a fitted model with one of its members, or with all."""
    if not isinstance(model, Estimator):
        raise TypeError(
            "diagram takes a fitted NetworkRegressor or NetworkClassifier, or a Network with parameters, and this is a "
            f"{type(model).__name__}"
        )
    if parameters is not None:
        raise TypeError("a fitted model has parameters of its own; leave parameters out, and give rows as X=")
    check_is_fitted(model)
    count = len(model.members_)
    if member is not None and not 0 <= member < count:
        raise ValueError(f"there is no member {member}: the model has members 0 to {count - 1}")
    members = range(count) if member is None else [member]
    arrays = [model.members_[place].parameters for place in members]
    names = model.schema_.inputs, output_names(model)
    if X is None or row is None:
        return DrawnNetworks(model.network_, arrays, None, None, *names)
    passes = [forward_row(model, X, row, place) for place in members]
    predictions = np.mean([list(each.prediction.values()) for each in passes], axis=0)
    return DrawnNetworks(model.network_, arrays, [_signals(each.forward) for each in passes], predictions, *names)


def drawn_network(
    network: Network,
    parameters: Sequence[Mapping[str, ArrayLike]] | None,
    X: ArrayLike | None,
    row: int | None,
    member: int | None,
) -> DrawnNetworks:
    """Return a network with given parameters."""
    if parameters is None:
        raise TypeError("a Network has no parameters of its own; give diagram(network, parameters)")
    if member is not None:
        raise TypeError(f"member={member} is of a fitted model, but this is a network with parameters; leave it out")
    arrays = _checked(network, parameters)
    if X is None or row is None:
        return DrawnNetworks(network, [arrays], None, None, (), ())
    rows = np.asarray(X, float)
    if rows.shape[1:] != network.inputs:
        raise ValueError(f"X has shape {rows.shape}; expected (rows, {', '.join(map(str, network.inputs))})")
    if not 0 <= row < len(rows):
        raise ValueError(f"there is no row {row}: there are rows 0 to {len(rows) - 1}")
    found = forward_pass(network, arrays, rows[row : row + 1], Identity())
    return DrawnNetworks(network, [arrays], [_signals(found)], found.output.ravel(), (), ())


def check_numbers(X: ArrayLike | None, row: int | None, most_units: int, most_edges: int) -> None:
    """Raise `ValueError` for limits that show nothing, and for rows without the number of one."""
    if most_units < 1 or most_edges < 0:
        raise ValueError(f"most_units={most_units} must be at least 1, and most_edges={most_edges} at least 0")
    if (X is None) != (row is None):
        raise ValueError("X and row belong together: give X= and row=, the number of one of its rows, or neither")


def _signals(found: ForwardPass) -> list[np.ndarray]:
    """Return x^0, x^1, ..., x^L of the row, each flat."""
    return [found.x.ravel(), *(layer.x.ravel() for layer in found.layers)]


def _checked(network: Network, parameters: Sequence[Mapping[str, ArrayLike]]) -> list[dict[str, np.ndarray]]:
    """Return the parameters as arrays; `ValueError` where they do not fit the network."""
    arrays = [{name: np.asarray(array, float) for name, array in layer.items()} for layer in parameters]
    shapes = [{name: array.shape for name, array in layer.items()} for layer in arrays]
    if shapes != network.parameter_shapes:
        raise ValueError(f"the parameters have shapes {shapes}, but the network needs {network.parameter_shapes}")
    if not all(np.isfinite(array).all() for layer in arrays for array in layer.values()):
        raise ValueError("the parameters hold NaN or infinity; a diagram needs numbers")
    return arrays
