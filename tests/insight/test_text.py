import io

import pytest
from rich.console import Console

from glassnet.insight.text import TextTable, rounded

TABLE = TextTable(("name", "value"), (("price [eur]", 1.5), ("x [/b]", None)), decimals=2, title="[red]title")


def test_plain_lines():
    assert str(TABLE) == "[red]title\nname         value\nprice [eur]   1.50\nx [/b]"


def test_names_are_not_read_as_markup():
    console = Console(file=io.StringIO(), width=60)
    console.print(TABLE.as_rich_table())
    text = console.file.getvalue()
    assert "price [eur]" in text
    assert "x [/b]" in text
    assert "[red]title" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0123416, "0.01234"), (56.8579, "56.86"), (1990.0, "1,990"), (23872.3, "23,872"), (-1234567.0, "-1,234,567"),
        (1e13, "1e+13"), (0.0, "0"), (float("inf"), "inf"), (float("nan"), "nan"),
    ],
)  # fmt: skip
def test_numbers_are_rounded_to_digits_or_written_to_the_last_integer(value, text):
    assert rounded(value) == text


def test_signs_and_digits_are_chosen():
    assert rounded(17219.4, sign=True) == "+17,219"
    assert rounded(0.5, sign=True) == "+0.5"
    assert rounded(1990.25, 6) == "1990.25"
    assert rounded(123456.7, 6) == "123,457"
