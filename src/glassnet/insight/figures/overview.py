"""Several figures on one page: what a fit is worth, and what an evaluation found; a line of them for every target."""

from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from glassnet.estimators.regressor import NetworkRegressor
from glassnet.insight.coverage_curve import coverage_curve
from glassnet.insight.figures.coverage import CoverageDisplay
from glassnet.insight.figures.display import Display, panels
from glassnet.insight.figures.prediction import PredictionDisplay
from glassnet.insight.figures.residual import ResidualDisplay
from glassnet.insight.figures.training import TrainingDisplay
from glassnet.insight.predictions import fitted_predictions, predictions
from glassnet.insight.targets import has_intervals


def fit_figure(model: NetworkRegressor, X: ArrayLike, y: ArrayLike) -> Figure:
    """Return predictions out of fold, residuals and losses of the rows that a model was fitted to."""
    training = TrainingDisplay([member.history for member in model.members_])
    records = [fitted_predictions(model, X, y, target=name) for name in model.target_names_]
    return panels([[PredictionDisplay(record), ResidualDisplay(record), training] for record in records])


def evaluation_figure(
    model: NetworkRegressor, X: ArrayLike, y: ArrayLike, coverage: float = 0.9, width: str = "constant"
) -> Figure:
    """Return predictions with intervals, residuals and, of rows that the model was not fitted to, coverages."""
    records = [predictions(model, X, y, target=name, coverage=coverage, width=width) for name in model.target_names_]
    rows: list[list[Display]] = [[PredictionDisplay(record), ResidualDisplay(record)] for record in records]
    if has_intervals(model) and records[0].new:
        for row, name in zip(rows, model.target_names_, strict=True):
            row.append(CoverageDisplay(coverage_curve(model, X, y, target=name, coverage=coverage, width=width)))
    return panels(rows)
