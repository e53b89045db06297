"""Many fits in a row: a progress bar, and each warning once."""

import warnings
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def many_fits(fits: int, *, shown: bool) -> Generator[Callable[[], None]]:
    """Give what is to be called after every fit; what fits warn of is said once at the end, with how often.

    The bar is on the error stream: it moves on a terminal and is silent in a pipe.

    Parameters
    ----------
    fits : int
        How many there will be.
    shown : bool
        Whether there is a bar.
    """
    console = Console(stderr=True)
    columns = (TextColumn("fits"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    hidden = not (shown and console.is_terminal)
    caught: list[warnings.WarningMessage] = []
    try:
        with (
            Progress(*columns, console=console, transient=True, disable=hidden) as bar,
            warnings.catch_warnings(record=True) as caught,
        ):
            task = bar.add_task("", total=fits)
            yield lambda: bar.advance(task)
    finally:
        for (text, category), count in Counter((str(each.message), each.category) for each in caught).items():
            warnings.warn(f"{text} ({count} times in {fits} fits)", category, stacklevel=4)
