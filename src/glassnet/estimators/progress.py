"""A progress bar for training, on the error stream: it moves on a terminal and is silent in a pipe."""

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from glassnet.training.history import Progress as Epoch


class ProgressBar:
    """A callback that draws epochs and losses while it is entered."""

    def __init__(self, *, lines: bool = False) -> None:
        self._console = Console(stderr=not lines)
        self._lines = lines and not self._console.is_terminal
        self._bar = Progress(
            TextColumn("training"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.description}"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None)

    def __enter__(self) -> "ProgressBar":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def __call__(self, epoch: Epoch) -> None:
        """Show where training stands; where no bar can move, print a line when lines were asked for."""
        text = f"epoch {epoch.epoch}, loss {epoch.loss:.4g}"
        if epoch.validation_loss is not None:
            text += f", validation {epoch.validation_loss:.4g}"
        self._bar.update(self._task, completed=epoch.epoch, total=epoch.max_epochs, description=text)
        if self._lines:
            self._console.print(text, highlight=False)
