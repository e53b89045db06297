"""The names that users import, and the lists of the reference in which they stand."""

import re
from pathlib import Path

import glassnet
import glassnet.sklearn

DOCS = Path(__file__).parents[2] / "docs"
LISTS = DOCS / "reference" / "api"
PUBLIC = {f"glassnet.{name}": getattr(glassnet, name) for name in glassnet.__all__ if not name.startswith("__")}
PUBLIC |= {f"glassnet.sklearn.{name}": getattr(glassnet.sklearn, name) for name in glassnet.sklearn.__all__}
LIST = re.compile(r"^\.\. currentmodule:: (\S+)\n\.\. autosummary::\n(?: +:.*\n)+\n((?: +\S+\n)+)", re.MULTILINE)


def listed() -> list[str]:
    """Return every name that stands in a list of the reference, with its module."""
    names = []
    for page in sorted(LISTS.glob("*.md")):
        for module, lines in LIST.findall(page.read_text(encoding="utf-8")):
            names += [f"{module}.{name}" for name in lines.split()]
    return names
