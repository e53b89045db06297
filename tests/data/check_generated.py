"""Generated files against what was read in them: outcomes, rates, and failures by kind.

    python tests/data/check_generated.py --files 2000 --seed 0 [--only 17] [--keep FOLDER]

prints the failures grouped by kind with an example each, and how often each value of a factor stands in failed files.
`--only` shows one file whole; `--keep` writes the file of each example into a folder.
"""

import re
import tempfile
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import click
from corpus.comparison import differences, tells
from generate_tables import FACTORS, Doubt, GeneratedTable, generated, tables

import glassnet

REFUSALS, WARNINGS = 0.02, 0.01  # at most, of the unambiguous files


@dataclass(frozen=True)
class Outcome:
    """What became of a file. `failure` is the kind of fault, "" for none; `told` is what was seen."""

    table: GeneratedTable
    ambiguous: bool
    refused: bool
    warned: bool
    failure: str
    told: str = ""


def kind_of_difference(line: str) -> str:
    """Return a difference without what changes from file to file."""
    if line.startswith("columns "):
        return "other names"
    if " rows, not " in line:
        return "another number of rows"
    kinds = re.fullmatch(r".*?: (\w+) \(.*\), not (\w+)", line, re.DOTALL)
    return f"{kinds[2]} read as {kinds[1]}" if kinds else "other cells"


def read_again(table: GeneratedTable, path: Path, doubts: Iterable[Doubt]) -> tuple[str, str]:
    """Return the kind of fault in what the flags give, and what was seen; both are "" where it is right."""
    options = {name: value for doubt in doubts for name, value in doubt.options.items()}
    try:
        frame, report = glassnet.read_table(path, **options)
    except glassnet.TableError as error:
        return "refused with the flag", f"{options}: {error}"
    if wrong := differences(frame, table.table):
        return "not the table with the flag", f"{options}: " + "; ".join(wrong[:3])
    codes = [note.code for note in report.notes]
    return ("ambiguous with the flag", f"{options}: {report}") if "ambiguous" in codes else ("", "")


def lacking(doubt: Doubt, notes: list) -> str:
    """Return what the notes lack of this ambiguity: the column, the flag or both readings of a cell."""
    own = [note for note in notes if note.column in doubt.readings]
    flagged = [note for note in own if doubt.flag in note.text]
    if not flagged:
        return f"no note about {sorted(doubt.readings)} with {doubt.flag}"
    for note in flagged:
        if any(tells(note.text, one) and tells(note.text, other) for one, other in doubt.readings[note.column]):
            return ""
    return f"not both readings in {flagged[0].text!r}"


def checked(table: GeneratedTable, path: Path) -> Outcome:
    """Read a file and return what became of it."""
    ambiguous = any(not doubt.slight for doubt in table.doubts)
    path.write_bytes(table.content)
    try:
        frame, report = glassnet.read_table(path)
    except glassnet.TableError as error:
        kind, told = read_again(table, path, table.doubts) if ambiguous else ("", str(error))
        return Outcome(table, ambiguous, True, False, kind, told)
    except Exception:  # another error than the promised one is a fault to be listed
        return Outcome(table, ambiguous, False, False, "crash", traceback.format_exc(limit=-3))
    notes = [note for note in report.notes if note.code == "ambiguous"]
    if ambiguous:
        for doubt in table.doubts:
            if not doubt.slight and (lack := lacking(doubt, notes)):
                return Outcome(table, True, False, bool(notes), "silent about an ambiguity", f"{lack}\n{report}")
    if notes and table.doubts:
        kind, told = read_again(table, path, table.doubts)
        return Outcome(table, ambiguous, False, True, kind, told)
    wrong = differences(frame, table.table)
    kind = f"not as meant: {kind_of_difference(wrong[0])}" if wrong else ""
    return Outcome(table, ambiguous, False, bool(notes), kind, "\n".join([*wrong[:3], str(report)]) if wrong else "")


@dataclass(frozen=True)
class Summary:
    """Outcomes of many files; rates of refusals and of warnings are those of files without any doubt."""

    outcomes: list[Outcome]

    @property
    def clear(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if not outcome.table.doubts]

    @property
    def failed(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.failure]

    @property
    def refusal_rate(self) -> float:
        return sum(outcome.refused for outcome in self.clear) / len(self.clear)

    @property
    def warning_rate(self) -> float:
        return sum(outcome.warned for outcome in self.clear) / len(self.clear)

    def __str__(self) -> str:
        """Show counts, then kinds of failures with an example each, then the rates by factor of what went wrong."""
        ambiguous = sum(outcome.ambiguous for outcome in self.outcomes)
        lines = [
            f"{len(self.outcomes)} files, {ambiguous} ambiguous, {len(self.clear)} without doubt; of those refused "
            f"{self.refusal_rate:.2%}, warned of {self.warning_rate:.2%}; failed {len(self.failed)} files"
        ]
        faults = defaultdict(list)
        for outcome in self.outcomes:
            if outcome.failure:
                faults[outcome.failure].append(outcome)
            elif outcome.refused and not outcome.ambiguous:
                faults["refused"].append(outcome)
            elif outcome.warned and not outcome.table.doubts:
                faults["warned of without doubt"].append(outcome)
        for kind, outcomes in sorted(faults.items(), key=lambda item: -len(item[1])):
            lines += [f"\n== {kind}: {len(outcomes)} files", shown(outcomes[0])]
            lines += ["by factor: " + "; ".join(rates_by_factor(outcomes, self.outcomes))]
        return "\n".join(lines)


def rates_by_factor(some: list[Outcome], all_of_them: list[Outcome], most: int = 6) -> list[str]:
    """Return the values of factors that stand most often in some outcomes, as rates of all files with that value."""
    bad, total = Counter(), Counter()
    for outcomes, counts in ((some, bad), (all_of_them, total)):
        counts.update(item for outcome in outcomes for item in outcome.table.factors.items())
    rates = sorted(((bad[item] / total[item], item) for item in bad), reverse=True)
    return [f"{name} {value!r} {rate:.1%}" for rate, (name, value) in rates[:most]]


def shown(outcome: Outcome, lines: int = 6) -> str:
    """Return a file's factors, its first and last lines, and what was seen."""
    table = outcome.table
    text = table.content.decode(table.factors["encoding"]).splitlines()
    start, end = text[:lines], text[lines:][-3:]
    factors = ", ".join(f"{name} {value!r}" for name, value in table.factors.items())
    return "\n".join([f"file {table.number}: {factors}", *start, "...", *end, "-> " + outcome.told])


def checked_files(files: Iterable[GeneratedTable], path: Path) -> Summary:
    return Summary([checked(table, path) for table in files])


def rarest_pair(files: Iterable[GeneratedTable]) -> tuple[int, tuple]:
    """Return how often the rarest pair of values of two factors occurs, and the pair."""
    counts = {
        ((first, one), (second, other)): 0
        for first, second in combinations(FACTORS, 2)
        for one in FACTORS[first]
        for other in FACTORS[second]
    }
    for table in files:
        for pair in combinations(table.factors.items(), 2):
            counts[pair] += 1
    pair = min(counts, key=counts.__getitem__)
    return counts[pair], pair


@click.command(help=__doc__)
@click.option("--files", default=2000, show_default=True)
@click.option("--seed", default=0, show_default=True)
@click.option("--only", type=int, help="Show this file whole, and what was read.")
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), help="A folder for the file of each example.")
def main(files: int, seed: int, only: int | None, keep: Path | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        if only is not None:
            outcome = checked(generated(seed, only), path)
            click.echo(shown(outcome, lines=10_000))
            for doubt in outcome.table.doubts:
                click.echo(f"{'slight doubt' if doubt.slight else 'ambiguous'}: {doubt.options} {doubt.readings}")
            click.echo(f"failure: {outcome.failure or 'none'}; refused: {outcome.refused}; warned: {outcome.warned}")
            return
        summary = checked_files(tables(seed, files), path)
    click.echo(str(summary))
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        for outcome in {outcome.failure: outcome for outcome in reversed(summary.failed)}.values():
            (keep / f"file{outcome.table.number}.csv").write_bytes(outcome.table.content)


if __name__ == "__main__":
    main()
