"""A column of booleans is the same column in whatever form it comes."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from glassnet.data.columns import from_array, from_frame, from_objects
from glassnet.data.read_columns import Reading
from glassnet.data.table_schema import read_schema

TRUTH = [True, False, True, True, False]
GAPS = [True, False, None, True, False]


def objects(cells):
    return pd.DataFrame({"old": pd.Series(cells, dtype=object)})


def each(cells, turn):
    return [None if cell is None else turn(cell) for cell in cells]


FORMS = {
    "bool": lambda cells: pd.DataFrame({"old": cells}),
    "bool of polars": lambda cells: pl.DataFrame({"old": cells}),
    "nullable": lambda cells: pd.DataFrame({"old": pd.array(cells, "boolean")}),
    "arrow": lambda cells: pd.DataFrame({"old": pd.array(cells, "bool[pyarrow]")}),
    "objects": objects,
    "booleans of NumPy": lambda cells: objects(each(cells, np.bool_)),
    "True": lambda cells: objects(each(cells, str)),
    "true": lambda cells: objects(each(cells, lambda cell: str(cell).lower())),
    "TRUE": lambda cells: objects(each(cells, lambda cell: f" {str(cell).upper()} ")),
    "category": lambda cells: pd.DataFrame({"old": pd.Categorical(cells)}),
    "category of text": lambda cells: pl.DataFrame({"old": each(cells, str)}).cast(pl.Categorical),
    "0 and 1": lambda cells: pd.DataFrame({"old": each(cells, int)}, dtype="Int64"),
    "0.0 and 1.0": lambda cells: pd.DataFrame({"old": each(cells, float)}),
    "0 and 1 as text": lambda cells: objects(each(cells, lambda cell: str(int(cell)))),
}


@pytest.mark.parametrize("cells", [TRUTH, GAPS], ids=["whole", "gaps"])
@pytest.mark.parametrize("flags", [True, False], ids=["flags", "numbers"])
@pytest.mark.parametrize("fitted", FORMS)
def test_every_form_for_every_form(fitted, flags, cells):
    table = from_frame(FORMS[fitted](cells))
    schema = read_schema(table, Reading(flags=flags))
    expected = schema.encode(schema.match(table))
    assert len(np.unique(expected[:2, 0])) == 2
    for form in FORMS.values():
        np.testing.assert_array_equal(schema.encode(schema.match(from_frame(form(cells)))), expected)


def test_arrays_of_booleans():
    array = np.array(TRUTH)[:, None]
    for fitted in (from_array(array), from_objects(np.array(TRUTH, dtype=object)[:, None]), from_array(array * 1.0)):
        schema = read_schema(fitted)
        for given in (from_array(array), from_objects(array.astype(str).astype(object)), from_array(array * 1)):
            np.testing.assert_array_equal(schema.encode(schema.match(given))[:, 0], array[:, 0])


def test_a_category_of_three_levels_knows_booleans():
    frame = objects(["True", "False", "unknown"])
    schema = read_schema(from_frame(frame))
    matched = schema.match(from_frame(pd.DataFrame({"old": [False, True, True]})))
    assert matched.columns[0].tolist() == ["False", "True", "True"]
    with pytest.warns(UserWarning, match="2 of 2 cells of column 'old' are no level that training saw"):
        assert schema.match(from_frame(objects([1, 0]))).columns[0].tolist() == ["1", "0"]


def test_two_spellings_of_one_truth_are_two_levels():
    schema = read_schema(from_frame(objects(["True", "yes", "true", "no"])))
    with pytest.warns(UserWarning, match="1 of 1 cells of column 'old' are no level that training saw"):
        schema.match(from_frame(objects(["TRUE"])))


def test_booleans_for_other_numbers_are_refused():
    schema = read_schema(from_frame(pd.DataFrame({"size": [1, 2, 2], "x": [30, 40, 50]})))
    with pytest.raises(ValueError, match="column 'size' held 1 and 2 in training, but now holds booleans; give it as"):
        schema.match(from_frame(pd.DataFrame({"size": [True, False], "x": [1, 2]})))
    with pytest.raises(ValueError, match="column 'x' held numbers in training, but row 1 has 'True'"):
        schema.match(from_frame(pd.DataFrame({"size": [1, 2], "x": ["3", "True"]})))
