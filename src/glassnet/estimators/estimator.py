"""What regressor and classifier share: parameters, fitting, going on, and the outputs of members."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from glassnet.estimators import recipe
from glassnet.estimators.checking import (
    Rule,
    either,
    not_negative,
    positive,
    share,
    sizes,
    whole,
)
from glassnet.estimators.fitting import (
    Arrays,
    Member,
    Raw,
    Untrained,
    descend,
    first_states,
    fresh_parameters,
    looks_of,
    member_seeds,
    monitor_of,
    outputs,
    solve,
)
from glassnet.estimators.folds import Share, blind_rows, shares
from glassnet.network.activation import Activation
from glassnet.network.dense import Dense
from glassnet.network.dropout import Dropout
from glassnet.network.loss import Loss
from glassnet.network.network import Network
from glassnet.table.columns import Table
from glassnet.table.encode import check_spread, encode
from glassnet.table.scale import Scale, learn_scale
from glassnet.table.schema import Schema, match, read_schema
from glassnet.training.choice import Choice, choose
from glassnet.training.descent import GradientDescent, as_solver
from glassnet.training.epochs import Plan, Settings
from glassnet.training.full_batch import FULL_BATCH, Limits
from glassnet.training.history import History
from glassnet.training.loop import Looks
from glassnet.training.schedule import SCHEDULES

RULES: dict[str, Rule] = {
    "hidden_layer_sizes": either(sizes(), None),
    "alpha": not_negative(),
    "weight_decay": either(not_negative(), None),
    "dropout": Rule("a number of at least 0 and below 1", lambda v: not_negative().test(v) and v < 1),
    "clip_norm": either(positive(), None),
    "batch_size": either(whole(1), "auto"),
    "learning_rate_init": positive(),
    "learning_rate": Rule(f"one of {', '.join(SCHEDULES)}", lambda v: v in SCHEDULES),
    "warmup": Rule("a number of at least 0 and below 1", lambda v: not_negative().test(v) and v < 1),
    "power_t": not_negative(),
    "max_iter": whole(1),
    "max_time": either(positive(), None),
    "shuffle": Rule("True, False or 'replacement'", lambda v: v in (True, False, "replacement")),
    "validation_fraction": share(),
    "n_iter_no_change": whole(1),
    "tol": not_negative(),
    "n_members": either(whole(1), None),
}
ADAMW_DECAY = 0.01


class NetworkEstimator(BaseEstimator, ABC):
    """A network or several, fitted to a table. Regressor and classifier say what targets, loss and predictions are."""

    hidden_layer_sizes: Any
    activation: Any
    solver: Any
    alpha: float
    weight_decay: float | None
    dropout: float
    clip_norm: float | None
    batch_size: int | str
    learning_rate_init: float
    learning_rate: str
    warmup: float
    power_t: float
    max_iter: int
    max_time: float | None
    shuffle: bool | str
    early_stopping: bool | None
    validation_fraction: float
    n_iter_no_change: int
    tol: float
    monitor: Callable[[np.ndarray, np.ndarray], float] | None
    n_members: int | None
    cv: Any
    preset: str
    random_state: Any
    warm_start: bool

    members_: list[Member]
    network_: Network
    schema_: Schema

    @abstractmethod
    def _loss(self) -> Loss: ...

    @abstractmethod
    def _output_activation(self) -> Activation | str: ...

    @abstractmethod
    def _target_scale(self, y: np.ndarray, weights: np.ndarray) -> Scale: ...

    def _labels(self, y: np.ndarray) -> bool:
        """Return whether the targets are classes, which folds and held-out rows should share out evenly."""
        return False

    def _fit_table(
        self,
        table: Table,
        targets: np.ndarray,
        weights: np.ndarray,
        groups: Any,
        validation: tuple[Table, np.ndarray] | None,
        checkpoint: Any,
    ) -> None:
        """Fit to a table, targets (rows, outputs) and weights (rows,); `validation` replaces the held-out rows."""
        with ExitStack() as stack:
            looks = looks_of(self, stack)
            used = np.flatnonzero(weights)
            if used.size < 2:
                raise ValueError(
                    f"n_samples={used.size}: a network needs at least 2 rows (of positive weight) to learn from"
                )
            goes_on = self.warm_start and hasattr(self, "members_")
            if not goes_on:
                self.schema_ = read_schema(table)
                self.seed_ = int(check_random_state(self.random_state).randint(2**31 - 1))
            raw = self._raw(table.take(used), targets[used], weights[used], used)
            same = goes_on and self._digest == raw.digest
            self._digest = raw.digest
            groups = None if groups is None else np.asarray(groups)[used]
            cv = None if goes_on and not same else self.cv
            shared_out = self._share_out(raw, cv, groups, validation is not None)
            if validation is not None:
                extra = self._raw(*validation, np.ones(len(validation[1])), np.arange(len(validation[1])))
                held = np.arange(len(raw.x), len(raw.x) + len(extra.x))
                raw = raw.above(extra)
                shared_out = [Share(own.train, held, own.blind) for own in shared_out]
            members = self._members(raw, shared_out, goes_on)
            if self.monitor is not None:
                if not shared_out[0].held.size:
                    raise ValueError("monitor needs rows to judge on: early_stopping=True, or X_val and y_val")
                looks.monitor = monitor_of(self._network(raw, members), members, raw, self.monitor)
            self._train(raw, members, self.max_iter, goes_on, looks, None if checkpoint is None else Path(checkpoint))
            self._remember_rows(used, validation is not None)

    def _fit_part(self, table: Table, targets: np.ndarray, weights: np.ndarray) -> None:
        """Train one more epoch on these rows alone: no folds, nothing held out, the scaling of the first call."""
        with ExitStack() as stack:
            looks = looks_of(self, stack)
            used = np.flatnonzero(weights)
            goes_on = hasattr(self, "members_")
            if not goes_on:
                self.schema_ = read_schema(table)
                self.seed_ = int(check_random_state(self.random_state).randint(2**31 - 1))
            raw = self._raw(table.take(used), targets[used], weights[used], used)
            self._digest = raw.digest
            count = len(self.members_) if goes_on else recipe.settled("n_members", self.n_members, self.preset)
            members = self._members(raw, shares(used.size, [np.arange(0)] * count, 0.0, self.seed_), goes_on)
            self._train(raw, members, 1, goes_on, looks, None)
            self._remember_rows(used, False)

    def _raw(self, table: Table, targets: np.ndarray, weights: np.ndarray, rows: np.ndarray) -> Raw:
        x = encode(self.schema_, match(self.schema_, table), rows)
        if x.shape[1] == 0:
            raise ValueError(
                f"no column can be used: {', '.join(f'{c.name} ({c.reason})' for c in self.schema_.columns)}"
            )
        for name, cells, is_indicator in zip(self.schema_.inputs, x.T, self.schema_.indicators, strict=True):
            if not is_indicator:
                check_spread(f"column {name!r}", cells, rows)
        for column in targets.T:
            check_spread("the target", column, rows)
        return Raw(x, targets, weights)

    def _share_out(self, raw: Raw, cv: Any, groups: Any, validated: bool) -> list[Share]:
        members = recipe.settled("n_members", self.n_members, self.preset)
        stops = recipe.settled("early_stopping", self.early_stopping, self.preset) and not validated
        labels = raw.y if raw.y.shape[1] == 1 else np.argmax(raw.y, axis=1)
        blind = blind_rows(len(raw.x), members, cv, groups, labels.ravel(), self._labels(raw.y), self.seed_)
        return shares(len(raw.x), blind, self.validation_fraction if stops else 0.0, self.seed_)

    def _members(self, raw: Raw, shared_out: list[Share], goes_on: bool) -> list[Untrained]:
        seeds = member_seeds(self.seed_, len(shared_out))
        if goes_on and len(self.members_) == len(shared_out):
            old = self.members_
            return [Untrained(o.inputs, o.targets, own, o.seed) for o, own in zip(old, shared_out, strict=True)]
        return [
            Untrained(
                learn_scale(raw.x[own.train], raw.weights[own.train], self.schema_.indicators),
                self._target_scale(raw.y[own.train], raw.weights[own.train]),
                own,
                seed,
            )
            for own, seed in zip(shared_out, seeds, strict=True)
        ]

    def _network(self, raw: Raw, members: list[Untrained]) -> Network:
        sizes = np.atleast_1d(recipe.settled("hidden_layer_sizes", self.hidden_layer_sizes, self.preset))
        names = self.activation if isinstance(self.activation, list | tuple) else [self.activation] * len(sizes)
        if len(names) != len(sizes):
            raise ValueError(f"activation={self.activation!r} names {len(names)} layer(s), but there are {len(sizes)}")
        layers: list[Any] = []
        for size, name in zip(sizes, names, strict=True):
            start = recipe.drawn(name, self.preset)
            layers.append(Dense(int(size), name, start.weights, start.bias))
            layers += [Dropout(self.dropout)] if self.dropout else []
        start = recipe.drawn("identity", self.preset)
        last = Dense(raw.y.shape[1], self._output_activation(), start.weights, start.bias)
        return Network(raw.x.shape[1], [*layers, last])

    def _train(
        self, raw: Raw, members: list[Untrained], epochs: int, goes_on: bool, looks: Looks, checkpoint: Path | None
    ) -> None:
        self.network_ = self._network(raw, members)
        seeds = [own.seed for own in members]
        goes_on = goes_on and len(self.members_) == len(members)
        rows = len(members[0].share.train)
        choice = choose(self.solver, rows, raw.y.shape[1], self.network_.unknowns, self._loss())
        self.solver_, self.solver_reason_ = choice.name, choice.reason
        start = [own.parameters for own in self.members_] if goes_on else fresh_parameters(self.network_, seeds)
        if choice.name in FULL_BATCH:
            limits = Limits(epochs, self.tol, self.n_iter_no_change, self.alpha)
            trained, histories = solve(self.network_, self._loss(), choice.name, raw, members, start, limits, looks)
            self._states = None
        else:
            trained, histories, self._states = self._descend(
                raw, members, choice, start, epochs, goes_on, looks, checkpoint
            )
        self._remember(members, trained, histories)

    def _descend(
        self,
        raw: Raw,
        members: list[Untrained],
        choice: Choice,
        start: Any,
        epochs: int,
        goes_on: bool,
        looks: Looks,
        checkpoint: Path | None,
    ) -> Any:
        plan, settings = self._plan(choice, len(members[0].share.train), bool(members[0].share.held.size))
        states = first_states(plan, start, self.learning_rate_init, [own.seed for own in members])
        if goes_on and self._states is not None:
            fresh = states.best
            states = self._states._replace(best=fresh, failed=states.failed, step_size=states.step_size)
        first = int(np.max(states.epoch))
        return descend(plan, settings, raw, members, states, first + epochs, looks, checkpoint)

    def _plan(self, choice: Choice, rows: int, holds_out: bool) -> tuple[Plan, Settings]:
        solver = as_solver(choice.solver)
        whole_table = isinstance(solver, GradientDescent) and self.batch_size == "auto"
        plan = Plan(
            self.network_,
            self._loss(),
            solver,
            None if whole_table else recipe.rows_a_step(self.batch_size, rows, self.preset),
            "drawn" if self.shuffle == "replacement" else "shuffled" if self.shuffle else "in turn",
            self.learning_rate,
            self.clip_norm is not None,
            holds_out and self.monitor is None,
            self.monitor is not None,
        )
        decay = self.weight_decay if self.weight_decay is not None else ADAMW_DECAY * (choice.name == "adamw")
        settings = Settings(
            self.alpha,
            decay,
            self.clip_norm or 0.0,
            self.warmup,
            self.power_t,
            self.max_iter,
            self.tol,
            self.n_iter_no_change,
        )
        return plan, settings

    def _remember(self, members: list[Untrained], parameters: list[Arrays], histories: list[History]) -> None:
        self.members_ = [
            Member(own, before.inputs, before.targets, before.share, history, before.seed)
            for own, before, history in zip(parameters, members, histories, strict=True)
        ]
        self.n_iter_ = max(history.epochs for history in histories)
        self.best_iter_ = max(history.kept_epoch for history in histories)
        self.loss_curve_ = _mean_curve([history.loss for history in histories])
        self.validation_loss_curve_ = _mean_curve([history.validation_loss for history in histories])
        self.stop_reason_ = histories[0].reason

    def _remember_rows(self, used: np.ndarray, validated: bool) -> None:
        own = self.members_[0].share
        self.training_rows_ = used[own.train]
        self.validation_rows_ = np.arange(0) if validated else used[own.held]
        self._used = used

    def _outputs(self, table: Table) -> np.ndarray:
        """Return every member's output in the units of the target: (members, rows, outputs)."""
        raw = encode(self.schema_, match(self.schema_, table))
        found = outputs(self.network_, self.members_, raw)
        bad = ~np.isfinite(found).all(axis=(0, 2))
        if bad.any():
            row = int(np.argmax(bad))
            far = np.abs(self.members_[0].inputs.down(raw[row : row + 1]))[0]
            column = self.schema_.inputs[int(np.argmax(far))]
            raise ValueError(
                f"the prediction for row {row} is not finite: {column!r} lies {np.max(far):.3g} standard deviations "
                "from the training table; correct that cell"
            )
        return found

    def _blind_outputs(self, table: Table, link: Callable[[np.ndarray], np.ndarray] = np.asarray) -> np.ndarray | None:
        """Return for every row the mean, after the link, of the members that never saw it, or None without folds."""
        if not all(member.share.blind.size for member in self.members_):
            return None
        raw = encode(self.schema_, match(self.schema_, table))
        unused = np.setdiff1d(np.arange(len(raw)), self._used)  # rows of weight zero: nobody saw them
        total = np.zeros((len(raw), self.network_.shapes[-1][0]))
        members = np.zeros(len(raw))
        for member in self.members_:
            blind = np.concatenate([self._used[member.share.blind], unused])
            total[blind] += link(outputs(self.network_, [member], raw[blind])[0])
            members[blind] += 1
        return total / members[:, None]

    @property
    def parameters_(self) -> Arrays:
        """One dict with W and b a layer; with several members every array has a leading member axis."""
        check_is_fitted(self, "members_")
        if len(self.members_) == 1:
            return self.members_[0].parameters
        return _stacked([member.parameters for member in self.members_])

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


@contextmanager
def whole_or_as_before(estimator: BaseEstimator) -> Generator[None]:
    """Leave an estimator as it was when what is done inside fails."""
    before = dict(vars(estimator))
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        raise


def _stacked(parameters: list[Arrays]) -> Arrays:
    return [
        {name: np.stack([own[place][name] for own in parameters]) for name in layer}
        for place, layer in enumerate(parameters[0])
    ]


def _mean_curve(curves: list[tuple[float, ...]]) -> list[float]:
    """Return the mean over the members that were still training at each epoch."""
    longest = max(map(len, curves), default=0)
    return [float(np.mean([curve[at] for curve in curves if at < len(curve)])) for at in range(longest)]
