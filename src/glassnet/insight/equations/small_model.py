"""Models that are small enough for one formula with all their numbers, from the cells of columns to the prediction."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from sklearn.utils.validation import check_is_fitted

from glassnet._counted import counted
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.network.activation import Activation, Exponential, Identity
from glassnet.network.bounded_scaling import BoundedScaling
from glassnet.network.dense import Dense
from glassnet.network.dropout import Dropout
from glassnet.network.layer import Layer
from glassnet.network.linear_path import LinearPath
from glassnet.network.parametric import ParametricActivation
from glassnet.network.scaling import InputScaling
from glassnet.network.smooth_clip import SmoothClip

MOST_PARAMETERS = 200
MOST_NAMES = 5  # of columns in one sentence
KINDS_IN_WORDS = {"category": "categories", "date": "dates"}
SMALL = """fit NetworkRegressor((8,), preset="plain"), or type
    glassnet fit TABLE --target Y --preset plain --hidden 8
and of many columns take the few that importance(model, X, y) or glassnet explain shows; --columns and --exclude choose
them on the command line"""
KINDS = (Dense, Dropout, InputScaling, SmoothClip, ParametricActivation, BoundedScaling, LinearPath)


class SmallInput(NamedTuple):
    """One input: (cell - low) / width of a column, of a number the cell itself.

    Parameters
    ----------
    name : str
        The column.
    place : int
        Its place among the columns of training, counted from 0.
    low, width : float
        0 and 1 of numbers; of a flag what becomes 0, and how far from it what becomes 1 lies.
    """

    name: str
    place: int
    low: float
    width: float


def checked_model(model: NetworkRegressor, what: str) -> NetworkRegressor:
    """Return a model that has one formula; `TypeError` or `ValueError` says why not, and what to fit instead."""
    if not isinstance(model, NetworkRegressor):
        raise TypeError(f"{what} is of a NetworkRegressor, and this is a {type(model).__name__}: {SMALL}")
    check_is_fitted(model)
    if not model.schema_.columns:
        raise ValueError(f"{what} begins with the cells of a table, and this model was fitted to images")
    reasons = [*_of_size(model), *_of_layers(model), *_of_loss(model), *_of_columns(model)]
    if reasons:
        lines = "\n".join(f"  - {reason}" for reason in reasons)
        raise ValueError(f"{what} is of a smaller or simpler model than this one:\n{lines}\n{SMALL}")
    return model


def inputs_of(model: NetworkRegressor) -> list[SmallInput]:
    """Return the inputs in the order of the network."""
    found: list[SmallInput] = []
    for flags in (False, True):
        for place, column in enumerate(model.schema_.columns):
            if column.kind == ("flag" if flags else "number"):
                low, high = column.values if flags else (0.0, 1.0)
                found.append(SmallInput(column.name, place, float(low), float(high - low)))
    return found


def link_of(model: NetworkRegressor) -> Activation:
    """Return what turns outputs into predictions in scaled units."""
    return model.ensemble_.link


def has_limits(limits: np.ndarray) -> bool:
    """Return whether predictions are cut off anywhere."""
    return bool(np.isfinite(limits).any())


def _of_size(model: NetworkRegressor) -> list[str]:
    members, each = len(model.members_), model.network_.n_parameters
    count = f"{members} members with {counted(each, 'parameter')} each" if members > 1 else counted(each, "parameter")
    over = members * each > MOST_PARAMETERS
    return [f"it has {count}, and there is room for {MOST_PARAMETERS}"] if over else []


def _of_layers(model: NetworkRegressor) -> list[str]:
    others = [layer for layer in model.network_.layers if not isinstance(layer, KINDS) or _has_levels(layer)]
    names = ", ".join(dict.fromkeys(type(layer).__name__ for layer in others))
    return [f"its network has {names}, and a formula is of dense layers on numbers"] if names else []


def _has_levels(layer: Layer) -> bool:
    return isinstance(layer, LinearPath) and bool(layer.levels)


def _of_loss(model: NetworkRegressor) -> list[str]:
    if isinstance(model.ensemble_.link, Identity | Exponential):
        return []
    return [f"loss={model.loss!r} has several numbers a target; loss='half_squared_error' has one"]


def _of_columns(model: NetworkRegressor) -> list[str]:
    named: dict[str, list[str]] = {}
    for column in model.schema_.columns:
        if column.kind not in ("number", "flag", "left out"):
            named.setdefault(f"{KINDS_IN_WORDS[column.kind]}, no numbers", []).append(column.name)
        elif column.missing:
            named.setdefault("numbers with missing cells; fill these before the fit", []).append(column.name)
        elif column.origin or column.tokens:
            named.setdefault("integers beyond 2^53", []).append(column.name)
    return [f"{in_words(names)}: {what}" for what, names in named.items()]


def in_words(names: Sequence[str]) -> str:
    """Return names of columns, the first few of many."""
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"column{'s' if len(names) > 1 else ''} {', '.join(map(repr, names[:MOST_NAMES]))}{more}"
