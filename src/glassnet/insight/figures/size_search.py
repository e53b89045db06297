"""How the error falls with the number of parameters: the fits of a search."""

from collections.abc import Sequence
from typing import Self

import polars as pl
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from glassnet._counted import counted
from glassnet.estimators.search import Candidate, SizeSearch
from glassnet.insight.figures.colours import BLUE, GREY, INK, VERMILLION
from glassnet.insight.figures.display import Display
from glassnet.insight.text import rounded

MARKERS = "os^Dv"


class SizeDisplay(Display):
    """Errors against parameters, a line a depth, with the standard deviation over folds; earlier rounds in grey.

    Parameters
    ----------
    candidates : sequence of Candidate
        The fits of a search.

    Attributes
    ----------
    lines_ : list of ErrorbarContainer
        A line a round and depth, the last round's at the end.
    best_ : PathCollection
        The ring around the best size of the last round.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, SizeDisplay, SizeSearch
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> search = SizeSearch(NetworkRegressor(n_members=4, max_iter=20, random_state=0), sizes=[(8,), (4,)]).fit(X, y)
    >>> display = SizeDisplay.from_estimator(search)
    >>> display.frame().height
    2
    >>> print(display)
    SizeDisplay: Errors out of fold (1: a constant) of 2 sizes in 1 round: least, of 2 in the last, with ... neurons,
    0.7... ± 0...
    """

    size = (6.0, 4.4)

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self.candidates = tuple(candidates)

    @classmethod
    def from_estimator(cls, search: SizeSearch, *, ax: Axes | None = None) -> Self:
        """Draw the sizes that a search tried.

        Parameters
        ----------
        search : SizeSearch
            A fitted search.
        ax : Axes or None
            What to draw on.

        Returns
        -------
        SizeDisplay
            The figure, drawn.
        """
        return cls(search.candidates_).plot(ax)

    def frame(self) -> pl.DataFrame:
        """Return a row a fit, of all rounds."""
        names = ("round", "parameters", "epochs", "error", "standard_deviation", "seconds")
        sizes = {"hidden layers": ["-".join(map(str, each.hidden_layer_sizes)) for each in self.candidates]}
        return pl.DataFrame(sizes | {name: [getattr(each, name) for each in self.candidates] for name in names})

    def describe(self) -> str:
        """Return how many sizes were tried, and which was the best of the last round, with its error."""
        last = self._of_round(self._rounds()[-1])
        best = min(last, key=lambda each: each.error)
        tried, rounds = len({each.hidden_layer_sizes for each in self.candidates}), len(self._rounds())
        return (
            f"Errors out of fold (1: a constant) of {counted(tried, 'size')} in {counted(rounds, 'round')}: least, of "
            f"{len(last)} in the last, with {_neurons(best)}, {rounded(best.error)} ± {best.standard_deviation:.2g}."
        )

    def _rounds(self) -> list[int]:
        return sorted({each.round for each in self.candidates})

    def _of_round(self, number: int) -> list[Candidate]:
        return [each for each in self.candidates if each.round == number]

    def _draw(self, ax: Axes) -> None:
        *_, last = self._rounds()
        self.lines_ = []
        for number in self._rounds():
            fits = self._of_round(number)
            for depth in sorted({len(each.hidden_layer_sizes) for each in fits}):
                line = sorted((c for c in fits if len(c.hidden_layer_sizes) == depth), key=lambda c: c.parameters)
                layers = f"{counted(depth, 'layer')}, {counted(line[0].epochs, 'epoch')}"
                drawn = ax.errorbar(
                    [c.parameters for c in line], [c.error for c in line], [c.standard_deviation for c in line],
                    marker=MARKERS[(depth - 1) % len(MARKERS)], linestyle="-" if number == last else "--", capsize=3,
                    color=BLUE if number == last else GREY, linewidth=1.5 if number == last else 0.8, label=layers,
                )  # fmt: skip
                self.lines_.append(drawn)
        best = min(self._of_round(last), key=lambda each: each.error)
        self.best_ = ax.scatter(
            [best.parameters], [best.error], s=140, facecolors="none", edgecolors=VERMILLION, zorder=3,
            label=f"best: {_neurons(best)}",
        )  # fmt: skip
        ax.axhline(1.0, color=GREY, linewidth=1, linestyle=":")
        ax.set(xscale="log", xlabel="parameters of a member", ylabel="error out of fold (1: a constant)")
        _number_log_axis(ax)
        ax.set_title("Sizes tried", color=INK, fontsize=10)
        ax.legend(frameon=False, fontsize=8)


def _number_log_axis(ax: Axes) -> None:
    """Write numbers below a logarithmic axis, so few that they have room: of more than two decades powers of 10."""
    low, high = ax.get_xlim()
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high <= 100 * low else (1,)))
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    ax.xaxis.set_minor_formatter(NullFormatter())


def _neurons(candidate: Candidate) -> str:
    """Return the neurons of the hidden layers in words."""
    sizes = "-".join(map(str, candidate.hidden_layer_sizes))
    return f"{sizes} neuron{'s' * (sizes != '1')}" if sizes else "no hidden layer"
