"""From an estimator's parameters to a network, a plan and settings for training."""

from typing import Any

import numpy as np

from glassnet.estimators import recipe
from glassnet.network.activation import Activation
from glassnet.network.dense import Dense
from glassnet.network.dropout import Dropout
from glassnet.network.loss import Loss
from glassnet.network.network import Network
from glassnet.training.choice import Choice
from glassnet.training.descent import GradientDescent, as_solver
from glassnet.training.epochs import Plan, Settings

ADAMW_DECAY = 0.01


def network_of(estimator: Any, inputs: int, outputs: int, last: Activation | str) -> Network:
    """Return dense layers of the sizes and activations asked for, each followed by dropout if there is any."""
    sizes = np.atleast_1d(recipe.settled("hidden_layer_sizes", estimator.hidden_layer_sizes, estimator.preset))
    given = estimator.activation
    names = given if isinstance(given, list | tuple) else [given] * len(sizes)
    if len(names) != len(sizes):
        raise ValueError(f"activation={given!r} names {len(names)} layer(s), but there are {len(sizes)}")
    layers: list[Any] = []
    for size, name in zip(sizes, names, strict=True):
        start = recipe.drawn(name, estimator.preset)
        layers.append(Dense(int(size), name, start.weights, start.bias))
        layers += [Dropout(estimator.dropout)] if estimator.dropout else []
    start = recipe.drawn("identity", estimator.preset)
    return Network(inputs, [*layers, Dense(outputs, last, start.weights, start.bias)])


def plan_of(estimator: Any, network: Network, loss: Loss, choice: Choice, rows: int, holds_out: bool) -> Plan:
    """Return what is compiled for members of so many training rows."""
    solver = as_solver(choice.solver)
    whole_table = isinstance(solver, GradientDescent) and estimator.batch_size == "auto"
    order = "drawn" if estimator.shuffle == "replacement" else "shuffled" if estimator.shuffle else "in turn"
    return Plan(
        network,
        loss,
        solver,
        None if whole_table else recipe.rows_a_step(estimator.batch_size, rows, estimator.preset),
        order=order,
        schedule=estimator.learning_rate,
        clips=estimator.clip_norm is not None,
        decays=_decay(estimator, choice) > 0,
        holds_out=holds_out and estimator.monitor is None,
        judged_outside=holds_out and estimator.monitor is not None,
    )


def settings_of(estimator: Any, choice: Choice, last_epoch: int) -> Settings:
    """Return the numbers that may change without compiling again; schedules end with `last_epoch`."""
    return Settings(
        alpha=estimator.alpha,
        decay=_decay(estimator, choice),
        clip=estimator.clip_norm or 0.0,
        warmup=estimator.warmup,
        power=estimator.power_t,
        epochs=last_epoch,
        tolerance=estimator.tol,
        patience=estimator.n_iter_no_change,
    )


def _decay(estimator: Any, choice: Choice) -> float:
    if estimator.weight_decay is None:
        return ADAMW_DECAY if choice.name == "adamw" else 0.0
    return estimator.weight_decay
