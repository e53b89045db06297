"""HTML from text and records: everything is escaped that is not markup already."""

from collections.abc import Iterable
from html import escape

VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta"})  # elements without an end


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child = str | float | int | None | Iterable["Child"]
Attribute = str | float | bool | None


def tag(name: str, *children: Child, **attributes: Attribute) -> Markup:
    """Return an element with its children, in which text is escaped and markup is not.

    An attribute that is True has no value, and one that is None or False is left out. A trailing underscore of its name
    is dropped and others become hyphens: `class_`, `aria_label`.

    Parameters
    ----------
    name : str
        The name of the element.
    *children : str, number, Markup, None or iterables of them
        What it holds, in order; None is nothing.
    **attributes : str, number, bool or None
        Its attributes.

    Returns
    -------
    Markup
        The element.
    """
    given = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    shown = [
        f" {key}" if value is True else f' {key}="{escape(str(value))}"'
        for key, value in given.items()
        if value is not None and value is not False
    ]
    start = f"<{name}{''.join(shown)}>"
    return Markup(start if name in VOID else f"{start}{join(children)}</{name}>")


def join(children: Child) -> Markup:
    """Return text, numbers, markup, or any number of them one after the other, as markup."""
    if children is None:
        return Markup()
    if isinstance(children, Markup):
        return children
    if isinstance(children, str | float | int):
        return Markup(escape(str(children)))
    return Markup("".join(map(join, children)))
