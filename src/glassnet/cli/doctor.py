"""`glassnet doctor`: versions first, which need no import, then devices and memory."""

import logging
import os
import platform
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glassnet.cli.app import as_json, command
from glassnet.cli.terminal import show_json

if TYPE_CHECKING:
    from glassnet.network.devices import Device

LIBRARIES = (
    "jax", "jaxlib", "numpy", "scipy", "scikit-learn", "optax", "polars", "narwhals", "safetensors", "matplotlib",
    "pillow",
)  # fmt: skip

PLUGINS = "jax-cuda13-plugin", "jax-cuda12-plugin"
DRIVERS = Path("/proc/driver/nvidia/version"), Path("/dev/dxg")  # of Linux, and of Linux in Windows
MISSING = "not installed"
GIB = 2**30
CACHE_OPTION = "jax_compilation_cache_dir"


@command
@as_json
def doctor(in_json: bool) -> None:
    """Report versions, devices, memory and cache, as they matter to a question or a bug."""
    if in_json:
        show_json({**versions(), **dict(device())})
        return
    for entries in (versions().items(), device()):
        for name, value in entries:
            click.echo(f"{name:<18} {value}")


def versions() -> dict[str, str]:
    """Return the versions of Python, glassnet and the libraries under it."""
    return {"python": platform.python_version(), **{name: _version(name) for name in ("glassnet", *LIBRARIES)}}


def device() -> Iterator[tuple[str, str]]:
    """Yield where the arithmetic runs, what it has there, and where compiled programs are kept; this imports JAX."""
    import jax

    from glassnet.data.dense_size import available_bytes
    from glassnet.network import devices
    from glassnet.network.machine import available_cores

    with _logged() as logged:
        try:
            found = jax.devices()
        except devices.NO_BACKEND as error:
            yield "device", _no_device(str(error))
            return
    yield "device", ", ".join(f"{d.platform} ({d.device_kind})" for d in found)
    for place, card in enumerate(devices.graphics_cards()):
        yield f"graphics card {place}", f"{card.device_kind}, {_lent(card)}, {devices.why_unusable(card) or 'works'}"
    for plugin in PLUGINS:
        if (number := _version(plugin)) != MISSING:
            yield plugin, number if devices.graphics_cards() else f"{number}, of no use: {_why_unused(logged)}"
    yield "processes", f"{jax.process_count()}, of which this is number {jax.process_index()}"
    yield "processor cores", str(available_cores())
    free = available_bytes()
    yield "free memory", "not known" if free is None else f"{free / GIB:.1f} GiB"
    yield "compilation cache", _cache_folder() or "in memory, for this process only"


def _no_device(why: str) -> str:
    """Return what to do where JAX has no device at all, as where JAX_PLATFORMS names graphics cards alone."""
    platforms = os.environ.get("JAX_PLATFORMS", "")
    if not platforms:
        return f"none that JAX can use: {why}"
    reason = f" ({' '.join(why.split())})" if why else ""
    return f"none: JAX_PLATFORMS={platforms} names none that works here{reason}; unset it, or add cpu to it"


def _lent(card: "Device") -> str:
    """Return how much memory a graphics card lends to JAX in this process."""
    stats = card.memory_stats() or {}
    if "bytes_limit" not in stats:
        return "memory not known"
    return f"{stats['bytes_limit'] / GIB:.1f} GiB for this process, {stats.get('bytes_in_use', 0) / GIB:.1f} in use"


def _why_unused(logged: list[str]) -> str:
    """Return why a CUDA plugin found no graphics card."""
    platforms = os.environ.get("JAX_PLATFORMS", "")
    if platforms and not {"cuda", "gpu"} & set(platforms.split(",")):
        return f"JAX_PLATFORMS={platforms} leaves it out; unset it"
    if not any(path.exists() for path in DRIVERS):
        return f"no driver of NVIDIA is loaded (there is neither {' nor '.join(map(str, DRIVERS))})"
    if "LD_LIBRARY_PATH" in os.environ:
        logged = [*logged, "LD_LIBRARY_PATH is set, which may bring other libraries than those installed; unset it"]
    return "; ".join(logged) or "JAX does not say why; start Python with JAX_DEBUG_LOG_MODULES=jax"


@contextmanager
def _logged() -> Generator[list[str]]:
    """Keep what JAX says about plugins that do not start, and keep it from the terminal."""
    texts: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            error = record.exc_info[1] if record.exc_info else None
            texts.append(" ".join(str(error or record.getMessage()).split()))

    logger, handler = logging.getLogger("jax._src.xla_bridge"), Handler(logging.WARNING)
    before, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield texts
    finally:
        logger.removeHandler(handler)
        logger.propagate = before


def _cache_folder() -> str | None:
    import jax

    return getattr(jax.config, CACHE_OPTION)  # JAX publishes no type of it


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return MISSING
