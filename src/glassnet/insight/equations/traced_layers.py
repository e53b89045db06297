"""The layers of a trace: those of its network, or as far as the trace alone says what they are."""

import numpy as np

from glassnet.insight.equations.entries import Entries, Letters
from glassnet.insight.equations.entries_of_embeddings import EmbeddingEntries, PeriodicEntries, PiecewiseLinearEntries
from glassnet.insight.equations.entries_of_images import (
    AveragePoolEntries,
    ConvolutionEntries,
    FlattenEntries,
    MaxPoolEntries,
    RearrangementEntries,
)
from glassnet.insight.equations.entries_of_layers import (
    BoundedScalingEntries,
    DenseEntries,
    DropoutEntries,
    InputScalingEntries,
    LinearPathEntries,
    ParametricEntries,
    SmoothClipEntries,
)
from glassnet.insight.trace_record import Trace
from glassnet.insight.traced_step import Arrays
from glassnet.network.activation import ACTIVATIONS
from glassnet.network.augmentation import Crop, Flip, Shift
from glassnet.network.bounded_scaling import BoundedScaling
from glassnet.network.convolution import Convolution
from glassnet.network.dense import Dense
from glassnet.network.dropout import Dropout
from glassnet.network.embedding import Embedding
from glassnet.network.flatten import Flatten
from glassnet.network.layer import Layer
from glassnet.network.linear_path import LinearPath
from glassnet.network.network import Network
from glassnet.network.parametric import ParametricActivation
from glassnet.network.periodic import Periodic
from glassnet.network.piecewise import PiecewiseLinear
from glassnet.network.pooling import AveragePool, MaxPool
from glassnet.network.scaling import InputScaling
from glassnet.network.smooth_clip import SmoothClip

ENTRIES: dict[type, type] = {
    Dense: DenseEntries,
    Convolution: ConvolutionEntries,
    MaxPool: MaxPoolEntries,
    AveragePool: AveragePoolEntries,
    Flatten: FlattenEntries,
    Shift: RearrangementEntries,
    Flip: RearrangementEntries,
    Crop: RearrangementEntries,
    Dropout: DropoutEntries,
    Embedding: EmbeddingEntries,
    SmoothClip: SmoothClipEntries,
    Periodic: PeriodicEntries,
    PiecewiseLinear: PiecewiseLinearEntries,
    InputScaling: InputScalingEntries,
    ParametricActivation: ParametricEntries,
    BoundedScaling: BoundedScalingEntries,
    LinearPath: LinearPathEntries,
}


def entries_of(layer: Layer, letters: Letters) -> Entries:
    """Return the equations of a layer in entries; `ValueError` for a kind that is not ours."""
    kind = ENTRIES.get(type(layer))
    if kind is None:
        raise ValueError(f"{layer!r} is a layer of your own, whose equations stand in its class and not here")
    return kind(layer, letters)


def layer_of(trace: Trace, network: Network | None, place: int) -> Layer:
    """Return the `place`-th layer of a trace, counted from 1; `ValueError` where that needs the network."""
    traced = trace.layers[place - 1]
    if network is not None:
        _check_network(trace, network)
        return network.layers[place - 1]
    arrays = trace.steps[0].layers[place - 1].before
    if traced.activation in (None, *ACTIVATIONS):
        found = _made(traced.kind, traced.activation, traced.outputs, arrays)
        if found is not None:
            return found
    what = traced.kind if traced.activation is None else f"{traced.kind} with {traced.activation}"
    raise ValueError(
        f"layer {place} is a {what}, and a trace does not keep all that it is made of; give the network too: "
        "equation_of(..., network=network)"
    )


def _made(kind: str, activation: str | None, outputs: tuple[int, ...], arrays: Arrays) -> Layer | None:
    """Return a layer from its kind, activation and parameters, or None where these do not say enough."""
    plain: dict[str, Layer] = {
        "Flatten": Flatten(), "Dropout": Dropout(), "InputScaling": InputScaling(), "BoundedScaling": BoundedScaling()
    }  # fmt: skip
    if kind in plain:
        return plain[kind]
    levels = tuple(len(array) for name, array in arrays.items() if name.startswith("E"))
    match kind, activation:
        case "Dense", str():
            return Dense(outputs[0], activation)
        case "ParametricActivation", str():
            return ParametricActivation(activation)
        case "Embedding", None:
            return Embedding(levels, arrays["E0"].shape[1])
        case "LinearPath", None:
            return LinearPath(outputs[0], levels)
        case "Periodic", None:
            return Periodic(len(arrays["f"]), arrays["V"].shape[2], arrays["f"].shape[1])
        case "PiecewiseLinear", None:
            return PiecewiseLinear(len(arrays["V"]), arrays["V"].shape[2], arrays["V"].shape[1])
        case _:
            return None


def _check_network(trace: Trace, network: Network) -> None:
    kinds = [layer.kind for layer in trace.layers]
    shapes = [{name: np.shape(array) for name, array in layer.before.items()} for layer in trace.steps[0].layers]
    if kinds != [type(layer).__name__ for layer in network.layers] or shapes != network.parameter_shapes:
        raise ValueError(
            f"the trace is of layers {', '.join(kinds)}, and network= is another one:\n{network}\ngive the network "
            "that was traced"
        )
