"""Folds: which rows each member trains on, which it validates on, and which it never sees.

Every row has one fold, fixed by (seed, position). A member that holds fold k out trains on exactly as many rows as
every other, n - ceil(n/K): a row drawn by the seed is left out where there is one more.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from sklearn.model_selection import GroupKFold, check_cv

from glassnet.data.column import Column
from glassnet.ensemble.member import Split

LEAST_ROWS_TO_VALIDATE = 20


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


CV = int | str | Splitter | None


def fold_rows(
    rows: int, members: int, cv: CV, groups: np.ndarray | None, labels: np.ndarray | None, seed: int
) -> list[np.ndarray]:
    """Return for every member the rows it never sees; empty arrays when there is nothing to cross-fit.

    `cv` is "auto" (as many folds as members), the number of folds, a splitter, or None. Folds are drawn uniformly,
    within labels when there are any. `ValueError` when the folds do not fit the members, do not hold out every row
    once, or when folds or groups that were given cannot be used.
    """
    folds = members if isinstance(cv, str) else cv
    if folds is None or members == 1 or (isinstance(folds, int) and rows < 2 * folds):
        why = f"n_members={members}" if members == 1 else f"cv={cv!r}" if cv is None else f"there are {rows} rows"
        if members == 1 and not (cv is None or isinstance(cv, str)):
            warnings.warn(
                "cv has no effect, since a single network (n_members=1) has no folds", UserWarning, stacklevel=5
            )
        elif isinstance(cv, int):
            raise ValueError(f"cv={cv} folds need at least {2 * cv} rows, but there are {rows}")
        if groups is not None:
            raise ValueError(f"groups are kept together by folds, and there are none, since {why}; leave groups out")
        return [np.arange(0)] * members
    if isinstance(folds, int) and groups is None:
        tests = _drawn(rows, folds, labels, seed)
    else:
        by_group = GroupKFold(folds, shuffle=True, random_state=seed) if isinstance(folds, int) else None
        splitter = by_group or _as_splitter(folds)
        tests = [test for _, test in splitter.split(np.zeros((rows, 1)), labels, groups)]
    held_out = np.bincount(np.concatenate(tests), minlength=rows)
    if np.any(held_out != 1):
        row = int(np.argmax(held_out != 1))
        raise ValueError(
            f"cv must hold every row out exactly once, but row {row} is held out {held_out[row]} times; "
            "use KFold, GroupKFold or an integer, or cv=None for members without folds"
        )
    if members % len(tests):
        raise ValueError(f"n_members={members} must be a multiple of the {len(tests)} folds of cv")
    return [tests[member % len(tests)] for member in range(members)]


def _as_splitter(cv: int | Splitter) -> Splitter:
    as_splitter: Callable[..., Any] = check_cv  # whose published types know integers alone
    return as_splitter(cv)


def warn_of_dates(columns: Sequence[Column]) -> None:
    """Warn that random folds may flatter where rows follow each other in time."""
    dates = [column.name for column in columns if column.kind == "date"]
    if dates:
        warnings.warn(
            f"column {dates[0]!r} holds dates: where rows near in time are alike, random folds flatter the out-of-fold "
            f"error; give fit(..., groups=...) a day, week or month of {dates[0]!r} to keep such rows together",
            UserWarning,
            stacklevel=2,
        )


def splits_of(rows: int, tests: list[np.ndarray], fraction: float, seed: int) -> list[Split]:
    """Return every member's rows; `fraction` of those outside its fold, if there are 20, are validation rows."""
    sizes = [rows - len(test) for test in tests]
    size = min(sizes)
    validation = min(max(1, round(fraction * size)), size - 2) if fraction and size >= LEAST_ROWS_TO_VALIDATE else 0
    splits: list[Split] = []
    for member, test in enumerate(tests):
        visible = np.setdiff1d(np.arange(rows), test)
        order = np.random.default_rng([seed, member]).permutation(visible)[:size]
        splits.append(Split(np.sort(order[validation:]), np.sort(order[:validation]), np.sort(test)))
    return splits


def _drawn(rows: int, folds: int, labels: np.ndarray | None, seed: int) -> list[np.ndarray]:
    order = np.random.default_rng(seed).permutation(rows)
    if labels is not None:  # dealt out label by label, so every fold has about as many of each
        order = order[np.argsort(labels[order], kind="stable")]
    return [order[fold::folds] for fold in range(folds)]
