"""The record of equations: sections of formulas, as text, LaTeX and MathML."""

from dataclasses import dataclass
from typing import ClassVar

from glassnet._html import Markup, join, tag
from glassnet._notebook import Fragment, NotebookRecord
from glassnet.insight.equations.latex_printer import escaped, to_latex
from glassnet.insight.equations.mathml_printer import to_mathml
from glassnet.insight.equations.text_printer import to_text
from glassnet.insight.equations.tree import Node, Relation
from glassnet.storage.json_value import JSON

INDENT = "  "


@dataclass(frozen=True)
class EquationSection:
    """The equations of one part: the inputs, a layer, the cost, or the predictions.

    Attributes
    ----------
    title : str
        What it is, such as "layer 1: Dense, tanh".
    sizes : tuple of str
        How large everything is, such as "W^1 4 x 8".
    forward, backward : tuple of Relation
        The equations of the forward and of the backward pass.
    notes : tuple of str
        Sentences on what they do not say.

    Examples
    --------
    >>> from glassnet import Dense, Network, equations
    >>> section = equations(Network(2, [Dense(3, "tanh"), Dense(1)])).sections[1]
    >>> section.sizes
    ('x^1 3', 'W^2 3 x 1', 'b^2 1', 'x^2 1')
    >>> print(section.text())
    layer 2: Dense (x^1 3, W^2 3 x 1, b^2 1, x^2 1)
      z^2 = (W^2)' x^1 + b^2
      x^2 = z^2
      delta^2 = dE/dx^2
      dE/dW^2 = x^1 (delta^2)'
      dE/db^2 = delta^2
      dE/dx^1 = W^2 delta^2
    """

    title: str
    sizes: tuple[str, ...]
    forward: tuple[Relation, ...]
    backward: tuple[Relation, ...]
    notes: tuple[str, ...] = ()

    @property
    def equations(self) -> tuple[Relation, ...]:
        """All of them, in order."""
        return (*self.forward, *self.backward)

    def text(self) -> str:
        """Return the section as lines of text."""
        head = f"{self.title} ({', '.join(self.sizes)})" if self.sizes else self.title
        lines = [*map(to_text, self.equations), *self.notes]
        return "\n".join([head, *(f"{INDENT}{line}" for line in lines)])

    def latex(self) -> str:
        """Return the section for LaTeX with amsmath: a paragraph and a displayed formula."""
        head = f"{self.title} ({', '.join(self.sizes)})" if self.sizes else self.title
        rows = " \\\\\n".join(map(_aligned, self.equations))
        parts = [rf"\paragraph{{{escaped(head)}}}", f"\\begin{{align*}}\n{rows}\n\\end{{align*}}"]
        return "\n".join([*parts, *(rf"{escaped(note)}\par" for note in self.notes)])

    def mathml(self) -> Markup:
        """Return the equations as one `<math>` element, a row each."""
        return tag("math", tag("mtable", map(_math_row, self.equations)), display="block")

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON: every equation as text, LaTeX and MathML."""
        passes = {"forward": self.forward, "backward": self.backward}
        printed: dict[str, JSON] = {name: [printed_thrice(each) for each in part] for name, part in passes.items()}
        return {"title": self.title, "sizes": list(self.sizes), **printed, "notes": list(self.notes)}


@dataclass(frozen=True)
class Equations(NotebookRecord):
    """What a network computes, as equations, from the inputs to the predictions; without numbers, with sizes.

    Attributes
    ----------
    sections : tuple of EquationSection
        A section a part, in the order of the forward pass.

    Examples
    --------
    >>> from glassnet import Dense, Network, equations
    >>> found = equations(Network(2, [Dense(3, "tanh"), Dense(1)]), loss="half_squared_error")
    >>> [section.title for section in found.sections]
    ['layer 1: Dense, tanh', 'layer 2: Dense', 'cost: HalfSquaredError']
    >>> len(found.latex()) > len(found.text())
    True
    """

    _rest: ClassVar[str] = "text(), latex() and mathml() have all"

    sections: tuple[EquationSection, ...]

    def text(self) -> str:
        """Return all equations as plain text."""
        return "\n\n".join(section.text() for section in self.sections)

    def latex(self) -> str:
        """Return all equations for LaTeX with amsmath, names escaped: a fragment for the body of a document."""
        return "\n\n".join(section.latex() for section in self.sections) + "\n"

    def mathml(self) -> Markup:
        """Return all equations as one `<math>` element, titles among them."""
        rows = [[_title_row(section), map(_math_row, section.equations)] for section in self.sections]
        return tag("math", tag("mtable", rows), display="block")

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON."""
        return {"sections": [section.to_dict() for section in self.sections]}

    def __str__(self) -> str:
        return self.text()

    def _fill(self, fragment: Fragment) -> None:
        """Put in the text, folded, and formulas as far as there is room: without trust formulas fall to pieces."""
        folded = tag("details", tag("summary", "as plain text"), tag("pre", self.text()))
        room = fragment.room - len(folded.encode(errors="surrogatepass"))
        for number, section in enumerate(self.sections):
            drawn = join([tag("p", section.title), section.mathml(), (tag("p", note) for note in section.notes)])
            room -= len(drawn.encode(errors="surrogatepass"))
            if room < 0:
                fragment.text(f"and {len(self.sections) - number} more parts, as text below; {self._rest}")
                break
            fragment.add(drawn)
        if len(folded) < fragment.room:
            fragment.add(folded)


def printed_thrice(node: Node) -> dict[str, JSON]:
    """Return a formula as text, LaTeX and MathML."""
    return {"text": to_text(node), "latex": to_latex(node), "mathml": str(tag("math", to_mathml(node)))}


def _aligned(equation: Relation) -> str:
    left, *others = equation.parts
    return f"{to_latex(left)} &= {to_latex(Relation(tuple(others)))}"


def _math_row(equation: Relation) -> Markup:
    left, *others = equation.parts
    right = tag("mtd", to_mathml(Relation(tuple(others))), style="text-align:left")
    return tag("mtr", tag("mtd", to_mathml(left), style="text-align:right"), tag("mtd", tag("mo", "=")), right)


def _title_row(section: EquationSection) -> Markup:
    return tag("mtr", tag("mtd", tag("mtext", section.title), columnspan="3", style="text-align:left"))
