"""The numbers of one step of training, layer by layer."""

from dataclasses import dataclass

import numpy as np

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class TracedLayer:
    """What a layer is.

    Attributes
    ----------
    kind : str
        Its class, such as "Dense".
    activation : str or None
        The name of its activation, where it has one.
    inputs, outputs : tuple of int
        The shapes that enter and leave it.

    Examples
    --------
    >>> from glassnet import Dense, Network, trace
    >>> network = Network(2, [Dense(3, "tanh"), Dense(1)])
    >>> layer = trace(network, network.initialize(seed=0), [[1.0, 2.0]], [[0.5]]).layers[0]
    >>> layer.kind, layer.activation, layer.inputs, layer.outputs
    ('Dense', 'tanh', (2,), (3,))
    """

    kind: str
    activation: str | None
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True)
class LayerStep:
    """One layer in one step.

    Attributes
    ----------
    z, x, delta : array (rows, units)
        z^l, x^l and delta^l = dE/dz^l.
    g : array (rows, units)
        dE/dx^l, which reaches the layer from above.
    derivative : array (rows, units) or None
        sigma'(z^l), so that delta^l = sigma'(z^l) (*) g, of dense layers and convolutions; None where the activation
        couples the entries, as softmax does, and of all other layers, whose output is not sigma(z^l), as of pooling.
    gradient : dict of arrays
        dE/dW, dE/db, ... by the name of the parameter.
    before, after : dict of arrays
        The parameters before and after the step, by name.

    Examples
    --------
    >>> from glassnet import Dense, Network, trace
    >>> neuron, parameters = Network(1, [Dense(1)]), [{"W": [[2.0]], "b": [1.0]}]
    >>> layer = trace(neuron, parameters, [[3.0]], [[5.0]], step_size=0.05).steps[0].layers[0]
    >>> layer.z, layer.delta
    (array([[7.]]), array([[2.]]))
    >>> layer.gradient["W"], layer.before["W"], layer.after["W"]
    (array([[6.]]), array([[2.]]), array([[1.7]]))
    """

    z: np.ndarray
    x: np.ndarray
    delta: np.ndarray
    g: np.ndarray
    derivative: np.ndarray | None
    gradient: Arrays
    before: Arrays
    after: Arrays

    def arrays(self) -> Arrays:
        """Return every array by the name it is shown with."""
        return {**self.signals(), **self.parameters()}

    def signals(self) -> Arrays:
        """Return what a sample has: z, x, sigma'(z) where there is one, dE/dx and delta, each (rows, units)."""
        derivative = {} if self.derivative is None else {"sigma'(z)": self.derivative}
        return {"z": self.z, "x": self.x, **derivative, "dE/dx": self.g, "delta": self.delta}

    def parameters(self) -> Arrays:
        """Return the parameters before and after the step, and their gradients, by the name they are shown with."""
        named: Arrays = {}
        for name in self.before:
            named[f"dE/d{name}"] = self.gradient[name]
            named[f"{name} before"] = self.before[name]
            named[f"{name} after"] = self.after[name]
        return named


@dataclass(frozen=True)
class Step:
    """One step of training.

    Attributes
    ----------
    number : int
        Counted from 1.
    E, E_after : float
        The cost before and after the step.
    output_before, output_after : array (rows, outputs)
        The prediction before and after the step.
    input_gradient : array (rows, inputs)
        dE/dx^0.
    layers : tuple of LayerStep
        The layers, first to last.

    Examples
    --------
    >>> from glassnet import Dense, Network, trace
    >>> neuron, parameters = Network(1, [Dense(1)]), [{"W": [[2.0]], "b": [1.0]}]
    >>> step = trace(neuron, parameters, [[3.0]], [[5.0]], step_size=0.05).steps[0]
    >>> step.number, step.E, step.E_after
    (1, 2.0, 0.5)
    >>> step.output_before, step.output_after, step.input_gradient
    (array([[7.]]), array([[6.]]), array([[4.]]))
    """

    number: int
    E: float
    E_after: float
    output_before: np.ndarray
    output_after: np.ndarray
    input_gradient: np.ndarray
    layers: tuple[LayerStep, ...]

    def arrays(self) -> Arrays:
        """Return what belongs to no layer, by the name it is shown with."""
        return {
            "E": np.asarray(self.E),
            "E after": np.asarray(self.E_after),
            "output before": self.output_before,
            "output after": self.output_after,
            "dE/dx^0": self.input_gradient,
        }

    @property
    def is_finite(self) -> bool:
        """Whether all numbers are finite."""
        arrays = [*self.arrays().values(), *(array for layer in self.layers for array in layer.arrays().values())]
        return all(bool(np.isfinite(array).all()) for array in arrays)
