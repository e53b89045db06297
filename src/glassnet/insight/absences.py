"""Which records a model cannot have on some rows, and why: nothing is left out without a word."""

from glassnet.estimators.classifier import NetworkClassifier
from glassnet.insight.judged_rows import Rows
from glassnet.insight.targets import Estimator, asks_for_the_mean, has_intervals, loss_of
from glassnet.network.loss import as_loss


def absences(model: Estimator, judged: Rows, fitted: Rows | None, *, weighted: bool) -> dict[str, str]:
    """Return which records there are not, and why."""
    is_table, new = model.schema_.kind == "table", judged.basis.kind != "fit"
    several = isinstance(model, NetworkClassifier)
    calibrated = has_intervals(model)
    one_level = not several and len(as_loss(model.loss).levels) == 1
    images, only_new = "the rows are images, which have no columns", "they are of rows that the model was not fitted to"
    no_ends = "the model has neither folds nor rows that it was calibrated on"
    reasons = [
        ("interval", several, "intervals are of numbers, and this model predicts classes"),
        ("interval", one_level, "an interval lies between two quantiles, and the model predicts one"),
        ("interval", not calibrated, no_ends),
        ("coverage", several, "intervals are of numbers, and this model predicts classes"),
        ("coverage", one_level, "an interval lies between two quantiles, and the model predicts one"),
        ("coverage", not calibrated, no_ends),
        ("coverage", not new, "intervals are checked on rows that the model was not fitted to, and none are given"),
        ("sets", not several, "sets are of classes, and this model predicts numbers"),
        ("sets", several and model.multilabel_, "sets are of one class a row, and rows have several labels here"),
        ("sets", not calibrated, no_ends),
        ("sets", not new, "sets are checked on rows that the model was not fitted to, and none are given"),
        ("comparison", fitted is None, "simple models learn from the rows of the fit, which are not given"),
        ("comparison", not is_table, "simple models are compared on tables, and these are images"),
        (
            "comparison",
            fitted is not None and not new and not fitted.basis.folds,
            "the model has no folds to judge simple models by; give other rows too",
        ),
        ("importance", not is_table, images),
        ("importance", judged.count < 2, "to shuffle a column takes at least two rows"),
        ("slices", not is_table, images),
        ("slices", several, "kinds of rows are judged by residuals, and this model predicts classes"),
        (
            "slices",
            not asks_for_the_mean(loss_of(model)),
            "the loss does not ask for the mean, whose residuals have mean zero",
        ),
        ("slices", weighted, "the fit had weights, by which its residuals have mean zero, and not by rows"),
        ("slopes", not is_table, images),
        ("slopes", several, "slopes and profiles are of numbers, and this model predicts classes"),
        ("statistics", not is_table, images),
        ("statistics", fitted is None, "the rows of the fit are not given"),
        ("new_statistics", not is_table, images),
        ("new_statistics", not new, only_new),
        ("extrapolation", not is_table, images),
        ("extrapolation", not new, only_new),
        ("extrapolation", model.input_quantiles_ is None, "the model file does not hold the ranges of its columns"),
    ]
    absent: dict[str, str] = {}
    for name, applies, reason in reasons:
        if applies:
            absent.setdefault(name, reason)
    return absent
