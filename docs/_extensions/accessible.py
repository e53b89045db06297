"""Names for what the theme leaves without one: the controls that open a part of the list of pages."""

from pathlib import Path

from sphinx.application import Sphinx

WITHOUT_NAME = '<summary><span class="toctree-toggle" role="presentation">'
WITH_NAME = WITHOUT_NAME.replace("<summary>", '<summary aria-label="show its pages">')


def name_controls(folder: Path) -> None:
    """Give every control on the pages of a folder its name."""
    for page in folder.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        if WITHOUT_NAME in html:
            page.write_text(html.replace(WITHOUT_NAME, WITH_NAME), encoding="utf-8")


def finish(app: Sphinx, error: Exception | None) -> None:
    """Name them when all pages are written."""
    if error is None:
        name_controls(Path(app.outdir))


def setup(app: Sphinx) -> dict[str, bool]:
    """Do it at the end of a build."""
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
