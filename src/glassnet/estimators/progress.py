"""A progress bar for training, on the error stream: it moves on a terminal and is silent in a pipe."""

from time import perf_counter
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from glassnet.training.history import Progress as Epoch


class ProgressBar:
    """A callback that draws epochs and losses, and rows where files are read first, while it is entered."""

    def __init__(self, *, lines: bool = False) -> None:
        self._console = Console(stderr=not lines)
        self._lines = lines and not self._console.is_terminal
        self._bar = Progress(
            TextColumn("{task.fields[doing]}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.description}"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None, doing="training")
        self._doing, self._since, self._before = "", 0.0, 0  # of the rows that are read

    def __enter__(self) -> "ProgressBar":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def __call__(self, epoch: Epoch) -> None:
        """Show where training stands; where no bar can move, print a line when lines were asked for."""
        if not epoch.epoch and epoch.fraction:  # there is no loss yet
            text = f"epoch 1, {epoch.fraction:.0%} of it"
        else:
            text = f"epoch {epoch.epoch}, loss {epoch.loss:.4g}"
            if epoch.validation_loss is not None:
                text += f", validation {epoch.validation_loss:.4g}"
        done = epoch.epoch + epoch.fraction
        self._bar.update(self._task, completed=done, total=epoch.max_epochs, description=text, doing="training")
        if self._lines:
            self._console.print(text, highlight=False)

    def rows(self, doing: str, done: int, total: int) -> None:
        """Show how many rows of files are behind, and how many a second."""
        now = perf_counter()
        if doing != self._doing:
            self._doing, self._since, self._before = doing, now, done
            self._bar.reset(self._task, doing=doing)
        a_second = (done - self._before) / max(now - self._since, 1e-9)
        text = f"{done:,} of {total:,} rows" + (f", {a_second:,.0f} a second" if a_second else "")
        self._bar.update(self._task, completed=done, total=total, description=text, doing=doing)
        if self._lines and done == total:
            self._console.print(f"{doing}: {text}", highlight=False)
