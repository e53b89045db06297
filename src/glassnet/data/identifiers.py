"""Columns that number the rows: an index that was saved with the table, or an id."""

import re

import numpy as np

from glassnet._lazy import pl
from glassnet.data.report import Note

# What programs and people call such columns. A name that may be a measurement as well (row, key, no, index of prices)
# is not among them.
_INDEX_NAMES = """
    # rownames row.names rowname rownumber row_number row_num rowid row_id rownum __index_level_0__
    __index_level_1__ level_0 level_1 index idx objectid fid oid gid uid guid uuid pk recordid record_id
    recordnumber serial serialno srno sr.no slno sl.no sno s.no lfdnr lfd.nr nr. no. num. number_of_row obs
    observation_id case_id
"""
INDEX_NAMES = frozenset(_INDEX_NAMES.split())
SPELLED = frozenset(
    {"X", "No", "Nr", "NO", "NR", "No.", "Nr.", "Sr. No.", "S. No.", "Sl. No.", "Sr No", "S No", "Lfd. Nr.", "Row ID"}
)
UNNAMED = re.compile(r"(unnamed: ?\d+(_level_\d+)?|column_\d+|\.\.\.\d+|_c\d+|v1)?$", re.IGNORECASE)
ID = re.compile(r"(^|[ _.\-])(ids?|uuid|guid|pk)$", re.IGNORECASE)
CAMEL_CASE = re.compile(r"[a-z]I[dD]s?$")  # PassengerId, customerID
# Of what a number is an id, in English and German: "invoice no.", "Kunden-Nr". The number of an atom, of a week or of
# a house may be a measurement, so that a number is not enough.
_NUMBERED = """
    account article booking case claim client contract customer document employee invoice item member order part
    participant patient personnel policy product record serial student subject supplier ticket transaction user vendor
    akten? artikel auftrags? beleg bestell buchungs? fall kunden konto lieferanten matrikel mitarbeiter mitglieds?
    patienten personal policen probanden produkt rechnungs? serien teile teilnehmer versicherungs? vertrags? vorgangs?
"""
NUMBER = re.compile(
    rf"(^|[ _.\-]|(?<=[a-z])(?=[A-Z]))(?i:({'|'.join(_NUMBERED.split())})[ _.\-]*(no|nr|num|number|nummer)\.?)$"
)
LEAST_ROWS = 20  # of a table, from which on numbers from 0 or 1 on look like those of rows
MOST_OF_RANGE = 0.4  # fraction of a range of integers that the rows of an index cover: parts of a table lack some

MOST_OF_SUSPECT = 0.9  # the same, where the name does not say that it is an index


def is_index_name(name: str) -> bool:
    """Return whether a name says that its column numbers the rows."""
    bare = name.strip()
    return bare in SPELLED or bare.lower() in INDEX_NAMES or UNNAMED.match(bare) is not None or is_id_name(bare)


def is_id_name(name: str) -> bool:
    """Return whether a name says that its column holds ids, of rows or of what several rows are about."""
    return any(pattern.search(name) for pattern in (ID, CAMEL_CASE, NUMBER))


def counts_rows(cells: np.ndarray) -> bool:
    """Return whether numbers are different integers that cover most of a range about as long as the table."""
    if len(cells) < 3 or not np.isfinite(cells).all() or not np.array_equal(cells, np.round(cells)):
        return False
    low, high = cells.min(), cells.max()
    return len(np.unique(cells)) == len(cells) >= MOST_OF_RANGE * (high - low + 1)


def index_note(column: "pl.Series") -> Note | None:
    """Return a note on a column that may number the rows and is used, since its name or its cells do not say so."""
    cells = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
    if len(cells) < LEAST_ROWS or not np.isfinite(cells).all() or not (np.diff(cells) > 0).all():
        return None
    counts, length = counts_rows(cells), cells.max() - cells.min() + 1
    if is_index_name(column.name):
        why = "" if counts or (cells != np.round(cells)).any() else "they do not cover the range that they are from"
    else:
        close = counts and cells.min() in (0, 1) and len(cells) >= MOST_OF_SUSPECT * length
        why = "its name is not that of an index" if close else ""
    if not why:
        return None
    return Note(
        "index",
        f"column {column.name!r} has rising integers from {cells.min():.15g} to {cells.max():.15g} and is used, "
        f"because {why}; if it only numbers the rows, type --exclude {column.name!r}",
        column.name,
    )
