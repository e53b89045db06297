"""Recipes: what a parameter that was left at None is set to, by preset."""

from dataclasses import dataclass
from typing import Any

from glassnet.network.activation import Logistic, as_activation
from glassnet.network.initial import Glorot, Initial, Zero

PRESETS: dict[str, dict[str, Any]] = {
    "balanced": {
        "hidden_layer_sizes": (64, 64),
        "early_stopping": True,
        "n_members": 8,
    },
    "plain": {  # scikit-learn's network
        "hidden_layer_sizes": (100,),
        "early_stopping": False,
        "n_members": 1,
    },
}


@dataclass(frozen=True)
class Start:
    """How weights and biases of a layer are drawn."""

    weights: Initial
    bias: Initial


def settled(name: str, given: Any, preset: str) -> Any:
    """Return what was given for a parameter, or what the preset says."""
    if preset not in PRESETS:
        raise ValueError(f"preset={preset!r} is not known; choose one of {', '.join(PRESETS)}")
    return PRESETS[preset][name] if given is None else given


def rows_a_step(given: Any, rows: int, preset: str) -> int:
    """Return the batch size: the one given, scikit-learn's 200 for "plain", else 32, 128 or 256 by the rows."""
    if given != "auto":
        return min(int(given), rows)
    if preset == "plain":
        return min(200, rows)
    wanted = 32 if rows <= 1_000 else 128 if rows <= 10_000 else 256
    return min(wanted, 1 << (rows.bit_length() - 1))  # a power of two: few shapes for small tables


def drawn(activation: Any, preset: str) -> Start:
    """Return how a layer starts: by Glorot, and for "plain" as in scikit-learn, biases too."""
    if preset != "plain":
        return Start(Glorot(), Zero())
    rule = Glorot(2.0) if isinstance(as_activation(activation), Logistic) else Glorot()
    return Start(rule, rule)
