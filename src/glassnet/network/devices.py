"""Devices: which ones JAX sees, on which of them a fit trains, and how precise its matrix products are there.

Nothing here changes the configuration of JAX: what is computed elsewhere than by default is computed in a context. All
but training and the predictions of many rows stays on the processor, also beside a graphics card: float64 is slow
there, and a small program waits longer for its start than it computes.
"""

import warnings
from collections.abc import Generator, Iterable
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from glassnet._lazy import jax

DEVICES = "auto", "cpu", "gpu"
# What JAX calls the precision of matrix products; sums are float32 in all of them.
PRECISIONS = {"float32": "highest", "tf32": "TF32_TF32_F32", "bfloat16": "BF16_BF16_F32"}
NO_BACKEND = RuntimeError, AssertionError  # of JAX: the second where JAX_PLATFORMS names cards alone, and there is none
INSTALL = "install glassnet[cuda13] or glassnet[cuda12], and see what `glassnet doctor` says"


@runtime_checkable
class Device(Protocol):
    """A device of JAX: what of `jax.Device` is asked for here."""

    @property
    def platform(self) -> str:
        """The processor is "cpu", a graphics card "gpu"."""
        ...

    @property
    def device_kind(self) -> str:
        """The name that its maker gave it."""
        ...

    def memory_stats(self) -> dict[str, int] | None:
        """Return sizes in bytes; None where they are not known."""
        ...


def processor() -> Device | None:
    """Return the processor as JAX has it; None where the environment variable JAX_PLATFORMS leaves it out."""
    try:
        return jax.local_devices(backend="cpu")[0]
    except NO_BACKEND:
        return None


def graphics_cards() -> tuple[Device, ...]:
    """Return the graphics cards of this process that JAX sees, whether they work or not."""
    try:
        return tuple(jax.local_devices(backend="gpu"))
    except NO_BACKEND:
        return ()


def is_graphics_card(device: Device) -> bool:
    """Return whether a device is a graphics card of this process."""
    return device in graphics_cards()


def why_unusable(device: Device) -> str | None:
    """Return why a small sum on a device fails; None where it does not."""
    try:
        jax.block_until_ready(jax.device_put(np.ones(2, np.float32), device) + 1)
    except RuntimeError as error:  # such as JaxRuntimeError
        return str(error).strip().partition("\n")[0]
    return None


def devices_for(device: str) -> tuple[Device, ...]:
    """Return the devices that a fit may train on.

    Parameters
    ----------
    device : "auto", "cpu" or "gpu"
        "auto" is the graphics cards where JAX sees some and they work, else the processor.

    Returns
    -------
    tuple of jax.Device
        At least one; all of one kind.

    Raises
    ------
    ValueError
        For "gpu" where there is none that works, and for another name.

    Warns
    -----
    UserWarning
        Where "auto" leaves out graphics cards that do not work.
    """
    if device not in DEVICES:
        raise ValueError(f"device={device!r} must be one of {', '.join(map(repr, DEVICES))}")
    host = processor()
    if device == "cpu":
        if host is None:
            raise ValueError("device='cpu' is left out by JAX_PLATFORMS; add cpu to it, as in JAX_PLATFORMS=cuda,cpu")
        return (host,)
    cards, reason = _usable(graphics_cards())
    if cards:
        return cards
    if device == "gpu" or host is None:
        why = f"the one that JAX sees does not work ({reason})" if reason else "JAX sees none"
        instead = "give device='cpu'" if host is not None else "add cpu to JAX_PLATFORMS, as in JAX_PLATFORMS=cuda,cpu"
        raise ValueError(f"device={device!r} needs a graphics card, and {why}; {INSTALL}, or {instead}")
    if reason:
        warnings.warn(
            f"training on the processor: the graphics card does not work ({reason}); see what `glassnet doctor` says, "
            "or give device='cpu'",
            UserWarning,
            stacklevel=2,
        )
    return (host,)


def _usable(cards: tuple[Device, ...]) -> tuple[tuple[Device, ...], str | None]:
    """Return the devices that work, and why the first of the others does not."""
    reasons = list(map(why_unusable, cards))
    usable = tuple(card for card, reason in zip(cards, reasons, strict=True) if reason is None)
    return usable, next((reason for reason in reasons if reason is not None), None)


def described(devices: Iterable[Device]) -> str:
    """Return devices of one kind in words, such as "cpu" or "gpu: NVIDIA H200 x 2"."""
    names = [device.device_kind for device in devices if is_graphics_card(device)]
    return "cpu" if not names else f"gpu: {names[0]}" + (f" x {len(names)}" if len(names) > 1 else "")


def on_processor() -> AbstractContextManager[object]:
    """Return a context in which arrays that nobody put elsewhere are made, and computed with, on the processor.

    It changes nothing where that is so already: JAX compiles a program once more for every default device.
    """
    default = _default_device()
    if default is None and jax.default_backend() == "cpu":
        return nullcontext()
    host = processor()
    return nullcontext() if host is None or default == host else jax.default_device(host)


def _default_device() -> object:
    """Return the default device that was set on this thread or for all of them; None where none was."""
    return getattr(jax.config, "jax_default_device")  # noqa: B009, JAX publishes no type of it


@contextmanager
def float64() -> Generator[None]:
    """Compute in float64, on the processor; the switch belongs to the thread."""
    with on_processor(), jax.enable_x64(True):
        yield


# What a fit was asked for, while it trains.


@dataclass(frozen=True)
class _Training:
    devices: tuple[Device, ...]
    precision: str


_training: ContextVar[_Training | None] = ContextVar("training", default=None)


@contextmanager
def training_on(device: str = "auto", precision: str = "float32", *, by_steps: bool = False) -> Generator[str]:
    """Train on a device, with matrix products of a precision, and yield the device in words.

    It holds for this thread, and neither for its threads nor for other processes.

    Parameters
    ----------
    device : "auto", "cpu" or "gpu"
        See `devices_for`.
    precision : "float32", "tf32" or "bfloat16"
        Of the factors of matrix products in training.
    by_steps : bool
        Whether the solver takes all rows at once, in float64, which stays on the processor.

    Raises
    ------
    ValueError
        For a device that there is none of, and for what has no effect.
    """
    if by_steps and device == "gpu":
        raise ValueError(
            "device='gpu' has no effect on a solver that takes all rows at once, in float64 on the processor; leave "
            "device out, or give solver='adam'"
        )
    devices = devices_for("cpu" if by_steps and processor() is not None else device)
    if precision not in PRECISIONS:
        raise ValueError(f"precision={precision!r} must be one of {', '.join(map(repr, PRECISIONS))}")
    if precision != "float32" and (by_steps or not is_graphics_card(devices[0])):
        raise ValueError(
            f"precision={precision!r} has an effect on graphics cards alone, and this fit trains on the processor; "
            "leave precision out, or train where `glassnet doctor` lists a graphics card"
        )
    token = _training.set(_Training(devices, precision))
    try:
        with _making_arrays_on(devices[0]):
            yield described(devices)
    finally:
        _training.reset(token)


def _making_arrays_on(device: Device) -> AbstractContextManager[object]:
    """Return a context with this default device; one that changes nothing where it is that already."""
    default = _default_device()
    same = device == (jax.local_devices()[0] if default is None else default)
    return nullcontext() if same else jax.default_device(device)


def training_devices() -> tuple[Device, ...]:
    """Return the devices that the fit of this thread trains on; outside of `training_on` the processor."""
    training = _training.get()
    if training is not None:
        return training.devices
    host = processor()
    return devices_for("auto")[:1] if host is None else (host,)


def training_precision() -> str:
    """Return JAX's name of the precision of matrix products in the fit of this thread; "highest" outside of it."""
    training = _training.get()
    return PRECISIONS["float32" if training is None else training.precision]


# Where many rows are predicted.

_on_card: ContextVar[bool] = ContextVar("on_card", default=False)


@contextmanager
def predicting_on(trained_on: str | None) -> Generator[None]:
    """Predict many rows on a graphics card where a fit trained on one, as `described` says, and one works here too."""
    token = _on_card.set(trained_on is not None and trained_on.startswith("gpu"))
    try:
        yield
    finally:
        _on_card.reset(token)


def predicting_card() -> Device | None:
    """Return the graphics card for the predictions of many rows in this thread; None is the processor."""
    usable, _ = _usable(graphics_cards()[:1]) if _on_card.get() else ((), None)
    return usable[0] if usable else None
