"""Text that begins with a number and a unit and goes on, as in "85 kW (116 PS)": it stays text, which is noted."""

from collections import Counter

import numpy as np

from glassnet._lazy import pl
from glassnet.data.cell_text import CellText
from glassnet.data.cells_read import NEARLY_ALL
from glassnet.data.parse_numbers import ORDINAL
from glassnet.data.report import Note

BEGINNING = r"^([+-]?\d[\d.,]*)[ ]?([\p{L}°%€$£µ²³/]{1,8})[\s(\[/;,]"  # a number, a unit, and more
LEAST_NUMBERS = 3  # different ones: of fewer the cells are rather kinds


def units_note(text: CellText) -> Note | None:
    """Return a note on a column of which nearly all cells begin with a number and the same unit, but are no number."""
    cells = pl.Series(text.distinct, dtype=pl.String)
    units = np.array(cells.str.extract(BEGINNING, 2).to_list(), dtype=object)
    counts = Counter[str]()
    for place in np.flatnonzero(units != None):  # noqa: E711, by element
        counts[units[place]] += int(text.counts[place])
    unit, most = counts.most_common(1)[0] if counts else ("", 0)
    if most < NEARLY_ALL * text.present or not most or ORDINAL.match(unit):
        return None
    begins = np.flatnonzero(units == unit)
    if cells[begins].str.extract(BEGINNING, 1).n_unique() < LEAST_NUMBERS:
        return None
    return Note(
        "mixed units",
        f"column {text.name!r} was kept as text, because its cells hold more than a number in {unit}, as in "
        f"{text.written[begins[0]]!r}; if the number matters, give it a column of its own",
        text.name,
    )
