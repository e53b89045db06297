"""What members try, and what each keeps: networks of several strengths of weight decay, and a straight line."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import jax
import numpy as np
from scipy.stats import t as student

from glassnet.ensemble.training import Trained, Training
from glassnet.network.compiled_programs import compiled
from glassnet.network.cost import cost_of_each
from glassnet.network.inference import outputs_in_chunks
from glassnet.network.loss import Loss
from glassnet.training.run_control import Arrays

LEVEL = 0.15  # of the one-sided paired t-test by which a network must beat the line


@dataclass(frozen=True)
class Candidate:
    """What a member tries: a strength of weight decay, and whether it starts beside a straight line."""

    decay: float
    line: bool


def candidates(decays: tuple[float, ...], *, line: bool, chooses: bool) -> list[Candidate]:
    """Return what members try, networks alone first.

    With a line, of several decays the strongest is tried beside it, and the others alone. Without rows to choose by,
    members try the first decay alone.
    """
    if not chooses:
        return [Candidate(decays[0], line=False)]
    if not line or len(decays) == 1:
        return [Candidate(decay, line=False) for decay in decays]
    *weaker, strongest = sorted(decays)
    return [*(Candidate(decay, line=False) for decay in weaker), Candidate(strongest, line=True)]


def better_of_each(runs: Sequence[Trained]) -> Trained:
    """Return for every member its run with the least loss on its validation rows, or its only one."""
    if len(runs) == 1:
        return runs[0]
    least = [[min(history.validation_loss) for history in run.histories] for run in runs]
    return _picked(runs, np.argmin(least, axis=0).tolist())


def or_lines(training: Training, trained: Trained, lines: Trained) -> Trained:
    """Return the members, those whose network does not beat the line as the line alone.

    Parameters
    ----------
    training : Training
        What was trained.
    trained : Trained
        The members with networks.
    lines : Trained
        The same members before the first epoch beside their lines, when their networks add nothing yet.
    """
    losses = [_validation_losses(training, members.parameters) for members in (trained, lines)]
    return _picked([trained, lines], [0 if beats(*pair) else 1 for pair in zip(*losses, strict=True)])


def beats(losses: np.ndarray, others: np.ndarray) -> bool:
    """Return whether losses of validation rows (rows,) are lower than others of the same rows, by a paired t-test."""
    gain, rows = others - losses, len(losses)
    if rows < 2:
        return False
    return bool(np.mean(gain) > student.ppf(1 - LEVEL, rows - 1) * np.std(gain, ddof=1) / np.sqrt(rows))


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
    x = np.stack([np.pad(x, ((0, most - len(x)), (0, 0))) for x, _, _ in scaled])
    y = np.stack([np.pad(y, ((0, most - len(y)), (0, 0)), constant_values=np.nan) for _, y, _ in scaled])
    outputs = outputs_in_chunks(training.ensemble.network, networks, most, lambda first, last: x[:, first:last])
    with jax.enable_x64(True):
        losses = np.asarray(_costs(training.loss, outputs, y))
    return [weights * own[: len(weights)] for own, (_, _, weights) in zip(losses, scaled, strict=True)]


@compiled(static=1, keep=8)
def _costs(loss: Loss, outputs: jax.Array, y: jax.Array) -> jax.Array:
    return jax.vmap(partial(cost_of_each, loss))(outputs, y)
