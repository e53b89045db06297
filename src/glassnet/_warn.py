"""Warnings that name the line of the caller, however deep in this package they are given."""

import os
import warnings
from inspect import currentframe
from pathlib import Path

PACKAGE = str(Path(__file__).parent) + os.sep


def warn_caller(message: str, category: type[Warning] = UserWarning) -> None:
    """Give a warning about the nearest line on the stack that is not of this package."""
    level, frame = 1, currentframe()
    while frame is not None and frame.f_code.co_filename.startswith(PACKAGE):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)
