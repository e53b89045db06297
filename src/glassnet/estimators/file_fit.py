"""Fits to files: in memory where the rows fit, else in windows of random blocks of rows from the disk."""

import warnings
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Self, cast

import numpy as np
from sklearn.utils import check_random_state

from glassnet._lazy import pl
from glassnet.data.files import TableFiles, open_files
from glassnet.ensemble.ensemble import Ensemble
from glassnet.ensemble.folds import folds_of, is_splitter, warn_of_related_rows
from glassnet.ensemble.recipe import Recipe
from glassnet.ensemble.table_windows import TableWindows
from glassnet.ensemble.window_setups import check_targets_of_sample, facts_of_members, most_in_batch, sample_splits
from glassnet.estimators.build import reading_of
from glassnet.estimators.encoded_files import (
    EncodedFiles,
    FoldRule,
    Roles,
    Seen,
    encode_files,
    read_files,
)
from glassnet.estimators.encoded_rows import check_extremes
from glassnet.estimators.estimator import NetworkEstimator
from glassnet.estimators.file_sources import Choice, choose, rows_of_window, work_folder
from glassnet.estimators.leak import warn_of_leak
from glassnet.estimators.parameters import (
    check_recipe,
    check_used,
    given_options,
    given_range,
    given_recipe,
    preset_recipe,
)
from glassnet.estimators.presets import resolve
from glassnet.estimators.provenance import provenance_kept
from glassnet.estimators.run_control import run_control
from glassnet.estimators.transaction import restored_on_failure
from glassnet.estimators.validation import check_inputs
from glassnet.estimators.warnings import tell_columns_left_out, warn_if_interrupted
from glassnet.network.cost import check_loss
from glassnet.training.auto_solver import as_solver, check_options
from glassnet.training.interrupt import Interrupt
from glassnet.training.note import Note
from glassnet.training.optimizers import GradientDescent
from glassnet.training.solver import FullBatchSolver, GradientSolver, options_of

FIRST_ROWS = 1_000  # by which names and number of the columns are known


class FileFits(NetworkEstimator):
    """An estimator that is fitted to files too."""

    max_memory: int | str | None
    reading_reason_: str

    @abstractmethod
    def _fit_frame(
        self,
        X: "pl.DataFrame",
        y: "pl.Series | pl.DataFrame",
        given: Mapping[str, "pl.Series"],
        checkpoint: Path | None,
    ) -> None:
        """Fit to rows in memory."""

    @abstractmethod
    def _targets_of(self, frame: "pl.DataFrame", first: int, roles: Roles) -> tuple[np.ndarray, np.ndarray]:
        """Return checked targets (rows, targets) and weights of a slice that begins with row `first`."""

    @abstractmethod
    def _remember_folds(
        self, encoded: EncodedFiles, folds: Sequence[int], before_final: Ensemble, grouped: bool, seen: Seen
    ) -> None:
        """Keep what the members say of the rows that they never saw."""

    @abstractmethod
    def _remember_targets(self, encoded: EncodedFiles, roles: Roles) -> None:
        """Keep names, number and means of the targets."""

    def _fit_files(
        self, X: "str | Path | Sequence[str | Path] | pl.LazyFrame | TableFiles", roles: Roles, checkpoint: Path | None
    ) -> Self:
        """Fit to files, in memory or in windows, and say which."""
        with work_folder(checkpoint) as folder:
            files = X if isinstance(X, TableFiles) else open_files(X, folder / "files")
            roles.check(files)
            choice = choose(files.rows, len(files.names), self.max_memory)
            if choice.rows_a_window is None:
                frame = pl.concat([part for _, part in files.slices()])
                others = {"sample_weight": roles.weight, "groups": roles.groups, "exposure": roles.exposure}
                given = {option: frame[name] for option, name in others.items() if name is not None}
                targets = frame[roles.targets[0]] if len(roles.targets) == 1 else frame.select(roles.targets)
                self._fit_frame(frame.drop(roles.names), targets, given, checkpoint)
            else:
                self._fit_windows(files, roles, choice, folder, checkpoint)
        self.table_format_, self.reading_reason_ = files.report.format, choice.reason
        return self

    def _fit_windows(
        self, files: TableFiles, roles: Roles, choice: Choice, folder: Path, checkpoint: Path | None
    ) -> None:
        options = {"sample_weight": roles.weight, "exposure": roles.exposure, "groups": roles.groups}
        with restored_on_failure(self) as interrupt, provenance_kept(self, **options, checkpoint=checkpoint):
            warnings.warn(choice.reason, Note, stacklevel=3)
            self._train_windows(files, roles, choice, folder, interrupt, checkpoint)

    def _train_windows(
        self,
        files: TableFiles,
        roles: Roles,
        choice: Choice,
        folder: Path,
        interrupt: Interrupt,
        checkpoint: Path | None,
    ) -> None:
        with ExitStack() as stack:
            control = run_control(self.callback, self.verbose, self.max_time, interrupt, stack)
            encoded, recipe = self._encoded(files, roles, folder, _until(interrupt, control.rows))
            members = recipe.n_members or 1
            count = encoded.tally.folds
            folds = [member % count if count > 1 else -1 for member in range(members)]
            fraction = self.validation_fraction if recipe.early_stopping else 0.0
            splits = sample_splits(encoded.sample_folds, folds, files.rows, fraction, self.seed_)
            numbers = encoded.sample.numbers
            windows = TableWindows(
                encoded.spool,
                encoded.tally.exponents,
                folds,
                [numbers[split.validation] for split in splits],
                _rows_a_window(choice, encoded.spool.columns),
                self.seed_,
            )
            check_targets_of_sample(encoded.sample.y, splits, self.target_names_)
            facts = facts_of_members(encoded.tally, folds)
            recipe = _with_batches(recipe, most_in_batch(splits, facts, windows.windows))
            self.used_rows_, self._digest = numbers, encoded.sample.digest
            before_final = self._train(
                recipe, encoded.sample, splits, recipe.max_iter or 1, False, control, checkpoint, windows, facts
            )
            self.training_rows_, self.validation_rows_ = (
                numbers[rows] for rows in (splits[0].train, splits[0].validation)
            )
            warn_if_interrupted([member.history for member in self.members_], recipe.max_iter or 1)
            self._remember_ranges(encoded.sample, False)
            warn_of_leak(encoded.sample, self.target_names_, classes=False)
            self._remember_folds(encoded, folds, before_final, roles.groups is not None, control.rows)

    def _encoded(self, files: TableFiles, roles: Roles, folder: Path, seen: Seen) -> tuple[EncodedFiles, Recipe]:
        """Return the rows encoded onto the disk, and the recipe for so many."""
        given, preset = given_recipe(self), preset_recipe(self.preset)
        recipe = resolve(preset, given, files.rows, self.presets["table"])
        loss = self._loss()
        # Whatever does not depend on the rows is refused before they are read.
        self._refuse_what_needs_all_rows(recipe, given.over(preset))
        self._refuse_what_has_no_effect(recipe, roles)
        check_used(given.over(preset), validates=bool(recipe.early_stopping), own_validation=True)
        check_options(as_solver(recipe.solver or "adam"), given_options(given, preset, None))
        check_loss(loss, len(roles.targets))
        recipe = replace(recipe, final_epochs=0.0)
        first = next(files.slices(FIRST_ROWS))[1]
        check_inputs(self, first.drop(roles.names), reset=True)
        self._told = frozenset()
        read = read_files(files, roles, reading_of(recipe), seen)
        schema = read.schema
        tell_columns_left_out(schema.columns)
        self.seed_ = int(check_random_state(self.random_state).randint(2**31 - 1))
        recipe = self._suited(recipe, schema, files.rows)
        check_recipe(given.over(preset), schema)
        rule = FoldRule(self._n_folds(recipe.n_members or 1), self.seed_)
        if rule.folds > 1 and roles.groups is None:
            warn_of_related_rows(schema.columns, read.repeated_ids, rule.folds)
        targets_of = partial(self._targets_of, roles=roles)
        checked = loss.variance_power, loss.domain, given_range(self)
        encoded = encode_files(files, roles, read, rule, targets_of, checked, folder, seen)
        check_extremes(encoded, roles.targets)
        self._remember_targets(encoded, roles)
        return encoded, recipe

    def _refuse_what_needs_all_rows(self, recipe: Recipe, asked: Recipe) -> None:
        """Raise `ValueError` for what cannot be done window by window, with what to give instead."""
        solver = recipe.solver
        order = options_of(solver).shuffle if isinstance(solver, GradientSolver) else None
        by_epochs = not (solver == "auto" or isinstance(solver, FullBatchSolver | GradientDescent))
        needs = (
            (not by_epochs, f"solver={self.solver!r} takes steps over all rows", "solver='adam'"),
            (order is False, "shuffle=False goes through the rows in their order", "shuffle=True"),
            (is_splitter(self.cv), f"cv={self.cv!r} numbers all rows", "cv='auto' or an integer, or groups"),
            (bool(self.warm_start), "warm_start=True goes on with rows in memory", "warm_start=False"),
            (bool(asked.final_epochs), f"final_epochs={asked.final_epochs} learns from validation rows", "0 or None"),
        )
        for unfit, what, instead in needs:
            if unfit:
                raise ValueError(
                    f"{what}, and these files do not fit into memory; give {instead}, or a larger max_memory"
                )

    def _refuse_what_has_no_effect(self, recipe: Recipe, roles: Roles) -> None:
        members = recipe.n_members or 1
        if roles.groups is not None and (self.cv is None or members == 1):
            why = f"n_members={members}" if members == 1 else "cv=None"
            raise ValueError(f"groups are kept together by folds, and there are none, since {why}; leave groups out")
        if members == 1 and not (self.cv is None or isinstance(self.cv, str)):
            warnings.warn(
                "cv has no effect, since a single network (n_members=1) has no folds", UserWarning, stacklevel=2
            )
        if self.monitor is not None and not recipe.early_stopping:
            raise ValueError("monitor needs rows to judge on, and files are given none; give early_stopping=True")

    def _n_folds(self, members: int) -> int:
        if self.cv is None or members == 1:
            return 1
        folds = folds_of(members) if isinstance(self.cv, str) else int(cast(int, self.cv))
        if members % folds:
            raise ValueError(f"n_members={members} must be a multiple of the {folds} folds of cv")
        return folds


def _with_batches(recipe: Recipe, most: int) -> Recipe:
    """Return the recipe with batches of at most so many rows, and say where they become smaller."""
    size = recipe.batch_size or most
    if size > most:
        warnings.warn(
            f"batch_size={size} is more than half of a member's rows of a window, {most}, which it becomes; a larger "
            "max_memory allows larger windows",
            Note,
            stacklevel=2,
        )
    return replace(recipe, batch_size=min(size, most))


def _rows_a_window(choice: Choice, columns: int) -> int:
    """Return the rows of a window of so many encoded columns, and say where they are fewer than was said."""
    said = choice.rows_a_window or 1
    rows = min(said, rows_of_window(choice.room, columns))
    if rows < said:
        warnings.warn(
            f"the columns become {columns} numbers a row, so that windows have {rows:,} rows", Note, stacklevel=2
        )
    return rows


def _until(interrupt: Interrupt, seen: Seen) -> Seen:
    """Return what tells how far files are read, and ends it at Ctrl-C: there is no model yet that could be kept."""

    def told(doing: str, done: int, total: int) -> None:
        seen(doing, done, total)
        if interrupt.asked:
            raise KeyboardInterrupt

    return told
