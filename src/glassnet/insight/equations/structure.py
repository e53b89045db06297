"""The equations of one layer, without numbers."""

from typing import NamedTuple

from glassnet.insight.equations.tree import Relation


class Structure(NamedTuple):
    """What a layer does.

    Parameters
    ----------
    forward, backward : tuple of Relation
        The equations of the two passes.
    notes : tuple of str
        Sentences on what they do not say.
    """

    forward: tuple[Relation, ...]
    backward: tuple[Relation, ...]
    notes: tuple[str, ...] = ()
