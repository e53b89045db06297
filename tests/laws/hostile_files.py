"""A corpus of damaged and hostile model files, made from whole ones; every number stands for one file.

The checksum of surgery is made anew, so that it reaches what lies behind it.
"""

import gzip
import io
import json
import os
import pickle
import struct
import zipfile
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from forged_files import DEEP, TYPES, Parts, laid_out, put_together, taken_apart


class Mutant(NamedTuple):
    """A file, what was done to it, and whether it may still be a model: then it must predict as one."""

    what: str
    content: bytes
    may_load: bool


def mutant(bases: list[bytes], number: int) -> Mutant:
    """Return the file of that number."""
    random = np.random.default_rng([26, number])
    base = bases[random.integers(len(bases))]
    kind = KINDS[number % len(KINDS)]
    if kind is foreign:
        what, content = foreign(number // len(KINDS))
        return Mutant(f"foreign: {what}", content, may_load=False)
    if kind is damage:
        what, content = damage(random, base)
        return Mutant(f"damage: {what}", content, may_load=content == base)
    parts = taken_apart(base)
    what, parts = kind(random, parts)
    return Mutant(f"{kind.__name__}: {what}", put_together(parts), may_load=True)


def damage(random: np.random.Generator, base: bytes) -> tuple[str, bytes]:
    """Return the file with bytes changed, and the old checksum."""
    place, length = int(random.integers(len(base))), int(random.integers(1, 200))
    header = 8 + struct.unpack("<Q", base[:8])[0]
    flipped = bytearray(base)
    flipped[place] ^= 1 << int(random.integers(8))
    in_header = bytearray(base)
    in_header[int(random.integers(header))] ^= 1 << int(random.integers(8))
    lengths = [0, 1, 2**31, 2**63, 2**64 - 1, len(base) - 8, len(base), header - 9, header - 7]
    return [
        ("a bit", bytes(flipped)),
        ("a bit of the header", bytes(in_header)),
        ("cut short", base[:place]),
        ("longer", base + random.bytes(length)),
        ("a stretch of zeros", base[:place] + bytes(len(base[place : place + length])) + base[place + length :]),
        ("a stretch of noise", base[:place] + random.bytes(len(base[place : place + length])) + base[place + length :]),
        ("a stretch lost", base[:place] + base[place + length :]),
        ("a stretch twice", base[: place + length] + base[place:]),
        ("another header length", struct.pack("<Q", lengths[random.integers(len(lengths))]) + base[8:]),
        ("two files", base + base),
    ][random.integers(10)]


class Runs:
    """A pickle that runs a command where it is loaded."""

    def __reduce__(self) -> Any:
        return os.system, ("exit 7",)


def foreign(number: int) -> tuple[str, bytes]:
    """Return files of other programs under our name, most of which run code where they are loaded as what they are."""
    evil = pickle.dumps(Runs())
    packed, bomb, numpy_file = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:  # torch.save's layout
        archive.writestr("archive/data.pkl", evil)
        archive.writestr("archive/version", "3")
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(10**7))
    np.save(numpy_file, np.array([Runs()], dtype=object), allow_pickle=True)
    files = [
        *((f"pickle, protocol {p}", pickle.dumps(Runs(), protocol=p)) for p in range(pickle.HIGHEST_PROTOCOL + 1)),
        ("joblib", gzip.compress(evil)),
        ("torch", packed.getvalue()),
        ("zip bomb", bomb.getvalue()),
        ("npy with a pickle", numpy_file.getvalue()),
        ("length and pickle", struct.pack("<Q", len(evil)) + evil),
        ("hdf5", b"\x89HDF\r\n\x1a\n" + bytes(500)),
        ("empty", b""),
        ("zeros", bytes(1000)),
        ("text", b"{}"),
        ("python", b"import os; os.system('true')"),
        ("elf", b"\x7fELF" + bytes(200)),
        ("empty header", struct.pack("<Q", 2) + b"{}"),
        ("deep header", struct.pack("<Q", 200_000) + b"[" * 200_000),
        ("deep objects", struct.pack("<Q", 500_000) + b'{"a":' * 100_000),
        ("no object", struct.pack("<Q", 4) + b"null"),
        ("long number", struct.pack("<Q", 100_000) + b"9" * 100_000),
        ("no text", struct.pack("<Q", 8) + b"\xff\xfe" * 4),
    ]
    return files[number % len(files)]


def entries(random: np.random.Generator, parts: Parts) -> tuple[str, Parts]:
    """Change what the header says of an array."""
    changed = json.loads(json.dumps(parts.entries))
    name = list(changed)[random.integers(len(changed))]
    other = list(changed)[random.integers(len(changed))]
    own = changed[name]
    odd = [10**12, 2**63, 2**64, -1, 0, 1.5, None, "8", [], [2**40, 2**40], [-1], ["a"], [[1]], {}, [1] * 70, True]
    value = odd[random.integers(len(odd))]
    types = ["F64", "F16", "BF16", "F8_E4M3", "F4", "U64", "I8", "C64", "BOOL", "object", "", None, 7]
    start, end = own["data_offsets"]
    moves = [[end, start], [start, 2**63], [0, end], [start + 1, end + 1], [start, end - 1], [-8, end], [start] * 3]
    what = ["dtype", "shape", "data_offsets", "lost", "twice", "swapped", "extra", "odd", "long", "empty"]
    match choice := what[random.integers(len(what))]:
        case "dtype":
            own["dtype"] = types[random.integers(len(types))]
        case "shape" | "data_offsets":
            own[choice] = value if choice == "shape" or random.random() < 0.5 else moves[random.integers(len(moves))]
        case "lost":
            del changed[name]
        case "twice":
            changed[name + "x"] = own
        case "swapped":
            changed[name], changed[other] = changed[other], changed[name]
        case "extra":
            own["__reduce__"] = value
        case "odd":
            changed[name] = value
        case "long":
            changed["x" * 100_000] = changed.pop(name)
        case "empty":
            changed["nothing"] = {"dtype": "F32", "shape": [0, 10**12], "data_offsets": [len(parts.body)] * 2}
    return f"{choice} of {name}", parts._replace(entries=changed)


def arrays(random: np.random.Generator, parts: Parts) -> tuple[str, Parts]:
    """Change an array, and the header with it."""
    found = parts.arrays()
    name = list(found)[random.integers(len(found))]
    own = found[name]
    numbers = [np.nan, np.inf, -np.inf, 3e38, 1e308, 0.0, -1.0, 1e-320]
    value = numbers[random.integers(len(numbers))]
    kinds = [np.dtype(code) for code in TYPES.values()]
    with np.errstate(all="ignore"):
        edits: dict[str, Callable[[], np.ndarray]] = {
            "all numbers": lambda: np.full_like(own, value if own.dtype.kind == "f" else -5),
            "one number": lambda: _with(random, own, value if own.dtype.kind == "f" else 2**62),
            "signs": lambda: -own if own.dtype.kind != "b" else ~own,
            "cast": lambda: own.astype(kinds[random.integers(len(kinds))]),
            "flat": lambda: own.ravel(),
            "turned": lambda: own.T,
            "one row less": lambda: own[1:] if own.ndim else own,
            "one more axis": lambda: own[None],
            "nothing": lambda: own[:0] if own.ndim else own,
            "doubled": lambda: np.concatenate([own, own]) if own.ndim else own,
            "one": lambda: own.ravel()[:1].reshape(()) if own.size else own,
            "many": lambda: np.zeros(300_000, own.dtype),
        }
        what = list(edits)[random.integers(len(edits))]
        found[name] = edits[what]()
    if random.random() < 0.1:
        found["more"] = np.zeros(3, np.float32)
    changed, body = laid_out(found)
    return f"{what} ({value}) of {name}", parts._replace(entries=changed, body=body)


def _with(random: np.random.Generator, own: np.ndarray, value: float) -> np.ndarray:
    changed = own.copy().ravel()
    if own.size and own.dtype.kind in "fi":
        changed[random.integers(own.size)] = value
    return changed.reshape(own.shape)


LONG = ["x"] * 100_000
VALUES: list[Any] = [
    10**12, 10**30, -1, 0, 1, 2, 255, 0.5, -0.0, 1e308, float("nan"), float("inf"), None, True, False, "", "x", "relu",
    "os.system", "x" * 100_000, "\x00", "\ud800", [], {}, [[]], [1, 2, 3], DEEP, {"tuple": []}, {"tuple": [10**12]},
    {"dict": {}}, {"dict": {"self": 1}}, {"array": "nowhere"}, {"array": "array0000"}, {"array": "array0001"},
    {"record": "Popen", "fields": {"args": "true"}}, {"record": "Dense", "fields": {"outputs": 10**12}},
    {"record": "Given", "fields": {"numbers": [[1.0], [2.0, 3.0]]}}, {"record": "Increasing", "fields": {"size": 0}},
    {"record": "Softmax", "fields": {}}, {"record": "Network", "fields": {"inputs": 10**9, "layers": []}},
    {"text": ["x" * 10_000, *LONG], "kind": "U"}, {"text": [1, []], "kind": "O"}, {"text": "abc", "kind": "U"},
    {"pairs": [[{"tuple": [[]]}, 1]]}, {"pairs": [1]}, {"tuple": LONG}, {"unknown": 1}, LONG,
]  # fmt: skip
RECORDS = ["Identity", "Tanh", "Softmax", "Heaviside", "ELU", "Increasing", "Exponential", "Dense", "Dropout", "Scaler"]
RECORDS += ["Convolution", "MaxPool", "AveragePool", "Flatten", "Shift", "Flip", "Crop", "ImageSchema", "ErrorScale"]
RECORDS += ["Scale", "Share", "Spread", "Schema", "Rectifier", "Ensemble", "Preprocessing", "Split", "Recipe", "Adam"]
RECORDS += [
    "Embedding",
    "Periodic",
    "PiecewiseLinear",
    "ParametricActivation",
    "SmoothClip",
    "InputScaling",
    "LinearPath",
    "BoundedScaling",
    "Network",
    "Member",
]


def tree(random: np.random.Generator, parts: Parts) -> tuple[str, Parts]:
    """Change the description at one place or at two."""
    description = json.loads(json.dumps(parts.description))
    told = [_edited(random, description) for _ in range(random.integers(1, 3))]
    return ", ".join(told), parts._replace(description=description)


def _edited(random: np.random.Generator, description: Any) -> str:
    inside, key = _place(random, description)
    other_inside, other = _place(random, description)
    value = VALUES[random.integers(len(VALUES))]
    choice = random.integers(10)
    old = inside[key]
    if choice < 4:
        inside[key] = value
    elif choice == 4:
        del inside[key]
    elif choice == 5:
        inside[key] = json.loads(json.dumps(other_inside[other])) if key != other else value
    elif choice == 6 and isinstance(inside, list):
        inside += [inside[key]] * int(random.choice([1, 10, 3000]))
    elif choice == 7 and isinstance(inside, dict):
        inside[str(random.choice(["x", "__class__", "predict", "__reduce__", "record", "array"]))] = inside.pop(key)
    elif isinstance(old, dict) and "record" in old:
        old["record"] = str(random.choice(RECORDS))
    elif isinstance(old, int | float):
        inside[key] = [old + 1, -old, old * 10**6, float(old), old + 0.5, str(old), not old, 0][random.integers(8)]
    else:
        inside[key] = [old]
    return f"{str(old)[:30]!r} at {key!r} by way {choice} with {str(value)[:30]!r}"


def _place(random: np.random.Generator, value: Any) -> tuple[Any, Any]:
    """Return a container in the tree and a key of it, any depth as likely as another."""
    places: list[list[tuple[Any, Any]]] = []
    _walk(value, places, 0)
    level = places[random.integers(len(places))]
    return level[random.integers(len(level))]


def _walk(value: Any, places: list[list[tuple[Any, Any]]], depth: int) -> None:
    if isinstance(value, dict | list):
        if value and len(places) == depth:
            places.append([])
        for key in value if isinstance(value, dict) else range(min(len(value), 50)):
            places[depth].append((value, key))
            _walk(value[key], places, depth + 1)


KINDS: list[Callable[..., Any]] = [damage, tree, arrays, tree, entries, tree, arrays, tree, foreign, tree]
