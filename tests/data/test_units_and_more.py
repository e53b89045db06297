"""Text that begins with a number and a unit stays text, and that is said."""

import polars as pl
import pytest

from glassnet import NetworkRegressor, read_table


def notes(cells, path):
    pl.DataFrame({"power": cells, "y": range(len(cells))}).write_csv(path, separator=";")
    read = read_table(path)
    return read.frame["power"].dtype, [note.text for note in read.report.notes if note.column == "power"]


def test_more_than_a_number_and_its_unit(tmp_path):
    cells = [f"{60 + row} kW ({82 + row} PS)" for row in range(30)]
    expected = (
        "column 'power' was kept as text, because its cells hold more than a number in kW, as in '60 kW (82 PS)'; if "
        "the number matters, give it a column of its own"
    )
    assert notes(cells, tmp_path / "t.csv") == (pl.String, [expected])
    assert notes([*cells, "", "unknown"], tmp_path / "t.csv") == (pl.String, [expected])
    model = NetworkRegressor((2,), preset="plain", n_members=1, max_iter=1, random_state=0)
    with pytest.warns(UserWarning, match=r"hold more than a number in kW, as in '60 kW \(82 PS\)'"):
        model.fit(pl.DataFrame({"power": cells}), list(range(30)))


@pytest.mark.parametrize(
    "cells",
    [
        [f"{row}th grade (old)" for row in range(4, 34)],
        [f"{row} {'Elm' if row % 3 else 'Oak'} St. ({'left' if row % 2 else 'right'})" for row in range(30)],
        [f"{2 + row % 2} rooms (with a garden)" for row in range(30)],
        [f"model {row} (old)" for row in range(30)],
    ],
)
def test_other_text_has_no_such_note(cells, tmp_path):
    dtype, found = notes(cells, tmp_path / "t.csv")
    assert dtype == pl.String
    assert not any("hold more than" in text for text in found)
