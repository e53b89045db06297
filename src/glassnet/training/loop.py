"""The training loop, one for all solvers: members advance, and about five times a second the loop asks from outside.

Between two calls of `advance` it hears the callback, the clock and Ctrl-C, and a checkpoint is written. Where these
pauses fall changes nothing in the numbers.
"""

from time import perf_counter

import numpy as np

from glassnet.training.history import History
from glassnet.training.run_control import Arrays, RunControl
from glassnet.training.stopping import StopReason
from glassnet.training.trainer import MOST_EPOCHS_AT_ONCE, Trainer, progress_of

SECONDS_BETWEEN_PAUSES = 0.2


def train(trainer: Trainer, last: int | np.ndarray, control: RunControl) -> tuple[list[Arrays], list[History]]:
    """Return every member's trained parameters and history; `last` is the last epoch, of all or of each.

    With validation rows, or a monitor, the parameters of the best epoch are kept; without, the last ones are.
    `DivergenceError` when a member left the finite numbers after three smaller step sizes.
    """
    ends = np.broadcast_to(np.asarray(last, np.int32), trainer.epoch.shape)
    epochs, reason = 1, None
    try:
        while trainer.running(ends).any() and reason is None:
            started, before = perf_counter(), trainer.epoch
            trainer.advance(epochs, ends)
            if control.monitor is not None:
                trainer.judge(control, trainer.epoch > before)
            trainer.store()
            reason = control.asks_to_stop(progress_of(trainer, ends))
            done = max(int((trainer.epoch - before).max()), 1)
            wished = SECONDS_BETWEEN_PAUSES / (perf_counter() - started) * done
            epochs = (
                1
                if control.monitor or control.every_epoch
                else int(np.clip(wished, 1, min(MOST_EPOCHS_AT_ONCE, 8 * epochs)))
            )
        trainer.store(now=True)
        results = [trainer.result(member, reason or StopReason.MAX_ITER) for member in range(len(ends))]
    finally:
        trainer.close()
    return [parameters for parameters, _ in results], [history for _, history in results]
