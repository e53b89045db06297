"""How good a model is, and where it errs."""

from glassnet._counted import counted
from glassnet.estimators.metrics import ClassErrors, Errors
from glassnet.insight.evidence import Evidence
from glassnet.insight.figures.classes import ConfusionDisplay, ReliabilityDisplay
from glassnet.insight.figures.comparison import ComparisonDisplay
from glassnet.insight.figures.prediction import PredictionDisplay
from glassnet.insight.figures.residual import ResidualDisplay
from glassnet.insight.report_records import ReportRecords
from glassnet.insight.text import Cell, TextTable
from glassnet.pages.content import Block, Folded, Part, Picture, Titled, number, percent, say


def how_good(records: ReportRecords) -> Part:
    """Return the errors, and simple models on the same rows."""
    evidence = records.evidence
    blocks: list[Block] = [
        say(f"Errors of {counted(evidence.known_rows, 'row')}, {evidence.judged.basis.text}.{_without(evidence)}"),
        errors_table(evidence),
    ]
    if evidence.training_error is not None and evidence.judged.basis.folds:
        blocks.append(
            say(
                f"On the rows that they learned from, all members together have {evidence.error_name} ",
                number(evidence.training_error), ", which flatters; out of fold it is ", number(evidence.error), ".",
            )
        )  # fmt: skip
    if evidence.comparison is None:
        blocks.append(say(f"No simple models are compared: {evidence.absent.get('comparison', '')}."))
    else:
        inner = (evidence.comparison.table(), Picture(ComparisonDisplay(evidence.comparison)))
        blocks.append(Titled("Beside simple models", inner))
    if records.beside is not None:
        other, comparison = records.beside
        inner = (comparison.table(), Picture(ComparisonDisplay(comparison)), errors_table(other))
        blocks.append(Titled("Beside the other model", inner))
    return Part("errors", "How good it is", tuple(blocks))


def _without(evidence: Evidence) -> str:
    more = evidence.rows - evidence.known_rows
    return f" {counted(more, 'more row has', 'more rows have')} no target, no weight or no prediction." if more else ""


def errors_table(evidence: Evidence) -> TextTable:
    """Return the errors, a line a target or class."""
    rows: list[tuple[Cell, ...]] = []
    found = evidence.errors
    classes = [errors for errors in found.values() if isinstance(errors, ClassErrors)]
    if classes:
        errors = classes[0]
        rows.append(("all", errors.rows, errors.error_rate, errors.log_loss, None, None))
        rows += [(name, count, None, None, precise, seen) for name, (count, precise, seen) in errors.of_class.items()]
        return TextTable(("", "rows", "error rate", "log loss", "precision", "recall"), tuple(rows))
    for name, errors in found.items():
        if isinstance(errors, Errors):
            rows.append((name, errors.rows, errors.rmse, errors.mae, errors.median, errors.r2, errors.pinball))
    head = ("", "rows", "RMSE", "MAE", "median error", "R2", "pinball loss")
    shown = len(head) if any(row[-1] is not None for row in rows) else len(head) - 1
    return TextTable(head[:shown], tuple(row[:shown] for row in rows))


def where_it_errs(records: ReportRecords) -> Part:
    """Return predictions beside actual values, the worst rows, and kinds of rows that are predicted wrongly."""
    blocks: list[Block] = []
    for record in records.evidence.predictions:
        blocks += [Picture(PredictionDisplay(record)), Picture(ResidualDisplay(record))]
    if records.confusion is not None:
        blocks.append(Picture(ConfusionDisplay(records.confusion)))
    if records.reliability is not None:
        blocks.append(Picture(ReliabilityDisplay(records.reliability)))
    worst = records.worst
    explained = say(
        f"The {len(worst.rows)} rows with the largest errors make ", percent(worst.fraction),
        " of the squared error of all rows." if records.evidence.is_root else " of the loss of all rows.",
    )  # fmt: skip
    blocks.append(Titled("The worst rows", (explained, worst.table())))
    if "slices" in records.evidence.absent:
        blocks.append(say(f"Kinds of rows are not looked at: {records.evidence.absent['slices']}."))
    for record, slices in zip(records.evidence.predictions, records.evidence.slices, strict=False):
        of_target = f" by their {record.target}" if len(records.evidence.slices) > 1 else ""
        inner = (say(slices.describe()), Folded("The kinds that differ most", (slices.table(),)))
        blocks.append(Titled(f"Kinds of rows{of_target}", inner))
    return Part("rows", "Where it errs", tuple(blocks))
