"""Models that are small enough for one formula with all their numbers, from the cells of columns to the prediction."""

from typing import NamedTuple

import numpy as np
from sklearn.utils.validation import check_is_fitted

from glassnet.data.column import Column
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
SMALL = 'NetworkRegressor((8,), preset="plain")'
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
    """Return a model that has one formula; `TypeError` or `ValueError` says what to fit instead."""
    if not isinstance(model, NetworkRegressor):
        raise TypeError(f"{what} is of a NetworkRegressor, and this is a {type(model).__name__}; fit {SMALL}")
    check_is_fitted(model)
    members, each = len(model.members_), model.network_.n_parameters
    if not model.schema_.columns:
        raise ValueError(f"{what} begins with the cells of a table, and this model was fitted to images")
    if members * each > MOST_PARAMETERS:
        count = f"{members} members with {each:,} parameters each" if members > 1 else f"{each:,} parameters"
        raise ValueError(
            f"{what} has room for {MOST_PARAMETERS} parameters, and this model has {count}; fit {SMALL}, and of many "
            "columns the few that importance(model, X, y) shows"
        )
    for layer in model.network_.layers:
        _check_layer(layer, what)
    if not isinstance(model.ensemble_.link, Identity | Exponential):
        raise ValueError(
            f"{what} is of one number a target, and loss={model.loss!r} has several; fit loss='half_squared_error'"
        )
    return model


def inputs_of(model: NetworkRegressor, what: str) -> list[SmallInput]:
    """Return the inputs in the order of the network; `ValueError` names a column that is no plain number."""
    found: list[SmallInput] = []
    for flags in (False, True):
        for place, column in enumerate(model.schema_.columns):
            _check_column(column, what)
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


def _check_layer(layer: Layer, what: str) -> None:
    if not isinstance(layer, KINDS) or (isinstance(layer, LinearPath) and layer.levels):
        raise ValueError(
            f"{what} is of dense layers on numbers, and this network has {type(layer).__name__}; fit {SMALL}"
        )


def _check_column(column: Column, what: str) -> None:
    if column.kind not in ("number", "flag", "left out"):
        raise ValueError(
            f"{what} begins with numbers, and column {column.name!r} is a {column.kind}; leave it out of X, or write "
            "it as numbers"
        )
    if column.missing or column.origin or column.tokens:
        why = "cells are missing in it" if column.missing else "its integers are beyond 2^53"
        raise ValueError(
            f"{what} begins with numbers as they are, and of column {column.name!r} {why}; fill or change these before "
            "the fit, or leave it out of X"
        )
