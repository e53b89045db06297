"""The different cells of one column of text and how often each comes, counted slice by slice in bounded memory.

A column with more different cells than are kept is thinned: of cells that are certainly alike for the reader, such as
12.5 and 13.25, a few thousand stand for all. What the reader decides depends on such cells by their number alone.
"""

from dataclasses import dataclass, replace

import numpy as np

from glassnet._lazy import pl
from glassnet.data.date_cells import ISO
from glassnet.data.missing import MARKS_OF_MISSING
from glassnet.data.report import TableError

MOST_CELLS = 2**16  # different cells that are kept
MANY_CELLS = 2**13  # from which on those that are alike are thinned
MOST_OF_KIND = 2**11  # of those that are alike, in a thinned column
MOST_OTHERS = 2**10  # different cells of no kind in a thinned column

LONGEST_MARK = max(map(len, MARKS_OF_MISSING))
# The first pattern that fits says of which kind a cell is. Hours and minutes (12.30), thousands (1.234) and dates
# (20210105) are kept apart from other numbers, because they may be read otherwise.
KINDS = {
    "hours and minutes": r"^([01]?\d|2[0-3])\.[0-5]\d$",
    "grouped": r"^[+-]?[1-9]\d{0,2}\.\d{3}$",
    "several groups": r"^[+-]?[1-9]\d{0,2}(\.\d{3}){2,}$",
    "number": r"^[+-]?(0|[1-9]\d*)\.\d+([eE][+-]?\d{1,3})?$",
    "scientific": r"^[+-]?(0|[1-9]\d*)[eE][+-]?\d{1,3}$",
    "compact date": r"^(\d{8}|\d{14})$",
    "integer": r"^[+-]?(0|[1-9]\d{0,17})$",
    "words": r"^[A-Za-z][A-Za-z,.() -]{" + str(LONGEST_MARK) + ",}$",
}
DATE = "ISO date"
WITHOUT_KIND = ("several groups", "compact date")  # whose reading depends on all of them


@dataclass(frozen=True)
class CountedCells:
    """Different cells of a column, stripped.

    Parameters
    ----------
    cells : polars.DataFrame
        Columns "cell", "count" and "row", the first row that each stands in, sorted by cell.
    missing : int
        How many cells are empty in the file.
    thinned : bool
        Whether some cells stand for others of their kind too.
    """

    cells: "pl.DataFrame"
    missing: int = 0
    thinned: bool = False

    def kind(self, name: str) -> "pl.DataFrame":
        """Return the cells of a kind."""
        return self.cells.filter(kinds_of(self.cells["cell"]) == name)

    def by_cell(self) -> tuple["pl.Series", np.ndarray, np.ndarray]:
        """Return the cells, their counts, and their first rows."""
        return self.cells["cell"], self.cells["count"].to_numpy(), self.cells["row"].to_numpy()


def no_cells() -> CountedCells:
    """Return the count before the first slice."""
    return CountedCells(pl.DataFrame(schema={"cell": pl.String, "count": pl.Int64, "row": pl.Int64}))


def with_slice(counted: CountedCells, column: "pl.Series", first_row: int, most: int = MOST_CELLS) -> CountedCells:
    """Return a count with a slice of strings added, whose first cell stands in row `first_row`.

    Raises `TableError` where more cells are different than can be kept, and they are not alike.
    """
    new = (
        pl.DataFrame({"cell": column.str.strip_chars()})
        .with_row_index("row", first_row)
        .drop_nulls("cell")
        .group_by("cell")
        .agg(pl.len().cast(pl.Int64).alias("count"), pl.col("row").min().cast(pl.Int64))
    )
    if counted.thinned:
        new = _thinned(new, counted.cells)
    joined = pl.concat([counted.cells, new]).group_by("cell").agg(pl.col("count").sum(), pl.col("row").min())
    cells = joined.sort("cell")
    added = replace(counted, cells=cells, missing=counted.missing + column.null_count())
    if added.thinned:
        return _checked(added, column.name, first_row + len(column))
    if cells.height <= MANY_CELLS or (cells.height <= most and _others(cells) > MOST_OTHERS):
        return added
    thinned = replace(added, cells=_thinned(cells, None).sort("cell"), thinned=True)
    return _checked(thinned, column.name, first_row + len(column))


def _others(cells: "pl.DataFrame") -> int:
    """Return how many cells are of no kind."""
    return int((kinds_of(cells["cell"]) == "").sum())


def kinds_of(cells: "pl.Series") -> "pl.Series":
    """Return the kind of every cell, "" where it is of none."""
    text = pl.col("cell")
    fits = [(kind, text.str.contains(pattern)) for kind, pattern in KINDS.items()]
    fits += [
        (DATE, text.str.contains(pattern) & text.str.to_datetime(form, strict=False).is_not_null())
        for form, pattern in ISO.items()
    ]
    kinds = [pl.when(fit).then(pl.lit("" if kind in WITHOUT_KIND else kind)) for kind, fit in fits]
    return pl.DataFrame({"cell": cells}).select(pl.coalesce(*kinds, pl.lit("")).alias("kind")).to_series()


def _thinned(cells: "pl.DataFrame", known: "pl.DataFrame | None") -> "pl.DataFrame":
    """Return cells of which those of a kind are at most so many: the first ones stand for the others.

    Where cells are known already, those of a kind that has enough of them stand for new ones.
    """
    by_kind = cells.with_columns(kinds_of(cells["cell"]).alias("kind")).sort("row")
    parts = [by_kind.filter(pl.col("kind") == "").drop("kind")]
    known_kinds = None if known is None else kinds_of(known["cell"])
    for kind in by_kind["kind"].unique().sort().to_list():
        if kind == "":
            continue
        of_kind = by_kind.filter(pl.col("kind") == kind).drop("kind")
        before = known.filter(known_kinds == kind) if known is not None and known_kinds is not None else of_kind.clear()
        parts.append(_for_all(of_kind, before))
    return pl.concat(parts)


def _for_all(cells: "pl.DataFrame", known: "pl.DataFrame") -> "pl.DataFrame":
    """Return those cells of one kind that are known or still have a place; one of them takes the others' counts."""
    again = cells.filter(pl.col("cell").is_in(known["cell"].to_list()))
    fresh = cells.filter(~pl.col("cell").is_in(known["cell"].to_list()))
    places = max(0, MOST_OF_KIND - known.height)
    kept, rest = pl.concat([again, fresh.head(places)]), fresh.tail(max(0, fresh.height - places))
    if not rest.height:
        return kept
    stand_in = kept.head(1) if kept.height else known.head(1).with_columns(pl.lit(0, pl.Int64).alias("count"))
    total = pl.col("count") + int(rest["count"].sum())
    return pl.concat([stand_in.with_columns(total), kept.tail(max(0, kept.height - 1))])


def _checked(counted: CountedCells, name: str, rows: int) -> CountedCells:
    if _others(counted.cells) > MOST_OTHERS:
        raise TableError(
            f"column {name!r} has more than {counted.cells.height} different cells in its first {rows} rows, too many "
            f"to find out in slices what they are; type --text {name!r} (text=[{name!r}]) if it is text, or write the "
            "table as Parquet, whose columns have types"
        )
    return counted
