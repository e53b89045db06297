"""The directive `lesson`: a lesson of `glassnet lesson` within a page, and as a page of its own."""

from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from glassnet.insight.lessons.catalogue import LESSONS
from glassnet.pages.lesson_page import lesson_page

FOLDER = "lessons"
FRAME = """<iframe class="lesson" src="{address}" title="{title}"></iframe>
<p class="lesson-link"><a href="{address}">Open the lesson “{title}” as a page of its own</a></p>
"""


class LessonDirective(SphinxDirective):
    """A frame with the lesson of a name, such as `festival`; the page in it works where scripts are off."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the frame, and note that the page is needed."""
        name = self.arguments[0]
        if name not in LESSONS:
            raise self.error(f"there is no lesson {name!r}; choose from {', '.join(LESSONS)}")
        lesson = LESSONS[name]()
        folder = Path(self.env.app.outdir) / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.html").write_text(lesson_page(lesson), encoding="utf-8")
        up = "../" * self.env.docname.count("/")
        frame = FRAME.format(address=f"{up}{FOLDER}/{name}.html", title=escape(lesson.title))
        return [nodes.raw("", frame, format="html")]


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("lesson", LessonDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
