"""A progress bar for a table in files, on the error stream: it moves on a terminal and is silent in a pipe."""

from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from glassnet.estimators.slice_predictions import SliceProgress


class SliceBar:
    """A callback that draws rows, rows a second and the time that is left, while it is entered.

    Parameters
    ----------
    console : Console, optional
        Where it is drawn.
    title : str
        What is being done.
    """

    def __init__(self, console: Console | None = None, title: str = "predicting") -> None:
        console = console or Console(stderr=True)
        self._bar = Progress(
            TextColumn(title),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.description}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None)

    def __enter__(self) -> "SliceBar":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def __call__(self, done: "SliceProgress") -> None:
        """Show how far it is."""
        self._bar.update(self._task, completed=done.rows, total=done.of_rows, description=described(done))


def described(done: "SliceProgress") -> str:
    """Return rows that are done and rows a second, such as "65,536 of 1,000,000 rows, 410,000 rows/s"."""
    rate = done.rows / max(done.seconds, 1e-9)
    return f"{done.rows:,} of {done.of_rows:,} rows, {rate:,.0f} rows/s"
