"""From a dataset and splits to trained members: every member's set-up, first parameters, training and result."""

import hashlib
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.data.dataset import Dataset
from glassnet.ensemble.ensemble import Ensemble, member_outputs
from glassnet.ensemble.linear_start import beats, beside_line, candidates, has_linear_path, line_alone
from glassnet.ensemble.member import Member, MemberSetup, Split
from glassnet.ensemble.output_range import SEEN
from glassnet.ensemble.preprocessing import Preprocessing
from glassnet.ensemble.recipe import LEARNING_RATE, Recipe
from glassnet.network.cost import cost_of_each
from glassnet.network.inference import outputs_in_chunks
from glassnet.network.loss import Loss
from glassnet.network.network import Network
from glassnet.training.auto_solver import as_solver
from glassnet.training.checkpoint import Checkpoint
from glassnet.training.configuration import DynamicConfig, Order, StaticConfig
from glassnet.training.epoch_trainer import EpochTrainer, Run
from glassnet.training.epochs import MemberState, start
from glassnet.training.history import History
from glassnet.training.loop import train
from glassnet.training.member_data import MemberData, member_data
from glassnet.training.note import Note
from glassnet.training.optimizers import GradientDescent
from glassnet.training.ravel import raveled
from glassnet.training.run_control import Arrays, RunControl
from glassnet.training.solver import FullBatchSolver, GradientSolver, options_of, without_options
from glassnet.training.step_trainer import Limits, Problem, ScaledRows, StepTrainer

ADDRESS = re.compile(r" at 0x[0-9a-f]+")  # where a function lies in memory, another place in every process
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
    lines : tuple of int
        The places of members that have a straight line, with a network beside it or alone.
    """

    parameters: list[Arrays]
    histories: list[History]
    states: MemberState | None
    lines: tuple[int, ...] = ()


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

    @property
    def validates(self) -> bool:
        """Whether there are validation rows."""
        return bool(self.setups[0].split.validation.size)

    @property
    def first_parameters(self) -> list[Arrays]:
        """The members' first parameters; what starts from rows starts from the member's own training rows."""
        if self.ensemble.members:
            return [member.parameters for member in self.ensemble.members]
        network, x = self.ensemble.network, self.dataset.x
        return [_drawn(network, x, setup) for setup in self.setups]

    def beside_lines(self) -> list[Arrays]:
        """Return the members' first parameters, each beside the straight line of its own rows."""
        cut = self.recipe.output_range == SEEN
        return [
            beside_line(self.ensemble.network, self.dataset, setup, parameters, self._own(setup.split), cut=cut)
            for parameters, setup in zip(self.first_parameters, self.setups, strict=True)
        ]

    def _own(self, split: Split) -> np.ndarray:
        return np.concatenate([split.train, split.validation]) if self.own_validation else split.train


def new_setups(
    dataset: Dataset, splits: Sequence[Split], seed: int, preprocess: Callable[[Dataset, np.ndarray], Preprocessing]
) -> list[MemberSetup]:
    """Return members before training, scaled by their training rows; their seeds depend on seed and place alone."""
    seeds = [int(np.random.default_rng([seed, member]).integers(2**32)) for member in range(len(splits))]
    return [
        MemberSetup(preprocess(dataset, split.train), split, member_seed)
        for split, member_seed in zip(splits, seeds, strict=True)
    ]


def fit_members(
    training: Training, epochs: int, states: MemberState | None, control: RunControl, checkpoint: Path | None
) -> Trained:
    """Return the result of so many more epochs; `states` are the solver's from the last fit, to go on from."""
    if training.metric is not None and training.validates:
        control.monitor = _monitor(training, training.metric)
    solver = as_solver(training.recipe.solver or "adam")
    if isinstance(solver, FullBatchSolver):
        return _fit_by_steps(training, solver, epochs, control)
    return _fit_by_epochs(training, solver, states, epochs, control, checkpoint)


def with_members(training: Training, trained: Trained) -> Ensemble:
    """Return the ensemble of the members that were trained."""
    members = [
        Member(setup.preprocessing, setup.split, parameters, history, setup.seed)
        for setup, parameters, history in zip(training.setups, trained.parameters, trained.histories, strict=True)
    ]
    for place in trained.lines:  # what is cut is what the network adds
        preprocessing = members[place].preprocessing
        members[place] = replace(members[place], preprocessing=preprocessing.without_limits())
    return replace(training.ensemble, members=tuple(members))


def _drawn(network: Network, x: np.ndarray, setup: MemberSetup) -> Arrays:
    sample = setup.preprocessing.scale_inputs(x[setup.split.train]) if network.data_dependent else None
    return jax.tree.map(np.asarray, network.initialize(setup.seed, sample=sample))


def _fit_by_steps(training: Training, solver: FullBatchSolver, epochs: int, control: RunControl) -> Trained:
    network = training.ensemble.network
    solver.check(training.loss, network.n_parameters)
    recipe, monitored = training.recipe, control.monitor is not None
    limits = Limits(recipe.alpha or 0.0, training.tolerance, recipe.n_iter_no_change or epochs, monitored)
    problems = [
        Problem(parameters, *_scaled(training.dataset, setup))
        for parameters, setup in zip(training.first_parameters, training.setups, strict=True)
    ]
    trainer = StepTrainer(network, training.loss, solver, problems, limits)
    return Trained(*train(trainer, epochs, control), None)


def _scaled(dataset: Dataset, setup: MemberSetup) -> tuple[ScaledRows, ScaledRows | None]:
    validation = setup.split.validation
    train = _scaled_rows(dataset, setup, setup.split.train)
    return train, _scaled_rows(dataset, setup, validation) if validation.size else None


def _scaled_rows(dataset: Dataset, setup: MemberSetup, rows: np.ndarray) -> ScaledRows:
    preprocessing = setup.preprocessing
    return (
        preprocessing.scale_inputs(dataset.x[rows]),
        preprocessing.scale_targets(dataset.y[rows]),
        dataset.weights[rows],
    )


def _fit_by_epochs(
    training: Training,
    solver: GradientSolver,
    states: MemberState | None,
    epochs: int,
    control: RunControl,
    checkpoint: Path | None,
) -> Trained:
    """Return the result of training; with several strengths of decay, each member's better run."""
    static = _static(training, solver, control)
    first = _first_states(static, training, training.first_parameters)
    if states is not None:  # whose last epoch may not be the one that was kept
        first = first._replace(
            flat_parameters=states.flat_parameters, solver_state=states.solver_state, epoch=states.epoch
        )
    last = np.asarray(first.epoch) + epochs
    dynamic = _dynamic(training, solver, max(int(last.max()), training.recipe.max_iter or 1))
    shared, exponents = training.dataset.to_shared()
    members = [_member_data(training, setup, exponents) for setup in training.setups]
    fresh = not training.ensemble.members
    tried = candidates(
        options_of(solver).decays,
        line=fresh and has_linear_path(training.ensemble.network),
        chooses=training.validates,
    )
    runs: list[Trained] = []
    resumed = told = False
    lines: list[Arrays] = []
    for number, candidate in enumerate(tried):
        if candidate.line:
            lines = training.beside_lines()
        start_states = _first_states(static, training, lines) if candidate.line else first
        run = Run(static, dynamic._replace(decay=candidate.decay), shared, members, start_states)
        folder = checkpoint if checkpoint is None or number == 0 else checkpoint / str(number)
        stored = None if folder is None else Checkpoint(folder, _fingerprint(run, training, last))
        trainer = EpochTrainer(run, stored)
        resumed = resumed or trainer.goes_on
        if resumed and not told and (trainer.running(last).any() or number == len(tried) - 1):
            told = True
            of = "" if len(tried) == 1 else f" with weight_decay={candidate.decay:g}"
            warnings.warn(
                f"going on from epoch {int(trainer.epoch.max())} of {int(last.max())}{of}, by the checkpoint in "
                f"{str(folder)!r}",
                Note,
                stacklevel=6,  # the line that called fit
            )
        runs.append(Trained(*train(trainer, last, control), trainer.states))
        if control.stopped is not None:
            break
    with_lines = [candidate.line for candidate in tried[: len(runs)]]
    chosen = _better_of_each(runs, with_lines)
    return _or_lines(training, chosen, lines) if lines else chosen


def _static(training: Training, solver: GradientSolver, control: RunControl) -> StaticConfig:
    recipe, options = training.recipe, options_of(solver)
    orders: dict[bool | str | None, Order] = {"replacement": "with replacement", False: "in order"}
    monitored = control.monitor is not None
    return StaticConfig(
        training.ensemble.network,
        training.loss,
        without_options(solver),
        None if training.full_batch and isinstance(solver, GradientDescent) else recipe.batch_size,
        order=orders.get(options.shuffle, "shuffled"),
        schedule=options.schedule or "constant",
        clips=options.clip_norm is not None,
        decays=max(options.decays) > 0,
        multiplies=bool(recipe.learning_rate_multipliers),
        validates=training.validates and not monitored,
        monitored=training.validates and monitored,
        adversarial=recipe.adversarial is not None,
    )


def _dynamic(training: Training, solver: GradientSolver, last_epoch: int) -> DynamicConfig:
    """Return the numbers that may change without compiling again; schedules end with `last_epoch`."""
    recipe, options = training.recipe, options_of(solver)
    return DynamicConfig(
        alpha=recipe.alpha or 0.0,
        decay=options.decays[0],
        clip=options.clip_norm or 0.0,
        warmup=options.warmup or 0.0,
        power=0.5 if options.power_t is None else options.power_t,
        fade=1.0 if recipe.fade is None else recipe.fade,
        epochs=last_epoch,
        tolerance=training.tolerance,
        patience=recipe.n_iter_no_change or last_epoch,
        epsilon=recipe.adversarial or 0.0,
    )


def _first_states(static: StaticConfig, training: Training, first: Sequence[Arrays]) -> MemberState:
    """Return the members' states before the first epoch, as NumPy arrays with a leading member axis."""
    step_size = training.recipe.learning_rate_init or LEARNING_RATE
    flat_parameters = [np.concatenate(raveled(parameters)).astype(np.float32) for parameters in first]
    states = [
        start(static, flat_parameters, step_size, np.uint32(setup.seed))
        for flat_parameters, setup in zip(flat_parameters, training.setups, strict=True)
    ]
    return jax.tree.map(lambda *arrays: np.stack(list(map(np.asarray, arrays))), *states)


def _member_data(training: Training, setup: MemberSetup, exponents: np.ndarray) -> MemberData:
    dataset, preprocessing, split = training.dataset, setup.preprocessing, setup.split
    splits = [setup.split for setup in training.setups]
    most = max(len(split.train) for split in splits), max(len(split.validation) for split in splits)
    mean_weight = float(np.mean(dataset.weights[split.train]))
    scaling = dataset.schema.member_scaling(preprocessing.inputs, preprocessing.targets, mean_weight, exponents)
    perturbation = dataset.schema.scaled_perturbation(preprocessing.inputs, dataset.x)
    return member_data(split.train, split.validation, most, scaling, mean_weight, perturbation)


def _monitor(training: Training, metric: Metric) -> Callable[[int, Arrays], float]:
    """Return what a user's metric says of a member's parameters on its validation rows."""
    dataset, network, link = training.dataset, training.ensemble.network, training.ensemble.link

    def judge(place: int, parameters: Arrays) -> float:
        setup = training.setups[place]
        rows = setup.split.validation
        predictions = member_outputs(network, link, [parameters], [setup.preprocessing], dataset.x[rows])[0]
        return metric(dataset.y[rows], predictions)

    return judge


def _better_of_each(runs: list[Trained], with_lines: list[bool]) -> Trained:
    """Return for every member its run with the least loss on its validation rows, or its only one."""
    if len(runs) == 1:
        lines = range(len(runs[0].parameters)) if with_lines[0] else ()
        return runs[0]._replace(lines=tuple(lines))
    least = [[min(history.validation_loss) for history in run.histories] for run in runs]
    chosen = np.argmin(least, axis=0)
    parameters = [runs[run].parameters[member] for member, run in enumerate(chosen)]
    histories = [runs[run].histories[member] for member, run in enumerate(chosen)]
    states = jax.tree.map(
        lambda *arrays: np.stack([arrays[run][member] for member, run in enumerate(chosen)]),
        *(run.states for run in runs),
    )
    lines = tuple(member for member, run in enumerate(chosen.tolist()) if with_lines[run])
    return Trained(parameters, histories, states, lines)


def _or_lines(training: Training, trained: Trained, lines: Sequence[Arrays]) -> Trained:
    """Return the members, those whose network does not beat the line as the line alone."""
    parameters, histories, with_line = list(trained.parameters), list(trained.histories), set(trained.lines)
    for place, (setup, line) in enumerate(zip(training.setups, map(line_alone, lines), strict=True)):
        if not beats(*_validation_losses(training, setup, [parameters[place], line])):
            parameters[place], histories[place] = line, replace(histories[place], kept_epoch=0)
            with_line.add(place)
    return trained._replace(parameters=parameters, histories=histories, lines=tuple(sorted(with_line)))


def _validation_losses(training: Training, setup: MemberSetup, networks: Sequence[Arrays]) -> list[np.ndarray]:
    """Return the weighted loss of each of a member's validation rows, by networks with these parameters."""
    x, y, weights = _scaled_rows(training.dataset, setup, setup.split.validation)

    def rows(first: int, last: int) -> np.ndarray:
        return np.stack([x[first:last]] * len(networks))

    outputs = outputs_in_chunks(training.ensemble.network, networks, len(x), rows)
    with jax.enable_x64(True):
        each = [cost_of_each(training.loss, jnp.asarray(output), jnp.asarray(y)) for output in outputs]
        return [weights * np.asarray(losses) for losses in each]


def _fingerprint(run: Run, training: Training, last: np.ndarray) -> str:
    seeds = [setup.seed for setup in training.setups]
    text = repr((run.static, run.dynamic, last.tolist(), seeds, training.dataset.digest))
    digest = hashlib.sha256(ADDRESS.sub("", text).encode())
    for leaf in jax.tree.leaves(run.states):  # where it starts from, the step size among it
        digest.update(np.asarray(leaf).tobytes())
    for setup in training.setups:
        for rows in (setup.split.train, setup.split.validation):
            digest.update(np.ascontiguousarray(rows).tobytes())
    return digest.hexdigest()
