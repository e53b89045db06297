"""Members before training on a table in windows: what they know of a sample of its rows, and of all rows."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from glassnet.data.encoded_tally import EncodedFacts, EncodedTally
from glassnet.data.schema import Schema
from glassnet.ensemble.folds import LEAST_ROWS_TO_VALIDATE
from glassnet.ensemble.member import MemberSetup, Split
from glassnet.ensemble.output_range import SEEN
from glassnet.ensemble.recipe import OutputRange
from glassnet.ensemble.streams import stream
from glassnet.ensemble.targets import unobserved

MOST_VALIDATION = 2**16  # rows: the standard error of a mean of squares is then half a percent


def sample_splits(sample_folds: np.ndarray, folds: Sequence[int], rows: int, fraction: float, seed: int) -> list[Split]:
    """Return the members' rows of a sample; `fraction` of all `rows` are validation rows, at most half of the sample's.

    Parameters
    ----------
    sample_folds : array (rows of the sample,) of int
        The fold of every row.
    folds : sequence of int
        Each member's fold, -1 for none.
    rows : int
        The rows of the table.
    fraction : float
        0 for no validation rows.
    seed : int
        Of the choice of validation rows.
    """
    splits: list[Split] = []
    for member, fold in enumerate(folds):
        visible = np.flatnonzero(sample_folds != fold)
        wanted = min(round(fraction * rows), MOST_VALIDATION, len(visible) // 2)
        count = max(wanted, 1) if fraction and len(visible) >= LEAST_ROWS_TO_VALIDATE else 0
        order = stream("validation", seed, member).permutation(visible)
        splits.append(Split(np.sort(order[count:]), np.sort(order[:count]), np.flatnonzero(sample_folds == fold)))
    return splits


def most_in_batch(splits: Sequence[Split], facts: Sequence[EncodedFacts], windows: int) -> int:
    """Return half of the rows that the member of fewest has in a window on average.

    So nearly every window has a batch of every member, and some window of every epoch has one, however unequal folds
    and weights are: not all windows have fewer rows of a member than their average.

    Parameters
    ----------
    splits : sequence of Split
        The members' rows of the sample, which hold all their validation rows.
    facts : sequence of EncodedFacts
        What holds of all rows outside each member's fold.
    windows : int
        How many windows an epoch has.
    """
    own = [fact.used - len(split.validation) for fact, split in zip(facts, splits, strict=True)]
    return max(min(own) // (2 * windows), 1)


def check_targets_of_sample(y: np.ndarray, splits: Sequence[Split], names: Sequence[str]) -> None:
    """Raise `ValueError` that names the first target of which a member's rows of the sample have none."""
    for number, place in unobserved(y, splits):
        raise ValueError(
            f"target {names[place]!r} has values in {np.sum(~np.isnan(y[:, place]))} of {len(y)} rows that were drawn "
            f"of the files, and member {number} would learn its scale from none of them; leave the target out, or give "
            "a larger max_memory"
        )


def with_facts(
    setups: Sequence[MemberSetup], facts: Sequence[EncodedFacts], schema: Schema, output_range: OutputRange | None
) -> list[MemberSetup]:
    """Return members with what holds of all rows that each may see, where a sample says too little.

    Columns that are constant in the sample alone get a scale, and "seen" limits are those of all rows.

    Parameters
    ----------
    setups : sequence of MemberSetup
        Learned from the sample.
    facts : sequence of EncodedFacts
        Of the rows outside each member's fold; none where the setups have learned from all rows.
    schema : Schema
        Of the inputs: the scale of flags is 1.
    output_range : (low, high), "seen" or None
        As the recipe has it.
    """
    if not facts:
        return list(setups)
    return [_with_facts(*pair, len(schema.numbers), output_range) for pair in zip(setups, facts, strict=True)]


def _with_facts(setup: MemberSetup, facts: EncodedFacts, numbers: int, output_range: OutputRange | None) -> MemberSetup:
    scaler, inputs = setup.preprocessing.inputs, len(setup.preprocessing.inputs.scale)
    least, largest = facts.least[:inputs], facts.largest[:inputs]
    varies = (scaler.scale == 0) & (largest > least)
    half = np.where(varies & (np.arange(inputs) < numbers), largest / 2 - least / 2, 1.0)
    preprocessing = replace(setup.preprocessing, inputs=replace(scaler, scale=np.where(varies, half, scaler.scale)))
    if output_range == SEEN:
        preprocessing = replace(preprocessing, limits=np.stack([facts.least[inputs:], facts.largest[inputs:]]))
    return replace(setup, preprocessing=preprocessing)


def facts_of_members(tally: EncodedTally, folds: Sequence[int]) -> list[EncodedFacts]:
    """Return what holds of all rows outside each member's fold."""
    return [tally.all() if fold < 0 else tally.without(fold) for fold in folds]
