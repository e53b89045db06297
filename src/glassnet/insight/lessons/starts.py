"""What the lessons that step through a network start from: one row, its targets, and the parameters of every layer."""

import json
from dataclasses import dataclass

Numbers = tuple[float, ...]


@dataclass(frozen=True)
class LayerStart:
    """The parameters of a layer before the first step.

    Attributes
    ----------
    W : tuple of tuples of float
        A row for every input of the layer, and in it a number for every unit.
    b : tuple of float
        A number for every unit.
    """

    W: tuple[Numbers, ...]
    b: Numbers


@dataclass(frozen=True)
class Start:
    """The numbers of one run of gradient descent on one row.

    Attributes
    ----------
    inputs, targets : tuple of float
        The row, and what its outputs should be.
    step_size : float
        tau.
    steps : int
        How many steps are taken.
    layers : tuple of LayerStart
        The layers, first to last.
    """

    inputs: Numbers
    targets: Numbers
    step_size: float
    steps: int
    layers: tuple[LayerStart, ...]

    def to_json(self) -> str:
        """Return it as JSON to edit, a layer a line."""
        names = ("inputs", "targets", "step_size", "steps")
        lines = [f"  {json.dumps(name)}: {json.dumps(getattr(self, name))}," for name in names]
        layers = ",\n".join(f"    {json.dumps({'W': layer.W, 'b': layer.b})}" for layer in self.layers)
        return "\n".join(["{", *lines, '  "layers": [', layers, "  ]", "}", ""])


@dataclass(frozen=True)
class Stepped:
    """A network that a lesson steps through.

    Attributes
    ----------
    activation : str
        The activation of every layer.
    loss : str
        The loss.
    start : Start
        The lesson's own numbers.
    """

    activation: str
    loss: str
    start: Start


_NEURON = LayerStart(((0.8,),), (1.0,))
STEPPED = {
    "one-neuron": Stepped("identity", "squared_error", Start((1.5,), (0.5,), 0.2, 8, (_NEURON,))),
    "two-neurons": Stepped("identity", "squared_error", Start((1.5,), (0.5,), 0.1, 8, (_NEURON, _NEURON))),
    "published-example": Stepped(
        "logistic",
        "half_squared_error",
        Start(
            (0.05, 0.1),
            (0.01, 0.99),
            0.5,
            5,
            (
                LayerStart(((0.15, 0.25), (0.2, 0.3)), (0.35, 0.35)),
                LayerStart(((0.4, 0.5), (0.45, 0.55)), (0.6, 0.6)),
            ),
        ),
    ),
    "deltas": Stepped(
        "logistic",
        "half_squared_error",
        Start(
            (0.1, 0.1),
            (1.0, 0.0),
            0.05,
            3,
            (
                LayerStart(((0.1, 0.2), (0.3, 0.4)), (0.1, -0.1)),
                LayerStart(((0.1, -0.2, 0.3), (0.4, 0.5, -0.6)), (0.0, 0.1, -0.1)),
                LayerStart(((0.2, -0.1), (0.3, 0.4), (-0.5, 0.6)), (0.1, -0.2)),
            ),
        ),
    ),
}
