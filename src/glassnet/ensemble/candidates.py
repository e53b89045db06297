"""What members try, and what each keeps: two starts, several strengths of weight decay, and a straight line.

Where numbers enter as cosines and as piecewise-linear functions, a member trains for a few epochs with cosines alone
and with both, and starts with both where that was better on its validation rows.

A network beside a line, with stronger decay, is tried for a few epochs first. It is trained for all of them by members
where that was better on their validation rows than the network alone, and than the line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

import numpy as np
from scipy.stats import ttest_rel, wilcoxon

from glassnet._lazy import Array, jax
from glassnet.ensemble.training import Trained, Training
from glassnet.network.compiled_programs import compiled
from glassnet.network.cost import cost_of_each
from glassnet.network.devices import float64
from glassnet.network.inference import stack_members
from glassnet.network.loss import Loss
from glassnet.network.network import Network
from glassnet.training.run_control import Arrays

FEW = 200  # validation rows, up to which others of the rules below hold
LEVEL = 0.1  # of the one-sided tests by which a network must beat a line, or another network
SHORT = 3 / 16  # of the epochs, for a first try beside the line
TRIAL = 1 / 8  # of the epochs, for a try of each start


@dataclass(frozen=True)
class Candidate:
    """What a member tries: a strength of weight decay, whether beside a straight line, and the part of the epochs."""

    decay: float
    line: bool
    epochs: float = 1.0


def candidates(decays: tuple[float, ...], *, line: bool, chooses: bool) -> list[Candidate]:
    """Return what members try, networks alone first.

    With a line, of several decays the strongest is tried beside it, first for a short time, and the others alone.
    Without rows to choose by, members try the first decay alone.
    """
    if not chooses:
        return [Candidate(decays[0], line=False)]
    if not line or len(decays) == 1:
        return [Candidate(decay, line=False) for decay in decays]
    *weaker, strongest = sorted(decays)
    beside = [Candidate(strongest, line=True, epochs=epochs) for epochs in (SHORT, 1.0)]
    return [*(Candidate(decay, line=False) for decay in weaker), *beside]


def better_of_each(runs: Sequence[Trained]) -> Trained:
    """Return for every member, of the runs that it trained in, that with the least loss on its validation rows."""
    if len(runs) == 1:
        return runs[0]
    return _picked(runs, np.argmin(_least_losses(runs), axis=0).tolist())


def worth_more(training: Training, simple: Trained, rich: Trained) -> np.ndarray:
    """Return of every member whether the richer of two starts is better on its validation rows, (members,).

    Of classes, and up to `FEW` rows, the lower loss of the best epoch says so; of more rows and numbers a paired t-test
    of the kept ones: a test of few rows hardly ever would, and the mean of many squared errors may hang on a few.
    """
    if training.loss.classifies or len(training.setups[0].split.validation) <= FEW:
        of_rich, of_simple = _least_losses([rich, simple])
        return of_rich < of_simple
    losses = [_validation_losses(training, run.parameters) for run in (rich, simple)]
    return np.array([_surely_lower(*pair) for pair in zip(*losses, strict=True)])


def _least_losses(runs: Sequence[Trained]) -> np.ndarray:
    """Return the least loss on validation rows, of all epochs, by run and member."""
    return np.array([[min(history.validation_loss, default=np.inf) for history in run.histories] for run in runs])


def _surely_lower(losses: np.ndarray, others: np.ndarray) -> bool:
    if np.array_equal(losses, others):
        return False
    return bool(cast(float, ttest_rel(losses, others, alternative="less")[1]) <= LEVEL)


def goes_on_beside_lines(training: Training, runs: Sequence[Trained], lines: Sequence[Arrays]) -> np.ndarray:
    """Return of every member whether the last run, a short one beside its line, beat the others and it, (members,)."""
    short = runs[-1].parameters
    others = better_of_each(runs[:-1]).parameters
    return _beat(training, short, others) & _beat(training, short, lines)


def _beat(training: Training, networks: Sequence[Arrays], others: Sequence[Arrays]) -> np.ndarray:
    """Return of every member whether its network is better on its validation rows than another, (members,)."""
    losses = [_validation_losses(training, parameters) for parameters in (networks, others)]
    return np.array([beats(*pair) for pair in zip(*losses, strict=True)])


def or_lines(training: Training, trained: Trained, lines: Sequence[Arrays], instead: Trained) -> Trained:
    """Return the members, those whose network does not beat its line as a line alone.

    Parameters
    ----------
    training : Training
        What was trained.
    trained : Trained
        The members with networks.
    lines : sequence of parameters
        The same members beside the lines of their training rows, when their networks add nothing yet.
    instead : Trained
        The lines that are kept, which have learned from the validation rows too.
    """
    beaten = _beat(training, trained.parameters, lines)
    return _picked([trained, instead], np.where(beaten, 0, 1).tolist())


def beats(losses: np.ndarray, others: np.ndarray) -> bool:
    """Return whether losses of validation rows (rows,) are lower than others of the same rows.

    Of many rows the mean says it; of few Wilcoxon's signed-rank test, which single rows of large loss hardly move.
    """
    gain = others - losses
    if len(gain) > FEW:
        return bool(np.mean(gain) > 0)
    if not np.any(gain):
        return False
    return bool(cast(float, wilcoxon(gain, alternative="greater")[1]) <= LEVEL)


def _picked(runs: Sequence[Trained], chosen: Sequence[int]) -> Trained:
    places = list(enumerate(chosen))
    return Trained(
        [runs[run].parameters[member] for member, run in places],
        [runs[run].histories[member] for member, run in places],
        jax.tree.map(
            lambda *leaves: np.stack([leaves[run][member] for member, run in places]), *(run.states for run in runs)
        ),
    )


def _validation_losses(training: Training, networks: Sequence[Arrays]) -> list[np.ndarray]:
    """Return for every member the weighted losses of its validation rows, (rows,), by these parameters."""
    scaled = [training.scaled_rows(setup, setup.split.validation) for setup in training.setups]
    most = max(len(x) for x, _, _ in scaled)  # members' rows are made equally many, for one program
    y = np.stack([np.pad(y, ((0, most - len(y)), (0, 0)), constant_values=np.nan) for _, y, _ in scaled])
    each = [_outputs(training.ensemble.network, own, x) for own, (x, _, _) in zip(networks, scaled, strict=True)]
    outputs = np.stack([np.pad(of_rows, ((0, most - len(of_rows)), (0, 0))) for of_rows in each])
    outputs = outputs.astype(jax.tree.leaves(networks[0])[0].dtype)  # a gain below what parameters resolve is none
    with float64():
        losses = np.asarray(_costs(training.loss, outputs, y))
    return [weights * own[: len(weights)] for own, (_, _, weights) in zip(losses, scaled, strict=True)]


def _outputs(network: Network, parameters: Arrays, x: np.ndarray) -> np.ndarray:
    """Return x^L (rows, outputs) of one network: one program serves all, however many there are."""
    return stack_members(network, [parameters]).outputs(len(x), lambda start, stop: x[start:stop])[0]


@compiled(static=1, keep=8)
def _costs(loss: Loss, outputs: Array, y: Array) -> Array:
    return jax.vmap(partial(cost_of_each, loss))(outputs, y)
