"""Figures: predicted against actual, the errors, and the loss of every epoch."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from glassnet.estimators.regressor import NetworkRegressor
from glassnet.insight.importance import Importance

INK, ACCENT, QUIET = "#1b2a41", "#d1495b", "#9aa5b1"


def fit_figure(model: NetworkRegressor, y: np.ndarray, prediction: np.ndarray, title: str = "") -> Figure:
    """Return a figure of three panels: predictions of rows that the model has not seen, their errors, the losses."""
    figure = Figure(figsize=(13, 4.2), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    plot_predictions(left, y, prediction, ", ".join(model.target_names_))
    plot_errors(middle, y, prediction)
    plot_losses(right, model)
    figure.suptitle(title)
    return figure


def plot_predictions(axes: Axes, y: np.ndarray, prediction: np.ndarray, name: str = "target") -> None:
    """Draw predicted against actual values, with the line on which they agree."""
    ends = [float(min(np.min(y), np.min(prediction))), float(max(np.max(y), np.max(prediction)))]
    axes.plot(ends, ends, color=QUIET, linewidth=1, label="prediction = actual")
    axes.scatter(y, prediction, s=16, color=INK, alpha=0.6, linewidths=0)
    axes.set(xlabel=f"actual {name}", ylabel=f"predicted {name}", title="Predicted against actual")
    axes.legend(frameon=False, loc="upper left")


def plot_errors(axes: Axes, y: np.ndarray, prediction: np.ndarray) -> None:
    """Draw the histogram of prediction minus actual value."""
    axes.hist(np.ravel(prediction - y), bins="auto", color=INK, alpha=0.8)
    axes.axvline(0, color=QUIET, linewidth=1)
    axes.set(xlabel="predicted - actual", ylabel="rows", title="Errors")


def plot_losses(axes: Axes, model: NetworkRegressor) -> None:
    """Draw the loss of every epoch and the epoch whose weights were kept."""
    epochs = np.arange(1, model.n_iter_ + 1)
    axes.plot(epochs, model.loss_curve_, color=INK, label="training rows")
    if model.validation_loss_curve_:
        axes.plot(epochs, model.validation_loss_curve_, color=ACCENT, label="validation rows")
    axes.axvline(model.best_iter_, color=QUIET, linestyle="--", linewidth=1, label=f"kept epoch {model.best_iter_}")
    axes.set(xlabel="epoch", ylabel="loss (scaled target)", yscale="log", title="Training")
    axes.legend(frameon=False)


def importance_figure(found: Importance, most: int = 30) -> Figure:
    """Return a bar chart of the most important columns, with 95 % limits."""
    names, shown = found.names[:most], slice(most)
    figure = Figure(figsize=(7, 1.6 + 0.32 * len(names)), layout="constrained")
    axes, places = figure.subplots(), np.arange(len(names))
    limits = np.stack([found.increase - found.lower, found.upper - found.increase])[:, shown]
    errors = limits if np.isfinite(limits).all() else None
    axes.barh(places, found.increase[shown], xerr=errors, color=INK, alpha=0.8, ecolor=ACCENT, capsize=3)
    axes.axvline(0, color=QUIET, linewidth=1)
    axes.set_yticks(places, names)
    axes.invert_yaxis()
    axes.set(xlabel=f"growth of the {found.error_name} when shuffled", title=f"{found.error_name} {found.error:.4g}")
    left_out = len(found.names) - len(names)
    more = f"; {left_out} less important columns are not shown" if left_out else ""
    figure.supxlabel(f"{found.basis}{more}", fontsize=8)
    return figure


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure; the ending of the name says the format."""
    figure.savefig(path, dpi=120)
