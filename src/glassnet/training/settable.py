"""Parameter objects: frozen records that scikit-learn's searches can read and set."""

from dataclasses import fields, replace
from typing import TypeVar

SettableT = TypeVar("SettableT", bound="Settable")  # not Self, which beartype takes in decorated classes alone


class Settable:
    """`get_params` and `set_params` for a dataclass, as scikit-learn's estimators have them."""

    def get_params(self, deep: bool = True) -> dict[str, object]:
        """Return the parameters by name; `deep` is there for scikit-learn, nothing here is nested."""
        return {field.name: getattr(self, field.name) for field in fields(self)}  # pyright: ignore[reportArgumentType]

    def set_params(self: SettableT, **parameters: object) -> SettableT:
        """Set parameters in place, as scikit-learn's searches do on their own copies; return the object.

        Raises `ValueError` for a name that is no parameter.
        """
        known = self.get_params()
        for name in parameters:
            if name not in known:
                raise ValueError(
                    f"{type(self).__name__} has no parameter {name!r}; its parameters are {', '.join(known)}"
                )
        checked = replace(self, **parameters)  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownVariableType]
        for name, value in checked.get_params().items():
            object.__setattr__(self, name, value)
        return self
