"""A fitted model's errors on a table, beside those of always answering with the training mean."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.label_matrix import check_label_matrix
from glassnet.estimators.metrics import ClassErrors, Errors, class_errors, errors, errors_by_name, label_errors
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.estimators.validation import check_labels, check_target_columns, class_indicators
from glassnet.insight.text import Cell, TextTable
from glassnet.network.loss import as_loss


@dataclass(frozen=True)
class Evaluation:
    """Errors of every target: of the model under its name, of the training mean under "NAME, mean of training"."""

    errors: dict[str, Errors]

    @property
    def rows(self) -> int:
        """The number of rows of the first target that are known."""
        return next(iter(self.errors.values())).rows

    def table(self) -> TextTable:
        """Return one line a target and model."""
        head = ("", "rows", "RMSE", "MAE", "median error", "R2", "pinball loss", "fraction below", "log-likelihood")
        rows = [
            (name, e.rows, e.rmse, e.mae, e.median, e.r2, e.pinball, e.below, e.log_likelihood)
            for name, e in self.errors.items()
        ]
        shown = [place for place in range(len(head)) if place < 6 or any(row[place] is not None for row in rows)]
        return TextTable(tuple(head[p] for p in shown), tuple(tuple(row[p] for p in shown) for row in rows))


@dataclass(frozen=True)
class ClassEvaluation:
    """Errors of a classifier, beside those of always answering with the most frequent class of the rows."""

    errors: ClassErrors
    constant: float  # the error rate of that answer
    several: bool = False  # whether rows have several labels; the answer is then the most frequent set of them

    @property
    def rows(self) -> int:
        """The number of rows."""
        return self.errors.rows

    def table(self) -> TextTable:
        """Return one line for all rows and one a class."""
        errors = self.errors
        rows: list[tuple[Cell, ...]] = [
            ("all", errors.rows, errors.error_rate, errors.log_loss, None, None),
            (
                "most frequent answer" if self.several else "most frequent class",
                errors.rows,
                self.constant,
                None,
                None,
                None,
            ),
        ]
        rows += [(name, count, None, None, right, seen) for name, (count, right, seen) in errors.of_class.items()]
        return TextTable(("", "rows", "error rate", "log loss", "precision", "recall"), tuple(rows))


def evaluate_classes(model: NetworkClassifier, X: ArrayLike, y: ArrayLike) -> ClassEvaluation:
    """Return the errors on X and classes y, or on the labels of every row; constant is the most frequent answer."""
    probabilities = model.predict_proba(X)
    if model.multilabel_:
        indicators = check_label_matrix(y, len(probabilities), len(model.classes_))
        most = float(np.unique(indicators, axis=0, return_counts=True)[1].max() / len(indicators))
        return ClassEvaluation(label_errors(indicators, probabilities, model.target_names_), 1 - most, several=True)
    labels = check_labels(y, len(probabilities))
    most = float(np.max(np.mean(class_indicators(labels, model.classes_), axis=0)))
    return ClassEvaluation(class_errors(labels, probabilities, model.classes_), 1 - most)


def evaluate(model: NetworkRegressor, X: ArrayLike, y: ArrayLike) -> Evaluation:
    """Return the errors on X and y; a target with text or gaps is refused."""
    prediction, deviation = predicted_numbers(model, X)
    targets = check_target_columns(y, len(prediction), model.n_outputs_)
    errors_of = errors_by_name(as_loss(model.loss), model.target_names_, targets, prediction, deviation)
    for place, name in enumerate(model.target_names_):
        mean = np.full(len(targets), model.target_mean_[place])
        if np.isnan(mean).any():  # of a network that was read from a file of another program
            continue
        errors_of[mean_of_training(name)] = errors(targets[:, place], mean)
    return Evaluation(errors_of)


def predicted_numbers(model: NetworkRegressor, X: ArrayLike) -> tuple[np.ndarray, np.ndarray | None]:
    """Return predictions (rows, outputs), and standard deviations (rows, targets) where the loss has them."""
    if not as_loss(model.loss).predicts_deviation:
        prediction = model.predict(X)
        return prediction.reshape(len(prediction), -1), None
    prediction, deviation = model.predict(X, return_std=True)
    return prediction.reshape(len(prediction), -1), deviation.reshape(len(deviation), -1)


def mean_of_training(name: str) -> str:
    """Return what the errors of always answering with the training mean of a target are called."""
    return f"{name}, mean of training"
