"""Whether a value is what an annotation says: for the annotations of records, where data comes in from outside."""

from collections.abc import Sequence
from dataclasses import Field, fields
from functools import cache
from types import UnionType
from typing import Any, ClassVar, Literal, Protocol, Union, get_args, get_origin, get_type_hints

import numpy as np

SIMPLE = {float: (int, float), int: (int,), bool: (bool,), str: (str,)}  # True is no number here


class Record(Protocol):
    """An instance of a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


def check_fields(record: Record) -> None:
    """Raise `ValueError` for the first field of a record that is not what the record declares."""
    declared = _declared_types(type(record))
    for field in fields(record):
        if not conforms(getattr(record, field.name), declared[field.name]):
            raise ValueError(
                f"{type(record).__name__} has a {field.name!r} that is no {type_text(declared[field.name])}"
            )


def conforms(value: object, declared_type: Any) -> bool:
    """Return whether a value is of the type that an annotation names, down to what tuples, lists and dicts hold."""
    if declared_type is Any:
        return True
    if declared_type in SIMPLE:
        return type(value) in SIMPLE[declared_type]
    inner = get_args(declared_type)
    match get_origin(declared_type):
        case None:
            return isinstance(value, type(None) if declared_type is None else declared_type)
        case origin if origin in (Union, UnionType):
            return any(conforms(value, one) for one in inner)
        case origin if origin is Literal:
            return any(type(value) is type(one) and value == one for one in inner)
        case origin if origin is tuple and inner[-1] is not ...:
            return type(value) is tuple and len(value) == len(inner) and all(map(conforms, value, inner))
        case origin if origin is Sequence:
            return conforms(value, tuple[inner[0], ...]) or conforms(value, list[inner[0]])
        case origin if origin in (tuple, list):
            return type(value) is origin and all(conforms(one, inner[0]) for one in value)
        case origin if origin is dict:
            return type(value) is dict and all(conforms(pair, tuple[inner]) for pair in value.items())
        case _:
            raise TypeError(f"a record holds {declared_type}, which model files do not know")


@cache
def _declared_types(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def type_text(declared_type: Any) -> str:
    """Return the annotation as a message names it."""
    if get_args(declared_type):
        return str(declared_type)
    return "array" if declared_type is np.ndarray else getattr(declared_type, "__name__", str(declared_type))
