"""`equations`: everything that a network computes, as equations with sizes."""

from sklearn.utils.validation import check_is_fitted

from glassnet.insight.equations.cost import cost_of
from glassnet.insight.equations.layers import structure_of
from glassnet.insight.equations.model_ends import input_section, prediction_section
from glassnet.insight.equations.notation import signal
from glassnet.insight.equations.record import Equations, EquationSection
from glassnet.insight.equations.text_printer import to_text
from glassnet.insight.layer_tables import layer_name
from glassnet.insight.targets import Estimator, loss_of
from glassnet.network.loss import Loss, as_loss
from glassnet.network.network import Network
from glassnet.network.parameters import Shape


def equations(model: Estimator | Network, *, loss: str | Loss | None = None) -> Equations:
    """Return the equations of a network: of every layer the forward and the backward pass, and of the cost.

    z^l = (W^l)' x^{l-1} + b^l, x^l = sigma(z^l), delta^l = dE/dx^l (*) sigma'(z^l), dE/dW^l = x^{l-1} (delta^l)',
    dE/db^l = delta^l, dE/dx^{l-1} = W^l delta^l for dense layers, and what other kinds of layers do instead. They are
    those of one sample; of several the gradients of parameters are sums over them. A fitted model begins with the
    scaling of its inputs, and ends with the units of the target and the mean over the members.

    Parameters
    ----------
    model : NetworkRegressor, NetworkClassifier or Network
        A fitted model, or the layers of a network.
    loss : str, Loss or None, default=None
        Of a network: the loss whose cost and derivative come last; None leaves them out. A fitted model has its own.

    Returns
    -------
    Equations
        The equations; `text()`, `latex()` and `mathml()` print them.

    Raises
    ------
    TypeError
        For a loss given with a fitted model, and for what is neither a model nor a network.

    Examples
    --------
    >>> from glassnet import Dense, Network, equations
    >>> network = Network(2, [Dense(3, "tanh")])
    >>> print(equations(network).text())
    layer 1: Dense, tanh (x^0 2, W^1 2 x 3, b^1 3, x^1 3)
      z^1 = (W^1)' x^0 + b^1
      x^1 = sigma(z^1)
      sigma(z) = tanh(z)
      delta^1 = dE/dx^1 (*) sigma'(z^1)
      sigma'(z) = 1 - x^2
      dE/dW^1 = x^0 (delta^1)'
      dE/db^1 = delta^1
      dE/dx^0 = W^1 delta^1
      in sigma', x is sigma(z)
    """
    if isinstance(model, Network):
        cost = () if loss is None else (_cost_section(as_loss(loss), len(model.layers)),)
        return Equations((*_layer_sections(model), *cost))
    if not isinstance(model, Estimator):
        raise TypeError(
            "equations takes a fitted NetworkRegressor or NetworkClassifier, or a Network, and this is a "
            f"{type(model).__name__}"
        )
    check_is_fitted(model)
    if loss is not None:
        raise TypeError(f"loss={loss!r} is of a network; a fitted model has one already: leave it out")
    layers = _layer_sections(model.network_)
    cost_section = _cost_section(loss_of(model), len(model.network_.layers))
    return Equations((input_section(model), *layers, prediction_section(model), cost_section))


def _layer_sections(network: Network) -> list[EquationSection]:
    sections: list[EquationSection] = []
    each = zip(network.layers, network.shapes, network.shapes[1:], network.parameter_shapes, strict=False)
    for place, (layer, inputs, outputs, parameters) in enumerate(each, start=1):
        found = structure_of(layer, place, inputs, outputs)
        shapes = {signal("x", place - 1): inputs, **{signal(name, place): shape for name, shape in parameters.items()}}
        sizes = tuple(
            f"{to_text(name)} {_size(shape)}" for name, shape in {**shapes, signal("x", place): outputs}.items()
        )
        sections.append(EquationSection(f"layer {place}: {layer_name(layer)}", sizes, *found))
    return sections


def _cost_section(loss: Loss, place: int) -> EquationSection:
    return EquationSection(f"cost: {type(loss).__name__}", (), *cost_of(loss, place))


def _size(shape: Shape) -> str:
    return " x ".join(map(str, shape))
