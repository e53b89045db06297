"""How a model was trained, one row seen through, what it is held to, and how to repeat it."""

from dataclasses import replace

from glassnet.insight.figures.network import NetworkDisplay
from glassnet.insight.figures.training import TrainingDisplay
from glassnet.insight.report_records import ReportRecords
from glassnet.insight.sample_trace import RowForward, RowTrace
from glassnet.insight.text import TextTable
from glassnet.pages.content import Block, Code, Folded, Part, Picture, Titled, Viewer, number, say

MOST_ROWS = 12  # of a table of a layer
DOUBTS = (
    "What was not checked: rows of another population, or of another time, than those given here; whether a column "
    "would still be known when a prediction is needed; and whether a column causes the target."
)


def how_it_was_trained(records: ReportRecords) -> Part:
    """Return the losses of every member, the network, and why training ended."""
    members = records.evidence.model.members_
    histories = [member.history for member in members]
    blocks: list[Block] = [Picture(TrainingDisplay(histories)), Picture(NetworkDisplay(records.diagram))]
    if records.summary is not None:
        blocks.insert(0, records.summary.table())
    rows = tuple(
        (place, history.epochs, history.kept_epoch, history.final_epochs, str(history.reason), history.retries)
        for place, history in enumerate(histories)
    )
    stops = TextTable(("member", "epochs", "kept epoch", "final epochs", "why it ended", "steps made smaller"), rows)
    blocks.append(Folded("Every member", (stops,)))
    return Part("training", "How it was trained", tuple(blocks))


def one_row(records: ReportRecords) -> Part:
    """Return the row whose error is the median, from its cells to the prediction."""
    first, *others = records.row.tables()
    numbers = tuple(Titled(table.title or "Numbers", _first_rows(table)) for table in others)
    blocks: tuple[Block, ...] = (
        say(
            "The row whose error is the median of all: its cells, and what each member predicts for it. Below are all "
            f"numbers on its way through member {records.row.member}{_why(records)}."
        ),
        first,
        records.row.units.members.table(),
        *_steps(records.row),
        Folded("Every number of the forward and backward pass", numbers),
    )
    return Part("row", "One row seen through", blocks)


def _steps(row: RowTrace | RowForward) -> tuple[Block, ...]:
    """Return the row step by step."""
    record = row.to_viewer(brief=True)
    return () if record is None else (Viewer(record),)


def _why(records: ReportRecords) -> str:
    return ", the first one that is not a straight line alone" if records.row.member else ""


def _first_rows(table: TextTable) -> tuple[Block, ...]:
    """Return the first rows of a table, and how many more there are."""
    more = len(table.rows) - MOST_ROWS
    said = (
        (say(number(more), " more rows are in the report as .json, and glassnet trace shows them."),)
        if more > 0
        else ()
    )
    return (replace(table, rows=table.rows[:MOST_ROWS], title=""), *said)


def bounds(records: ReportRecords) -> Part | None:
    """Return what is certified of that row and what an adversary does, where they are asked for."""
    blocks: list[Block] = []
    if records.certificate is not None:
        certified = records.certificate.table(first=records.row.row)
        blocks.append(Titled("Certificate", (say(records.certificate.assumptions), certified)))
    if records.attack is not None:
        flatters = (
            " They are rows of the fit, which they learned from." if records.evidence.judged.basis.kind == "fit" else ""
        )
        said = say(f"All members together, on {len(records.attack.y):,} rows.{flatters}")
        blocks.append(Titled("Adversary", (said, records.attack.table())))
    return Part("bounds", "What it is held to", tuple(blocks)) if blocks else None


def to_repeat(records: ReportRecords) -> Part:
    """Return the lines that fit the model again, by what it was fitted, and what was not checked."""
    blocks: list[Block] = [Code(records.script)] if records.script else []
    provenance = records.provenance
    if provenance is None:
        blocks.append(say("The model is from a file that does not say when and by what it was fitted."))
    else:
        versions = ", ".join(f"{name} {version}" for name, version in provenance.versions.items())
        blocks.append(
            say(f"Fitted until {provenance.date} in ", number(provenance.seconds, 3), f" s, by {versions}.")
        )  # fmt: skip
        blocks += [say(f"Warning of the fit: {warning}") for warning in provenance.warnings]
    digest = records.evidence.model.training_digest_
    if digest:
        blocks.append(say(f"Fingerprint of the rows of the fit: {digest}"))
    blocks.append(say(DOUBTS))
    return Part("repeat", "To repeat and to doubt", tuple(blocks))
