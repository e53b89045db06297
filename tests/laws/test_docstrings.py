"""What users import is documented in numpydoc's form: every parameter has an entry of its own.

Of functions, constructors, fields of records, and methods of estimators; the methods of layers, activations, losses and
solvers are rules whose arguments their protocols document.
"""

import inspect
import re
from enum import Enum

import pytest
from sklearn.base import BaseEstimator

import glassnet
import glassnet.sklearn

EXPORTED = {name: getattr(glassnet, name) for name in glassnet.__all__ if not name.startswith("__")}
EXPORTED |= {f"sklearn.{name}": getattr(glassnet.sklearn, name) for name in glassnet.sklearn.__all__}

SECTION = r"(Parameters|Attributes)\n-+\n(.*?)(?=\n\n[A-Z][a-z ]+\n-+\n|\Z)"
DOCUMENTED_BY_SCIKIT_LEARN = {"get_params", "set_params"}


def entries(owner: object) -> list[str]:
    """Return the parameters that have an entry of their own, and the attributes that have one, alone or together."""
    names = []
    for title, section in re.findall(SECTION, inspect.getdoc(owner) or "", re.DOTALL):
        for heading in re.findall(r"^(\S.*?) : ", section, re.MULTILINE):
            names += heading.split(", ") if title == "Attributes" else [heading.lstrip("*")]
    return names


def missing(owner: object) -> list[str]:
    """Return the parameters without an entry, of a function, or of a class and the methods of an estimator."""
    if isinstance(owner, type) and (issubclass(owner, Enum | Exception) or getattr(owner, "_is_protocol", False)):
        return []  # which nobody constructs with parameters
    wanted = [name for name in inspect.signature(owner).parameters if name not in ("self", "cls")]
    found = [name for name in wanted if name not in entries(owner)]
    if not inspect.getdoc(owner):
        found.append("the docstring")
    if isinstance(owner, type) and issubclass(owner, BaseEstimator):
        for name, member in inspect.getmembers(owner, callable):
            ours = (getattr(member, "__module__", None) or "").startswith("glassnet")
            if ours and not name.startswith("_") and name not in DOCUMENTED_BY_SCIKIT_LEARN:
                found += [f"{name}: {parameter}" for parameter in missing(member)]
    return found


@pytest.mark.parametrize("name", sorted(EXPORTED))
def test_every_parameter_has_an_entry(name):
    assert missing(EXPORTED[name]) == []


def test_a_parameter_without_an_entry_is_found():
    def function(a: int, b: int, c: int) -> None:
        """Do nothing.

        Parameters
        ----------
        a : int
            One.
        b, c : int
            Two at once.
        """

    assert missing(function) == ["b", "c"]
