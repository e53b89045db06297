"""The final epochs of members, which learn from their validation rows too.

Once the best epoch is known, nothing has to be chosen any more, and the validation rows can be learned from
(Goodfellow, Bengio and Courville 2016, Deep Learning, section 7.8: the second strategy, algorithm 7.3).
"""

from dataclasses import replace

import numpy as np

from glassnet.ensemble.epoch_runs import EpochRuns, flat
from glassnet.ensemble.training import Trained
from glassnet.training.ravel import unflatten


def after_final_epochs(runs: EpochRuns, trained: Trained) -> Trained:
    """Return the members after their final epochs: a fraction of those up to the kept one, the last of the schedule.

    A member that is a straight line alone, which kept no epoch, has none. The states to go on from stay those before:
    for more epochs the validation rows are held out again.
    """
    training, last = runs.training, runs.schedule.epochs
    kept = np.array([history.kept_epoch for history in trained.histories])
    epochs = np.ceil((training.recipe.final_epochs or 0.0) * kept).astype(np.int32)
    if trained.states is None or not epochs.any():
        return trained
    best = trained.states.best
    first = trained.states._replace(
        flat_parameters=np.stack(flat(trained.parameters)),
        epoch=last - epochs,
        best=best._replace(no_improvement=np.zeros_like(best.no_improvement)),
    )
    schedule = runs.schedule._replace(patience=last)
    ends = np.full(len(epochs), last, np.int32)
    final = runs.run(first, ends, schedule, of=" with the validation rows too", splits=runs.final_splits)
    if final.states is None:
        return trained
    histories = [
        replace(
            before,
            final_epochs=after.epochs,
            reason=after.reason if after.reason.from_outside else before.reason,
            retries=before.retries + after.retries,
        )
        for before, after in zip(trained.histories, final.histories, strict=True)
    ]
    network = training.ensemble.network
    parameters = [unflatten(network, flat_parameters) for flat_parameters in np.asarray(final.states.flat_parameters)]
    return Trained(parameters, histories, trained.states, before_final=trained.parameters)
