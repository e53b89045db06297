"""What stands for a missing cell: the marks of pandas, Excel, R, SQL, statistical offices and people."""

import re

_MARKS_OF_MISSING = """
    na n/a n.a. n.a n/a. n.d. n.d nd n/d n/k nk n.k. n.v. k.a. s.d. s/d <na> #na #n/a #n/a! nan -nan +nan 1.#ind
    -1.#ind 1.#qnan -1.#qnan 1.#nan nat null nil none void (null) [null] <null> (none) <none> [none] (missing)
    <missing> missing (blank) (empty) #null #null! #div/0! #div/0 #ref! #value! #name? #num! #spill! #calc!
    #error! #getting_data \\n - -- --- ---- – — ― . .. ... … * ** *** ? ?? ??? : / // x xx _ __ ~ !
"""
MARKS_OF_MISSING = frozenset(_MARKS_OF_MISSING.split()) | {
    "",
    "#n/a n/a",
    "not available",
    "not applicable",
    "not reported",
    "no data",
    "no value",
    "not a number",
}

# Answers like any other where they are as many as the numbers beside them.
DOUBTFUL = frozenset({"x", "xx", "/", "//", "*", "**", "***", "_", "__", "~", "!", "none", "nil", "void", "nd", "nk"})

# In a column of text "none" or "x" may be an answer like any other: only what no person writes is missing there.
_MARKS_IN_TEXT = """
    nan -nan null (null) <null> <na> #n/a #null! nat \\n #div/0! #ref! #value! #name? #num!
"""
MARKS_IN_TEXT = frozenset(_MARKS_IN_TEXT.split()) | {"", "#n/a n/a"}

ERROR_OF_EXCEL = re.compile(r"#[A-ZÄÖÜÉÑ/0]{2,12}[!?]?$")  # in any language: #WERT!, #BEZUG!, #VALEUR!, #NV
FLAGGED = re.compile(r"(:|\.\.?|-|…)\s*[a-z]{1,3}$")  # a gap with the flag of a statistical office


def is_missing(cell: str) -> bool:
    """Return whether a cell in a column of numbers or dates stands for a missing one."""
    return (
        cell.lower() in MARKS_OF_MISSING or bool(ERROR_OF_EXCEL.match(cell) or FLAGGED.match(cell)) or is_overflow(cell)
    )


def is_overflow(cell: str) -> bool:
    """Return whether Excel had no room to show the cell."""
    return len(cell) > 2 and set(cell) == {"#"}
