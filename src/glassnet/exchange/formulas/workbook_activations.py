"""Activations as formulas of a workbook, from the cells of the pre-activations of one layer, which are neighbours."""

from collections.abc import Callable, Sequence

from glassnet.exchange.formulas.numpy_activations import LARGEST_EXPONENT
from glassnet.exchange.formulas.workbook_sheet import span
from glassnet.network.activation import (
    ELU,
    GELU,
    SELU,
    Activation,
    Exponential,
    HardTanh,
    Heaviside,
    Identity,
    Increasing,
    LeakyReLU,
    Logistic,
    Mish,
    ReLU,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from glassnet.network.activations_smooth import SELU_ALPHA, SELU_SCALE


def logistic(z: str) -> str:
    """Return the formula of 1 / (1 + exp(-z)), whose exponent is never positive."""
    return f"IF({z}>0,1/(1+EXP(-ABS({z}))),EXP(-ABS({z}))/(1+EXP(-ABS({z}))))"


def softplus(z: str) -> str:
    """Return the formula of log(1 + exp(z))."""
    return f"(MAX({z},0)+LN(1+EXP(-ABS({z}))))"


def elu(z: str, alpha: float) -> str:
    """Return the formula of z where z > 0, else alpha (exp(z) - 1)."""
    return f"IF({z}>0,{z},{alpha!r}*(EXP(MIN({z},0))-1))"


def softmax(cells: Sequence[str]) -> list[str]:
    """Return the formulas of exp(z_j) / sum_k exp(z_k)."""
    z = span(cells)
    return [f"EXP({one}-MAX({z}))/SUMPRODUCT(EXP({z}-MAX({z})))" for one in cells]


def increasing(cells: Sequence[str], size: int) -> list[str]:
    """Return the formulas of z_1, z_1 + softplus(z_2), ... in every `size` neighbours."""
    formulas: list[str] = []
    for place in range(len(cells)):
        first = place - place % size
        formulas.append("+".join([cells[first], *map(softplus, cells[first + 1 : place + 1])]))
    return formulas


def _each(formula: Callable[..., str]) -> Callable[..., list[str]]:
    return lambda activation, cells: [formula(activation, z) for z in cells]


ACTIVATION_FORMULAS: dict[type, Callable[..., list[str]]] = {
    Identity: _each(lambda _, z: z),
    Heaviside: _each(lambda _, z: f"IF({z}>0,1,0)"),
    ReLU: _each(lambda _, z: f"MAX({z},0)"),
    LeakyReLU: _each(lambda activation, z: f"MAX({activation.slope!r}*{z},{z})"),
    HardTanh: _each(lambda _, z: f"MIN(MAX({z},-1),1)"),
    Logistic: _each(lambda _, z: logistic(z)),
    Tanh: _each(lambda _, z: f"TANH({z})"),
    Softplus: _each(lambda _, z: softplus(z)),
    ELU: _each(lambda activation, z: elu(z, activation.alpha)),
    SELU: _each(lambda _, z: f"{SELU_SCALE!r}*{elu(z, SELU_ALPHA)}"),
    GELU: _each(lambda _, z: f"{z}*0.5*ERFC(-{z}/SQRT(2))"),
    SiLU: _each(lambda _, z: f"{z}*{logistic(z)}"),
    Mish: _each(lambda _, z: f"{z}*TANH({softplus(z)})"),
    Exponential: _each(lambda _, z: f"EXP(MIN({z},{LARGEST_EXPONENT!r}))"),
    Softmax: lambda _, cells: softmax(cells),
    Increasing: lambda activation, cells: increasing(cells, activation.size),
}


def activation_formulas(activation: Activation, cells: Sequence[str]) -> list[str]:
    """Return the formulas of an activation, without their sign =; `TypeError` for one of a user's own."""
    formulas = ACTIVATION_FORMULAS.get(type(activation))
    if formulas is None:
        raise TypeError(
            f"{activation!r} has no formula that could be written, since it is an activation of your own; fit with "
            "'tanh' or 'mish'"
        )
    return formulas(activation, cells)
