"""The viewer: an element of HTML that steps through a record, with its numbers as tables where scripts are off."""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from glassnet._html import Child, Markup, tag

# In the order in which they are joined.
SCRIPTS = (
    "numbers", "moments", "diagram", "images", "tables", "equations", "explanation", "plot", "record_element", "sweep",
    "element",
)  # fmt: skip
STYLES = ("viewer", "sweep")
COMMENTS = re.compile(r"^ *(?://[^\n]*|/\*\*.*?\*/) *\n", re.MULTILINE | re.DOTALL)  # on lines of their own


@cache
def viewer_script() -> Markup:
    """Return the module that defines `<glass-view>` and `<glass-sweep>`, one script for any number of them."""
    folder = files("glassnet.pages").joinpath("viewer")
    style = "".join(folder.joinpath(f"{name}.css").read_text(encoding="utf-8") for name in STYLES)
    scripts = [COMMENTS.sub("", folder.joinpath(f"{name}.js").read_text(encoding="utf-8")) for name in SCRIPTS]
    return Markup("\n".join(["", f"const STYLE = {json.dumps(style)};", *scripts]))


def viewer_module() -> Markup:
    """Return the script as an element."""
    return Markup(f'<script type="module">{viewer_script()}</script>')


def viewer_element(record: Mapping[str, object], *without_scripts: Child) -> Markup:
    """Return a `<glass-view>` with its record.

    Parameters
    ----------
    record : dict
        What it shows, as `insight.viewer_record` makes it.
    *without_scripts : markup
        What is read where scripts are off, and by those who print the page.

    Returns
    -------
    Markup
        The element; `viewer_module` has to stand on its page once.
    """
    return tag("glass-view", _as_data(record), *without_scripts)


def sweep_element(record: Mapping[str, object], *without_scripts: Child) -> Markup:
    """Return a `<glass-sweep>` with its record.

    Parameters
    ----------
    record : dict
        What it shows, as `to_dict` of an `insight.sweep_record.Sweep` makes it.
    *without_scripts : markup
        What is read where scripts are off, and by those who print the page.

    Returns
    -------
    Markup
        The element; `viewer_module` has to stand on its page once.
    """
    return tag("glass-sweep", _as_data(record), *without_scripts)


def _as_data(record: Mapping[str, object]) -> Markup:
    """Return a record as a script that is data: no text of it can end the script or begin a comment."""
    text = json.dumps(dict(record), separators=(",", ":"), allow_nan=False)
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(f'<script type="application/json">{text}</script>')
