"""What a lesson is: a question that is asked first, records to look at, and the answer."""

from dataclasses import dataclass

from glassnet.insight.sweep_record import Sweep
from glassnet.insight.text import TextTable
from glassnet.storage.json_value import JSON


@dataclass(frozen=True)
class Answer:
    """Which option is right.

    Attributes
    ----------
    option : int
        Its place among the options.
    why : str
        The reason, in a sentence or two.
    """

    option: int
    why: str


@dataclass(frozen=True, eq=False)
class TraceSteps:
    """Traces that are stepped through.

    Attributes
    ----------
    record : dict
        As `insight.viewer_record` makes it.
    tables : tuple of TextTable
        The numbers, for those who have scripts off.
    """

    record: dict[str, JSON]
    tables: tuple[TextTable, ...]


@dataclass(frozen=True, eq=False)
class Lesson:
    """One lesson.

    Attributes
    ----------
    name : str
        As it is typed, such as "bias-variance".
    title : str
        Its title.
    question : str
        What is asked before anything is shown.
    options : tuple of str
        Two to four to choose from.
    answer : Answer
        Which one is right, and why.
    body : tuple of Sweep and TraceSteps
        What is looked at, in this order.
    notation : str
        What the letters and rules mean that are used; "" where the question says it.
    """

    name: str
    title: str
    question: str
    options: tuple[str, ...]
    answer: Answer
    body: tuple[Sweep | TraceSteps, ...]
    notation: str = ""

    def __post_init__(self) -> None:
        if len(self.options) not in range(2, 5) or self.answer.option not in range(len(self.options)):
            raise ValueError(
                f"the lesson {self.name!r} has {len(self.options)} options, of which the one at place "
                f"{self.answer.option} is right; give two to four, and the place of one of them"
            )
        if not self.body:
            raise ValueError(f"the lesson {self.name!r} shows nothing; give at least one sweep or trace")
