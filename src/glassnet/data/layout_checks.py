"""What the layout of a text file depends on beyond its chosen rows: totals, and names that come again."""

from dataclasses import dataclass

from glassnet._lazy import pl
from glassnet.data.dialect import NumberedRows
from glassnet.data.footer import TAIL, TOTAL, number_in, sums_up
from glassnet.data.plain_numbers import NUMBER
from glassnet.data.report import TableError
from glassnet.data.row_kinds import RowKinds

LINE = "line"


@dataclass(frozen=True)
class AllRows:
    """All rows of a text file: a query with the columns "0", "1", ... of strings, and `LINE`."""

    name: str
    query: "pl.LazyFrame"

    def check_totals(self, chosen: NumberedRows, left_out: int, width: int) -> None:
        """Raise where a row at the end is the sum of all others, or of the chosen ones alone.

        `left_out` is how many rows at the end were found to be none of the table.
        """
        rows = [cells for _, cells in chosen]
        kinds = RowKinds(rows, width)
        for row in range(len(rows) - 1, max(1, len(rows) - left_out - 2, len(rows) - TAIL - 1), -1):
            cells = rows[row]
            if _is_said(rows, row):
                continue
            places = [p for p in kinds.numeric if p < len(cells) and kinds.of_cell(cells[p]) == "number"]
            if not places:
                continue
            sums = all(sums_up(rows, row, place) for place in places)
            if sums or all(self._is_sum(chosen[row][0], cells[place], place) for place in places):
                raise TableError(
                    f"{self.name!r}: the numbers of line {chosen[row][0]} seem to be sums of those above; whether they "
                    "are totals cannot be found out in slices, so delete that line, or write 'total' into it"
                )

    def check_names_row(self, names: list[str], line: int) -> None:
        """Raise where every cell of the names comes again in its column: they could be a row of the table."""
        others = self.query.filter((pl.col(LINE) > line) & ~self.repeats(names))
        again = others.select(
            (pl.col(str(place)) == cell).any().alias(str(place)) if str(place) in self.columns else pl.lit(False)
            for place, cell in enumerate(names)
        ).collect()
        if again.height and all(again.row(0)):
            raise TableError(
                f"{self.name!r}: every cell of line {line} comes again below; type --header {line} (header={line}) if "
                "it has the names, or --header none"
            )

    def repeats(self, names: list[str]) -> "pl.Expr":
        """Return whether a row has the same cells as the names."""
        columns = self.columns[:-1]
        if len(names) > len(columns):
            return pl.lit(False)
        return pl.all_horizontal(
            pl.col(column).eq_missing(pl.lit(names[place] if place < len(names) else None, pl.String))
            for place, column in enumerate(columns)
        )

    @property
    def columns(self) -> list[str]:
        """The columns of the query."""
        return self.query.collect_schema().names()

    def _is_sum(self, line: int, cell: str, place: int) -> bool:
        """Return whether a cell is the sum of all cells of its column in lines above, with either decimal mark."""
        return any(self._sums_up(line, cell, place, mark) for mark in (".", ","))

    def _sums_up(self, line: int, cell: str, place: int, mark: str) -> bool:
        total = number_in(cell, mark)
        if not total:
            return False
        known, sum_ = 0, 0.0
        column = self.query.filter(pl.col(LINE) < line).select(pl.col(str(place)).str.strip_chars())
        height = int(column.select(pl.len()).collect().item())
        for first in range(0, height, 2**17):
            cells = column.slice(first, 2**17).collect().to_series().drop_nulls()
            if mark == ".":  # most columns hold plain numbers alone
                plain = cells.str.contains(NUMBER)
                numbers = cells.filter(plain).str.strip_prefix("+").cast(pl.Float64)
                known, sum_, cells = known + len(numbers), sum_ + float(numbers.sum()), cells.filter(~plain)
            counted = cells.value_counts()
            values = [number_in(text, mark) for text in counted.to_series(0).to_list()]
            for value, count in zip(values, counted.to_series(1).to_list(), strict=True):
                known += 0 if value is None else count
                sum_ += 0.0 if value is None else value * count
        return known > 2 and abs(sum_ - total) <= 1e-3 * abs(total)


def _is_said(rows: list[list[str]], row: int) -> bool:
    """Return whether a row says that it holds totals, where no other row of the table does."""
    places = [place for place, cell in enumerate(rows[row]) if TOTAL.match(cell.strip())]
    return any(
        not any(TOTAL.match(other[place].strip()) for other in rows[1 : row - 2] if place < len(other))
        for place in places
    )
