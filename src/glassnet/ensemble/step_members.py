"""Members of a full-batch solver: side by side in this process, or each a task in another one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from glassnet.ensemble.engine import Engine
from glassnet.ensemble.member import MemberSetup
from glassnet.ensemble.tasks import PartResult, Tasks, joined, monitor_of
from glassnet.ensemble.training import Trained, Training
from glassnet.training.loop import train
from glassnet.training.run_control import Arrays, Monitor, RunControl
from glassnet.training.solver import FullBatchSolver
from glassnet.training.step_trainer import Limits, Problem, ScaledRows, StepTrainer

AGAIN = "call fit again: this solver keeps no checkpoints, and starts again, to the same result"


class StepMember(NamedTuple):
    """What a task is given: the training of its member alone, whose rows come beside it, and where to start."""

    training: Training
    parameters: Arrays
    solver: FullBatchSolver
    limits: Limits
    steps: int
    monitor: Monitor | None


def step_trainer(
    training: Training, parameters: Sequence[Arrays], solver: FullBatchSolver, limits: Limits
) -> StepTrainer:
    """Return the trainer of all members of a training, from these first parameters."""
    problems = [
        Problem(of_member, *_scaled(training, setup))
        for of_member, setup in zip(parameters, training.setups, strict=True)
    ]
    return StepTrainer(training.ensemble.network, training.loss, solver, problems, limits)


def fit_in_tasks(
    engine: Engine, training: Training, solver: FullBatchSolver, limits: Limits, steps: int, control: RunControl
) -> Trained:
    """Return the members after up to so many steps, each a task of the engine."""
    dataset, members = training.dataset, np.split(np.arange(len(training.setups)), len(training.setups))
    nothing = np.empty(0)
    alone = replace(
        training,
        dataset=replace(dataset, x=nothing, y=nothing, weights=nothing, numbers=nothing),
        ensemble=replace(training.ensemble, members=()),
        metric=None,
    )
    jobs = [
        StepMember(replace(alone, setups=[setup]), parameters, solver, limits, steps, monitor_of(control, member))
        for member, setup, parameters in zip(members, training.setups, training.first_parameters, strict=True)
    ]
    arrays = [dataset.x, dataset.y, dataset.weights]
    results = Tasks(engine, members, steps, AGAIN).run(train_member, jobs, arrays, control)
    return joined([result.trained for result in results], members)


def train_member(job: StepMember, arrays: Sequence[np.ndarray], control: RunControl) -> PartResult:
    """Train a member in this process."""
    x, y, weights = map(np.asarray, arrays)
    training = replace(job.training, dataset=replace(job.training.dataset, x=x, y=y, weights=weights))
    control.monitor = job.monitor
    trainer = step_trainer(training, [job.parameters], job.solver, job.limits)
    return PartResult(Trained(*train(trainer, job.steps, control), None), int(trainer.epoch.max()))


def _scaled(training: Training, setup: MemberSetup) -> tuple[ScaledRows, ScaledRows | None]:
    validation = setup.split.validation
    train_rows = training.scaled_rows(setup, setup.split.train)
    return train_rows, training.scaled_rows(setup, validation) if validation.size else None
