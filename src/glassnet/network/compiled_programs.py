"""Compiled programs: what JAX compiles, once for all numbers that may change, and gives up when it was long unused.

A function's first arguments, such as the network, are static: they are compiled in. Another network or another shape is
another program, which takes seconds to compile and holds megabytes and some hundred memory mappings. So every function
keeps the programs that were used last and drops the others, which gives their memory back.

Numbers that people search over, such as a dropout rate, stand inside static arguments: they are fields of a layer or a
loss. A class names them in `dynamic_fields`, and they are taken out and passed as arguments, so that another number
is no other program.

Programs run on the processor, unless one of their arguments was put on another device. Their matrix products have the
precision that a static argument names in `matmul_precision`, else the highest.
"""

import copy
import os
import sys
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache, update_wrapper
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar, cast
from weakref import ref

import numpy as np

from glassnet._lazy import Array, jax
from glassnet.network.devices import on_processor

KEPT = 8  # programs of a function
PRECISION = "matmul_precision"  # the attribute of static arguments
Options = Mapping[str, bool | int]  # of XLA

# Compiles in a third of the time to a program that takes four times as long: right for a few calls.
QUICK = {"xla_backend_optimization_level": 0, "xla_cpu_use_fusion_emitters": False}
ONE_THREAD = {"xla_cpu_multi_thread_eigen": False}  # right for calls that go over the cores, and for small ones
MAPPINGS, LIMIT = Path("/proc/self/maps"), Path("/proc/sys/vm/max_map_count")

R = TypeVar("R")


class Compiled(Generic[R]):
    """A function with its compiled programs; `compiled` makes one.

    Parameters
    ----------
    function : callable
        What is compiled; its arguments are passed by position.
    static : int, default=0
        How many of its first arguments are compiled in; they are hashable.
    donate : sequence of int, default=()
        The places of the arguments whose memory the results may take over.
    keep : int, default=KEPT
        How many programs are kept.
    options : mapping, callable or None, default=None
        Options of XLA for its programs, such as `QUICK` or `ONE_THREAD`; or what returns them, or None, from the static
        arguments.
    """

    def __init__(
        self,
        function: Callable[..., R],
        static: int = 0,
        donate: tuple[int, ...] = (),
        keep: int = KEPT,
        options: Options | Callable[..., Options | None] | None = None,
    ) -> None:
        update_wrapper(self, function)
        self.function: Callable[..., R] = function
        self._static, self._keep = static, keep
        self._options = options
        self._donate = tuple(1 + place - static for place in donate)  # after the numbers
        self._programs: OrderedDict[Hashable, Callable[..., R]] = OrderedDict()
        self._lock = Lock()
        _functions.append(self.drop)

    def __call__(self, *arguments: object, **named: object) -> R:
        """Return what the function returns, computed by its program; NumPy arrays may stand for those of JAX."""
        check_process()
        static, numbers = _without_numbers(arguments[: self._static])
        others = arguments[self._static :]
        with on_processor():
            return self._program(static, (others, named))(numbers, *others, **named)

    def bind(self, *static: Hashable) -> Callable[..., R]:
        """Return the function with these static arguments, for others that are of one kind in every call.

        Its program is looked up by the kinds of the first call's arguments, and again where it was dropped since.
        """
        static, numbers = _without_numbers(static)
        kept: Callable[[], Callable[..., R] | None] = lambda: None  # noqa: E731, a weak reference stands here later

        def call(*others: object) -> R:
            nonlocal kept
            check_process()
            with on_processor():
                program = kept()
                if program is None:
                    program = self._program(static, (others, {}))
                    kept = ref(program)
                return program(numbers, *others)

        return call

    @property
    def n_programs(self) -> int:
        """How many programs are kept now."""
        return len(self._programs)

    def drop(self) -> None:
        """Give up all programs; one that is used again is compiled again."""
        with self._lock:
            self._programs.clear()

    def _program(self, static: tuple[Hashable, ...], others: tuple[object, ...]) -> Callable[..., R]:
        leaves, structure = jax.tree.flatten(others)
        wide = jax.dtypes.canonicalize_dtype(np.float64) == np.float64  # whether float64 is enabled on this thread
        key = static, structure, tuple(map(_kind, leaves)), wide
        with self._lock:
            if key in self._programs:
                self._programs.move_to_end(key)
                return self._programs[key]
        _make_room()
        with self._lock:  # a program of its own, not one more of a shared `jit`, can be given up alone
            program = self._programs.setdefault(key, self._to_compile(static))
            while len(self._programs) > self._keep:
                self._programs.popitem(last=False)
        return program

    def _to_compile(self, static: tuple[Hashable, ...]) -> Callable[..., R]:
        # Graphics cards round products to fewer bits by default.
        precision = next((str(value) for each in static if (value := getattr(each, PRECISION, None))), "highest")

        def function(numbers: tuple[Array, ...], *others: object, **named: object) -> R:
            with jax.default_matmul_precision(precision):
                return self.function(*cast(tuple[object, ...], _with_numbers(static, numbers)), *others, **named)

        function.__name__ = self.function.__name__
        options = self._options(*static) if callable(self._options) else self._options
        return jax.jit(
            function, donate_argnums=self._donate, compiler_options=None if options is None else dict(options)
        )


def compiled(
    *,
    static: int = 0,
    donate: tuple[int, ...] = (),
    keep: int = KEPT,
    options: Options | Callable[..., Options | None] | None = None,
) -> Callable[[Callable[..., R]], Compiled[R]]:
    """Return the decorator that compiles a function (see `Compiled`)."""
    return lambda function: Compiled(function, static, donate, keep, options)


_functions: list[Callable[[], None]] = []


def _make_room() -> None:
    """Drop all programs when half of the memory mappings that a process may have are in use.

    At the limit LLVM would end the process. Where there is no such limit, outside Linux, this does nothing.
    """
    try:
        in_use, limit = MAPPINGS.read_bytes().count(b"\n"), int(LIMIT.read_text())
    except OSError:
        return
    if in_use > limit / 2:
        for drop in _functions:
            drop()


def _kind(leaf: object) -> Hashable:
    shape = getattr(leaf, "shape", None)
    return type(leaf) if shape is None else (shape, cast(Array, leaf).dtype)


# Numbers inside static arguments.


@dataclass(frozen=True)
class _Place:
    """What stands for a number that was taken out: its place among the numbers."""

    place: int


@lru_cache(maxsize=128)
def _without_numbers(static: tuple[Hashable, ...]) -> tuple[tuple[Hashable, ...], tuple[float, ...]]:
    """Return static arguments with places in place of their dynamic fields, and the numbers that stood there."""
    numbers: list[float] = []

    def take(number: object) -> object:
        if isinstance(number, tuple):
            return tuple(map(take, cast(tuple[object, ...], number)))
        numbers.append(float(cast(float, number)))
        return _Place(len(numbers) - 1)

    def walk(value: object) -> object:
        if type(value) is tuple:
            return tuple(map(walk, cast(tuple[object, ...], value)))
        if not is_dataclass(value) or isinstance(value, type):
            return value
        dynamic = getattr(value, "dynamic_fields", ())
        return _replaced(value, {name: take if name in dynamic else walk for name in _names(value)})

    return cast(tuple[Hashable, ...], walk(static)), tuple(numbers)


def _with_numbers(static: tuple[Hashable, ...], numbers: tuple[Array, ...]) -> tuple[Hashable, ...]:
    """Return static arguments with the numbers back in their places."""

    def put(value: object) -> object:
        if isinstance(value, _Place):
            return numbers[value.place]
        if type(value) is tuple:
            return tuple(map(put, cast(tuple[object, ...], value)))
        if not is_dataclass(value) or isinstance(value, type):
            return value
        return _replaced(value, dict.fromkeys(_names(value), put))

    return cast(tuple[Hashable, ...], put(static))


def _names(value: object) -> list[str]:
    return [field.name for field in fields(value)]  # pyright: ignore[reportArgumentType]


def _replaced(value: object, changes: dict[str, Callable[[object], object]]) -> object:
    """Return a record with its fields changed, unchecked and all else as it is; itself where nothing changes."""
    old = {name: getattr(value, name) for name in changes}
    new = {name: change(old[name]) for name, change in changes.items()}
    if all(_same(new[name], old[name]) for name in changes):
        return value
    other = copy.copy(value)
    for name, field in new.items():
        object.__setattr__(other, name, field)
    return other


def _same(new: object, old: object) -> bool:
    if type(new) is tuple and type(old) is tuple:
        return all(map(_same, cast(tuple[object, ...], new), cast(tuple[object, ...], old)))
    return new is old


# Processes.


class _Process:
    """Whether JAX was used in this process, and whether it was before this process was forked."""

    def __init__(self) -> None:
        self.used, self.forked = False, False
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(before=self._before_fork, after_in_child=self._after_fork)

    def _before_fork(self) -> None:
        backends = sys.modules.get("jax._src.xla_bridge")  # others may have used JAX
        self.used = self.used or (backends is not None and backends.backends_are_initialized())

    def _after_fork(self) -> None:
        self.forked = self.used


_process = _Process()


def check_process() -> None:
    """Raise `RuntimeError` in a process that was forked from one that had used JAX: it would wait without end.

    Everything that computes calls this before it hands numbers to JAX.
    """
    _process.used = True
    if _process.forked:
        raise RuntimeError(
            f"process {os.getpid()} was forked from one that had already used JAX, whose threads do not come along; a "
            "process that fits or predicts has to be a fresh one, or forked before the first fit or predict. Start it "
            'by multiprocessing.get_context("spawn"), or use joblib with its backend "loky"'
        )
