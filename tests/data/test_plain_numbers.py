"""Columns of plain numbers are read at once as Python reads each cell; what could be anything else is left alone."""

import numpy as np
import polars as pl
import pytest

from glassnet.data.cell_format import Convention
from glassnet.data.plain_numbers import plain_numbers
from glassnet.data.read import read_table


def read(cells: list[str | None], **asked):
    return plain_numbers(pl.Series("a", cells, dtype=pl.String), Convention(**asked))


def test_every_digit_of_a_float_is_kept():
    numbers = np.random.default_rng(0).normal(size=500) * 10.0 ** np.random.default_rng(1).integers(-3, 9, 500)
    cells = [np.format_float_positional(number, unique=True) for number in numbers]
    found = read([*cells, "+1.25", " -0.5 "])
    assert found is not None
    assert found.cells.to_list() == [*numbers.tolist(), 1.25, -0.5]
    assert found.mark == "."


def test_every_digit_is_kept_beside_other_cells_too(tmp_path):
    """The slower way, which a unit asks for, reads the same number."""
    (tmp_path / "t.csv").write_text("a,n\n56.05574417114258,1\n0.1234567890123456 kg,2\n3.5 kg,3\n")
    assert read_table(tmp_path / "t.csv").frame["a"].to_list() == [56.05574417114258, 0.1234567890123456, 3.5]


def test_whole_numbers_are_integers():
    found = read(["0", "-12", "+7", "9007199254740993", None, "NA", "n/a", ""])
    assert found is not None
    assert found.cells.dtype == pl.Int64
    assert found.cells.to_list() == [0, -12, 7, 9007199254740993, None, None, None, None]
    assert found.mark is None


def test_marks_that_are_asked_for_are_missing():
    found = read(["1.5", "-200", "2", "n.b."], na=("-200", "n.b."))
    assert found is not None
    assert found.cells.to_list() == [1.5, None, 2.0, None]


@pytest.mark.parametrize(
    "cells",
    [
        ["1.234", "2.500"],  # thousands, where the comma is the decimal mark
        ["007", "12"],  # codes
        ["20210105", "20210106"],  # dates
        ["1,5", "2"],
        ["1 kg", "2"],
        ["1", "x"],  # an answer, maybe
        ["9223372036854775808", "1"],  # beyond 64 bits
        ["1e5", "2"],
        [None, "NA"],
        ["1", "2", "unknown"],
    ],
)
def test_what_could_be_anything_else_is_left(cells):
    assert read(cells) is None


def test_a_decimal_comma_that_is_asked_for_leaves_all(tmp_path):
    assert read(["1.5", "2"], decimal=",") is None
    assert read(["1.234", "2.500"], decimal=".").cells.to_list() == [1.234, 2.5]  # pyright: ignore[reportOptionalMemberAccess]
