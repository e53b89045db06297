"""Figures of images: what every layer makes of one, and what an adversary did."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from glassnet.insight.adversary import Attack
from glassnet.insight.figures.colours import SIGNED
from glassnet.insight.trace_record import Trace
from glassnet.network.image_filters import WHITE

MOST_CHANNELS = 8


def maps_figure(trace: Trace, sample: int = 0, step: int = 0) -> Figure:
    """Return a figure of one sample's way: input and dE/dx^0, then kernels, maps x^l and deltas of every layer.

    Blue is positive and vermillion negative where numbers have a sign; at most eight channels a layer are shown.
    """
    taken = trace.steps[step]
    rows: list[tuple[str, list[np.ndarray]]] = [
        ("input x^0", _channels(trace.x[sample])),
        ("dE/dx^0", _channels(taken.input_gradient[sample])),
    ]
    for number, layer in enumerate(taken.layers, start=1):
        if layer.x.ndim != 4:
            continue
        count = layer.x.shape[-1]
        some = f"\n{MOST_CHANNELS} of {count} channels" if count > MOST_CHANNELS else ""
        if "W" in layer.before:
            kernels = np.moveaxis(layer.before["W"][:, :, 0], -1, 0)
            rows.append((f"layer {number}\nkernels\nof channel 1{some}", list(kernels[:MOST_CHANNELS])))
        rows.append((f"layer {number}\nx^{number}{some}", _channels(layer.x[sample])))
        rows.append((f"layer {number}\ndelta^{number}{some}", _channels(layer.delta[sample])))
    if len(rows) == 2 and trace.x.ndim != 4:
        raise ValueError("the trace has no layer of images; fit a network to images for maps to see")
    figure = Figure(figsize=(1.35 * MOST_CHANNELS + 1.2, 1.35 * len(rows)), layout="constrained")
    panels = figure.subplots(len(rows), MOST_CHANNELS, squeeze=False)
    if any(layer.x.ndim == 4 and layer.x.shape[-1] > MOST_CHANNELS for layer in taken.layers):
        figure.suptitle(f"the first {MOST_CHANNELS} channels of each layer", fontsize=9)
    for line, (name, maps) in zip(panels, rows, strict=True):
        largest = max(float(np.max(np.abs(channel))) for channel in maps) or 1.0
        for axes, channel in zip(line, maps, strict=False):
            axes.imshow(channel, cmap=SIGNED, vmin=-largest, vmax=largest, interpolation="nearest")
        for axes in line:
            axes.set_axis_off()
        line[0].text(-0.15, 0.5, name, transform=line[0].transAxes, ha="right", va="center", fontsize=9)
    return figure


def attack_figure(result: Attack, X: ArrayLike, most: int = 8) -> Figure:
    """Return a figure of some attacked images: the original, the difference and the result, with the predictions.

    Images whose answer changed come first. `X` are the images as they were given.
    """
    original = np.asarray(X)
    original = original[..., None] if original.ndim == 3 else original
    if original.ndim != 4:
        raise ValueError(f"X has shape {np.shape(X)}; a figure needs images (rows, height, width, channels)")
    attacked = np.asarray(result.X)
    same = np.equal(result.before, result.after).reshape(len(original), -1).all(axis=1)
    shown = np.argsort(same, kind="stable")[:most]
    figure = Figure(figsize=(1.5 * len(shown) + 1, 5.4), layout="constrained")
    panels = figure.subplots(3, len(shown), squeeze=False)
    unit = WHITE if original.dtype == np.uint8 else float(np.max(np.abs(original))) or 1.0
    for place, row in enumerate(shown):
        difference = (attacked[row] - original[row]) / unit
        show_image(panels[0, place], original[row] / unit, f"{_prediction_text(result.before[row])}")
        largest = float(np.max(np.abs(difference))) or 1.0
        panels[1, place].imshow(difference.mean(axis=-1), cmap=SIGNED, vmin=-largest, vmax=largest)
        show_image(panels[2, place], attacked[row] / unit, f"{_prediction_text(result.after[row])}")
        panels[1, place].set_axis_off()
    for line, name in zip(panels, ("original", "difference", "result"), strict=True):
        line[0].text(-0.12, 0.5, name, transform=line[0].transAxes, ha="right", va="center", rotation=90)
    figure.suptitle(f"{result.method}, epsilon {result.epsilon:g}: above each the prediction")
    return figure


def show_image(axes: Axes, image: np.ndarray, title: str = "") -> None:
    """Draw an image (height, width, channels) of numbers from 0 to 1."""
    grey = image.shape[-1] != 3
    axes.imshow(np.clip(image.mean(axis=-1) if grey else image, 0, 1), cmap="gray", vmin=0, vmax=1)
    axes.set_title(title, fontsize=10)
    axes.set_axis_off()


def _prediction_text(answer: object) -> str:
    if isinstance(answer, np.ndarray):
        return " ".join(map(_prediction_text, answer))
    return f"{answer:.3g}" if isinstance(answer, float | np.floating) else str(answer)


def _channels(maps: np.ndarray) -> list[np.ndarray]:
    return [maps[..., channel] for channel in range(min(maps.shape[-1], MOST_CHANNELS))]
