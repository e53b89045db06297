"""`glassnet doctor`: versions first, which need no import, then the device."""

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

import click

from glassnet.cli.app import as_json, command
from glassnet.cli.terminal import show_json

LIBRARIES = (
    "jax", "jaxlib", "numpy", "scipy", "scikit-learn", "optax", "polars", "narwhals", "safetensors", "matplotlib",
    "pillow",
)  # fmt: skip

CACHE_OPTION = "jax_compilation_cache_dir"


@command
@as_json
def doctor(in_json: bool) -> None:
    """Report versions, device and cache, as they matter to a question or a bug."""
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
    """Yield where the arithmetic runs and where compiled programs are kept; this imports JAX."""
    import jax

    yield "device", ", ".join(f"{d.platform} ({d.device_kind})" for d in jax.devices())
    yield "compilation cache", _cache_folder() or "in memory, for this process only"


def _cache_folder() -> str | None:
    import jax

    return getattr(jax.config, CACHE_OPTION)  # JAX publishes no type of it


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
