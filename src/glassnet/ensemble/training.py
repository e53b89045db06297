"""What is trained, from where, and what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from glassnet.data.dataset import Dataset
from glassnet.ensemble.ensemble import Ensemble
from glassnet.ensemble.linear_start import beside_line, has_line, widened
from glassnet.ensemble.member import Member, MemberSetup, Split
from glassnet.ensemble.output_range import SEEN
from glassnet.ensemble.preprocessing import Preprocessing
from glassnet.ensemble.recipe import Recipe
from glassnet.ensemble.streams import stream
from glassnet.ensemble.table_windows import TableWindows
from glassnet.network.loss import Loss
from glassnet.network.network import Network
from glassnet.training.history import History
from glassnet.training.member_state import MemberState
from glassnet.training.run_control import Arrays
from glassnet.training.step_trainer import ScaledRows

Metric = Callable[[np.ndarray, np.ndarray], float]  # targets and predictions to a number, lower is better


class Trained(NamedTuple):
    """The result of training.

    Parameters
    ----------
    parameters : list of lists of dicts of arrays
        Every member's parameters, one dict a layer.
    histories : list of History
        Every member's history.
    states : MemberState or None
        The states to go on from, with a leading member axis; None of a full-batch solver.
    before_final : list of lists of dicts of arrays or None
        The parameters before the final epochs, which have not learned from validation rows; None without such epochs.
    """

    parameters: list[Arrays]
    histories: list[History]
    states: MemberState | None
    before_final: list[Arrays] | None = None


@dataclass(frozen=True)
class Training:
    """What is trained, from where and how.

    Parameters
    ----------
    dataset : Dataset
        The rows that count, encoded once.
    ensemble : Ensemble
        Schema, network and link; its members are those of an earlier fit to go on from, or none.
    loss : Loss
        What is minimised.
    recipe : Recipe
        Every choice, resolved.
    tolerance : float
        An epoch that improves the loss that is watched by less counts as no improvement.
    setups : sequence of MemberSetup
        The members before training.
    metric : callable or None
        What to judge epochs by in place of the loss, on validation rows, in the units of the target.
    full_batch : bool
        Whether gradient descent takes all rows at once.
    own_validation : bool
        Whether validation rows are the members' own, and not given for all.
    windows : TableWindows or None
        The rows that members train on where they do not fit into memory; the dataset is then a sample of them, by
        which scales are learned and members stop.
    """

    dataset: Dataset
    ensemble: Ensemble
    loss: Loss
    recipe: Recipe
    tolerance: float
    setups: Sequence[MemberSetup]
    metric: Metric | None = None
    full_batch: bool = False
    own_validation: bool = True
    windows: TableWindows | None = None

    @property
    def validates(self) -> bool:
        """Whether there are validation rows."""
        return bool(self.setups[0].split.validation.size)

    @property
    def has_final_epochs(self) -> bool:
        """Whether members learn from their own validation rows too once their best epoch is known."""
        return self.validates and self.own_validation and bool(self.recipe.final_epochs)

    @property
    def first_parameters(self) -> list[Arrays]:
        """The members' first parameters; what starts from rows starts from the member's own training rows."""
        if self.ensemble.members:
            return [member.parameters for member in self.ensemble.members]
        network, x = self.ensemble.network, self.dataset.x
        return [_drawn(network, x, setup) for setup in self.setups]

    def scaled_rows(self, setup: MemberSetup, rows: np.ndarray) -> ScaledRows:
        """Return inputs, targets and weights of these rows, scaled as a member scales them."""
        dataset, preprocessing = self.dataset, setup.preprocessing
        return (
            preprocessing.scale_inputs(dataset.x[rows]),
            preprocessing.scale_targets(dataset.y[rows]),
            dataset.weights[rows],
        )

    def beside_lines(self, first: Sequence[Arrays], *, validation: bool = False) -> list[Arrays]:
        """Return the members' `first` parameters, each beside the straight line of its training rows.

        With `validation`, of the member's own validation rows too: such a line is not to be judged by them.
        """
        cut, own = self.recipe.output_range == SEEN, validation and self.own_validation
        splits = [setup.split for setup in self.setups]
        rows = [np.concatenate([split.train, split.validation]) if own else split.train for split in splits]
        return [
            beside_line(self.ensemble.network, self.dataset, *member, cut=cut)
            for member in zip(self.setups, first, rows, strict=True)
        ]


def new_setups(
    dataset: Dataset, splits: Sequence[Split], seed: int, preprocess: Callable[[Dataset, np.ndarray], Preprocessing]
) -> list[MemberSetup]:
    """Return members before training, scaled by their training rows; their seeds depend on seed and place alone."""
    seeds = [int(stream("member", seed, member).integers(2**32)) for member in range(len(splits))]
    return [
        MemberSetup(preprocess(dataset, split.train), split, member_seed)
        for split, member_seed in zip(splits, seeds, strict=True)
    ]


def with_members(training: Training, trained: Trained) -> Ensemble:
    """Return the ensemble of the members that were trained."""
    members = [
        Member(setup.preprocessing, setup.split, parameters, history, setup.seed)
        for setup, parameters, history in zip(training.setups, trained.parameters, trained.histories, strict=True)
    ]
    network = training.ensemble.network
    for place, member in enumerate(members):
        if has_line(network, member.parameters):  # what is cut is what the network adds
            parameters = widened(network, training.dataset, member.setup, member.parameters)
            unlimited = member.preprocessing.without_limits()
            members[place] = replace(member, parameters=parameters, preprocessing=unlimited)
    return replace(training.ensemble, members=tuple(members))


def _drawn(network: Network, x: np.ndarray, setup: MemberSetup) -> Arrays:
    sample = setup.preprocessing.scale_inputs(x[setup.split.train]) if network.data_dependent else None
    return network.initialize_on_host(setup.seed, np.float32, sample)
