"""Numbers and indices as they are shown."""

import re

WRITTEN_OUT = (1e6, 1e12)  # between these a number is written to its last integer digit, as in tables


def shown(value: float, digits: int) -> str:
    """Return a number with so many significant digits; nothing is shown as -0."""
    if WRITTEN_OUT[0] <= abs(value) < WRITTEN_OUT[1] and digits == 6:
        return f"{value:.0f}"
    return f"{value + 0.0:.{digits}g}"


def parts_of(text: str) -> tuple[str, str]:
    """Return digits and power of ten of a shown number; the power is empty where there is none."""
    mantissa, _, power = text.partition("e")
    return mantissa, str(int(power)) if power else ""


def joined(indices: tuple[str, ...]) -> str:
    """Return indices one after the other where each is one character, else with commas between them."""
    return ("" if all(len(index) == 1 for index in indices) else ",").join(indices)


def tokens(index: str) -> list[str]:
    """Return an index such as 2p+i in numbers, letters and signs."""
    return re.findall(r"[A-Za-z]_\w|\d+|[A-Za-z]|>=|\S", index)
