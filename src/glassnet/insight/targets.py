"""What a fitted model minimises, and targets as its network has them: numbers, or an indicator a class or label."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from glassnet.conformal.calibration import Calibration
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.label_matrix import check_label_matrix
from glassnet.estimators.prediction_sets import softmax
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.estimators.validation import check_labels, check_targets, class_indicators
from glassnet.network.loss import BinaryCrossEntropy, ClassLoss, CrossEntropy, Loss, as_loss

Estimator = NetworkRegressor | NetworkClassifier


def loss_of(model: Estimator) -> Loss:
    """Return the loss that a model was fitted by."""
    if isinstance(model, NetworkClassifier):
        return class_loss(model)
    return as_loss(model.loss)


def class_loss(model: NetworkClassifier) -> ClassLoss:
    """Return the loss that a classifier was fitted by."""
    return (BinaryCrossEntropy if model.multilabel_ else CrossEntropy)(model.label_smoothing_)


def encoded_targets(model: Estimator, y: ArrayLike, rows: int) -> np.ndarray:
    """Return targets (rows, targets) in their units, or 1 where a row has a class or label and 0 where not."""
    if not isinstance(model, NetworkClassifier):
        return check_targets(y, rows).reshape(rows, -1)
    if model.multilabel_:
        return check_label_matrix(y, rows, len(model.classes_))
    return class_indicators(check_labels(y, rows), model.classes_)


def probabilities(model: Estimator) -> Callable[[np.ndarray], np.ndarray]:
    """Return what turns a member's outputs into what `predict` or `predict_proba` averages."""
    if not isinstance(model, NetworkClassifier):
        return as_loss(model.loss).predictions
    link, loss = expit if model.multilabel_ else softmax, class_loss(model)
    return lambda logits: loss.unsmoothed(link(logits))


def output_names(model: Estimator) -> list[str]:
    """Return the names of what a model predicts: targets, levels of targets, classes or labels."""
    if not isinstance(model, NetworkClassifier):
        return list(model.output_names_)
    return model.target_names_ if model.multilabel_ else [str(name) for name in model.classes_]


def asks_for_the_mean(loss: Loss) -> bool:
    """Return whether a loss is least for the mean, so that residuals should have mean zero."""
    return loss.least_squares_factor is not None or loss.variance_power is not None or loss.predicts_deviation


def has_intervals(model: Estimator) -> bool:
    """Return whether a model has intervals or sets, by folds or by `calibrate`; one of a single quantile has none."""
    single = isinstance(model, NetworkRegressor) and len(as_loss(model.loss).levels) == 1
    return not single and isinstance(vars(model).get("calibration_"), Calibration)


def target_place(model: NetworkRegressor, target: str | None) -> int:
    """Return the place of a target among those of the model; `ValueError` for none of several, and for another."""
    names = list(model.target_names_)
    if target is None and len(names) == 1:
        return 0
    if target not in names:
        given = "several targets and none was chosen" if target is None else f"no target {target!r}"
        raise ValueError(f"the model has {given}; give target=, one of {', '.join(map(repr, names))}")
    return names.index(target)
