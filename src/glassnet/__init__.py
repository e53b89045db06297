"""Regression with neural networks that can be seen through."""

from importlib.metadata import version

import lazy_loader

__version__ = version("glassnet")

# The names stand in __init__.pyi; they are imported when they are first used, so that `glassnet --help` does not wait
# for JAX.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
