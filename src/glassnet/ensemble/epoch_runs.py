"""Runs of compiled epochs of one training, with the same program: start, schedule and checkpoint are a run's own."""

import hashlib
import re
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from glassnet._lazy import jax
from glassnet.ensemble.engine import active_engine
from glassnet.ensemble.epoch_parts import Start, check_layout, for_tasks, run_parts
from glassnet.ensemble.member import MemberSetup, Split
from glassnet.ensemble.recipe import LEARNING_RATE
from glassnet.ensemble.training import Trained, Training
from glassnet.network.devices import training_devices
from glassnet.training.checkpoint import Checkpoint, Fingerprint
from glassnet.training.configuration import DynamicConfig, Order, StaticConfig
from glassnet.training.epoch_trainer import EpochTrainer, Run
from glassnet.training.loop import train
from glassnet.training.member_data import MemberData, member_data
from glassnet.training.member_state import MemberState, start
from glassnet.training.note import Note
from glassnet.training.optimizers import GradientDescent
from glassnet.training.places import mesh_for
from glassnet.training.ravel import raveled
from glassnet.training.run_control import Arrays, RunControl
from glassnet.training.solver import GradientSolver, options_of, without_options
from glassnet.training.window_trainer import WindowTrainer

ADDRESS = re.compile(r" at 0x[0-9a-f]+")  # where a function lies in memory, another place in every process
LINE_OF_FIT = 7  # how far up the line is that called `fit`


class EpochRuns:
    """The runs of one training.

    Parameters
    ----------
    training : Training
        What is trained.
    solver : GradientSolver
        How parameters move.
    control : RunControl
        What is asked from outside.
    last_epoch : int
        The epoch that schedules end with.
    checkpoint : Path or None
        The folder of checkpoints; the second run and those after it have folders of their own in it.
    """

    def __init__(
        self, training: Training, solver: GradientSolver, control: RunControl, last_epoch: int, checkpoint: Path | None
    ) -> None:
        self.training, self.control = training, control
        self.schedule = _dynamic(training, solver, last_epoch)
        self._static = _static(training, solver, control)
        windows = training.windows
        self._shared, self._exponents = (
            training.dataset.to_shared() if windows is None else (windows.shared(training.dataset), windows.exponents)
        )
        self._splits = [setup.split for setup in training.setups]
        validation = max(len(split.validation) for split in self._splits)
        splits = self.final_splits if training.has_final_epochs else self._splits
        self._most = 0 if windows else max(len(split.train) for split in splits), validation
        self._folder, self._count = checkpoint, 0
        self._resumed, self._told = False, False
        self._most_done = -1, ""  # epochs of the run that has most of them, and where it goes on from

    @property
    def final_splits(self) -> list[Split]:
        """The members' splits, with their validation rows among the training rows too."""
        return [split.with_all_learned() for split in self._splits]

    def first_states(self, parameters: Sequence[Arrays]) -> MemberState:
        """Return the members' states before the first epoch, as NumPy arrays with a leading member axis."""
        step_size = self.training.recipe.learning_rate_init or LEARNING_RATE
        states = [
            start(self._static, of_member, step_size, np.uint32(setup.seed))
            for of_member, setup in zip(flat(parameters), self.training.setups, strict=True)
        ]
        return jax.tree.map(lambda *arrays: np.stack(list(map(np.asarray, arrays))), *states)

    def run(
        self,
        first: MemberState,
        last: np.ndarray,
        schedule: DynamicConfig,
        *,
        of: str = "",
        order: np.ndarray | None = None,
        splits: Sequence[Split] | None = None,
    ) -> Trained:
        """Return the result of a run from `first` to the members' `last` epochs.

        Parameters
        ----------
        first : MemberState
            The states that it starts from.
        last : array (members,)
            The last epochs.
        schedule : DynamicConfig
            The numbers of the schedule.
        of : str
            What distinguishes the run, for those who hear that it goes on from a checkpoint.
        order : array (members,) or None
            See `Run`.
        splits : sequence of Split or None
            The members' rows; those of the training unless given.
        """
        given = self._splits if splits is None else splits
        members = [self._member_data(*member) for member in zip(self.training.setups, given, strict=True)]
        run = Run(self._static, schedule, self._shared, members, first, order)
        folder = self._folder if self._folder is None or self._count == 0 else self._folder / str(self._count)
        self._count += 1
        windows = self.training.windows
        engine, (of_tasks, parts) = active_engine(), for_tasks(run)
        in_tasks = engine is not None and len(parts) > 1
        if folder is not None:
            check_layout(folder, parts=in_tasks)
        if engine is not None and in_tasks:
            marks = [] if folder is None else [_fingerprint(of_tasks, self.training, last, part) for part in parts]
            trained, begun = run_parts(engine, of_tasks, parts, last, self.control, folder, marks, windows)
            self._tell(begun, f"{int(last.max())}{of}, by the checkpoints in {str(folder)!r}")
            return trained
        everybody = np.arange(len(members))
        stored = None if folder is None else Checkpoint(folder, _fingerprint(run, self.training, last, everybody))
        trainer = EpochTrainer(run, stored) if windows is None else WindowTrainer(run, windows, stored)
        begun = Start(trainer.goes_on, int(trainer.epoch.max()), bool(trainer.running(last).any()))
        self._tell(begun, f"{int(last.max())}{of}, by the checkpoint in {str(folder)!r}")
        return Trained(*train(trainer, last, self.control), trainer.states)

    def _tell(self, begun: Start, where: str) -> None:
        """Say once that the fit goes on from a checkpoint: in the first run that has epochs left."""
        self._resumed = self._resumed or begun.goes_on
        here = f"epoch {begun.epoch} of {where}"
        self._most_done = max(self._most_done, (begun.epoch, here), key=lambda done: done[0])
        if self._resumed and not self._told and begun.trains:
            self._told = True
            warnings.warn(f"going on from {here}", Note, stacklevel=LINE_OF_FIT + 1)

    def end(self) -> None:
        """Say that the fit went on from a checkpoint, where no run had epochs left to say it."""
        if self._resumed and not self._told:
            warnings.warn(f"going on from {self._most_done[1]}", Note, stacklevel=LINE_OF_FIT)

    def _member_data(self, setup: MemberSetup, split: Split) -> MemberData:
        dataset, preprocessing = self.training.dataset, setup.preprocessing
        mean_weight = float(np.mean(dataset.weights[split.train]))
        schema = dataset.schema
        scaling = schema.member_scaling(preprocessing.inputs, preprocessing.targets, mean_weight, self._exponents)
        perturbation = schema.scaled_perturbation(preprocessing.inputs, dataset.x)
        ends = schema.scaled_ends(preprocessing.inputs, dataset.x)
        train = split.train if self.training.windows is None else np.arange(0)  # which every window brings
        return member_data(train, split.validation, self._most, scaling, mean_weight, perturbation, ends)


def flat(parameters: Sequence[Arrays]) -> list[np.ndarray]:
    """Return every member's parameters end to end, float32."""
    return [np.concatenate(raveled(of_member)).astype(np.float32) for of_member in parameters]


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
        mesh=mesh_for(len(training.setups), recipe.batch_size, training_devices()),
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
        slack=recipe.validation_slack or 0.0,
        epsilon=recipe.adversarial or 0.0,
        adversarial_steps=recipe.adversarial_steps or 1,
    )


def _fingerprint(run: Run, training: Training, last: np.ndarray, members: np.ndarray) -> Fingerprint:
    setups = [training.setups[member] for member in members]
    start = [np.asarray(leaf)[members] for leaf in jax.tree.leaves(run.states)]  # the step size among them
    start += [rows for setup in setups for rows in (setup.split.train, setup.split.validation)]
    return {
        "data": _digest(training.dataset.digest if training.windows is None else training.windows.fingerprint),
        "parameters": _digest((run.static, run.dynamic, last[members].tolist())),
        "seed": _digest([setup.seed for setup in setups]),
        "start": _digest([hashlib.sha256(np.ascontiguousarray(array).tobytes()).digest() for array in start]),
    }


def _digest(values: object) -> str:
    """Return a digest of values that show all of themselves as text."""
    return hashlib.sha256(ADDRESS.sub("", repr(values)).encode()).hexdigest()
