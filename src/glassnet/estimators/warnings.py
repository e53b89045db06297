"""Warnings of a fit."""

import warnings
from collections.abc import Sequence

from sklearn.exceptions import ConvergenceWarning

from glassnet.network.activation import Activation, as_activation
from glassnet.network.activations_piecewise_linear import Heaviside
from glassnet.network.layer import Layer
from glassnet.network.network import Network
from glassnet.training.history import History
from glassnet.training.stopping import StopReason


def warn_if_interrupted(histories: Sequence[History], epochs: int) -> None:
    """Warn where Ctrl-C ended training before its time."""
    cut = [history for history in histories if history.reason is StopReason.INTERRUPTED]
    if cut:
        done = max(history.epochs for history in cut)
        warnings.warn(
            f"Ctrl-C cut the fit short after {done} of {epochs} epochs; the best model so far is kept. With "
            "warm_start=True another fit goes on from it",
            UserWarning,
            stacklevel=4,  # the line that called fit
        )


def warn_unless_converged(histories: Sequence[History], epochs: int) -> None:
    """Warn where `max_iter` ended training that was still improving."""
    if any(history.reason is StopReason.MAX_ITER for history in histories):
        warnings.warn(
            f"max_iter={epochs} epochs are done, and the optimization has not converged yet; give a larger max_iter",
            ConvergenceWarning,
            stacklevel=4,  # the line that called fit
        )


def warn_of_steps(network: Network) -> None:
    """Warn of hidden layers whose derivative is 0 everywhere: no gradient reaches what is before them."""
    steps = [number for number, layer in enumerate(network.layers) if isinstance(_activation(layer), Heaviside)]
    if steps:
        warnings.warn(
            f"activation='heaviside' (layer {steps[-1]}) has the derivative 0, so that gradients train only the layers "
            "after it, and those before stay as they were drawn; use 'relu' or 'tanh', or Perceptron, which learns "
            "decisions by a rule of its own",
            UserWarning,
            stacklevel=5,  # the line that called fit
        )


def _activation(layer: Layer) -> Activation | None:
    activation = getattr(layer, "activation", None)
    return None if activation is None else as_activation(activation)
