"""From members' set-ups to trained members, by a solver of epochs or of steps."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import ceil
from pathlib import Path

import numpy as np

from glassnet.ensemble.candidates import (
    TRIAL,
    better_of_each,
    candidates,
    goes_on_beside_lines,
    or_lines,
    worth_more,
)
from glassnet.ensemble.engine import active_engine
from glassnet.ensemble.ensemble import member_outputs
from glassnet.ensemble.epoch_runs import EpochRuns
from glassnet.ensemble.final_epochs import after_final_epochs
from glassnet.ensemble.linear_start import has_linear_path
from glassnet.ensemble.smooth_start import has_both_embeddings, without_piecewise
from glassnet.ensemble.step_members import fit_in_tasks, step_trainer
from glassnet.ensemble.training import Metric, Trained, Training
from glassnet.training.auto_solver import as_solver
from glassnet.training.loop import train
from glassnet.training.member_state import MemberState
from glassnet.training.run_control import Arrays, RunControl
from glassnet.training.solver import FullBatchSolver, GradientSolver, options_of
from glassnet.training.step_trainer import Limits


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
    engine = active_engine()
    if engine is not None and len(training.setups) > 1:
        return fit_in_tasks(engine, training, solver, limits, epochs, control)
    return Trained(*train(step_trainer(training, training.first_parameters, solver, limits), epochs, control), None)


def _fit_by_epochs(
    training: Training,
    solver: GradientSolver,
    states: MemberState | None,
    epochs: int,
    control: RunControl,
    checkpoint: Path | None,
) -> Trained:
    """Return the result of training: each member's best run, or its straight line where no network beats it."""
    before = 0 if states is None else np.asarray(states.epoch)
    last = np.broadcast_to(before + epochs, len(training.setups)).astype(np.int32)
    runs = EpochRuns(training, solver, control, max(int(last.max()), training.recipe.max_iter or 1), checkpoint)
    decays, chooses = options_of(solver).decays, training.validates and not training.ensemble.members
    starts, done = training.first_parameters, list[Trained]()
    if chooses and has_both_embeddings(training.ensemble.network):
        starts, done = _better_starts(training, runs, starts, decays[0], last)
    first = runs.first_states(starts)
    if states is not None:  # whose last epoch may not be the one that was kept
        first = first._replace(
            flat_parameters=states.flat_parameters, solver_state=states.solver_state, epoch=states.epoch
        )
    may_be_lines = chooses and has_linear_path(training.ensemble.network)
    lines = training.beside_lines(starts) if may_be_lines else []
    beside_lines = runs.first_states(lines) if lines else first
    tried = candidates(decays, line=may_be_lines, chooses=training.validates)
    for number, candidate in enumerate(tried):
        if control.stopped is not None:
            break
        start_states, ends, order = beside_lines if candidate.line else first, last, None
        if candidate.line:
            goes_on = np.ones(len(training.setups), bool)
            if tried[number - 1].line:
                goes_on = goes_on_beside_lines(training, done, lines)
            if not goes_on.any():
                break
            order = np.argsort(~goes_on, kind="stable")
            ends = np.where(goes_on, ceil(candidate.epochs * epochs), 0)
        schedule = runs.schedule._replace(decay=candidate.decay, epochs=ceil(candidate.epochs * runs.schedule.epochs))
        of = "" if len(tried) == 1 else f" with weight_decay={candidate.decay:g}"
        done.append(runs.run(start_states, ends, schedule, of=of, order=order))
    chosen = better_of_each(done)
    if lines:
        histories = [replace(history, kept_epoch=0) for history in chosen.histories]
        of_all_rows = training.beside_lines(starts, validation=True)
        chosen = or_lines(training, chosen, lines, Trained(of_all_rows, histories, runs.first_states(of_all_rows)))
    if training.has_final_epochs and control.stopped is None:
        chosen = after_final_epochs(runs, chosen)
    runs.end()
    return chosen


def _better_starts(
    training: Training, runs: EpochRuns, both: Sequence[Arrays], decay: float, last: np.ndarray
) -> tuple[list[Arrays], list[Trained]]:
    """Return for every member the start that is better after a few epochs: with both embeddings or with cosines alone.

    The tries themselves are returned too where no time is left for more.
    """
    smooth = [without_piecewise(training.ensemble.network, parameters) for parameters in both]
    schedule = runs.schedule._replace(decay=decay, epochs=ceil(TRIAL * runs.schedule.epochs))
    ends = np.ceil(TRIAL * last).astype(np.int32)
    tries: list[Trained] = []
    for parameters, of in ((smooth, " with cosines alone"), (both, " with both embeddings")):
        tries.append(runs.run(runs.first_states(parameters), ends, schedule, of=of))
        if runs.control.stopped is not None:
            return list(both), tries
    chosen = worth_more(training, *tries)
    return [both[member] if better else smooth[member] for member, better in enumerate(chosen)], []


def _monitor(training: Training, metric: Metric) -> Callable[[int, Arrays], float]:
    """Return what a user's metric says of a member's parameters on its validation rows."""
    dataset, network, link = training.dataset, training.ensemble.network, training.ensemble.link

    def judge(place: int, parameters: Arrays) -> float:
        setup = training.setups[place]
        rows = setup.split.validation
        predictions = member_outputs(network, link, [parameters], [setup.preprocessing], dataset.x[rows])[0]
        return metric(dataset.y[rows], predictions)

    return judge
