"""What numbers the rows is left out, which its cells must say as well as its name; real content is kept."""

import numpy as np
import polars as pl
import pytest

from glassnet.data.columns import from_frame
from glassnet.data.identifiers import counts_rows, is_index_name
from glassnet.data.read_columns import NUMBERS_ROWS, Reading
from glassnet.data.table_schema import read_schema

ROWS = 200
NAMES_OF_INDEXES = (
    "", "Unnamed: 0", "column_1", "__index_level_0__", "PassengerId", "rownames", "X", "RespondentID", "customerID",
    "No.", "Nr.", "Sr. No.", "#", "rowid", "OBJECTID", "level_0", "id", "ID", "Id", "order_id", "User ID", "index",
    "Kunden-Nr", "Kunden-Nr.", "Kundennummer", "Auftragsnr", "customer no.", "invoice_number", "orderNumber",
)  # fmt: skip
NAMES_OF_CONTENT = (
    "time_index",
    "price index",
    "bmi_index",
    "no",
    "row",
    "key",
    "x",
    "year",
    "grid",
    "paid",
    "humid",
    "Solid",
    "atomic number",
    "week_no",
    "Hausnummer",
    "disorder number",
    "personal",
)


def kind_of(name, cells, **reading):
    frame = pl.DataFrame({name: cells, "other": np.random.default_rng(0).normal(size=len(cells))})
    return read_schema(from_frame(frame), Reading(**reading)).columns[0]


@pytest.mark.parametrize("name", NAMES_OF_INDEXES)
@pytest.mark.parametrize("first", [0, 1, 501])
def test_an_index_is_left_out_in_any_order_and_in_parts(name, first):
    random = np.random.default_rng(1)
    every = np.arange(first, first + ROWS)
    for cells in (every, random.permutation(every), random.choice(every, 3 * ROWS // 4, replace=False)):
        column = kind_of(name, cells)
        assert (column.kind, column.reason) == ("left out", NUMBERS_ROWS)
        assert kind_of(name, cells, drop_identifiers=False).kind == "number"


@pytest.mark.parametrize("name", NAMES_OF_CONTENT)
def test_a_name_that_measures_something_is_kept(name):
    assert kind_of(name, np.arange(ROWS)).kind == "number"


@pytest.mark.parametrize("name", NAMES_OF_INDEXES)
def test_cells_that_do_not_count_are_kept(name):
    random = np.random.default_rng(2)
    for cells in (random.integers(0, 50, ROWS), random.normal(size=ROWS), random.permutation(100 * np.arange(ROWS))):
        assert kind_of(name, cells).kind == "number"


def test_ids_of_text_are_left_out_by_such_names_too():
    for name, kind in (("Kunden-Nr", "left out"), ("Gleis-Nr", "category")):
        assert kind_of(name, [f"K{number:03}" for number in range(40)]).kind == kind
        assert kind_of(name, [f"K{number % 20:03}" for number in range(40)]).kind == "category"


def test_an_index_that_is_all_there_is_stays():
    schema = read_schema(from_frame(pl.DataFrame({"id": np.arange(ROWS)})))
    assert schema.inputs == ("id",)


def test_what_counts_rows():
    assert counts_rows(np.array([3.0, 1, 2]))
    assert not counts_rows(np.array([1.0, 1, 2]))
    assert not counts_rows(np.array([1.0, np.nan, 2]))
    assert not counts_rows(np.array([1.0, 2.5, 3]))
    assert not counts_rows(np.array([1.0, 2]))
    assert is_index_name(" id ")
    assert not is_index_name("ideal")
