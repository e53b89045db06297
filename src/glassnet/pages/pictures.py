"""Figures as addresses of images that contain the image: lines and text, or points where there are very many lines."""

import re
from base64 import b64encode
from io import StringIO

import matplotlib

from glassnet.insight.figures.display import Display, as_png

LARGEST_SVG = 60_000  # letters, from which a picture of points may take less room
DOTS_PER_INCH = 110
PLACES = re.compile(r' (?:d|x|y|points|transform)="[^"]*"')  # the attributes of SVG that are coordinates
DECIMALS = re.compile(r"(\.\d\d)\d+")  # hundredths of a point are enough


def picture_source(display: Display) -> str:
    """Return a figure as the address of an image: as lines and text, or of very many lines as points."""
    display.plot()
    kind, content = "svg+xml", _svg(display).encode()
    if len(content) > LARGEST_SVG:
        points = as_png(display.figure_, DOTS_PER_INCH)
        kind, content = ("png", points) if len(points) < len(content) else (kind, content)
    return f"data:image/{kind};base64,{b64encode(content).decode()}"


def _svg(display: Display) -> str:
    """Return a drawn figure as SVG: text stays text, and equal figures are equal to the letter."""
    buffer = StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "glassnet"}):
        display.figure_.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    plain = re.sub(r"<!DOCTYPE[^>]*>\s*|<metadata>.*?</metadata>\s*", "", buffer.getvalue(), flags=re.DOTALL)
    return PLACES.sub(lambda found: DECIMALS.sub(r"\1", found.group()), plain)
