"""What a model uses, and the data as it was understood."""

from glassnet.insight.figures.histogram import HistogramDisplay
from glassnet.insight.figures.importance import ImportanceDisplay
from glassnet.insight.figures.profile import ProfileDisplay
from glassnet.insight.figures.slopes import SlopesDisplay
from glassnet.insight.report_records import ReportRecords
from glassnet.insight.table_statistics import TableStatistics
from glassnet.pages.content import Block, Folded, Part, Picture, Titled, say

NO_CAUSE = "Importance is what the model uses, and not what causes the target."


def what_it_uses(records: ReportRecords) -> Part:
    """Return what the columns are worth, and how predictions move with them."""
    found = records.evidence.importance
    if found is None:
        return Part("columns", "What it uses", (say(f"{records.evidence.absent['importance'].capitalize()}."),))
    blocks: list[Block] = [say(NO_CAUSE), Picture(ImportanceDisplay(found))]
    if records.profiles:
        blocks.append(
            Titled(
                "How the prediction moves with a column", tuple(Picture(ProfileDisplay(p)) for p in records.profiles)
            )
        )
    if "slopes" in records.evidence.absent:
        blocks.append(say(f"Profiles and slopes are not here: {records.evidence.absent['slopes']}."))
    for record in records.slopes:
        drawn = len(record.slopes)
        of_all = (
            say(f"Of {drawn:,} rows drawn from {records.evidence.rows:,}.") if drawn < records.evidence.rows else None
        )
        blocks.append(
            Titled(
                f"Slopes of {record.target}",
                (*([of_all] if of_all else []), Picture(SlopesDisplay(record)), record.table()),
            )
        )
    return Part("columns", "What it uses", tuple(blocks))


def the_data(records: ReportRecords) -> Part:
    """Return what every column is, what became of it, and what is missing."""
    evidence = records.evidence
    if not evidence.is_table:
        return Part(
            "data", "The data as it was understood", (say(f"The rows are {evidence.model.schema_.describe()}."),)
        )
    blocks: list[Block] = []
    for title, statistics in (("The rows of the fit", evidence.statistics), ("New rows", evidence.new_statistics)):
        if statistics is not None:
            blocks.append(Titled(title, _statistics(statistics)))
    if evidence.extrapolation is not None:
        inner = (say(f"{evidence.extrapolation}."), evidence.extrapolation.table())
        blocks.append(Titled("New rows beside those of the fit", inner))
    return Part("data", "The data as it was understood", tuple(blocks))


def _statistics(statistics: TableStatistics) -> tuple[Block, ...]:
    targets = (Picture(HistogramDisplay(target)) for target in statistics.targets)
    return (say(statistics.describe()), *targets, Folded("Every column", (statistics.table(),)))
