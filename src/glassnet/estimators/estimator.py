"""What regressor and classifier share: fitting, going on, and what was fitted."""

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from glassnet._counted import counted
from glassnet.data.cell_format import TableFormat
from glassnet.data.dataset import Dataset, encode
from glassnet.data.encoded_tally import EncodedFacts
from glassnet.data.ranges import column_quantiles, widened
from glassnet.data.samples import kind_of, schema_of
from glassnet.data.schema import Samples, Schema
from glassnet.data.seen_rows import SeenRows, seen_rows
from glassnet.ensemble.ensemble import Ensemble
from glassnet.ensemble.fitting import fit_members
from glassnet.ensemble.folds import (
    CV,
    Fold,
    fold_rows,
    folds_of,
    is_splitter,
    no_folds,
    splits_of,
    warn_of_related_rows,
)
from glassnet.ensemble.linear_start import MOST_COLUMNS
from glassnet.ensemble.member import Member, MemberSetup, Split
from glassnet.ensemble.preprocessing import Preprocessing
from glassnet.ensemble.recipe import Activations, OutputRange, Recipe
from glassnet.ensemble.table_windows import TableWindows
from glassnet.ensemble.targets import check_observed
from glassnet.ensemble.training import Metric, Training, new_setups, with_members
from glassnet.ensemble.window_setups import with_facts
from glassnet.estimators.build import network_of, reading_of, without_idle_line
from glassnet.estimators.fit_data import FitData, FitResult
from glassnet.estimators.leak import warn_of_leak
from glassnet.estimators.notebook import NotebookDiagram
from glassnet.estimators.parameters import (
    check_recipe,
    check_used,
    given_options,
    given_recipe,
    preset_recipe,
    set_nested,
)
from glassnet.estimators.presets import Preset, online, resolve
from glassnet.estimators.provenance import Provenance
from glassnet.estimators.run_control import run_control
from glassnet.estimators.warnings import tell_columns_left_out, warn_if_interrupted, warn_unless_converged
from glassnet.network.activation import Activation
from glassnet.network.compiled_programs import check_process
from glassnet.network.cost import check_link, check_loss
from glassnet.network.devices import training_on
from glassnet.network.layer import Layer
from glassnet.network.loss import Loss
from glassnet.network.network import Network
from glassnet.training.auto_solver import ASKED_FOR, ProblemSize, as_solver, check_options, choose, name_of
from glassnet.training.history import Callback, mean_curve
from glassnet.training.interrupt import Interrupt
from glassnet.training.member_state import MemberState
from glassnet.training.run_control import Arrays, RunControl
from glassnet.training.solver import FullBatchSolver, Solver
from glassnet.training.stopping import StopReason


class NetworkEstimator(NotebookDiagram, BaseEstimator, ABC):
    """Networks fitted to samples. Regressor and classifier say what targets, loss and predictions are.

    Parameters are listed in `NetworkRegressor`.
    """

    presets: ClassVar[Mapping[str, Preset]]

    hidden_layer_sizes: int | Sequence[int] | None
    activation: Activations | None
    layers: Sequence[Layer] | None
    solver: str | Solver
    alpha: float | None
    dropout: float | None
    batch_size: int | str
    learning_rate_init: float | None
    max_iter: int | None
    max_time: float | None
    early_stopping: bool | None
    validation_fraction: float
    n_iter_no_change: int | None
    tol: float
    output_range: OutputRange | None
    monitor: Metric | None
    n_members: int | None
    cv: CV
    preset: str | Recipe
    random_state: int | np.random.RandomState | None
    warm_start: bool
    verbose: bool
    callback: Callback | None
    device: str
    precision: str

    ensemble_: Ensemble
    table_format_: TableFormat  # how the text of the file was read that it was fitted to, where one was
    target_names_: list[str]
    recipe_: Recipe
    used_rows_: np.ndarray  # the rows of positive weight
    _states: MemberState | None = None  # what the solver remembers; not kept in model files
    _digest: str = ""  # of the rows of the last fit
    _seen: SeenRows | None = None  # of all rows that the model learned from; None in files of earlier versions
    _told: frozenset[str] = frozenset()  # columns whose new levels, gaps or variation a warning named
    target_names_: list[str]
    _input_quantiles: np.ndarray
    _provenance: Provenance | None = None  # of the last fit; None in files of earlier versions
    _device: str | None = None  # of the last fit, in words

    @abstractmethod
    def _loss(self) -> Loss: ...

    @abstractmethod
    def _link(self) -> Activation:
        """Return what turns the network's output into a prediction in scaled units."""

    @abstractmethod
    def _output_activation(self, recipe: Recipe) -> Activation | str: ...

    @abstractmethod
    def _preprocessing(self, recipe: Recipe) -> Callable[[Dataset, np.ndarray], Preprocessing]:
        """Return what a member that learns from some rows of a dataset knows of its scales."""

    def _labels(self, y: np.ndarray) -> np.ndarray | None:
        """Return classes that folds should hold alike, or None."""
        return None

    def set_params(self, **params: object) -> Self:
        """Set parameters, those of solver and recipe objects as solver__weight_decay and preset__embedding."""
        return super().set_params(**set_nested(self, params))

    def planned_epochs(self, X: ArrayLike) -> int:
        """Return the epochs that a fit to X would be given.

        Parameters
        ----------
        X : data frame or array
            Rows or images.
        """
        presets, rows = self.presets[kind_of(X)], np.shape(X)[0]
        return resolve(preset_recipe(self.preset), given_recipe(self), rows, presets).max_iter or 1

    def _fit(self, data: FitData, interrupt: Interrupt) -> FitResult:
        """Fit, and return what the errors of the fit are measured with."""
        with ExitStack() as stack:
            control = run_control(self.callback, self.verbose, self.max_time, interrupt, stack)
            continues, before = self.warm_start and hasattr(self, "ensemble_"), self._digest
            recipe, all_rows = self._read(data, continues, more_rows=self.warm_start)
            dataset = all_rows.take(self.used_rows_)
            dataset.check()
            self._digest = dataset.digest
            if continues and self._digest == before:  # the same rows: nobody may learn from its own fold
                splits = [_without_extra(member.split, dataset.rows) for member in self.members_]
            else:
                splits = self._splits(recipe, dataset, data, None if continues else self.cv)
            check_observed(dataset.y, splits, self.target_names_)
            if data.validation is not None:
                dataset, splits = self._with_validation(dataset, splits, data.validation)
            if self.monitor is not None and not splits[0].validation.size:
                raise ValueError("monitor needs rows to judge on: early_stopping=True, or X_val and y_val")
            batch_size = min(recipe.batch_size or dataset.rows, *(len(split.train) for split in splits))
            recipe = replace(recipe, batch_size=batch_size)
            before_final = self._train(
                recipe, dataset, splits, recipe.max_iter or 1, continues, control, data.checkpoint
            )
            split = splits[0]
            self.training_rows_ = self.used_rows_[split.train]
            self.validation_rows_ = self.used_rows_[split.validation] if data.validation is None else np.arange(0)
            if recipe.base == "plain" or isinstance(self.recipe_.solver, FullBatchSolver):
                warn_unless_converged([member.history for member in self.members_], self.n_iter_)
            warn_if_interrupted([member.history for member in self.members_], recipe.max_iter or 1)
            learned = all_rows.take(self.used_rows_)
            self._remember_ranges(learned, continues)
            warn_of_leak(learned, self.target_names_, classes=self._labels(learned.y) is not None)
        return FitResult(all_rows, before_final)

    def _fit_part(self, data: FitData, interrupt: Interrupt) -> None:
        """Train one more epoch on these rows alone: no folds, no validation rows, the scaling of the first call."""
        for name in ("monitor", "early_stopping"):
            if getattr(self, name):
                raise ValueError(f"{name} needs validation rows, and partial_fit has none; leave it out, or call fit")
        with ExitStack() as stack:
            control = run_control(self.callback, self.verbose, self.max_time, interrupt, stack)
            continues = hasattr(self, "ensemble_")
            recipe, all_rows = self._read(data, continues, more_rows=True, least=1 if continues else 2)
            dataset = all_rows.take(self.used_rows_)
            dataset.check()
            self._digest = ""  # a later fit on these rows cannot know what was learned from them
            recipe = online(recipe, given_recipe(self))
            recipe = replace(recipe, batch_size=min(recipe.batch_size or dataset.rows, dataset.rows))
            if not continues:  # nobody knows how many rows there will be
                given = given_recipe(self).over(preset_recipe(self.preset))
                recipe = replace(recipe, label_smoothing=given.label_smoothing)
            count = len(self.members_) if continues else recipe.n_members or 1
            splits = splits_of(dataset.rows, no_folds(dataset.rows, count), 0.0, self.seed_)
            self._train(recipe, dataset, splits, 1, continues, control, None)
            self.training_rows_, self.validation_rows_ = self.used_rows_, np.arange(0)
            self._remember_ranges(dataset, continues)

    def _read(self, data: FitData, continues: bool, *, more_rows: bool, least: int = 2) -> tuple[Recipe, Dataset]:
        """Return the recipe, and all rows encoded; a first fit reads the schema and draws the seed.

        Where `more_rows` will come, columns that are constant so far are kept.
        """
        self.used_rows_ = np.flatnonzero(data.weights)
        rows = self.used_rows_.size
        if rows < least:
            raise ValueError(
                f"n_samples={rows}: a network needs at least {least} rows (of positive weight) to learn from"
            )
        given, preset = given_recipe(self), preset_recipe(self.preset)
        recipe = resolve(preset, given, rows, self.presets[data.samples.kind])
        if continues:
            schema = self.schema_
            if given.over(preset).label_smoothing is None:
                recipe = replace(recipe, label_smoothing=self.label_smoothing_ or None)
            self._tell(schema.unlearnable(data.samples))
        else:
            self._told = frozenset()
            schema = schema_of(data.samples, reading_of(recipe, more_rows=more_rows))
            tell_columns_left_out(schema.columns)
            self.seed_ = int(check_random_state(self.random_state).randint(2**31 - 1))
        recipe = self._suited(recipe, schema, rows)
        check_recipe(given.over(preset), schema)
        if recipe.solver != "auto":
            options = given_options(given, preset, data.checkpoint)
            check_options(as_solver(recipe.solver or "adam"), options)
        return recipe, encode(schema, data.samples, data.targets, data.weights, warn=False)

    def _suited(self, recipe: Recipe, schema: Schema, rows: int) -> Recipe:
        """Return the recipe as the loss and the columns allow it, for so many rows."""
        return recipe

    def _tell(self, sentences: Mapping[str, str]) -> None:
        """Warn of what is new about columns, of every column once."""
        for column in sorted(set(sentences) - self._told):
            warnings.warn(sentences[column], UserWarning, stacklevel=5)  # the line that called fit
        self._told = self._told | set(sentences)

    def _splits(self, recipe: Recipe, dataset: Dataset, data: FitData, cv: CV) -> list[Split]:
        members, groups = recipe.n_members or 1, data.groups
        if is_splitter(cv):  # it speaks of all rows, those of weight zero too
            of_all = fold_rows(len(data.targets), members, cv, groups, self._labels(data.targets), self.seed_)
            folds = [Fold(*(np.flatnonzero(np.isin(self.used_rows_, rows)) for rows in fold)) for fold in of_all]
        else:
            if cv is not None and groups is None and members > 1:
                warn_of_related_rows(
                    dataset.schema.columns, dataset.schema.repeated_ids(data.samples), folds_of(members)
                )
            groups = None if groups is None else groups[self.used_rows_]
            folds = fold_rows(dataset.rows, members, cv, groups, self._labels(dataset.y), self.seed_)
        validates = data.validation is None and recipe.early_stopping
        return splits_of(dataset.rows, folds, self.validation_fraction if validates else 0.0, self.seed_)

    def _with_validation(
        self, dataset: Dataset, splits: list[Split], validation: tuple[Samples, np.ndarray]
    ) -> tuple[Dataset, list[Split]]:
        """Return the dataset with rows below it that all members validate on."""
        samples, targets = validation
        extra = encode(dataset.schema, samples, targets, np.ones(samples.rows))
        extra.check()
        below = np.arange(dataset.rows, dataset.rows + extra.rows)
        return dataset.followed_by(extra), [Split(split.train, below, split.test) for split in splits]

    def _setups(self, recipe: Recipe, dataset: Dataset, splits: list[Split], continues: bool) -> list[MemberSetup]:
        if not continues:
            return new_setups(dataset, splits, self.seed_, self._preprocessing(recipe))
        if len(self.members_) != len(splits):
            raise ValueError(f"the fit to go on from has {counted(len(self.members_), 'member')}, not {len(splits)}")
        pairs = zip(self.members_, splits, strict=True)
        return [
            replace(member.setup, split=split, preprocessing=member.preprocessing.widened(dataset, split.train))
            for member, split in pairs
        ]

    def _train(
        self,
        recipe: Recipe,
        dataset: Dataset,
        splits: list[Split],
        epochs: int,
        continues: bool,
        control: RunControl,
        checkpoint: Path | None,
        windows: TableWindows | None = None,
        facts: Sequence[EncodedFacts] = (),
    ) -> Ensemble:
        """Train members for so many more epochs, and remember what came of it; return them before the final epochs.

        Where rows come in `windows`, the dataset is a sample of them, and `facts` are those of all rows of each member.
        """
        check_process()
        given = given_recipe(self).over(preset_recipe(self.preset))
        own_validation = not bool(np.any(splits[0].validation >= len(self.used_rows_)))
        check_used(given, validates=bool(splits[0].validation.size), own_validation=own_validation)
        loss, targets = self._training_loss(recipe), dataset.y.shape[1]
        recipe = without_idle_line(recipe, dataset.schema, loss, self._output_activation(recipe))
        if given.linear_path and not recipe.linear_path:
            raise ValueError(
                "linear_path=True has nothing to do here: it is for the mean or median of a target of any size, with "
                f"an open output_range, of a table of at most {MOST_COLUMNS} inputs; leave it out"
            )
        network = network_of(recipe, dataset.schema, loss.outputs(targets), self._output_activation(recipe))
        check_link(network, loss)
        check_loss(loss, targets)
        if continues and network != self.network_:
            raise ValueError("the fit to go on from has another network; keep its size, or set warm_start=False")
        recipe, name, reason = self._choose(
            recipe,
            loss,
            ProblemSize(max(len(split.train) for split in splits), targets, network.n_parameters),
            checkpoint,
        )
        remembers = continues and self._states is not None and self.solver_ == name
        old = self.members_ if continues else ()
        training = Training(
            dataset,
            Ensemble(dataset.schema, network, self._link(), tuple(old)),
            loss,
            recipe,
            self.tol,
            with_facts(self._setups(recipe, dataset, splits, continues), facts, dataset.schema, recipe.output_range),
            self.monitor,
            full_batch=given.batch_size is None,
            own_validation=own_validation,
            windows=windows,
        )
        self._remember_rows(dataset, continues, 1.0 if windows is None else dataset.rows / len(windows.spool))
        by_steps = isinstance(as_solver(recipe.solver or "adam"), FullBatchSolver)
        with training_on(self.device, self.precision, by_steps=by_steps) as self._device:
            trained = fit_members(training, epochs, self._states if remembers else None, control, checkpoint)
        self.recipe_, self.solver_, self.solver_reason_ = recipe, name, reason
        if recipe.label_smoothing:
            self._label_smoothing = float(recipe.label_smoothing)
        else:
            vars(self).pop("_label_smoothing", None)
        self.ensemble_, self._states = with_members(training, trained), trained.states
        self._summarise()
        if trained.before_final is None:
            return self.ensemble_
        return with_members(training, trained._replace(parameters=trained.before_final))

    def _training_loss(self, recipe: Recipe) -> Loss:
        """Return the loss as the recipe has it."""
        if recipe.label_smoothing:
            raise ValueError(
                f"label_smoothing={recipe.label_smoothing:g} is of the indicators of classes, and this model predicts "
                "numbers; leave it out"
            )
        return self._loss()

    def _remember_rows(self, dataset: Dataset, continues: bool, part: float) -> None:
        seen = seen_rows(dataset, part)
        self._seen = self._seen.joined(seen) if continues and self._seen is not None else seen

    def _choose(
        self, recipe: Recipe, loss: Loss, size: ProblemSize, checkpoint: Path | None
    ) -> tuple[Recipe, str, str]:
        if recipe.solver != "auto":
            return recipe, name_of(as_solver(recipe.solver or "adam")), ASKED_FOR
        given = given_options(given_recipe(self), preset_recipe(self.preset), checkpoint)
        choice = choose(loss, size, given)
        return replace(recipe, solver=choice.solver), choice.name, choice.reason

    def _remember_ranges(self, dataset: Dataset, continues: bool) -> None:
        """Keep where the columns of all rows that were learned from lie."""
        quantiles, before = column_quantiles(dataset.schema, dataset.x), self.input_quantiles_
        self._input_quantiles = quantiles if not continues or before is None else widened(before, quantiles)

    def _summarise(self) -> None:
        histories = [member.history for member in self.members_]
        self.n_iter_ = max(history.epochs for history in histories)
        self.best_iter_ = max(history.kept_epoch for history in histories)
        self.loss_curve_ = mean_curve([history.loss for history in histories])
        self.validation_loss_curve_ = mean_curve([history.validation_loss for history in histories])
        self.stop_reason_: StopReason = histories[0].reason

    @property
    def members_(self) -> list[Member]:
        """The trained networks, each with preprocessing, rows, parameters and history."""
        return list(self._fitted.members)

    @property
    def network_(self) -> Network:
        """The network, the same for all members."""
        return self._fitted.network

    @property
    def schema_(self) -> Schema:
        """What each column became."""
        return self._fitted.schema

    @property
    def parameters_(self) -> Arrays:
        """One dict with W and b a layer; with several members every array has a leading member axis."""
        check_is_fitted(self, "ensemble_")
        return self.members_[0].parameters if len(self.members_) == 1 else self.ensemble_.parameters

    @property
    def fold_rows_(self) -> list[np.ndarray]:
        """The rows of the fitted table that each member never saw, those of weight zero not among them."""
        return [self.used_rows_[member.split.test] for member in self.members_]

    @property
    def training_digest_(self) -> str:
        """A fingerprint of the rows of the last fit; empty where they are not known."""
        return self._digest

    @property
    def label_smoothing_(self) -> float:
        """The smoothing of the indicators of classes that was trained with; 0 without one."""
        return vars(self).get("_label_smoothing", 0.0)

    @property
    def seen_rows_(self) -> SeenRows | None:
        """Fingerprints of all rows that were learned from; None in a file of an earlier version."""
        return self._seen

    @property
    def provenance_(self) -> Provenance | None:
        """How the last fit came about: time, date, versions, options and warnings; None in a file without it."""
        return self._provenance

    @property
    def device_(self) -> str | None:
        """What the last fit trained on, such as "cpu" or "gpu: NVIDIA H200"; None in a file without it."""
        return self._device

    @property
    def input_quantiles_(self) -> np.ndarray | None:
        """The quantiles of numbers and dates in training, used to see what lies far out; None in an old file."""
        return vars(self).get("_input_quantiles")

    @property
    def coefs_(self) -> list[np.ndarray]:
        """The weights W^l, each (inputs, outputs), or (members, inputs, outputs)."""
        return [layer["W"] for layer in self.parameters_ if "W" in layer]

    @property
    def intercepts_(self) -> list[np.ndarray]:
        """The biases b^l, each (outputs,), or (members, outputs)."""
        return [layer["b"] for layer in self.parameters_ if "b" in layer]

    @property
    def best_loss_(self) -> float:
        """The least training loss of any epoch, the mean over the members; inf where none was ended."""
        return min(self.loss_curve_, default=float("inf"))

    @property
    def n_layers_(self) -> int:
        """The number of layers with weights, and the inputs."""
        return 1 + len(self.coefs_)

    @property
    def _fitted(self) -> Ensemble:
        if "ensemble_" not in vars(self):
            raise AttributeError(f"this {type(self).__name__} is not fitted yet; call fit first")
        return self.ensemble_

    def __sklearn_is_fitted__(self) -> bool:
        return "ensemble_" in vars(self)


def takes_batches(estimator: NetworkEstimator) -> bool:
    """Return True, or raise `AttributeError` when the solver has no epochs of batches that `partial_fit` could run."""
    preset = estimator.preset
    solver = estimator.solver
    if solver == "adam" and isinstance(preset, Recipe):  # the default, which a recipe may settle
        solver = preset.solver or solver
    known = solver if not isinstance(solver, str) or solver == "auto" else as_solver(solver)
    if known == "auto" or isinstance(known, FullBatchSolver):
        raise AttributeError(f"partial_fit runs epochs of batches, which solver={solver!r} lacks; use 'adam'")
    return True


def as_path(checkpoint: str | Path | None) -> Path | None:
    """Return the folder of a checkpoint."""
    return None if checkpoint is None else Path(checkpoint)


def _without_extra(split: Split, rows: int) -> Split:
    """Return a split without the validation rows that an earlier fit was given besides."""
    return replace(split, validation=split.validation[split.validation < rows])
