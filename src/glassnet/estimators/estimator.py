"""What regressor and classifier share: fitting, going on, and the outputs of members."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from glassnet.data.images import Samples
from glassnet.data.scaler import Scale
from glassnet.estimators.batched_prediction import in_blocks
from glassnet.estimators.build import network_of
from glassnet.estimators.course import Training, by_descent, by_solver
from glassnet.estimators.dataset import (
    AnySchema,
    Raw,
    check_predictions,
    encoded,
    in_numbers,
    input_scale,
    matched,
    raw_of,
    read_samples,
)
from glassnet.estimators.fitting import (
    Arrays,
    Member,
    Untrained,
    fresh_parameters,
    looks_of,
    mean_curve,
    member_seeds,
    monitor_of,
    outputs,
    stacked,
)
from glassnet.estimators.folds import Share, blind_rows, shares, warn_of_dates
from glassnet.estimators.recipe import Recipe, online, settled
from glassnet.network.activation import Activation
from glassnet.network.cost import check_link, check_own
from glassnet.network.loss import CustomLoss, Loss
from glassnet.network.network import Network
from glassnet.training.auto_solver import choose
from glassnet.training.epochs import State
from glassnet.training.full_batch import FULL_BATCH
from glassnet.training.history import History
from glassnet.training.interrupt import Interrupt
from glassnet.training.loop import Looks


class NetworkEstimator(BaseEstimator, ABC):
    """Networks fitted to a table. Regressor and classifier say what targets, loss and predictions are.

    Parameters are those that `planning` and `recipe` read; they are listed in `NetworkRegressor`.
    """

    tabular: ClassVar[bool] = True  # whether presets mean the recipe for tables

    solver: Any
    adversarial: float | None
    validation_fraction: float
    tol: float
    monitor: Callable[[np.ndarray, np.ndarray], float] | None
    cv: Any
    preset: str
    random_state: Any
    warm_start: bool

    members_: list[Member]
    network_: Network
    schema_: AnySchema
    _states: State | None = None  # what the solver remembers; not kept in model files
    _digest: str = ""  # of the rows of the last fit

    @abstractmethod
    def _loss(self) -> Loss: ...

    @property
    @abstractmethod
    def _link(self) -> Activation:
        """What turns the network's output into a prediction in scaled units."""

    @abstractmethod
    def _output_activation(self) -> Activation | str: ...

    @abstractmethod
    def _target_scale(self, y: np.ndarray, weights: np.ndarray) -> Scale: ...

    @abstractmethod
    def _limits(self, y: np.ndarray) -> np.ndarray:
        """Return what a member's outputs stay within, (2, outputs), given the targets it learned from."""

    def _labels(self, y: np.ndarray) -> np.ndarray | None:
        """Return classes that folds should share out evenly, or None."""
        return None

    def _fit_table(
        self,
        table: Samples,
        targets: np.ndarray,
        weights: np.ndarray,
        groups: Any,
        validation: tuple[Samples, np.ndarray] | None,
        checkpoint: Any,
        interrupt: Interrupt,
    ) -> None:
        """Fit to samples, targets (rows, outputs) and weights (rows,); `validation` replaces the held-out rows."""
        with ExitStack() as stack:
            looks = looks_of(self, stack, interrupt)
            goes_on, before = self.warm_start and hasattr(self, "members_"), self._digest
            raw = self._taken_in(table, targets, weights, goes_on)
            stops = validation is None
            if goes_on and self._digest == before:  # the same rows: nobody may learn from what it was blind to
                rows = len(raw.x)
                shared_out = [
                    Share(m.share.train, m.share.held[m.share.held < rows], m.share.blind) for m in self.members_
                ]
            else:
                shared_out = self._shared_out(raw, targets, None if goes_on else self.cv, groups, stops=stops)
            if validation is not None:
                held, y_held = validation
                extra = raw_of(self.schema_, held, y_held, np.ones(held.rows), np.arange(held.rows))
                below = np.arange(len(raw.x), len(raw.x) + held.rows)
                raw, shared_out = raw.above(extra), [Share(own.train, below, own.blind) for own in shared_out]
            if self.monitor is not None and not shared_out[0].held.size:
                raise ValueError("monitor needs rows to judge on: early_stopping=True, or X_val and y_val")
            members = self._untrained(raw, shared_out, goes_on)
            folder = None if checkpoint is None else Path(checkpoint)
            own = shared_out[0]
            recipe = settled(self, self._used.size, len(own.train))
            self._train(recipe, raw, members, recipe.max_iter, goes_on, looks, folder)
            self.training_rows_ = self._used[own.train]
            self.validation_rows_ = self._used[own.held] if validation is None else np.arange(0)

    def _fit_part(self, table: Samples, targets: np.ndarray, weights: np.ndarray, interrupt: Interrupt) -> None:
        """Train one more epoch on these rows alone: no folds, nothing held out, the scaling of the first call."""
        with ExitStack() as stack:
            looks, goes_on = looks_of(self, stack, interrupt), hasattr(self, "members_")
            raw = self._taken_in(table, targets, weights, goes_on, least=1 if goes_on else 2)
            self._digest = ""  # a later fit on these rows cannot know what was learned from them
            recipe = online(settled(self, len(raw.x)))
            count = len(self.members_) if goes_on else recipe.n_members
            everything = shares(len(raw.x), [np.arange(0)] * count, 0.0, self.seed_)
            self._train(recipe, raw, self._untrained(raw, everything, goes_on), 1, goes_on, looks, None)
            self.training_rows_, self.validation_rows_ = self._used, np.arange(0)

    def _taken_in(self, table: Samples, targets: np.ndarray, weights: np.ndarray, goes_on: bool, least: int = 2) -> Raw:
        """Return the rows of positive weight, encoded; a first fit reads the schema and draws the seed."""
        self._used = np.flatnonzero(weights)
        if self._used.size < least:
            raise ValueError(
                f"n_samples={self._used.size}: a network needs at least {least} rows (of positive weight) to learn from"
            )
        if not goes_on:
            vars(self).pop("schema_", None)  # of an earlier fit: it would decide which recipe is read
            self.schema_ = read_samples(table, settled(self, table.rows).tabular)
            self.seed_ = int(check_random_state(self.random_state).randint(2**31 - 1))
        raw = raw_of(self.schema_, table.take(self._used), targets[self._used], weights[self._used], self._used)
        self._digest = raw.digest
        return raw

    def _shared_out(self, raw: Raw, targets: np.ndarray, cv: Any, groups: Any, *, stops: bool) -> list[Share]:
        groups = None if groups is None else np.asarray(groups)
        if groups is not None and len(groups) != len(targets):
            raise ValueError(f"groups has {len(groups)} entries for {len(targets)} rows; give one a row")
        recipe = settled(self, len(raw.x))
        members, stops = recipe.n_members, stops and recipe.early_stopping
        if cv is not None and groups is None and members > 1 and isinstance(cv, str | int):
            warn_of_dates(self.schema_.columns)
        if cv is None or isinstance(cv, str | int):
            groups = None if groups is None else groups[self._used]
            blind = blind_rows(len(raw.x), members, cv, groups, self._labels(raw.y), self.seed_)
        else:  # a splitter speaks of all rows, those of weight zero too
            tests = blind_rows(len(targets), members, cv, groups, self._labels(targets), self.seed_)
            blind = [np.flatnonzero(np.isin(self._used, own)) for own in tests]
        return shares(len(raw.x), blind, self.validation_fraction if stops else 0.0, self.seed_)

    def _untrained(self, raw: Raw, shared_out: list[Share], goes_on: bool) -> list[Untrained]:
        if goes_on:
            if len(self.members_) != len(shared_out):
                raise ValueError(f"the fit to go on from has {len(self.members_)} members, not {len(shared_out)}")
            old = self.members_
            return [
                Untrained(o.inputs, o.targets, o.limits, own, o.seed) for o, own in zip(old, shared_out, strict=True)
            ]
        robust = settled(self, len(raw.x)).tabular
        seeds = member_seeds(self.seed_, len(shared_out))
        return [self._newcomer(raw, own, seed, robust) for own, seed in zip(shared_out, seeds, strict=True)]

    def _newcomer(self, raw: Raw, own: Share, seed: int, robust: bool) -> Untrained:
        """Return a member that knows nothing but the scale of its own rows."""
        y, weights = raw.y[own.train], raw.weights[own.train]
        scale = input_scale(self.schema_, raw, own.train, robust)
        return Untrained(scale, self._target_scale(y, weights), self._limits(y), own, seed)

    def _train(
        self,
        recipe: Recipe,
        raw: Raw,
        members: list[Untrained],
        epochs: int,
        goes_on: bool,
        looks: Looks,
        checkpoint: Path | None,
    ) -> None:
        """Train members for so many more epochs, and remember what came of it."""
        loss = self._loss()
        last = self._output_activation()
        network = network_of(recipe, self.preset, self.schema_, loss.outputs(raw.y.shape[1]), last)
        check_link(network, loss)
        if isinstance(loss, CustomLoss):
            check_own(loss)
        if goes_on and network != self.network_:
            raise ValueError("the fit to go on from has another network; keep its size, or set warm_start=False")
        self.network_, share = network, members[0].share
        if self.monitor is not None and share.held.size:
            looks.monitor = monitor_of(network, self._link, members, raw, self.monitor)
        choice = choose(recipe.solver, len(share.train), raw.y.shape[1], network.n_parameters, loss)
        name = self.solver if isinstance(self.solver, str) and self.solver != "auto" else choice.name
        remembers = goes_on and self._states is not None and self.solver_ == name
        self.solver_, self.solver_reason_ = name, choice.reason
        start = [own.parameters for own in self.members_] if goes_on else fresh_parameters(network, raw, members)
        training = Training(self, recipe, network, loss, choice, raw, members, start)
        if choice.name in FULL_BATCH:
            self._states = None
            self._remember(members, *by_solver(training, epochs, looks))
            return
        old = self._states if remembers else None
        trained, histories, self._states = by_descent(training, old, epochs, looks, checkpoint)
        self._remember(members, trained, histories)

    def _remember(self, members: list[Untrained], parameters: list[Arrays], histories: list[History]) -> None:
        self.members_ = [
            Member(own, before.inputs, before.targets, before.limits, before.share, history, before.seed)
            for own, before, history in zip(parameters, members, histories, strict=True)
        ]
        self.n_iter_ = max(history.epochs for history in histories)
        self.best_iter_ = max(history.kept_epoch for history in histories)
        self.loss_curve_ = mean_curve([history.loss for history in histories])
        self.validation_loss_curve_ = mean_curve([history.validation_loss for history in histories])
        self.stop_reason_ = histories[0].reason

    def _outputs(self, samples: Samples, each: Callable[[np.ndarray], np.ndarray] = np.asarray) -> np.ndarray:
        """Return what `each` makes of every member's output in the units of the target, (members, rows, outputs)."""
        known = matched(self.schema_, samples)  # as a whole: a column of text is read in one way
        return in_blocks(
            samples.rows, lambda rows: each(self._finite(in_numbers(self.schema_, known.take(rows), rows), rows))
        )

    def _finite(self, raw: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return every member's output for encoded inputs; `ValueError` where one is not finite, by its number."""
        found = outputs(self.network_, self._link, self.members_, raw)
        check_predictions(self.schema_, found, self.members_[0].inputs, raw, rows)
        return found

    def _blind_outputs(
        self, table: Samples, link: Callable[[np.ndarray], np.ndarray] = np.asarray
    ) -> np.ndarray | None:
        """Return for every row the mean, after the link, of the members that never saw it, or None without folds."""
        if not all(member.share.blind.size for member in self.members_):
            return None
        raw = encoded(self.schema_, table)
        unused = np.setdiff1d(np.arange(len(raw)), self._used)  # rows of weight zero: nobody saw them
        total = np.zeros((len(raw), self.network_.shapes[-1][0]))
        members = np.zeros(len(raw))
        for member in self.members_:
            blind = np.concatenate([self._used[member.share.blind], unused])
            total[blind] += link(outputs(self.network_, self._link, [member], raw[blind])[0])
            members[blind] += 1
        return total / members[:, None]

    @property
    def parameters_(self) -> Arrays:
        """One dict with W and b a layer; with several members every array has a leading member axis."""
        check_is_fitted(self, "members_")
        if len(self.members_) == 1:
            return self.members_[0].parameters
        return stacked([member.parameters for member in self.members_])

    @property
    def fold_rows_(self) -> list[np.ndarray]:
        """The rows of the fitted table that each member never saw, those of weight zero not among them."""
        return [self._used[member.share.blind] for member in self.members_]

    @property
    def coefs_(self) -> list[np.ndarray]:
        """The weights W^l, each (inputs, outputs), or (members, inputs, outputs)."""
        return [layer["W"] for layer in self.parameters_ if "W" in layer]

    @property
    def intercepts_(self) -> list[np.ndarray]:
        """The biases b^l, each (outputs,), or (members, outputs)."""
        return [layer["b"] for layer in self.parameters_ if "b" in layer]

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "members_")


def takes_batches(estimator: NetworkEstimator) -> bool:
    """Return True, or raise `AttributeError` when the solver has no epochs of batches that `partial_fit` could run."""
    if estimator.solver in (*FULL_BATCH, "auto"):
        raise AttributeError(f"partial_fit runs epochs of batches, which solver={estimator.solver!r} lacks; use 'adam'")
    return True
