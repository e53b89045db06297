"""Recorded sweeps: their frames stand in row-major order, and what does not fit together is refused."""

import numpy as np
import pytest

from glassnet.insight.sweep_plot import Axis, Plot, Series, axis, categories
from glassnet.insight.sweep_record import Control, Frame, Sweep, choice, slider, sweep
from glassnet.insight.text import TextTable


def frame(a, b="x"):
    return Frame(f"{a:g}{b}", TextTable(("a", "b"), ((a, b),)))


def small():
    return sweep("small", [slider("a", (1, 2.5), 2.5), choice("b", ("x", "y", "z"))], frame)


def test_the_last_control_changes_first():
    record = small().to_dict()
    assert [each["sentence"] for each in record["frames"]] == ["1x", "1y", "1z", "2.5x", "2.5y", "2.5z"]
    assert record["controls"][0] == {
        "name": "a", "values": [1.0, 2.5], "labels": ["1", "2.5"], "kind": "slider", "start": 1
    }  # fmt: skip
    assert record["frames"][4]["table"] == {"title": "", "head": ["a", "b"], "rows": [[2.5, "y"]]}
    assert small().at(2.5, "y") is not None
    assert small().frame(1, 1).sentence == "2.5y"


def test_cells_become_plain():
    table = TextTable(("",) * 4, ((np.float64(0.5), np.int64(2), np.True_, None),))
    (row,) = Frame("", table).to_dict()["table"]["rows"]
    assert row == [0.5, 2, "True", None]
    assert [type(cell) for cell in row] == [float, int, str, type(None)]
    with pytest.raises(ValueError, match="a table has the number inf, which JSON cannot hold; write it as text"):
        Frame("", TextTable(("",), ((np.inf,),))).to_dict()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: slider("a", (1,)), r"the control 'a' has 1 value\(s\); give at least two"),
        (lambda: slider("a", (1, 2), 3), "the slider 'a' starts at 3, which is none of its values"),
        (lambda: Control("a", (1, 2), ("1", "1")), "give each value one label of its own"),
        (lambda: Control("a", (1, 2), ("1", "2"), "slider", 2), "starts at place 2, but has places 0 to 1"),
        (lambda: Sweep("s", (), (frame(1),)), r"the sweep 's' has the controls \[\]; give one or more"),
        (lambda: Sweep("s", (slider("a", (1, 2)),), (frame(1),)), "has 1 frames, but its controls have 2 combinations"),
        (lambda: sweep("s", [slider("a", (1, 2))] * 2, frame), "of different names"),
        (
            lambda: sweep("s", [slider("a", (1, 2))], lambda a: Frame("", TextTable(("a", "b"), ((a,),)))),
            "rows that are not as long as its header",
        ),
    ],
)
def test_a_sweep_that_does_not_fit_is_refused(make, said):
    with pytest.raises(ValueError, match=said):
        make()


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 1, (0, 0.2, 0.4, 0.6, 0.8, 1)),
        (-6, 7, (-6, -4, -2, 0, 2, 4, 6)),
        (0, 0.12, (0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12)),
    ],
)
def test_ticks_are_round(low, high, ticks):
    assert axis("x", low, high).ticks == ticks


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: axis("x", 1, 1), "the axis 'x' goes from 1 to 1; give two rising numbers"),
        (lambda: axis("x", 0, np.inf), "goes from 0 to inf"),
        (lambda: Axis("x", 0, 1, (0.5,), ()), "has 1 ticks, but 0 labels"),
        (lambda: Axis("x", 0, 1, (2.0,), ("2",)), "ticks has 2.0 outside of the axis 'x'"),
        (lambda: Series("line", "f", (0.0,), ()), "the series 'f' has 1 x, but 0 y"),
        (lambda: Series("band", "f", (0.0,), (1.0,)), "is a band, which needs low too"),
        (lambda: Series("line", "f", (0.0,), (1.0,), (0.0,)), "is drawn as line, which has no low; leave it out"),
        (lambda: Series("line", "f", (0.0,), (1.0,), None, 4), "has style 4; choose from 0, 1, 2 and 3"),
        (
            lambda: Plot("", axis("x", 0, 1), axis("y", 0, 1), (Series("points", "f", (0.5,), (2.0,)),)),
            "the series 'f' has 2.0 outside of the axis 'y', which goes from 0 to 1",
        ),
        (
            lambda: Plot("", axis("x", 0, 1), axis("y", 0, 1), (Series("points", "f", (0.5,), (np.nan,)),)),
            "the series 'f' has nan outside",
        ),
    ],
)
def test_a_plot_that_does_not_fit_is_refused(make, said):
    with pytest.raises(ValueError, match=said):
        make()


def test_names_stand_at_0_1_2():
    names = categories("case", ("a", "b", "c"))
    assert (names.low, names.high, names.ticks, names.labels) == (-0.5, 2.5, (0, 1, 2), ("a", "b", "c"))
