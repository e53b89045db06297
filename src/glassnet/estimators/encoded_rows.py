"""What is said of all encoded rows of files: extremes, means of targets, out-of-fold predictions and their score."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from tempfile import TemporaryFile, gettempdir

import numpy as np

from glassnet.data.sampled_outliers import check_sampled_outliers
from glassnet.ensemble.batched_prediction import mean_of_members
from glassnet.ensemble.ensemble import Ensemble
from glassnet.estimators.encoded_files import ROWS_A_PASS, EncodedFiles, Seen
from glassnet.estimators.metrics import score
from glassnet.network.loss import Loss
from glassnet.storage.atomic import REMEDIES


def check_extremes(encoded: EncodedFiles, targets: Sequence[str]) -> None:
    """Raise `ValueError` where no column can be used, and for a number beyond all others of its column or target."""
    sample, tally = encoded.sample, encoded.tally
    sample.schema.check(sample.x[:0], sample.numbers[:0])
    facts, rows = tally.all(), tally.extreme_rows
    cells = np.column_stack([sample.x, sample.y])
    names = [f"column {name!r}" for name in encoded.schema.numbers]
    places = [*range(len(names)), *range(sample.x.shape[1], cells.shape[1])]
    names += ["the target" if len(targets) == 1 else f"target {name!r}" for name in targets]
    for place, name in zip(places, names, strict=True):
        if facts.least[place] > facts.largest[place] and place >= sample.x.shape[1]:
            raise ValueError(f"{name} is missing in every row; drop it")
        if facts.least[place] <= facts.largest[place]:
            ends = np.array([facts.least[place], facts.largest[place]])
            check_sampled_outliers(name, cells[:, place], sample.numbers, ends, rows[:, place])


def out_of_fold(
    encoded: EncodedFiles,
    ensemble: Ensemble,
    folds: Sequence[int],
    transform: Callable[[np.ndarray], np.ndarray],
    seen: Seen,
) -> np.ndarray:
    """Return for every row the mean, after `transform`, of the members that never saw it, (rows, outputs).

    The array lies in a file without a name, which takes no memory and goes when the array does.
    """
    spool, inputs = encoded.spool, len(encoded.schema.inputs)
    of_fold = {
        fold: replace(ensemble, members=tuple(m for m, own in zip(ensemble.members, folds, strict=True) if own == fold))
        for fold in set(folds)
    }
    columns = transform(np.zeros((1, ensemble.outputs))).shape[1]
    with TemporaryFile() as file:
        reserve(file.fileno(), len(spool) * columns * 8)
        result = np.memmap(file, np.float64, "w+", shape=(len(spool), columns))
    for start in range(0, len(spool), ROWS_A_PASS):
        rows = spool.rows(start, min(start + ROWS_A_PASS, len(spool)))
        for fold, members in of_fold.items():
            own = np.flatnonzero(rows[:, -1] == fold)
            if own.size:
                result[start + own] = mean_of_members(transform(members.predict_encoded(rows[own, :inputs])))
        seen("predicting out of fold", start + len(rows), len(spool))
    return result


def reserve(handle: int, size: int) -> None:
    """Raise `OSError` where the disk has no room for a file, which a memory map would only find out by a crash."""
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(handle, 0, size)
        elif shutil.disk_usage(gettempdir()).free < size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError as error:
        reason = REMEDIES.get(error.errno or 0, f"{error.strerror or error}; try again, or choose another folder")
        raise OSError(
            error.errno,
            f"the out-of-fold predictions need {size / 1e9:.3g} GB in the folder {gettempdir()}: {reason}, as TMPDIR",
        ) from error


def target_means(encoded: EncodedFiles, *, weighted: bool = True) -> np.ndarray:
    """Return the mean of every target over all rows, (targets,), missing ones left out."""
    sums, weights = np.zeros(encoded.tally.targets), np.zeros(encoded.tally.targets)
    for y, weight in _target_parts(encoded, weighted=weighted):
        counted = np.where(np.isnan(y), 0.0, weight[:, None])
        sums, weights = sums + np.sum(counted * np.nan_to_num(y), axis=0), weights + counted.sum(axis=0)
    return sums / weights


def score_of_files(loss: Loss, encoded: EncodedFiles, predictions: np.ndarray, *, weighted: bool) -> float:
    """Return the score of predictions of all rows: R2 in sums over slices, other scores from all rows at once."""
    squares = np.zeros((2, encoded.tally.targets))
    if type(loss).score is Loss.score:
        mean, start = target_means(encoded, weighted=weighted), 0
        for y, weight in _target_parts(encoded, weighted=weighted):
            part = predictions[start : start + len(y)]
            squares += [np.nansum(weight[:, None] * np.square(y - other), axis=0) for other in (part, mean)]
            start += len(y)
    if squares[1].all():
        return float(np.mean(1 - squares[0] / squares[1]))
    numbers, targets = encoded.spool.numbers, encoded.tally.targets
    weights = np.array(numbers[:, -2]) if weighted else (numbers[:, -2] > 0).astype(float)
    return score(loss, numbers[:, -2 - targets : -2], predictions, None if np.all(weights == 1) else weights)


def _target_parts(encoded: EncodedFiles, *, weighted: bool) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Return targets (rows, targets) and weights (rows,) slice by slice; unless `weighted`, weights of 1 and 0."""
    spool, targets = encoded.spool, encoded.tally.targets
    for start in range(0, len(spool), ROWS_A_PASS):
        rows = spool.rows(start, min(start + ROWS_A_PASS, len(spool)))
        yield rows[:, -2 - targets : -2], rows[:, -2] if weighted else (rows[:, -2] > 0).astype(float)
