"""What a fit was: rows, columns, members, parameters, epochs, and the most honest error there is."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, repeat
from math import prod
from textwrap import wrap

import numpy as np
from numpy.typing import ArrayLike

from glassnet._counted import counted
from glassnet._notebook import Fragment, NotebookRecord
from glassnet.ensemble.linear_start import is_line_alone
from glassnet.ensemble.recipe import Recipe
from glassnet.ensemble.smooth_start import has_both_embeddings, has_piecewise
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.label_matrix import check_label_matrix
from glassnet.estimators.metrics import ClassErrors, Errors, class_errors, errors_by_name, label_errors
from glassnet.estimators.notebook import shapes_of
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.estimators.validation import check_labels, check_targets
from glassnet.insight.baselines import baseline_errors, majority_fraction
from glassnet.insight.basis import own_rows
from glassnet.insight.linear_part import LinearPart, linear_part
from glassnet.insight.targets import Estimator
from glassnet.insight.text import TextTable, rounded
from glassnet.network.convolution import Convolution
from glassnet.network.loss import as_loss
from glassnet.network.network import Network
from glassnet.training.auto_solver import ASKED_FOR
from glassnet.training.settable import Settable

SHOWN_ELSEWHERE = ("hidden_layer_sizes", "layers", "n_members")
WIDTH = 100  # of the lines that tell the recipe
MEANINGS = {
    "out of fold": "by members that never saw the row",
    "validation": "on the rows that chose the epoch, so it flatters a little",
    "training": "on the rows it learned from, so it flatters",
}


@dataclass(frozen=True)
class Summary(NotebookRecord):
    """A fitted model in figures; errors by target are in the units of the target, or the fractions of wrong classes."""

    target: tuple[str, ...]
    rows: int
    samples: str  # what a row is
    columns: int
    left_out: tuple[tuple[str, str], ...]  # column and reason
    inputs: int
    members: int
    training_rows: int  # of each member
    validation_rows: int  # of each member
    layers: tuple[str, ...]  # shapes entering and leaving the layers that have weights
    parameters: int  # of each member
    dense_parameters: int  # with dense layers in the place of convolutions
    solver: str
    solver_reason: str
    epochs: int
    kept_epoch: int
    stop_reason: str
    recipe: str
    kind_of_errors: str  # "out of fold", "validation" or "training"
    errors: Mapping[str, Errors | ClassErrors]
    baselines: Mapping[str, Mapping[str, Errors]]  # of the mean and a straight line on the same rows, by target
    linear: LinearPart | None = None  # the members' straight lines
    piecewise: int | None = None  # members with piecewise-linear functions, no lines alone; None without such layers
    effective_parameters: float | None = None  # by Bayesian regularisation, the mean over the members
    final_epochs: int = 0  # the most of any member
    device: str | None = None  # what it trained on; None where that is not known
    majority: float | None = None  # of classes: the fraction of rows that are of the most frequent one

    def table(self) -> TextTable:
        """Return the summary as two columns of text."""
        members = "1 network" if self.members == 1 else f"{self.members} members"
        fold = ", each without its test fold" if self.kind_of_errors == "out of fold" else ""
        validation = f", {self.validation_rows} to validate on" if self.validation_rows else ""
        more = self.dense_parameters > self.parameters
        dense = f"; dense layers for the convolutions: {self.dense_parameters:.3g}" if more else ""
        why = "" if self.solver_reason == ASKED_FOR else f" ({self.solver_reason})"
        ratio = self.parameters / self.training_rows
        final = f", {self.final_epochs} more with the validation rows" if self.final_epochs else ""
        networks = self.members - (self.linear.lines if self.linear else 0)
        known = self.effective_parameters is not None
        effective = f", {self.effective_parameters:.1f} of them effective" if known else ""
        rows = [
            ("target", ", ".join(self.target)),
            ("rows", f"{self.rows}: {self.training_rows} to learn from{validation}"),
            ("inputs", self.samples),
            *((f"column {name!r}", f"left out: {reason}") for name, reason in self.left_out),
            ("network", f"{' - '.join(self.layers)}, {members}{fold}"),
            *((("numbers", _embedded(networks, self.piecewise)),) if networks and self.piecewise is not None else ()),
            *((("linear path", str(self.linear)),) if self.linear else ()),
            (
                "parameters",
                f"{self.parameters} a member, {ratio:.1f} a training row{effective}{dense}",
            ),
            ("solver", f"{self.solver}{why}"),
            *((("device", self.device),) if self.device not in (None, "cpu") else ()),
            *zip(chain(["recipe"], repeat("")), wrap(self.recipe, WIDTH, break_long_words=False), strict=False),
            ("epochs", f"{self.epochs}, kept epoch {self.kept_epoch}{final}: {self.stop_reason}"),
        ]
        for name, error in self.errors.items():
            of = f" of {name}" if len(self.errors) > 1 else ""
            what, value = error.headline
            rows.append((f"{what}{of}", f"{rounded(value, 6)} {self.kind_of_errors}: {MEANINGS[self.kind_of_errors]}"))
            if isinstance(error, Errors) and error.r2 is not None and error.pinball is None:
                rows.append((f"R2{of}", rounded(error.r2)))
            rows += [(f"{baseline}{of}", _beside(other)) for baseline, other in self.baselines.get(name, {}).items()]
        if self.majority is not None:
            rows.append(
                (
                    "most frequent class",
                    f"error rate {rounded(1 - self.majority, 6)}: {self.majority:.1%} of the rows are of it",
                )
            )
        return TextTable(("", ""), tuple(rows))

    def __str__(self) -> str:
        return str(self.table())

    def _fill(self, fragment: Fragment) -> None:
        fragment.table(self.table())


def summarise(model: Estimator, X: ArrayLike, y: ArrayLike) -> Summary:
    """Return the summary of an estimator that was fitted to X and y."""
    kind, errors = _most_honest_errors(model, X, y)
    baselines, majority = _baselines(model, X, y)
    schema, split, network = model.schema_, model.members_[0].split, model.network_
    columns = schema.columns
    return Summary(
        target=tuple(model.target_names_),
        rows=np.shape(y)[0],
        samples=schema.describe(),
        columns=len(columns),
        left_out=tuple((column.name, column.reason) for column in columns if column.kind == "left out"),
        inputs=prod(network.inputs),
        members=len(model.members_),
        training_rows=int(split.train.size),
        validation_rows=int(split.validation.size),
        layers=shapes_of(network),
        parameters=network.n_parameters,
        dense_parameters=n_dense_parameters(network),
        solver=model.solver_,
        solver_reason=model.solver_reason_,
        epochs=model.n_iter_,
        kept_epoch=model.best_iter_,
        stop_reason=str(model.stop_reason_),
        recipe=described(model.recipe_),
        kind_of_errors=kind,
        errors=errors,
        baselines=baselines,
        linear=None if isinstance(model, NetworkClassifier) else _linear_part(model, X, y),
        piecewise=_with_piecewise(model),
        effective_parameters=_effective_parameters(model),
        final_epochs=max(member.history.final_epochs for member in model.members_),
        device=model.device_,
        majority=majority,
    )


def _with_piecewise(model: Estimator) -> int | None:
    """Return how many members have piecewise-linear functions beside cosines; None where the network has not both."""
    network = model.network_
    if not has_both_embeddings(network):
        return None
    each = [member.parameters for member in model.members_]
    return sum(has_piecewise(network, own) and not is_line_alone(network, own) for own in each)


def _embedded(networks: int, piecewise: int) -> str:
    """Return how numbers enter networks, in words; each has chosen by its validation rows."""
    parts = ((piecewise, "cosines and piecewise-linear functions"), (networks - piecewise, "cosines alone"))
    if networks == 1:
        return f"enter as {next(what for count, what in parts if count)}"
    return "enter as " + ", ".join(f"{what} in {counted(count, 'member')}" for count, what in parts if count)


def _effective_parameters(model: Estimator) -> float | None:
    """Return how many parameters Bayesian regularisation leaves effective at the kept epoch, the members' mean."""
    histories = [member.history for member in model.members_]
    if not all(history.effective_parameters for history in histories):
        return None
    return float(np.mean([history.effective_parameters[history.kept_epoch - 1] for history in histories]))


def _linear_part(model: NetworkRegressor, X: ArrayLike, y: ArrayLike) -> LinearPart | None:
    rows = np.shape(y)[0]
    return linear_part(model, X, check_targets(y, rows).reshape(rows, -1))


def _beside(error: Errors) -> str:
    """Return the error of a simple answer in one line."""
    r2 = "" if error.r2 is None else f", R2 {rounded(error.r2)}"
    return f"RMSE {rounded(error.rmse, 6)}{r2} on the same rows"


def _baselines(model: Estimator, X: ArrayLike, y: ArrayLike) -> tuple[Mapping[str, Mapping[str, Errors]], float | None]:
    """Return the errors of simple answers on the rows that the model is judged by; of tables and means alone."""
    rows = np.shape(y)[0]
    kind, which = _most_honest(model, rows)
    if isinstance(model, NetworkClassifier):
        return {}, None if model.multilabel_ else majority_fraction(check_labels(y, rows)[which])
    if model.schema_.kind != "table" or as_loss(model.loss).levels:
        return {}, None
    splits = [member.split for member in model.members_]
    folds = [
        (model.used_rows_[own_rows(split, model.used_rows_.size)], model.used_rows_[split.test])
        for split in splits
        if len(split.test)
    ]
    parts = folds if kind == "out of fold" else [(model.training_rows_, which)]
    return baseline_errors(model, X, check_targets(y, rows).reshape(rows, -1), parts), None


def described(recipe: Recipe) -> str:
    """Return a recipe in one line, without what is off and, of the solver, what is as it is by itself."""
    parts = {name: value for name, value in recipe.given.items() if value is not False and name not in SHOWN_ELSEWHERE}
    if isinstance(recipe.solver, Settable):
        default = type(recipe.solver)().get_params()
        changed = {name: value for name, value in recipe.solver.get_params().items() if value != default[name]}
        parts["solver"] = f"{type(recipe.solver).__name__}({', '.join(f'{n}={v!r}' for n, v in changed.items())})"
    words = (name if value is True else f"{name}={value}" for name, value in parts.items())
    return ", ".join([recipe.base, *words])


def n_dense_parameters(network: Network) -> int:
    """Return the number of parameters with a dense layer, every output of every input, in place of convolutions."""
    each = zip(network.layers, network.shapes, network.shapes[1:], network.parameter_shapes, strict=False)
    return sum(
        (prod(inputs) + 1) * prod(outputs) if isinstance(layer, Convolution) else sum(map(prod, shapes.values()))
        for layer, inputs, outputs, shapes in each
    )


def _most_honest_errors(model: Estimator, X: ArrayLike, y: ArrayLike) -> tuple[str, Mapping[str, Errors | ClassErrors]]:
    """Return what the errors are of, and the errors by name."""
    rows = np.shape(y)[0]
    kind, which = _most_honest(model, rows)
    fold = kind == "out of fold"
    if isinstance(model, NetworkClassifier):
        probabilities = model.oof_prediction_ if fold else model.predict_proba(X)
        which = np.unique(np.concatenate(model.fold_rows_)) if fold else which  # a row of no weight may be of no class
        if model.multilabel_:
            indicators = check_label_matrix(y, rows, len(model.classes_))[which]
            return kind, {
                ", ".join(model.target_names_): label_errors(indicators, probabilities[which], model.target_names_)
            }
        labels = check_labels(y, len(probabilities))[which]
        return kind, {model.target_names_[0]: class_errors(labels, probabilities[which], model.classes_)}
    predictions = (model.oof_prediction_ if fold else model.predict(X)).reshape(rows, -1)
    which = which[~np.isnan(predictions[which]).any(axis=1)]  # folds that look back in time leave the first rows out
    targets = check_targets(y, rows).reshape(rows, -1)[which]
    return kind, errors_by_name(as_loss(model.loss), model.target_names_, targets, predictions[which])


def _most_honest(model: Estimator, rows: int) -> tuple[str, np.ndarray]:
    if hasattr(model, "oof_prediction_"):
        return "out of fold", np.arange(rows)
    first = model.members_[0]
    if len(model.members_) == 1 and model.validation_rows_.size and not first.history.final_epochs:
        return "validation", model.validation_rows_
    return "training", model.training_rows_
