"""An activation and its derivative over z: what does sigma do, and where is it flat?"""

from typing import Self

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from glassnet.insight.activation_curve import FLAT, ActivationCurve, activation_curve, curve_of_trace
from glassnet.insight.figures.colours import BLUE, GREY, INK, VERMILLION
from glassnet.insight.figures.display import Display
from glassnet.insight.trace_record import Trace
from glassnet.network.activation import Activation

UPPER, LOWER = (0.0, 0.53, 1.0, 0.47), (0.0, 0.0, 1.0, 0.47)  # the panels, in widths and heights of both together


class ActivationDisplay(Display):
    """sigma above sigma', over one axis of z; hatched where |sigma'| < 0.01, with ticks at given z.

    Given z that lie where it is flat are crosses.

    Parameters
    ----------
    record : ActivationCurve
        What is drawn.

    Attributes
    ----------
    curve_, derivative_ : Line2D
        sigma and sigma', broken where they jump.
    value_ax_, derivative_ax_ : Axes
        The two panels, inside of `ax_`.
    flat_ : list of Polygon
        The hatched parts of the upper panel, then of the lower.
    given_, given_flat_ : Line2D
        The given z where it is not flat, and where it is.

    Examples
    --------
    >>> from glassnet import ActivationDisplay
    >>> display = ActivationDisplay.from_activation("tanh", [0.0, 4.0])
    >>> print(display)
    ActivationDisplay: tanh for z from -6 to 6: the steepest sigma'(z) there is 1, at z = 0; flat (|sigma'| < 0.01)
    below -3 and above 3; 1 of 2 z lies where it is flat.
    >>> display.frame().columns
    ['z', 'sigma', 'derivative', 'flat']
    """

    size = (5.6, 5.2)

    def __init__(self, record: ActivationCurve) -> None:
        self.record = record

    @classmethod
    def from_activation(
        cls, activation: str | Activation, z: ArrayLike = (), *, of_what: str = "", ax: Axes | None = None
    ) -> Self:
        """Draw an activation; see `activation_curve` for the parameters.

        Parameters
        ----------
        activation : str or Activation
            A name, or a rule that acts on each entry alone.
        z : array of any shape
            Pre-activations to be marked.
        of_what : str
            What they are of.
        ax : Axes or None
            What to draw on.

        Returns
        -------
        ActivationDisplay
            The figure, drawn.
        """
        return cls(activation_curve(activation, z, of_what=of_what)).plot(ax)

    @classmethod
    def from_trace(cls, trace: Trace, layer: int, *, step: int = 1, ax: Axes | None = None) -> Self:
        """Draw the activation of a layer of a trace, with the z of that layer.

        Parameters
        ----------
        trace : Trace
            At least one step.
        layer : int
            The layer, counted from 1.
        step : int
            The step, counted from 1.
        ax : Axes or None
            What to draw on.

        Returns
        -------
        ActivationDisplay
            The figure, drawn.
        """
        return cls(curve_of_trace(trace, layer, step)).plot(ax)

    def frame(self) -> pl.DataFrame:
        """Return a row a point of z: sigma, sigma', and whether it is flat there."""
        record = self.record
        flat = np.abs(record.derivative) < FLAT
        return pl.DataFrame({"z": record.z, "sigma": record.x, "derivative": record.derivative, "flat": flat})

    def describe(self) -> str:
        """Return what the record says."""
        return self.record.describe()

    def _draw(self, ax: Axes) -> None:
        record = self.record
        ax.set_axis_off()
        self.value_ax_ = upper = ax.inset_axes(UPPER)
        self.derivative_ax_ = lower = ax.inset_axes(LOWER, sharex=upper)
        self.flat_ = [
            panel.axvspan(
                *ends, facecolor="none", edgecolor=GREY, hatch="///", linewidth=0, alpha=0.5,
                label=f"flat: |sigma'| < {FLAT:g}",
            )
            for panel in (upper, lower)
            for ends in record.flat
        ]  # fmt: skip
        (self.curve_,) = upper.plot(*self._broken(record.x), color=VERMILLION, linewidth=1.8)
        (self.derivative_,) = lower.plot(*self._broken(record.derivative), color=VERMILLION, linewidth=1.8)
        for panel in (upper, lower):
            panel.axhline(0, color=GREY, linewidth=0.8, zorder=0)
        named = [*self.flat_[:1], *self._draw_given(lower)]
        if named:
            lower.legend(
                frameon=False, fontsize=9, ncols=len(named), loc="upper center", bbox_to_anchor=(0.5, -0.22),
                handles=named, handletextpad=0.4, columnspacing=1.2,
            )  # fmt: skip
        upper.set(ylabel="sigma(z)", xlim=(record.z[0], record.z[-1]))
        upper.tick_params(labelbottom=False)
        lower.set(xlabel="z", ylabel="sigma'(z)")
        upper.set_title(record.name, color=INK, fontsize=10)

    def _draw_given(self, ax: Axes) -> list[Line2D]:
        """Draw the given z along the lower edge, and return what of them there is."""
        given, flat = self.record.given, self.record.given_flat
        edge, of = ax.get_xaxis_transform(), f" of {self.record.of_what}" if self.record.of_what else ""
        lines: list[Line2D] = []
        for those, marker, label in ((~flat, "|", f"z{of}"), (flat, "x", "z where it is flat")):
            height = np.full(those.sum(), 0.04)
            lines += ax.plot(
                given[those], height, marker, color=BLUE, markersize=7, markeredgewidth=1.4, transform=edge,
                clip_on=False, label=label,
            )  # fmt: skip
        self.given_, self.given_flat_ = lines
        return [line for line, some in zip(lines, (~flat, flat), strict=True) if some.any()]

    def _broken(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return points and values with a gap at every kink, so that no line stands where there is a jump."""
        at = np.searchsorted(self.record.z, self.record.kinks, side="right")
        return np.insert(self.record.z, at, np.nan), np.insert(values, at, np.nan)
