"""What is worth saying, the worst first."""

from glassnet._counted import counted
from glassnet.insight.findings.finding import Finding
from glassnet.insight.report_records import ReportRecords
from glassnet.pages.content import Block, Folded, Listing, Part, Remark, number, say

MOST_FINDINGS = 7


def what_was_found(records: ReportRecords) -> Part:
    """Return the findings, each with what to do; those beyond the first seven and all else are folded."""
    found = records.findings
    first, others = found.findings[:MOST_FINDINGS], found.findings[MOST_FINDINGS:]
    blocks: list[Block] = [say(found.describe()), *map(_remark, first)]
    if others:
        blocks.append(Folded(counted(len(others), "more finding"), tuple(map(_remark, others))))
    if found.nothing:
        blocks.append(Folded("The other checks found nothing", (Listing(tuple(map(say, found.nothing))),)))
    if found.not_made:
        reasons = tuple(say(f"{name}: {why}") for name, why in found.not_made.items())
        blocks.append(Folded("Checks that do not apply here, and why", (Listing(reasons),)))
    return Part("findings", "Findings", tuple(blocks))


def _remark(finding: Finding) -> Remark:
    numbers = tuple((name, number(value)) for name, value in finding.numbers.items())
    return Remark(
        finding.severity == "look", f"{finding.code}, {finding.name}", finding.sentence, finding.limit, numbers,
        finding.remedy,
    )  # fmt: skip
