"""Formulas as MathML, which browsers draw by themselves: no script is run and nothing is asked of another machine."""

from xml.etree.ElementTree import Element, fromstring, register_namespace, tostring

from docutils.nodes import SkipNode, math, math_block
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
APPLICATION = "\u2061"  # the invisible sign between the name of a function and its argument


def spaced(formula: str) -> str:
    """Return a formula in which names of functions and bars have the spaces that TeX gives them.

    Browsers write no space between log and what it is of, and put some between bars and what stands between them.
    """
    root = fromstring(formula.replace("&ApplyFunction;", APPLICATION))
    for parent in root.iter():
        _space_functions(parent)
        _space_bars(parent)
    register_namespace("", NAMESPACE)
    return tostring(root, encoding="unicode")


def _space_functions(parent: Element) -> None:
    """Put a thin space around the names of functions that stand in this element."""
    for place, child in reversed(list(enumerate(parent))):
        if child.tag.endswith("}mo") and child.text in ("max", "min") and not parent.tag.endswith("}munder"):
            child.attrib |= {"lspace": "0", "rspace": "0"}
        if child.text != APPLICATION:
            continue
        after = parent[place + 1] if place + 1 < len(parent) else None
        if after is not None and not _opens(after):
            parent[place] = _space()
        if place > 1 and not parent[place - 2].tag.endswith("}mo"):
            parent.insert(place - 1, _space())


def _space_bars(parent: Element) -> None:
    """Take the space from bars, and their height too unless \\left and \\right ask for it."""
    bars = [child for child in parent if child.tag.endswith("}mo") and child.text in ("|", "‖")]
    stretched = len(bars) == 2 and parent.tag.endswith("}mrow") and bars == [parent[0], parent[-1]]
    for bar in bars:
        bar.attrib |= {"lspace": "0", "rspace": "0"} | ({} if stretched else {"stretchy": "false"})


def _space() -> Element:
    return Element(f"{{{NAMESPACE}}}mspace", {"width": "0.1667em"})


def _opens(element: Element) -> bool:
    """Whether an element begins with a bracket."""
    first = next(iter(element), element)
    return (first.text or "") in ("(", "[", "{")


def inline(translator: HTML5Translator, node: math) -> None:
    """Write a formula within a sentence."""
    translator.body.append(spaced(tex2mathml(node.astext())))
    raise SkipNode


def displayed(translator: HTML5Translator, node: math_block) -> None:
    """Write a formula on a line of its own; where it is wider than the page, it scrolls."""
    formula = spaced(tex2mathml(node.astext(), as_block=True))
    translator.body.append(f'<div class="formula" tabindex="0" role="region" aria-label="formula">{formula}</div>')
    raise SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Make MathML the way in which formulas are written."""
    app.add_html_math_renderer("mathml", (inline, None), (displayed, None))
    app.config.html_math_renderer = "mathml"
    return {"parallel_read_safe": True, "parallel_write_safe": True}
