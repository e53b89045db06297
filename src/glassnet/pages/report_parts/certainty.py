"""How sure a model is: what intervals promise, and how often they hold."""

import numpy as np

from glassnet.estimators.classifier import NetworkClassifier
from glassnet.insight.figures.coverage import CoverageDisplay
from glassnet.insight.report_records import ReportRecords
from glassnet.pages.content import Block, Part, Picture, Titled, number, percent, say


def how_sure(records: ReportRecords) -> Part:
    """Return what is promised of intervals or sets, on which assumption, and how often they hold on new rows."""
    evidence = records.evidence
    interval, sets = evidence.interval, evidence.sets
    blocks: list[Block] = []
    if interval is not None:
        proved = (
            ("a lower limit is not proved",)
            if interval.floor is None
            else ("at least ", percent(interval.floor, 1), " is proved")
        )
        blocks.append(
            say(
                "Intervals that ask for ", percent(interval.coverage), f" ({interval.method}) rest on ",
                number(interval.rows), " residuals; ", *proved, f". Assumed: {interval.assumption}.",
            )
        )  # fmt: skip
        if not np.isfinite(interval.width).all():
            blocks.append(say("Some ends are infinite: the rows are too few for so much coverage."))
    if sets is not None:
        blocks += [say(f"{sets.sets}."), sets.table()]
    for curve in evidence.coverage:
        title = f"Coverage of {curve.target}" if len(evidence.coverage) > 1 else "Coverage on new rows"
        blocks.append(Titled(title, (curve.table(), Picture(CoverageDisplay(curve)))))
    names = ("sets",) if isinstance(evidence.model, NetworkClassifier) else ("interval", "coverage")
    reasons = dict.fromkeys(evidence.absent[name] for name in names if name in evidence.absent)
    if reasons:
        blocks.append(say(f"What is not here, and why: {'; '.join(reasons)}."))
    return Part("certainty", "How sure it is", tuple(blocks))
