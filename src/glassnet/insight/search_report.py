"""How the error falls with the number of parameters: the fits of a search as a table and a figure."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from glassnet.estimators.search import Candidate
from glassnet.insight.plots import ACCENT, INK, QUIET
from glassnet.insight.text import TextTable


def as_table(candidates: Sequence[Candidate]) -> TextTable:
    """Return one line a fit, the last round first, the best of a round on top."""
    order = sorted(candidates, key=lambda candidate: (-candidate.round, candidate.error))
    rows = [
        (
            c.round,
            "-".join(map(str, c.hidden_layer_sizes)),
            c.parameters,
            c.epochs,
            c.error,
            c.standard_deviation,
            c.seconds,
        )
        for c in order
    ]
    head = ("round", "hidden layers", "parameters", "epochs", "error", "+-", "seconds")
    return TextTable(head, tuple(rows), title="sizes tried; error over folds, in standard deviations of the target")


def size_figure(candidates: Sequence[Candidate]) -> Figure:
    """Return errors against parameters, a line a depth, with the standard deviation over folds; each round a panel."""
    rounds = sorted({candidate.round for candidate in candidates})
    figure = Figure(figsize=(4.6 * len(rounds), 4.2), layout="constrained")
    panels = np.atleast_1d(figure.subplots(1, len(rounds), sharey=True))
    for axes, number in zip(panels, rounds, strict=True):
        of_round = [candidate for candidate in candidates if candidate.round == number]
        best = min(of_round, key=lambda candidate: candidate.error)
        depths = sorted({len(candidate.hidden_layer_sizes) for candidate in of_round})
        for shade, depth in enumerate(depths):
            line = sorted((c for c in of_round if len(c.hidden_layer_sizes) == depth), key=lambda c: c.parameters)
            axes.errorbar(
                [c.parameters for c in line], [c.error for c in line], [c.standard_deviation for c in line],
                marker="o",
                capsize=3, color=INK, alpha=0.35 + 0.65 * (shade + 1) / len(depths),
                label=f"{depth} layer{'s' * (depth > 1)}",
            )  # fmt: skip
        axes.scatter([best.parameters], [best.error], s=140, facecolors="none", edgecolors=ACCENT, zorder=3)
        axes.axhline(1.0, color=QUIET, linewidth=1, linestyle="--")
        axes.set(xscale="log", xlabel="parameters of a member", title=f"round {number}: {best.epochs} epochs")
        axes.legend(frameon=False)
    panels[0].set_ylabel("error out of fold (1: a constant)")
    return figure
