"""What messages advise in Python is an option on the command line."""

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from glassnet.cli.command_line import cli
from glassnet.cli.remedies import with_options

FIT, PREDICT = cli.commands["fit"], cli.commands["predict"]


@pytest.mark.parametrize(
    ("message", "typed"),
    [
        ("give a larger max_iter", "give a larger --max-iter"),
        ("give n_members=3 and cv=3, or leave groups out", "give --members 3 and --cv 3, or leave groups out"),
        ("or give device='cpu'", "or give --device cpu"),
        ("monitor needs rows; give early_stopping=True", "monitor needs rows; give --early-stopping"),
        ("set early_stopping=False", "set --no-early-stopping"),
        ("give fit(..., groups=...) the column 'max_iter'", "give --groups the column 'max_iter'"),
        ("sort the rows by 'day' and give cv=TimeSeriesSplit(4) and n_members=4", "give --time 'day'"),
        ("'id' (an id; Recipe(drop_identifiers=False) keeps it)", "'id' (an id; --columns NAME keeps it)"),
        ("type --header 3 (header=3) if so", "type --header 3 if so"),
        ("type --text 'a b' (text=['a b']) if so", "type --text 'a b' if so"),
        ("with weight_decay=0.05, by solver=SGD(power_t=1)", "with weight_decay=0.05, by solver=SGD(power_t=1)"),
        ("fit with cv=None", "fit with cv=None"),
    ],
)
def test_parameters_are_options(message, typed):
    assert with_options(message, FIT) == typed


def test_a_command_without_the_option_says_what_python_takes():
    assert with_options("give a larger max_iter", PREDICT) == "give a larger max_iter"


def test_the_warnings_of_a_fit(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    days = pl.date_range(pl.date(2024, 1, 1), pl.date(2024, 2, 29), eager=True)
    table = pl.DataFrame({"id": range(60), "sold": days, "paid": days, "y": np.random.default_rng(0).normal(size=60)})
    table.write_csv("t.csv")
    options = ("--preset", "plain", "--hidden", "2", "--members", "2", "--max-iter", "2")
    result = CliRunner().invoke(cli, ["fit", "t.csv", "--target", "y", *options])
    assert result.exit_code == 0, result.output
    assert "columns 'sold', 'paid' hold dates" in result.stderr
    assert "or give --time one of them\n" in result.stderr
    assert "give a larger --max-iter\n" in result.stderr
    assert "id; --columns NAME keeps it)" in result.stderr
    assert "--columns NAME keeps it" in result.stdout
    assert "drop_identifiers=False" not in result.output
