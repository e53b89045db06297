"""What all figures have in common: they are drawn, listed as a table and said in a sentence, from one record."""

from abc import ABC, abstractmethod
from base64 import b64encode
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar, Self, cast

import matplotlib
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from glassnet._html import tag
from glassnet._html_table import HtmlTable
from glassnet._notebook import MOST_ROWS, Fragment

DOTS_PER_INCH = 120
COLOURS = 128  # of a picture in a page or notebook
ABOUT = {"png": "Description", "svg": "Description", "pdf": "Subject"}  # what a format calls a description


class Display(ABC):
    """A figure of a record, in the shape of scikit-learn's displays.

    Attributes
    ----------
    ax_, figure_ : Axes, Figure
        What was drawn on; after `plot`.
    """

    ax_: Axes
    figure_: Figure
    size: ClassVar[tuple[float, float]] = (5.2, 4.4)

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw the record; nothing is computed but what is drawn, and it may be called again.

        Parameters
        ----------
        ax : Axes or None
            What to draw on; a figure of its own unless given.

        Returns
        -------
        self
        """
        if ax is None:
            ax = Figure(figsize=self.figure_size, layout="constrained").subplots()
        self.ax_, self.figure_ = ax, cast(Figure, ax.get_figure(root=True))
        with matplotlib.rc_context({"text.parse_math": False}):  # a name with $ in it is a name
            self._draw(ax)
        return self

    def save(self, path: str | Path) -> None:
        """Write the figure, its sentence with it where the format has a place for it.

        Parameters
        ----------
        path : str or path
            The file; its ending says the format.
        """
        if not hasattr(self, "figure_"):
            self.plot()
        save_figure(self.figure_, Path(path), self.describe())

    @abstractmethod
    def frame(self) -> pl.DataFrame:
        """Return the numbers that are drawn."""

    @abstractmethod
    def describe(self) -> str:
        """Return what the figure shows, in a sentence with its numbers."""

    @abstractmethod
    def _draw(self, ax: Axes) -> None: ...

    @property
    def figure_size(self) -> tuple[float, float]:
        """Width and height of a figure of its own, in inches."""
        return self.size

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self.describe()}"

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Return the picture, and HTML with picture, sentence and numbers, beside the text."""
        picture = self._repr_png_()
        encoded = "" if picture is None else b64encode(picture).decode()
        bundle = {"text/plain": repr(self), "text/html": self._html(encoded)}
        return bundle | ({"image/png": encoded} if encoded else {})

    def _html(self, picture: str) -> str:
        """Return a picture in base64, or none, with its sentence and its numbers."""
        fragment, about, frame = Fragment("frame() has all"), self.describe(), self.frame()
        drawn = tag("img", src=f"data:image/png;base64,{picture}", alt=about) if picture else None
        fragment.add(tag("figure", drawn, tag("figcaption", about)))
        numbers = HtmlTable(
            tuple(frame.columns), tuple(frame.head(MOST_ROWS).rows()), title="The numbers of the figure"
        )
        fragment.table(numbers, more=max(frame.height - MOST_ROWS, 0), folded=True)
        return fragment.html()

    def _repr_png_(self) -> bytes | None:
        """Return the picture for a notebook; None where pyplot shows the figure anyway."""
        if not hasattr(self, "figure_"):
            self.plot()
        if getattr(self.figure_.canvas, "manager", None) is not None:
            return None
        return as_png(self.figure_)


def as_png(figure: Figure, dots_per_inch: int = DOTS_PER_INCH) -> bytes:
    """Return a figure as PNG in a third of its bytes, with a palette of as many colours as figures show."""
    drawn, few = BytesIO(), BytesIO()
    figure.savefig(drawn, format="png", dpi=dots_per_inch)
    with Image.open(drawn) as image:
        # not the median cut, which gives a colour of few points, such as that of negative weights, to its neighbours
        palette = image.convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        palette.save(few, "PNG", optimize=True)
    return few.getvalue()


def save_figure(figure: Figure, path: Path, about: str = "") -> None:
    """Write a figure; the ending of the name says the format, and text of SVG stays text."""
    kind = path.suffix[1:].lower()
    metadata: dict[str, Any] = {ABOUT[kind]: about} if about and kind in ABOUT else {}
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        figure.savefig(path, dpi=DOTS_PER_INCH, metadata=metadata or None)


def panels(rows: Sequence[Sequence[Display]], title: str = "") -> Figure:
    """Return a figure of several displays: rows of equally many, one beside the other."""
    widths = [max(display.figure_size[0] for display in column) for column in zip(*rows, strict=True)]
    heights = [max(display.figure_size[1] for display in row) for row in rows]
    figure = Figure(figsize=(sum(widths), sum(heights)), layout="constrained")
    grid = figure.subplots(len(rows), len(widths), squeeze=False, width_ratios=widths, height_ratios=heights)
    for row, axes_of_row in zip(rows, grid, strict=True):
        for display, axes in zip(row, axes_of_row, strict=True):
            display.plot(axes)
    figure.suptitle(title)
    return figure
