"""Compiled programs hold memory mappings, some hundred a fit of a new shape, and Linux limits those of a process."""

import gc
from pathlib import Path

import jax

MAPPINGS, LIMIT = Path("/proc/self/maps"), Path("/proc/sys/vm/max_map_count")


class _Compilations:
    """Whether JAX compiled anything since this was last asked: counting mappings takes milliseconds."""

    def __init__(self) -> None:
        self._any = True
        jax.monitoring.register_event_duration_secs_listener(self._listen)

    def _listen(self, event: str, duration_secs: float, **_: str | int) -> None:
        self._any = self._any or event.startswith("/jax/core/compile/")

    def since_last_asked(self) -> bool:
        some, self._any = self._any, False
        return some


_compilations = _Compilations()


def release_if_many() -> None:
    """Let JAX drop its compiled programs when half of all mappings are in use; what is used again is compiled again.

    At the limit LLVM would end the process. Where there is no such limit, outside Linux, this does nothing.
    """
    if not _compilations.since_last_asked():
        return
    try:
        in_use, limit = MAPPINGS.read_bytes().count(b"\n"), int(LIMIT.read_text())
    except OSError:
        return
    if in_use > limit / 2:
        jax.clear_caches()
        gc.collect()
