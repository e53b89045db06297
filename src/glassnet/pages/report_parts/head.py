"""What a report says first: how good, compared with what, how sure, and what is proved."""

from glassnet.estimators.classifier import NetworkClassifier
from glassnet.insight.comparison import Comparison
from glassnet.insight.evidence import Evidence
from glassnet.insight.report_records import ReportRecords
from glassnet.pages.content import Block, Number, Part, Sentence, Tile, Tiles, number, percent, say

ANSWERS = {
    "mean": "always answering the mean",
    "straight line": "a straight line",
    "class frequencies": "always answering with the frequencies of the classes",
    "label frequencies": "always answering with the frequencies of the labels",
    "quantiles of the target": "always answering with the quantiles of the target",
}  # what a simple model is called in a sentence; others by their name


def title_of(records: ReportRecords) -> str:
    """Return the title of a report."""
    return f"Report on {' and '.join(records.evidence.model.target_names_)}"


def head(records: ReportRecords) -> Part:
    """Return what stands above the list of contents."""
    evidence = records.evidence
    blocks: list[Block] = [summary(records), *_sample(records), _tiles(evidence)]
    if evidence.judged.of_the_fit:
        blocks.append(
            say(
                evidence.judged.of_the_fit,
                " of the rows were left out of every error here, since the model was fitted to them.",
            )
        )
    if records.beside is not None:
        blocks.append(say("The two models on equal rows: ", records.beside[1].describe()))
    return Part("summary", "Summary", tuple(blocks))


def _sample(records: ReportRecords) -> list[Sentence]:
    """Return which rows of a larger table this is about."""
    drawn = records.drawn
    if drawn is None or drawn.has_all:
        return []
    return [
        say(
            "All of this is of a sample: ", drawn.rows, " of ", drawn.of_rows, " rows, drawn at random by the row's "
            f"number, each with the same chance (seed {drawn.seed}).",
        )
    ]  # fmt: skip


def summary(records: ReportRecords) -> Sentence:
    """Return the first sentences."""
    evidence = records.evidence
    sentences = [_learned(evidence), _errs(evidence), *_beside_simple(evidence.comparison), *_intervals(evidence)]
    return Sentence(tuple(piece for sentence in sentences for piece in sentence.pieces))


def _learned(evidence: Evidence) -> Sentence:
    """Return who learned what from what."""
    model = evidence.model
    members = len(model.members_)
    names = ", ".join(model.target_names_)
    rows, last = len(model.used_rows_), "" if model.training_digest_ else ", in the last call"
    columns = sum(column.kind != "left out" for column in model.schema_.columns)
    source = (
        (number(columns), " column of " if columns == 1 else " columns of ", number(rows), f" rows{last}.")
        if columns
        else (number(rows), f" images{last}.")
    )
    return say(
        number(members), " network" if members == 1 else " networks", f" learned {names} from ", *source
    )  # fmt: skip


def _errs(evidence: Evidence) -> Sentence:
    """Return how large the error is, and of which rows."""
    kind, folds = evidence.judged.basis.kind, bool(evidence.judged.basis.folds)
    if kind == "new" and evidence.judged.told_apart:
        who = f"On {evidence.known_rows:,} rows that none of them has seen"
    elif kind != "fit":
        who = f"On {evidence.known_rows:,} rows, of which it cannot be told whether they were in the fit,"
    elif folds:
        who = "By members that never saw the row"
    else:
        who = "On the rows that they learned from, which flatters,"
    several = len(evidence.errors) > 1
    pieces: list[str | Number] = [f" {who} "]
    if isinstance(evidence.model, NetworkClassifier):
        wrong = percent(next(iter(evidence.errors.values())).headline[1], 1)
        what = " of the rows have a wrong label" if evidence.model.multilabel_ else " of the rows get a wrong class"
        return Sentence((*pieces, wrong, what, "; the log loss is ", number(evidence.error), "."))
    if not several:
        return Sentence((*pieces, "they err by ", number(evidence.error), f" ({evidence.error_name})."))
    each = [piece for name, errors in evidence.errors.items() for piece in (f", {name} ", number(errors.headline[1]))]
    what = next(iter(evidence.errors.values())).headline[0]
    return Sentence((*pieces, f"the {what} is: ", str(each[0]).removeprefix(", "), *each[1:], "."))


def _beside_simple(comparison: Comparison | None) -> list[Sentence]:
    """Return the errors of simple models, and whether the best of them is surely better or worse."""
    if comparison is None:
        return []
    pieces: list[str | Number] = [f" In {comparison.error_name}, "]
    for place, model in enumerate(comparison.models[1:]):
        pieces += [", " if place else "", f"{ANSWERS.get(model.name, model.name)} errs by ", number(model.error)]
    pieces += [", the network by ", number(comparison.network.error), "."]
    best = comparison.best_peer
    low, high = sorted((abs(best.difference_lower), abs(best.difference_upper)))
    sure = (number(abs(best.difference)), ", 95% sure between ", number(low), " and ", number(high))
    if best.difference_lower > 0:
        verdict = say(" The network is better than the best of them by ", *sure, ".")
    elif best.difference_upper < 0:
        verdict = say(f" The {best.name} is better by ", *sure, "" if comparison.caution else ": prefer it here", ".")
    else:
        verdict = say(
            f" Between the network and the {best.name} the difference of ", number(best.difference),
            " may be chance (95% sure between ", number(best.difference_lower), " and ",
            number(best.difference_upper), ").",
        )  # fmt: skip
    return [Sentence(tuple(pieces)), verdict, *([say(f" But {comparison.caution}.")] if comparison.caution else [])]


def _intervals(evidence: Evidence) -> list[Sentence]:
    """Return how far new rows may lie from their prediction, and what is proved of that."""
    half = evidence.half_widths
    interval = evidence.interval
    if interval is None or not half:
        return []
    pieces: list[str | Number] = [" ", percent(interval.coverage), " of new rows should fall within "]
    for place, (name, width) in enumerate(half.items()):
        pieces += [", " if place else "", "±", number(width)]
        pieces += [f" ({name})"] if len(half) > 1 else []
    pieces += [" of the prediction, on average; "]
    if interval.floor is None:
        return [Sentence((*pieces, "a lower limit of that is not proved."))]
    return [Sentence((*pieces, "at least ", percent(interval.floor), " is proved."))]


def _tiles(evidence: Evidence) -> Tiles:
    """Return the error, the difference from the best simple model, and the interval."""
    tiles = [Tile(evidence.error_name, number(evidence.error), evidence.judged.basis.title)]
    if evidence.comparison is not None:
        best = evidence.comparison.best_peer
        chance = best.difference_lower <= 0 <= best.difference_upper
        note = (
            "may be chance"
            if chance
            else "the network is better"
            if best.difference > 0
            else f"the {best.name} is better"
        )
        tiles.append(Tile(f"error of the {best.name} minus that of the network", number(best.difference), note))
    for name, half in evidence.half_widths.items():
        interval = evidence.interval
        floor = "" if interval is None or interval.floor is None else f"; at least {interval.floor:.0%} is proved"
        asked = "" if interval is None else f"{interval.coverage:.0%} of new rows{floor}"
        tiles.append(Tile(f"half the mean width of an interval of {name}", number(half), asked))
    return Tiles(tuple(tiles))
