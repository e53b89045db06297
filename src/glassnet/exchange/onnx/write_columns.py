"""Columns of cells as ONNX nodes: from one input a column to the encoded inputs of the network.

They do what `glassnet.data.match` and `glassnet.data.encode` do to a column: numbers first, then flags, then codes.
"""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from glassnet.data.booleans import DIGITS, WORDS, as_levels
from glassnet.data.column import Column, coded_columns, date_pairs
from glassnet.data.dates import PERIODS
from glassnet.exchange.onnx.graph import ML, Graph
from glassnet.exchange.onnx.write_dates import write_place

GAP = np.iinfo(np.int64).min  # among integers, as NumPy's NaT
UNKNOWN, ABSENT = -1, -2  # the codes of a level that has none, and of a missing cell
RESERVED = frozenset({"prediction", "standard_deviation", "members_standard_deviation", "lower", "upper", "label",
                      "probabilities"})  # fmt: skip


class Cells(NamedTuple):
    """A column of cells: numbers and dates in float64, NaN where missing; of a category the codes of levels."""

    column: Column
    value: str
    missing: str  # whether a cell is missing, bool (rows, 1)
    seconds: str = ""  # of a date: int64, 0 where missing


def input_names(columns: Iterable[Column]) -> dict[str, str]:
    """Return the name of the graph's input for every column that the network takes, by the column's name."""
    used = [column.name for column in columns if column.kind != "left out"]
    return {name: f"{name}_column" if name in RESERVED else name for name in used}


def input_dtype(column: Column) -> np.dtype[np.generic]:
    """Return the type of the cells of a column as an input of the graph."""
    if column.kind == "category":
        return np.dtype(object)
    return np.dtype(np.int64 if column.kind == "date" or column.origin else np.float64)


def refused_columns(columns: Sequence[Column]) -> list[str]:
    """Return a sentence for every column that ONNX cannot take, and for names that cannot be told apart."""
    names = input_names(columns)
    reasons = [
        f"column {column.name!r} is text by its words, which ONNX has no operators for"
        for column in columns
        if column.kind == "category" and column.tokens
    ]
    reasons += ["a column has no name" for name in names if not name]
    reasons += [
        f"column {column.name!r} holds integers around {column.origin}, beyond 64 bits"
        for column in columns
        if column.kind != "left out" and abs(column.origin) > np.iinfo(np.int64).max // 2
    ]
    if len(set(names.values())) < len(names):
        reasons.append("two columns would have the same name, one with '_column' behind the name of an output")
    return reasons


def write_encoded(graph: Graph, columns: Sequence[Column]) -> str:
    """Return the encoded inputs of the network, float64 (rows, inputs), from one input of the graph a column."""
    names = input_names(columns)
    cells = {column.name: _cells(graph, column, names[column.name]) for column in columns if column.name in names}
    parts = [part for one in cells.values() for part in _numbers(graph, one)]
    for first, second in date_pairs(columns):
        parts.append(graph.add("Sub", cells[second].value, cells[first].value))
    parts += [part for one in cells.values() for part in _flags(graph, one)]
    parts += [_code(graph, cells[column.name]) for column in coded_columns(columns)]
    return graph.concatenate(parts, axis=1)


def _cells(graph: Graph, column: Column, name: str) -> Cells:
    dtype = input_dtype(column)
    given = graph.add_input(name, dtype, ("rows", 1))
    if column.kind == "category":
        codes = _codes(graph, column, given)
        return Cells(column, codes, graph.add("Equal", codes, graph.constant(ABSENT, np.int64)))
    if dtype == np.float64:
        return Cells(column, given, graph.add("IsNaN", given))
    missing = graph.add("Equal", given, graph.constant(GAP, np.int64))
    seconds = graph.add("Where", missing, graph.constant(column.origin, np.int64), given)
    number = graph.cast(graph.add("Sub", seconds, graph.constant(column.origin, np.int64)), np.float64)
    return Cells(column, graph.add("Where", missing, graph.constant(np.nan), number), missing, seconds)


def _codes(graph: Graph, column: Column, given: str) -> str:
    """Return the number of the level of every cell, int64."""
    place = {level: number for number, level in enumerate(column.levels)}
    codes = {spelled: place.get(level, UNKNOWN) for spelled, level in _spellings(column).items()} | {"": ABSENT}
    return graph.add(
        "LabelEncoder", given, domain=ML, keys_strings=list(codes), values_int64s=list(codes.values()),
        default_int64=UNKNOWN,
    )  # fmt: skip


def _spellings(column: Column) -> dict[str, str]:
    """Return the level that is meant by every text that means one: true and false in any case, where they are such."""
    words = ["".join(letters) for text in WORDS for letters in product(*((c, c.upper()) for c in text))]
    texts = np.array([*words, *DIGITS], dtype=object)
    return dict(zip(texts, as_levels(column.known_levels, texts), strict=True)) | {
        level: level for level in column.levels
    }


def _numbers(graph: Graph, cells: Cells) -> list[str]:
    if cells.column.kind == "date":
        return [cells.value, *(_on_circle(graph, period, cells) for period in cells.column.periods)]
    return [cells.value] if cells.column.kind == "number" else []


def _on_circle(graph: Graph, period: str, cells: Cells) -> str:
    """Return sine and cosine of where dates stand in a period, (rows, 2); NaN where missing."""
    if period not in PERIODS:
        raise ValueError(f"column {cells.column.name!r} has the period {period!r}, which is none of {list(PERIODS)}")
    angle = graph.add("Mul", write_place(graph, period, cells.seconds), graph.constant(2 * np.pi))
    both = graph.concatenate([graph.add("Sin", angle), graph.add("Cos", angle)], axis=1)
    return graph.add("Where", cells.missing, graph.constant(np.nan), both)


def _flags(graph: Graph, cells: Cells) -> list[str]:
    column, parts = cells.column, list[str]()
    if column.kind == "flag":
        low, high = column.values
        above = graph.add("Sub", cells.value, graph.constant(low))
        parts.append(graph.add("Div", above, graph.constant(high - low)))
    elif column.kind == "category" and not column.coded and column.levels:
        levels = graph.constant(np.arange(len(column.levels))[None], np.int64)
        parts.append(graph.cast(graph.add("Equal", cells.value, levels), np.float64))
    if column.missing:
        parts.append(graph.cast(cells.missing, np.float64))
    return parts


def _code(graph: Graph, cells: Cells) -> str:
    """Return the number of the level, -1 where it has none, float64."""
    return graph.cast(graph.add("Max", cells.value, graph.constant(UNKNOWN, np.int64)), np.float64)
