"""A lesson as one page: the question first, what is tried, and the answer, folded; it works where scripts are off."""

from collections.abc import Iterator

from glassnet._html import Markup, join, tag
from glassnet._viewer import sweep_element, viewer_element
from glassnet.insight.lessons.lesson import Lesson, TraceSteps
from glassnet.insight.sweep_record import Sweep
from glassnet.pages.html_page import html_document, scrolling_table, step_tables


def lesson_page(lesson: Lesson) -> str:
    """Return a lesson as HTML.

    Parameters
    ----------
    lesson : Lesson
        The lesson.

    Returns
    -------
    str
        A page that asks for nothing outside. What is chosen is stored nowhere.
    """
    main = tag(
        "main",
        tag("p", tag("strong", "Notation: "), lesson.notation) if lesson.notation else None,
        _question(lesson),
        tag("h2", "Try it", id="try"),
        tag("section", (_shown(each) for each in lesson.body), aria_labelledby="try"),
        tag("h2", "Answer", id="answer"),
        _answer(lesson),
        id="main",
    )
    return html_document(lesson.title, join([tag("header", tag("h1", lesson.title)), main]))


def _question(lesson: Lesson) -> Markup:
    options = (
        tag("label", tag("input", type="radio", name_="option", value=place), f" {option}", class_="option")
        for place, option in enumerate(lesson.options)
    )
    hint = "Choose before you try it; ", tag("a", "the answer", href="#answer"), " is at the end."
    return tag("fieldset", tag("legend", lesson.question), options, tag("p", hint, class_="quiet"), class_="question")


def _answer(lesson: Lesson) -> Markup:
    """Return all options, of which one is right; the style shows beside the one that is chosen that it is."""
    options = (
        tag(
            "li",
            (tag("strong", option), ": this is right.") if place == lesson.answer.option else option,
            tag("span", " You chose this.", class_=f"chosen chosen-{place}"),
        )
        for place, option in enumerate(lesson.options)
    )
    return tag("details", tag("summary", "Show the answer"), tag("ul", options), tag("p", lesson.answer.why))


def _shown(each: Sweep | TraceSteps) -> Markup:
    if isinstance(each, TraceSteps):
        return viewer_element(each.record, step_tables(each.tables))
    return sweep_element(each.to_dict(), _without_scripts(each))


def _without_scripts(sweep: Sweep) -> Markup:
    """Return the frames in which at most one control has another value than at the start."""
    start = tuple(control.start for control in sweep.controls)
    found = [tag("p", tag("strong", sweep.title)), tag("p", _values(sweep, start)), *_frame(sweep, start)]
    for number, control in enumerate(sweep.controls):
        others = [place for place in range(len(control.values)) if place != control.start]
        folded = [_frame(sweep, (*start[:number], place, *start[number + 1 :])) for place in others]
        said = f"Other values of {control.name}: {', '.join(control.labels[place] for place in others)}"
        found.append(tag("details", tag("summary", said), folded))
    return join(found)


def _values(sweep: Sweep, places: tuple[int, ...]) -> str:
    return "; ".join(
        f"{control.name}: {control.labels[place]}" for control, place in zip(sweep.controls, places, strict=True)
    )


def _frame(sweep: Sweep, places: tuple[int, ...]) -> Iterator[Markup]:
    frame = sweep.frame(*places)
    yield tag("p", frame.sentence)
    if frame.grids:
        yield tag("div", (grid.to_html() for grid in frame.grids), class_="grids")
    yield scrolling_table(frame.table)
