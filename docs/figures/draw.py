"""Draw the figures of the documentation: `python docs/figures/draw.py` writes them beside this file.

`network.png` shows a small network, its numbers taken from a trace; `intervals.png` shows predictions of the diabetes
table with their intervals, `evaluation.png` what `glassnet evaluate --figure` draws of it. All are legible in grey.
"""

from functools import cache
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Circle
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split

from glassnet import Dense, Network, NetworkRegressor, trace
from glassnet.insight.figures.overview import evaluation_figure

FOLDER = Path(__file__).parent
DARK, LIGHT = "#1f3a5f", "#d9e2ec"
RADIUS = 0.26


def main() -> None:
    """Write the figures."""
    plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    draw_network().savefig(FOLDER / "network.png", dpi=110)
    draw_intervals().savefig(FOLDER / "intervals.png", dpi=110)
    draw_evaluation().savefig(FOLDER / "evaluation.png", dpi=70)


def draw_network() -> plt.Figure:
    """Return a network 2-3-1 with weights, outputs and deltas of one sample: the first step of a trace."""
    network = Network(2, [Dense(3, "tanh"), Dense(1)])
    parameters = network.initialize(seed=1)
    step = trace(network, parameters, x=[0.5, -1.0], y=1.0, loss="half_squared_error", step_size=0.1).steps[0]
    outputs = [np.array([0.5, -1.0]), *(np.ravel(layer.x) for layer in step.layers)]
    deltas = [None, *(np.ravel(layer.delta) for layer in step.layers)]
    figure, axes = plt.subplots(figsize=(6.4, 3.2), layout="constrained")
    for place, layer in enumerate(parameters):
        draw_weights(axes, place, np.asarray(layer["W"]))
    for place, (values, errors) in enumerate(zip(outputs, deltas, strict=True)):
        draw_neurons(axes, place, values, errors)
    for place, title in enumerate(("input", "hidden layer, tanh", "output")):
        axes.text(2 * place, 1.62, title, ha="center")
    axes.set(xlim=(-0.8, 5), ylim=(-1.6, 1.85), aspect="equal")
    axes.axis("off")
    return figure


def heights(neurons: int) -> np.ndarray:
    """Return the vertical places of a layer's neurons, centred on 0."""
    return np.linspace(1, -1, neurons) * (neurons - 1) / 2


def draw_weights(axes: Axes, place: int, weights: np.ndarray) -> None:
    """Draw a line for every weight: as thick as it is large, dashed where it is negative."""
    for start, row in zip(heights(weights.shape[0]), weights, strict=True):
        for end, weight in zip(heights(weights.shape[1]), row, strict=True):
            style = "-" if weight >= 0 else "--"
            axes.plot((2 * place, 2 * place + 2), (start, end), style, color=DARK, linewidth=0.4 + 2 * abs(weight))
            at = 0.23 if weights.shape[1] > 1 else 0.45  # the inner lines cross in the middle
            label = {"ha": "center", "va": "center", "fontsize": 7, "backgroundcolor": "white"}
            text = axes.text(2 * place + 2 * at, start + at * (end - start), f"{weight:.2f}", **label)
            text.get_bbox_patch().set_boxstyle("square", pad=0.1)


def draw_neurons(axes: Axes, place: int, values: np.ndarray, deltas: np.ndarray | None) -> None:
    """Draw a layer's neurons with their outputs, and below them their deltas."""
    for number, (height, value) in enumerate(zip(heights(len(values)), values, strict=True)):
        axes.add_patch(Circle((2 * place, height), RADIUS, facecolor=LIGHT, edgecolor=DARK, zorder=3))
        axes.text(2 * place, height, f"{value:.2f}", ha="center", va="center", zorder=4, fontsize=8)
        if deltas is not None:
            axes.text(2 * place, height - 0.43, f"δ = {deltas[number]:.2f}", ha="center", fontsize=7, zorder=4)


@cache
def diabetes() -> tuple[NetworkRegressor, pd.DataFrame, pd.Series]:
    """Return a model of the diabetes table, and the rows that it was not fitted to."""
    X, y = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=3)
    return NetworkRegressor(random_state=3).fit(X_train, y_train), X_test, y_test


def draw_evaluation() -> plt.Figure:
    """Return predictions, residuals and coverages of the test rows."""
    return evaluation_figure(*diabetes(), coverage=0.9, width="constant")


def draw_intervals() -> plt.Figure:
    """Return the predictions of 40 test rows, ordered, with 90 % intervals and the targets."""
    model, X_test, y_test = diabetes()
    X_few, y_few = X_test[:40], y_test[:40].to_numpy()
    prediction, interval = model.predict(X_few), model.predict_interval(X_few, 0.9)
    order = np.argsort(prediction)
    places = np.arange(len(order))
    lower, upper = interval.lower[order], interval.upper[order]
    inside = (y_few[order] >= lower) & (y_few[order] <= upper)
    figure, axes = plt.subplots(figsize=(6.4, 3.2), layout="constrained")
    axes.vlines(places, lower, upper, color="#9fb3c8", linewidth=4, label="90 % interval (CV+)")
    axes.plot(places, prediction[order], "_", color=DARK, markersize=8, markeredgewidth=2, label="prediction")
    axes.plot(places, y_few[order], "o", color="black", markersize=3.5, label=f"target, {inside.sum()} of 40 inside")
    axes.set(xlabel="test rows, by prediction", ylabel="progression of diabetes", xticks=[])
    axes.legend(frameon=False, loc="upper left")
    return figure


if __name__ == "__main__":
    main()
