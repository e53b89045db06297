"""Folds: which rows each member trains on, which it validates on, and which it never sees.

Every row has one fold, fixed by (seed, position), unless a splitter says otherwise. A member that holds fold k out
trains on exactly as many rows as every other, n - ceil(n/K): a row drawn by the seed is left out where there is one
more. With a splitter that looks back in time, members learn from more and more rows, and the first are in no test.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from numbers import Integral
from typing import Any, NamedTuple, Protocol

import numpy as np
from sklearn.model_selection import GroupKFold, check_cv

from glassnet.data.column import Column
from glassnet.data.report import some
from glassnet.ensemble.member import Split
from glassnet.ensemble.streams import stream

LEAST_ROWS_TO_VALIDATE = 20
LEAST_TO_LEARN_FROM = 2
MOST_FOLDS = 16


class Splitter(Protocol):
    """A splitter of scikit-learn's kind."""

    def split(
        self, X: np.ndarray, y: np.ndarray | None = None, groups: np.ndarray | None = None
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield the training and test rows of every fold.

        Parameters
        ----------
        X : array (rows, columns)
            Inputs, of which only the number of rows counts.
        y : array (rows,) or None
            Labels to keep in equal proportions, if there are any.
        groups : array (rows,) or None
            Groups of rows that stay together, if there are any.

        Yields
        ------
        train, test : arrays of int
            Row numbers.
        """
        ...


CV = int | str | Splitter | Iterable[tuple[np.ndarray, np.ndarray]] | None


class Fold(NamedTuple):
    """What a member may learn from, and what it never sees, as row numbers."""

    visible: np.ndarray
    test: np.ndarray


def is_splitter(cv: CV) -> bool:
    """Return whether the folds are a splitter's, and not drawn here."""
    return not (cv is None or isinstance(cv, str | Integral))


def no_folds(rows: int, members: int) -> list[Fold]:
    """Return for every member that it may see all rows."""
    return [Fold(np.arange(rows), np.arange(0))] * members


def folds_of(members: int) -> int:
    """Return how many folds so many members have: one each; of more than 16, at least two share a fold if they can."""
    if members <= MOST_FOLDS:
        return members
    shared = max(folds for folds in range(1, MOST_FOLDS + 1) if members % folds == 0)
    return shared if shared >= MOST_FOLDS // 2 else members


def fold_rows(
    rows: int, members: int, cv: CV, groups: np.ndarray | None, labels: np.ndarray | None, seed: int
) -> list[Fold]:
    """Return the fold of every member; tests are empty when there is nothing to cross-fit.

    `cv` is "auto" (see `folds_of`), the number of folds, a splitter, or None. Folds are drawn uniformly,
    within labels when there are any. A splitter says what members learn from too: with one that only looks back in
    time, the first rows are in no test. `ValueError` when the folds do not fit the members, hold a row out twice or
    part a group, or when folds or groups that were given cannot be used.
    """
    folds = folds_of(members) if isinstance(cv, str) else int(cv) if isinstance(cv, Integral) else cv
    if folds is None or members == 1 or (isinstance(folds, int) and rows < 2 * folds):
        why = f"n_members={members}" if members == 1 else f"cv={cv!r}" if cv is None else f"there are {rows} rows"
        if members == 1 and not (cv is None or isinstance(cv, str)):
            warnings.warn(
                "cv has no effect, since a single network (n_members=1) has no folds", UserWarning, stacklevel=5
            )
        elif isinstance(cv, Integral):
            raise ValueError(f"cv={folds} folds need at least {2 * int(cv)} rows, but there are {rows}")
        if groups is not None:
            raise ValueError(f"groups are kept together by folds, and there are none, since {why}; leave groups out")
        return no_folds(rows, members)
    if isinstance(folds, int):
        drawn = _drawn(rows, folds, labels, seed) if groups is None else _drawn_by_group(rows, folds, groups, seed)
        of_cv = [_outside(rows, test) for test in drawn]
    else:
        try:
            of_cv = [Fold(*pair) for pair in _as_splitter(folds).split(np.zeros((rows, 1)), labels, groups)]
        except (TypeError, ValueError) as error:
            lacks = "groups, which fit(..., groups=...) takes" if "group" in str(error) else "classes, unlike KFold"
            raise ValueError(f"cv={_named(cv)} could not split the rows; it may need {lacks}: {error}") from error
        _check(of_cv, rows)
    if groups is not None:
        _check_groups(of_cv, groups, cv)
    if members % len(of_cv):
        raise ValueError(f"n_members={members} must be a multiple of the {len(of_cv)} folds of cv")
    return [of_cv[member % len(of_cv)] for member in range(members)]


def _outside(rows: int, test: np.ndarray) -> Fold:
    return Fold(np.setdiff1d(np.arange(rows), test), test)


def _check(folds: Sequence[Fold], rows: int) -> None:
    """Raise `ValueError` for the folds of a splitter that members cannot be trained and judged on."""
    for number, (visible, test) in enumerate(folds):
        both = np.intersect1d(visible, test)
        if len(test) == 0 or len(visible) < LEAST_TO_LEARN_FROM or both.size:
            what = f"row {both[0]} is in both" if both.size else f"they are {len(visible)} and {len(test)} rows"
            raise ValueError(
                f"fold {number} of cv needs rows to learn from, at least {LEAST_TO_LEARN_FROM}, and other rows to hold "
                f"out, but {what}; use KFold, GroupKFold, TimeSeriesSplit or an integer"
            )
    held_out = np.bincount(np.concatenate([fold.test for fold in folds] or [np.arange(0)]), minlength=rows)
    if not folds or np.any(held_out > 1):
        row = int(np.argmax(held_out > 1))
        what = f"row {row} is held out {held_out[row]} times" if folds else "it has no folds"
        raise ValueError(
            f"cv must hold no row out more than once, but {what}; use KFold, GroupKFold, TimeSeriesSplit or an "
            "integer, or cv=None for members without folds"
        )


def _named(cv: CV) -> str:
    return repr(cv) if hasattr(cv, "split") or isinstance(cv, Integral | str) else "the list of rows"


def _check_groups(folds: Sequence[Fold], groups: np.ndarray, cv: CV) -> None:
    """Raise `ValueError` for a group of which a member sees some rows and is judged on others."""
    for visible, test in folds:
        parted = test[np.isin(groups[test], groups[visible])]
        if parted.size:
            raise ValueError(
                f"groups stay together, but cv={_named(cv)} parts the group {groups[parted[:1]].tolist()[0]!r}: a "
                "member learns from some of its rows and is judged on others; use GroupKFold or an integer, or leave "
                "groups out"
            )


def _drawn_by_group(rows: int, folds: int, groups: np.ndarray, seed: int) -> list[np.ndarray]:
    different = len(np.unique(groups))
    if different < folds:
        fewer = f"give n_members={different} and cv={different}, or " if different > 1 else ""
        raise ValueError(
            f"groups has {different} different group(s), too few for {folds} folds; {fewer}leave groups out"
        )
    splitter = GroupKFold(folds, shuffle=True, random_state=seed)
    return [test for _, test in splitter.split(np.zeros((rows, 1)), None, groups)]


def _as_splitter(cv: Splitter | Iterable[tuple[np.ndarray, np.ndarray]]) -> Splitter:
    as_splitter: Callable[..., Any] = check_cv  # whose published types know integers alone
    return as_splitter(cv)


def warn_of_related_rows(columns: Sequence[Column], repeated_ids: Sequence[str], folds: int) -> None:
    """Warn that random folds may flatter where rows follow each other in time, or are of the same person or thing."""
    for name in repeated_ids:
        warnings.warn(
            f"column {name!r} has the same id in several rows: where such rows are alike, random folds flatter the "
            f"out-of-fold error; give fit(..., groups=...) the column {name!r} to keep them together",
            UserWarning,
            stacklevel=5,
        )
    dates = [column.name for column in columns if column.kind == "date"]
    if dates:
        one = len(dates) == 1
        what = f"column {dates[0]!r} holds dates" if one else f"columns {some(dates)} hold dates"
        which = repr(dates[0]) if one else "one of them"
        warnings.warn(
            f"{what}: where rows near in time are alike, random folds flatter the out-of-fold error; give "
            f"fit(..., groups=...) a day, week or month of {which} to keep such rows together, or sort the rows by "
            f"{which} and give cv=TimeSeriesSplit({folds}) and n_members={folds}",
            UserWarning,
            stacklevel=5,
        )


def splits_of(rows: int, folds: Sequence[Fold], fraction: float, seed: int) -> list[Split]:
    """Return every member's rows; `fraction` of those it may see, if each has 20, are validation rows.

    Where all that is not held out may be seen, every member learns from equally many rows.
    """
    least = min(len(fold.visible) for fold in folds)
    equal = all(len(visible) + len(test) == rows for visible, test in folds)
    splits: list[Split] = []
    for member, (visible, test) in enumerate(folds):
        size = least if equal else len(visible)
        some = min(max(1, round(fraction * size)), size - 2)
        validation = some if fraction and least >= LEAST_ROWS_TO_VALIDATE else 0
        order = stream("validation", seed, member).permutation(np.sort(visible))[:size]
        splits.append(Split(np.sort(order[validation:]), np.sort(order[:validation]), np.sort(test)))
    return splits


def _drawn(rows: int, folds: int, labels: np.ndarray | None, seed: int) -> list[np.ndarray]:
    order = stream("folds", seed).permutation(rows)
    if labels is not None:  # dealt out label by label, so every fold has about as many of each
        order = order[np.argsort(labels[order], kind="stable")]
    return [order[fold::folds] for fold in range(folds)]
