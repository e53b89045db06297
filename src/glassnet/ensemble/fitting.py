"""From members' set-ups to trained members, by a solver of epochs or of steps."""

import hashlib
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import ceil
from pathlib import Path

import jax
import numpy as np

from glassnet.ensemble.candidates import better_of_each, candidates, goes_on_beside_lines, or_lines
from glassnet.ensemble.ensemble import member_outputs
from glassnet.ensemble.linear_start import has_linear_path
from glassnet.ensemble.member import MemberSetup
from glassnet.ensemble.recipe import LEARNING_RATE
from glassnet.ensemble.training import Metric, Trained, Training
from glassnet.training.auto_solver import as_solver
from glassnet.training.checkpoint import Checkpoint
from glassnet.training.configuration import DynamicConfig, Order, StaticConfig
from glassnet.training.epoch_trainer import EpochTrainer, Run
from glassnet.training.epochs import MemberState, start
from glassnet.training.loop import train
from glassnet.training.member_data import MemberData, member_data
from glassnet.training.note import Note
from glassnet.training.optimizers import GradientDescent
from glassnet.training.ravel import raveled
from glassnet.training.run_control import Arrays, RunControl
from glassnet.training.solver import FullBatchSolver, GradientSolver, options_of, without_options
from glassnet.training.step_trainer import Limits, Problem, ScaledRows, StepTrainer

ADDRESS = re.compile(r" at 0x[0-9a-f]+")  # where a function lies in memory, another place in every process


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


def _fit_by_steps(training: Training, solver: FullBatchSolver, epochs: int, control: RunControl) -> Trained:
    network = training.ensemble.network
    solver.check(training.loss, network.n_parameters)
    recipe, monitored = training.recipe, control.monitor is not None
    patience = recipe.n_iter_no_change or epochs
    limits = Limits(recipe.alpha or 0.0, training.tolerance, patience, recipe.validation_slack or 0.0, monitored)
    problems = [
        Problem(parameters, *_scaled(training, setup))
        for parameters, setup in zip(training.first_parameters, training.setups, strict=True)
    ]
    trainer = StepTrainer(network, training.loss, solver, problems, limits)
    return Trained(*train(trainer, epochs, control), None)


def _scaled(training: Training, setup: MemberSetup) -> tuple[ScaledRows, ScaledRows | None]:
    validation = setup.split.validation
    train = training.scaled_rows(setup, setup.split.train)
    return train, training.scaled_rows(setup, validation) if validation.size else None


def _fit_by_epochs(
    training: Training,
    solver: GradientSolver,
    states: MemberState | None,
    epochs: int,
    control: RunControl,
    checkpoint: Path | None,
) -> Trained:
    """Return the result of training: each member's best run, or its straight line where no network beats it."""
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
    may_be_lines = training.validates and not training.ensemble.members and has_linear_path(training.ensemble.network)
    lines = training.beside_lines() if may_be_lines else []
    beside_lines = _first_states(static, training, lines) if lines else first
    tried = candidates(options_of(solver).decays, line=may_be_lines, chooses=training.validates)
    runs: list[Trained] = []
    resumed, told, where = False, False, ""
    for number, candidate in enumerate(tried):
        start_states, ends, order = beside_lines if candidate.line else first, last, None
        if candidate.line:
            goes_on = np.ones(len(members), bool)
            if tried[number - 1].line:
                goes_on = goes_on_beside_lines(training, runs, lines)
            if not goes_on.any():
                break
            order = np.argsort(~goes_on, kind="stable")
            ends = np.where(goes_on, ceil(candidate.epochs * epochs), 0)
        schedule = dynamic._replace(decay=candidate.decay, epochs=ceil(candidate.epochs * dynamic.epochs))
        run = Run(static, schedule, shared, members, start_states, order)
        folder = checkpoint if checkpoint is None or number == 0 else checkpoint / str(number)
        stored = None if folder is None else Checkpoint(folder, _fingerprint(run, training, ends))
        trainer = EpochTrainer(run, stored)
        resumed = resumed or trainer.goes_on
        of = "" if len(tried) == 1 else f" with weight_decay={candidate.decay:g}"
        here = f"epoch {int(trainer.epoch.max())} of {int(ends.max())}{of}, by the checkpoint in {str(folder)!r}"
        where = where or here
        if resumed and not told and trainer.running(ends).any():
            told = True
            warnings.warn(f"going on from {here}", Note, stacklevel=6)  # the line that called fit
        runs.append(Trained(*train(trainer, ends, control), trainer.states))
        if control.stopped is not None:
            break
    if resumed and not told:
        warnings.warn(f"going on from {where}", Note, stacklevel=6)
    chosen = better_of_each(runs)
    if not lines:
        return chosen
    histories = [replace(history, kept_epoch=0) for history in chosen.histories]
    of_all_rows = training.beside_lines(validation=True)
    states = _first_states(static, training, of_all_rows)
    return or_lines(training, chosen, lines, Trained(of_all_rows, histories, states))


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
        slack=recipe.validation_slack or 0.0,
        epsilon=recipe.adversarial or 0.0,
        adversarial_steps=recipe.adversarial_steps or 1,
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
    ends = dataset.schema.scaled_ends(preprocessing.inputs, dataset.x)
    return member_data(split.train, split.validation, most, scaling, mean_weight, perturbation, ends)


def _monitor(training: Training, metric: Metric) -> Callable[[int, Arrays], float]:
    """Return what a user's metric says of a member's parameters on its validation rows."""
    dataset, network, link = training.dataset, training.ensemble.network, training.ensemble.link

    def judge(place: int, parameters: Arrays) -> float:
        setup = training.setups[place]
        rows = setup.split.validation
        predictions = member_outputs(network, link, [parameters], [setup.preprocessing], dataset.x[rows])[0]
        return metric(dataset.y[rows], predictions)

    return judge


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
