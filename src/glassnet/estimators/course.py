"""How members are trained: by a solver that sees all rows at once, or by epochs of descent."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from glassnet.estimators.build import plan_of, settings_of
from glassnet.estimators.dataset import Raw
from glassnet.estimators.fitting import Arrays, Run, Untrained, better_of_each, descend, first_states, solve
from glassnet.estimators.recipe import Recipe
from glassnet.network.loss import Loss
from glassnet.network.network import Network
from glassnet.training.auto_solver import Choice
from glassnet.training.epochs import State
from glassnet.training.full_batch import Limits
from glassnet.training.history import History
from glassnet.training.loop import Looks


class Training(NamedTuple):
    """What is trained, by what, from where: everything that both ways need."""

    estimator: Any
    recipe: Recipe
    network: Network
    loss: Loss
    choice: Choice
    raw: Raw
    members: list[Untrained]
    start: list[Arrays]


def by_solver(training: Training, epochs: int, looks: Looks) -> tuple[list[Arrays], list[History]]:
    """Return parameters and histories by a solver that looks at all rows at once."""
    estimator, recipe, network, loss, choice, raw, members, start = training
    for what, value in (("dropout", recipe.dropout), ("adversarial", estimator.adversarial)):
        if value:
            raise ValueError(f"{what}={value} acts in batches, which solver={choice.name!r} has not; leave it out")
    limits = Limits(epochs, estimator.tol, recipe.n_iter_no_change, recipe.alpha)
    return solve(network, loss, choice.name, raw, members, start, limits, looks)


def by_descent(training: Training, old: State | None, epochs: int, looks: Looks, checkpoint: Path | None) -> Run:
    """Return parameters, histories and states after so many more epochs; with several decays each member's better run.

    `old` are the states of the last fit, whose last epoch may not be the one that was kept.
    """
    estimator, recipe, network, loss, choice, raw, members, start = training
    holds_out = bool(members[0].share.held.size)
    plan = plan_of(estimator, recipe, network, loss, choice, holds_out)
    states = first_states(plan, start, recipe.learning_rate_init, [own.seed for own in members])
    if old is not None:
        states = states._replace(theta=old.theta, memory=old.memory, epoch=old.epoch)
    last = np.asarray(states.epoch) + epochs
    settings = settings_of(estimator, recipe, max(int(last.max()), recipe.max_iter))
    runs: list[Run] = []
    for number, decay in enumerate(recipe.weight_decay if holds_out else recipe.weight_decay[:1]):
        own, folder = settings._replace(decay=decay), _place(checkpoint, number)
        runs.append(descend(plan, own, raw, estimator.schema_, members, states, last, looks, folder))
        if looks.stopped:
            break
    return better_of_each(runs)


def _place(checkpoint: Path | None, number: int) -> Path | None:
    """Return the folder of the number-th run: the one given, and folders in it."""
    return checkpoint if checkpoint is None or number == 0 else checkpoint / str(number)
