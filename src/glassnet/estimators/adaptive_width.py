"""What adaptive widths are learned from: validation rows, on which a member neither trained nor is judged."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from glassnet.conformal.error_scale import ErrorScale, features, fit_error_scale
from glassnet.data.dataset import Dataset
from glassnet.ensemble.ensemble import Ensemble
from glassnet.ensemble.member import Member

WIDTHS = ("constant", "adaptive")
Scales = Sequence[tuple[ErrorScale, ...]]  # for every member and target


def fit_error_scales(ensemble: Ensemble, dataset: Dataset) -> list[tuple[ErrorScale, ...]]:
    """Return for every member and target how far it errs, learned on its validation rows.

    These rows are the member's own, so its test fold stays unseen; it has not learned from them yet. Nothing is
    returned where there are no validation rows, the loss predicts quantiles, or the inputs have no features.
    """
    first = ensemble.members[0]
    x = dataset.x[first.split.validation[:1]]
    if dataset.y.shape[1] != ensemble.outputs or not all(member.split.validation.size for member in ensemble.members):
        return []
    if ensemble.schema.error_features(first.preprocessing.inputs, x) is None:
        return []
    return [_of_member(ensemble, member, dataset.take(member.split.validation)) for member in ensemble.members]


def error_scales(
    ensemble: Ensemble, scales: Scales, x: np.ndarray, predictions: np.ndarray, folds: Sequence[int]
) -> np.ndarray:
    """Return sigma > 0 by the model of every fold, (folds, rows, targets): the geometric mean of its members'.

    `predictions` are those of the models of the folds, (folds, rows, targets); `folds` has every member's number.
    """
    total, count = np.zeros(predictions.shape), np.zeros(len(predictions))
    for fold, member, member_scales in zip(folds, ensemble.members, scales, strict=True):
        total[fold] += _log(ensemble, member, member_scales, x, predictions[fold])
        count[fold] += 1
    return np.exp(total / count[:, None, None])


def out_of_fold_scales(ensemble: Ensemble, scales: Scales, x: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """Return sigma of every row by members that never saw it, (rows, targets), given their predictions.

    It is 1 for a row that no member held out.
    """
    total, count = np.zeros(predictions.shape), np.zeros(len(predictions))
    for member, member_scales in zip(ensemble.members, scales, strict=True):
        rows = member.split.test
        total[rows] += _log(ensemble, member, member_scales, x[rows], predictions[rows])
        count[rows] += 1
    return np.exp(total / np.maximum(count, 1)[:, None])


def _of_member(ensemble: Ensemble, member: Member, dataset: Dataset) -> tuple[ErrorScale, ...]:
    predictions = replace(ensemble, members=(member,)).predict_encoded(dataset.x)[0]
    scales: list[ErrorScale] = []
    for place, size in enumerate(member.preprocessing.target_size):
        known = ~np.isnan(dataset.y[:, place])
        error = np.abs(dataset.y[known, place] - predictions[known, place]) / size
        scales.append(fit_error_scale(_features(ensemble, member, dataset.x[known], predictions[known], place), error))
    return tuple(scales)


def _log(
    ensemble: Ensemble, member: Member, member_scales: tuple[ErrorScale, ...], x: np.ndarray, predictions: np.ndarray
) -> np.ndarray:
    """Return log sigma of every target, (rows, targets), in the units of the targets."""
    parts = [scale.log(_features(ensemble, member, x, predictions, place)) for place, scale in enumerate(member_scales)]
    return np.column_stack(parts) + np.log(member.preprocessing.target_size)


def _features(ensemble: Ensemble, member: Member, x: np.ndarray, predictions: np.ndarray, place: int) -> np.ndarray:
    preprocessing = member.preprocessing
    inputs = ensemble.schema.error_features(preprocessing.inputs, x)
    scaled = (predictions[:, place] - preprocessing.targets.center[place]) / preprocessing.target_size[place]
    return features(np.zeros((len(x), 0)) if inputs is None else inputs, scaled)
