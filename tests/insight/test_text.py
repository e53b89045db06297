import io

from rich.console import Console

from glassnet.insight.text import TextTable

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
