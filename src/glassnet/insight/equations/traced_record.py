"""The record of one quantity of a trace: its equation, the same with numbers put in, and the value."""

from dataclasses import dataclass

from glassnet._html import Markup, tag
from glassnet._notebook import Fragment, NotebookRecord
from glassnet.insight.equations.digits import shown
from glassnet.insight.equations.latex_printer import to_latex
from glassnet.insight.equations.mathml_printer import to_mathml
from glassnet.insight.equations.text_printer import to_text
from glassnet.insight.equations.tree import Node, Number
from glassnet.storage.json_value import JSON

LONGEST_LINE = 100


@dataclass(frozen=True)
class TracedEquation(NotebookRecord):
    """One number of a trace: where it comes from, as an equation, with the numbers put in, and what it is.

    Attributes
    ----------
    quantity : Node
        The left side, such as z^1_1.
    general : Node
        What it is equal to, in letters.
    numbers : Node
        The same with numbers.
    value : float
        The number that the trace has.
    notes : tuple of str
        What dots stand for, and what the letters do not say.

    Examples
    --------
    >>> from glassnet import Dense, Network, equation_of, trace
    >>> network = Network(2, [Dense(1)])
    >>> steps = trace(network, [{"W": [[1.0], [-2.0]], "b": [0.5]}], [[3.0, 2.0]], [[1.0]])
    >>> equation = equation_of(steps, "W after", 1, (2, 1))
    >>> round(equation.value, 9)
    -1.7
    >>> print(equation.text())
    W^1_21 after = W^1_21 - tau dE/dW^1_21 = -2 - 0.1·(-3) = -1.7
    """

    quantity: Node
    general: Node
    numbers: Node
    value: float
    notes: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the equation as plain text: one line, or a line a part where that is long."""
        parts = [to_text(part) for part in self._parts]
        line = " = ".join(parts)
        if len(line) > LONGEST_LINE:
            first, *others = parts
            indent = " " * len(first)
            line = "\n".join([f"{first} = {others[0]}", *(f"{indent} = {other}" for other in others[1:])])
        return "\n".join([line, *self.notes])

    def latex(self) -> str:
        """Return the equation for LaTeX with amsmath."""
        left, *others = self._parts
        lines = " \\\\\n".join(f"&= {to_latex(part)}" for part in others)
        return f"\\begin{{align*}}\n{to_latex(left)} {lines}\n\\end{{align*}}\n"

    def mathml(self) -> Markup:
        """Return the equation as a `<math>` element."""
        left, *others = self._parts
        rows = [
            tag("mtr", tag("mtd", to_mathml(left) if place == 0 else None, style="text-align:right"),
                tag("mtd", tag("mo", "=")), tag("mtd", to_mathml(part), style="text-align:left"))
            for place, part in enumerate(others)
        ]  # fmt: skip
        return tag("math", tag("mtable", rows), display="block")

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON."""
        return {
            "quantity": to_text(self.quantity),
            "general": to_text(self.general),
            "numbers": to_text(self.numbers),
            "value": self.value,
            "text": self.text(),
            "latex": self.latex(),
            "mathml": str(self.mathml()),
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        return self.text()

    @property
    def _parts(self) -> tuple[Node, ...]:
        """Return the sides of the equation, each once."""
        parts, texts = [self.quantity], [to_text(self.quantity)]
        for part in (self.general, self.numbers, Number(self.value)):
            if to_text(part) != texts[-1]:
                parts.append(part)
                texts.append(to_text(part))
        return tuple(parts)

    def _fill(self, fragment: Fragment) -> None:
        fragment.add(self.mathml())
        fragment.add(tag("details", tag("summary", "as plain text"), tag("pre", self.text())))


def note_of_rest(count: int, total: float | None) -> str:
    """Return what dots stand for."""
    together = "" if total is None else f", together {shown(total, 6)}"
    return f"... stands for {count} more {'term' if count == 1 else 'terms'}{together}"
