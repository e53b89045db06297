"""Small made-up files as people have them, each with the table that a careful person reads, written by hand."""

from corpus import (
    ambiguous,
    codes,
    containers,
    dates,
    dialects,
    encodings,
    exports,
    footers,
    forms,
    headers,
    layouts,
    missing,
    numbers,
    odd_cells,
    refusals,
    times,
    units,
)
from corpus.case import Ambiguous, Case

KINDS = (
    dialects,
    encodings,
    exports,
    layouts,
    headers,
    footers,
    numbers,
    units,
    forms,
    codes,
    dates,
    times,
    missing,
    odd_cells,
    containers,
    refusals,
)
CASES: dict[str, Case] = {
    f"{kind.__name__.removeprefix('corpus.')}: {case.name}": case for kind in KINDS for case in kind.CASES
}
AMBIGUOUS: dict[str, Ambiguous] = {case.name: case for case in ambiguous.CASES}

__all__ = ["AMBIGUOUS", "CASES", "Ambiguous", "Case"]
