"""What adaptive widths are learned from: rows that a member neither trained on nor is blind to."""

from typing import Any

import numpy as np

from glassnet.conformal.error_scale import Spread, features, learn_spread
from glassnet.data.images import Samples
from glassnet.estimators.dataset import encoded
from glassnet.estimators.fitting import Member, outputs

WIDTHS = ("constant", "adaptive")


def learn_spreads(model: Any, table: Samples, targets: np.ndarray) -> list[tuple[Spread, ...]]:
    """Return for every member and target how far it errs, learned on its held-out rows, those that it stopped by.

    `table` and `targets` are the rows used. These rows are the member's own, so the fold that it is blind to stays
    unseen. Nothing is returned where no rows are held out, the loss predicts quantiles, or inputs are no table.
    """
    if len(model.network_.inputs) > 1:
        return []
    if targets.shape[1] != model.network_.shapes[-1][0] or not all(m.share.held.size for m in model.members_):
        return []
    raw = encoded(model.schema_, table)
    return [_of_member(model, member, raw[member.share.held], targets[member.share.held]) for member in model.members_]


def widths(model: Any, table: Samples, said: np.ndarray, folds: list[int]) -> np.ndarray:
    """Return sigma > 0 by the model of every fold, (folds, rows, targets): the geometric mean of its members'.

    `said` is what the models of the folds predict, (folds, rows, targets), and `folds` the number of every member's.
    """
    raw = encoded(model.schema_, table)
    total, count = np.zeros(said.shape), np.zeros(len(said))
    for fold, member, own in zip(folds, model.members_, model.spreads_, strict=True):
        total[fold] += _log(model, member, own, raw, said[fold])
        count[fold] += 1
    return np.exp(total / count[:, None, None])


def blind_widths(model: Any, table: Samples, said: np.ndarray) -> np.ndarray:
    """Return sigma of every row by members that are blind to it, (rows, targets), given what they predict of it."""
    raw = encoded(model.schema_, table)
    total, count = np.zeros(said.shape), np.zeros(len(said))
    for member, own in zip(model.members_, model.spreads_, strict=True):
        rows = member.share.blind
        total[rows] += _log(model, member, own, raw[rows], said[rows])
        count[rows] += 1
    return np.exp(total / count[:, None])


def _of_member(model: Any, member: Member, raw: np.ndarray, targets: np.ndarray) -> tuple[Spread, ...]:
    said = outputs(model.network_, model._link, [member], raw)[0]
    found: list[Spread] = []
    for place, size in enumerate(_sizes(member)):
        known = ~np.isnan(targets[:, place])
        error = np.abs(targets[known, place] - said[known, place]) / size
        found.append(learn_spread(_features(model, member, raw[known], said[known], place), error))
    return tuple(found)


def _log(model: Any, member: Member, own: tuple[Spread, ...], raw: np.ndarray, said: np.ndarray) -> np.ndarray:
    """Return log sigma of every target, (rows, targets), in the units of the targets."""
    parts = [spread.log(_features(model, member, raw, said, place)) for place, spread in enumerate(own)]
    return np.column_stack(parts) + np.log(_sizes(member))


def _features(model: Any, member: Member, raw: np.ndarray, said: np.ndarray, place: int) -> np.ndarray:
    numbers = len(model.schema_.inputs) - len(model.schema_.codes)  # codes are names: their size means nothing
    center = member.targets.center[place]
    return features(member.inputs.down(raw)[:, :numbers], (said[:, place] - center) / _sizes(member)[place])


def _sizes(member: Member) -> np.ndarray:
    spread = np.abs(member.targets.spread)
    return np.where(spread > 0, spread, 1.0)
