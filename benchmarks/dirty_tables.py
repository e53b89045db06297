"""A table written as many offices would: everything that a reader has to undo, and the table that is left.

CSV in cp1252 with semicolons, decimal commas and points between thousands, two columns with units, columns of money
with a sign, dates as d.m.yyyy, an index without a name in front, a totals row at the end, and odd cells among the
numbers. Shares nothing with the reader.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any

import numpy as np
import polars as pl

ODD = ["unbekannt", "siehe Text", "TBD", "k.A.", "#NV", "?", "defekt", "n/a"]
GROUPED_FROM = 10_000  # years and small counts are written without points


@dataclass(frozen=True)
class Dress:
    """What a table's columns wear: units by column, and the columns of money."""

    units: dict[str, str]
    money: tuple[str, ...]


def number_text(cell: float | int, grouped: bool) -> str:
    """Return a number with decimal comma, all its digits, and points between thousands where they are wanted."""
    if isinstance(cell, int) or cell == int(cell):
        text = f"{int(cell):,}" if grouped else str(int(cell))
    else:
        exact = np.format_float_positional(cell, trim="-")
        integer, _, fraction = exact.partition(".")
        sign = "-" if integer.startswith("-") else ""
        text = sign + (f"{int(integer.lstrip('-')):,}" if grouped else integer.lstrip("-")) + "." + fraction
    return text.translate(str.maketrans(",.", ".,"))


def moment_text(cell: datetime, with_time: bool) -> str:
    day = f"{cell.day}.{cell.month}.{cell.year}"
    return f"{day} {cell:%H:%M:%S}" if with_time else day


def cell_texts(column: pl.Series, dress: Dress) -> list[str]:
    """Return the cells of a column as they are written; gaps are empty cells."""
    cells = column.to_list()
    if column.dtype.is_numeric():
        largest = column.abs().max()
        grouped = isinstance(largest, int | float) and largest >= GROUPED_FROM
        unit = dress.units.get(column.name, "€" if column.name in dress.money else "")
        return ["" if cell is None else f"{number_text(cell, grouped)} {unit}".strip() for cell in cells]
    if column.dtype.is_temporal():
        with_time = any(cell is not None and cell.time() != datetime.min.time() for cell in cells)
        return ["" if cell is None else moment_text(cell, with_time) for cell in cells]
    return ["" if cell is None else str(cell) for cell in cells]


def with_gaps_at_odd_cells(frame: pl.DataFrame, odd: dict[str, np.ndarray]) -> pl.DataFrame:
    return frame.with_columns(pl.when(pl.Series(~mask)).then(pl.col(name)).alias(name) for name, mask in odd.items())


def totals(frame: pl.DataFrame, dress: Dress) -> list[str]:
    """Return the totals row: the sums of numbers, its label in the first column of words."""
    sums = frame.select(pl.col(name).sum() for name in frame.columns if frame.schema[name].is_numeric())
    cells = [cell_texts(sums[name].round(2), dress)[0] if name in sums.columns else "" for name in frame.columns]
    words = [place for place, kind in enumerate(frame.dtypes) if kind == pl.String]
    cells[words[0]] = "Summe"
    return cells


def text_of(rows: Iterable[list[Any]]) -> str:
    buffer = StringIO()
    csv.writer(buffer, delimiter=";", lineterminator="\r\n").writerows(rows)
    return buffer.getvalue()


def dirtied(frame: pl.DataFrame, dress: Dress, fraction: float, seed: int) -> tuple[bytes, pl.DataFrame]:
    """Return the file, and the table without the cells that are lost in it.

    `fraction` of the cells of every numeric column but the target become odd.
    """
    random = np.random.default_rng(seed)
    numeric = [name for name in frame.columns if name != "target" and frame.schema[name].is_numeric()]
    odd = {name: random.random(frame.height) < fraction for name in numeric}
    columns = []
    for name in frame.columns:
        texts = cell_texts(frame[name], dress)
        for row in np.flatnonzero(odd.get(name, ())):
            texts[row] = str(random.choice(ODD))
        columns.append(texts)
    rows = [["", *frame.columns], *([str(row), *cells] for row, cells in enumerate(zip(*columns, strict=True)))]
    rows.append(["", *totals(frame, dress)])
    return text_of(rows).encode("cp1252"), with_gaps_at_odd_cells(frame, odd)
