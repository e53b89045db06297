"""Compiled programs hold memory mappings, some hundred a fit of a new shape, and Linux limits those of a process."""

import gc
from pathlib import Path

import jax

MAPPINGS, LIMIT = Path("/proc/self/maps"), Path("/proc/sys/vm/max_map_count")


def release_if_many() -> None:
    """Let JAX drop its compiled programs when half of all mappings are in use; what is used again is compiled again.

    At the limit LLVM would end the process. Where there is no such limit, outside Linux, this does nothing.
    """
    try:
        in_use, limit = MAPPINGS.read_bytes().count(b"\n"), int(LIMIT.read_text())
    except OSError:
        return
    if in_use > limit / 2:
        jax.clear_caches()
        gc.collect()
