"""The numbers of a fitted model as arrays with a leading member axis."""

import numpy as np

from glassnet.ensemble.ensemble import Ensemble
from glassnet.exchange.formulas.python_calls import array_name


def model_arrays(ensemble: Ensemble) -> dict[str, np.ndarray]:
    """Return scaling, limits and parameters of every member by name, each (members, ...)."""
    scalers = [member.preprocessing.inputs for member in ensemble.members]
    center, scale, low, high = ensemble.units
    arrays = {
        "input_center": np.stack([scaler.center for scaler in scalers]),
        "input_scale": np.stack([scaler.scale for scaler in scalers]),
        "input_fill": np.stack([scaler.fill for scaler in scalers]),
        "target_center": center,
        "target_scale": scale,
        "low": low,
        "high": high,
    }
    for number, layer in enumerate(ensemble.parameters, start=1):
        arrays |= {array_name(number, name): array for name, array in layer.items()}
    return arrays


def n_parameters(ensemble: Ensemble) -> int:
    """Return the number of parameters of all members together."""
    return ensemble.network.n_parameters * len(ensemble.members)
