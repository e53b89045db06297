"""How docstrings become pages: their formulas in plain letters are kept, and what scikit-learn adds is left out."""

import re

from sphinx.application import Sphinx

METADATA_REQUESTS = re.compile(r"set_\w+_request|get_metadata_routing")  # scikit-learn's own reference describes them
CODE = re.compile(r"(``?[^`]+``?)")
SPECIAL = re.compile(r"([*|]|(?<=\w)_(?!\w))")  # letters that reStructuredText reads as its own
ROLE = re.compile(r":(?:ref|term):`([^`<]+?)(?:\s*<[^`>]+>)?`")  # into the reference of scikit-learn
PAGE = re.compile(r"`?\bdocs/((?:guide|lecture|reference)/[\w-]+)\.md`?")  # which becomes a link with its title
BEFORE_NUMPYDOC = 100


def skipped(app: Sphinx, what: str, name: str, member: object, skip: bool, options: object) -> bool | None:
    """Return True for a member that is left out; None leaves the choice to Sphinx."""
    return True if METADATA_REQUESTS.fullmatch(name) else None


def escape(app: Sphinx, what: str, name: str, value: object, options: object, lines: list[str]) -> None:
    """Escape |x| and a * b in a docstring, but for code, and for examples with what they print."""
    in_example = False  # which ends at an empty line
    for number, line in enumerate(lines):
        in_example = bool(line.strip()) and (in_example or line.lstrip().startswith(">>>"))
        if not in_example:
            lines[number] = escaped(line)


def escaped(line: str) -> str:
    """Return a line whose special letters are escaped outside of code."""
    parts = CODE.split(PAGE.sub(r":doc:`/\1`", ROLE.sub(r"\1", line)))
    return "".join(part if place % 2 else SPECIAL.sub(r"\\\1", part) for place, part in enumerate(parts))


def setup(app: Sphinx) -> dict[str, bool]:
    """Ask both of every member."""
    app.connect("autodoc-skip-member", skipped)
    app.connect("autodoc-process-docstring", escape, priority=BEFORE_NUMPYDOC)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
