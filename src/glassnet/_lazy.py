"""Libraries that are imported when they are first needed, so that importing glassnet does not wait for them.

The modules of the package take these names from here. A library is imported when an attribute of its name is first
asked for, and a type when a value is first checked against it; an annotation asks for neither.
"""

from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

__all__ = ["Array", "PyTree", "jax", "jnp", "lax", "linalg", "linear_model", "optax", "pl", "special"]

if TYPE_CHECKING:
    import jax
    import jax.numpy as jnp
    import optax
    import polars as pl
    from jax import Array, lax
    from jax.scipy import linalg, special
    from jaxtyping import PyTree
    from sklearn import linear_model
else:

    class _Module:
        """The last of these modules; its attributes are not kept, so that what others change in it is seen.

        Those before it are imported first: Python lets a thread into a part of a package that another still imports.
        """

        def __init__(self, *names):
            self._names = names

        def __getattr__(self, name):
            return getattr(self._module, name)

        @cached_property
        def _module(self):
            try:
                return [import_module(name) for name in self._names][-1]
            except AttributeError as error:  # which Python would take for a missing attribute of this class
                raise ImportError(f"{self._names[-1]} cannot be imported: {error}") from error

    class _Type(type):
        """The type of a class that has the name, the instances and the subclasses of one in another module."""

        def __instancecheck__(cls, value):
            return isinstance(value, cls._meant())

        def __subclasscheck__(cls, other):
            return other is cls or issubclass(other, cls._meant())

        def _meant(cls):
            return getattr(import_module(cls.__module__), cls.__name__)

    jax, pl, linear_model = map(_Module, ("jax", "polars", "sklearn.linear_model"))
    jnp, lax, optax = (_Module("jax", name) for name in ("jax.numpy", "jax.lax", "optax"))
    linalg, special = (_Module("jax", name) for name in ("jax.scipy.linalg", "jax.scipy.special"))
    Array = _Type("Array", (), {"__module__": "jax"})
    PyTree = _Type("PyTree", (), {"__module__": "jaxtyping"})
