"""Load hostile files in a process of its own, where nothing but the file may be touched: folder, first, last.

Prints what came of it as JSON: how many were refused and how many loaded, and everything that should not have been.
"""

import json
import resource
import sys
import time
import warnings
from collections import Counter
from pathlib import Path

import hostile_files
import jax
import memory
import numpy as np
import polars as pl

import glassnet
from glassnet.exchange.model_file import ModelFileError

MEMORY = 1 << 30  # bytes above what the process needs for whole files
SECONDS = 1.0  # of the processor, a file
FORBIDDEN = ("exec", "compile", "import", "os", "subprocess", "socket", "shutil", "tempfile", "pickle", "marshal")
FORBIDDEN += ("ctypes", "code", "mmap", "urllib", "glob", "fcntl", "pty", "signal", "webbrowser")

watched: Path | None = None
seen: list[str] = []
sources: set[str] = set()  # of what runs here anyway


def watch(event: str, arguments: tuple) -> None:
    """Refuse and note what loading data has no need of."""
    if watched is None:
        return
    own = event == "open" and str(arguments[0]) == str(watched)
    quoted = event == "open" and arguments[1] == "r" and str(arguments[0]) in sources  # JAX does so in its errors
    if (event == "open" and not own and not quoted) or event.split(".")[0] in FORBIDDEN:
        seen.append(f"{event} {str(arguments)[:100]}")
        raise RuntimeError(f"{event} is forbidden here")


def tried(path: Path, inputs: list) -> tuple[str, str]:
    """Return "refused", "loaded" or what is wrong, and the reason."""
    global watched
    seen.clear()
    began, watched = time.process_time(), path
    try:
        model = glassnet.load(path)
    except ModelFileError as error:
        model, said = None, str(error)
    except BaseException as error:
        return "another error", repr(error)[:300]
    finally:
        watched = None
    seconds = time.process_time() - began
    if seen:
        return "touched", str(seen)
    if seconds > SECONDS:
        return "slow", f"{seconds:.2f} s"
    return ("refused", said) if model is None else predicted(model, inputs)


def predicted(model: object, inputs: list) -> tuple[str, str]:
    """Return "loaded" when a model predicts finite numbers, or says in a `ValueError` why not."""
    name = "predict_proba" if hasattr(model, "predict_proba") else "predict"
    calls = [(call, rows) for rows in inputs for call in (name, "predict_interval") if hasattr(model, call)]
    for call, rows in calls:
        try:
            found = getattr(model, call)(rows)
            found = found.lower if hasattr(found, "lower") else found
        except ValueError as error:
            if not str(error):
                return "no reason", repr(error)
        except BaseException as error:
            return "crash", f"{type(error).__name__}: {str(error)[:300]}"
        else:
            if found.dtype.kind == "f" and not np.isfinite(found).all():
                return "not finite", str(found.ravel()[:5])
    return "loaded", ""


def main(folder: Path, first: int, last: int) -> None:
    """Read the files of these numbers."""
    paths = sorted((Path(__file__).parents[1] / "golden" / "files").glob("*.glass"))
    beside = [json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["inputs"] for path in paths]
    inputs = [pl.DataFrame(given) if isinstance(given, dict) else np.array(given) for given in beside]
    for path in paths:  # what is imported and compiled for whole files is not held against the others
        predicted(glassnet.load(path), inputs)
    bases = [path.read_bytes() for path in paths]
    resource.setrlimit(resource.RLIMIT_AS, (memory.addressed() + 2 * MEMORY, resource.RLIM_INFINITY))
    before = memory.peak()
    sources.update(str(getattr(module, "__file__", "")) for module in list(sys.modules.values()))
    sys.addaudithook(watch)
    warnings.simplefilter("error")  # numbers that overflow on the way
    warnings.simplefilter("ignore", UserWarning)  # rows of another table
    counts, wrong, path = Counter(), [], folder / "mutant.glass"
    for number in range(first, last):
        what, content, may_load = hostile_files.mutant(bases, number)
        path.write_bytes(content)
        outcome, reason = tried(path, inputs)
        if outcome not in ("refused", "loaded") or (outcome == "loaded" and not may_load):
            wrong.append(f"{number}: {what}: {outcome}: {reason}")
        counts[outcome] += 1
        if number % 500 == 499:
            jax.clear_caches()
    print(json.dumps({"counts": counts, "wrong": wrong, "grown": memory.peak() - before, "memory": MEMORY}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
