"""Whether two versions of glassnet fit the same numbers to the bit: digests of small fits, in files or of two commits.

    python benchmarks/digests.py write OUT.json [--names 'lm-*,huber']
    python benchmarks/digests.py compare A.json B.json
    python benchmarks/digests.py commits OLD NEW [--names 'lm-*,huber']

`write` fits the cases of `digest_cases.py` with the glassnet that Python finds. For each it writes a SHA-256 of the
parameters of all members, of their training and validation losses, of the out-of-fold predictions, and of predictions
for new rows; the numbers themselves go into OUT.npz. Bits hold for one machine and one number of threads: write both
files on the same one.
"""

import fnmatch
import hashlib
import json
import os
import platform
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.table import Table

Numbers = dict[str, list[np.ndarray]]  # arrays of each part
Record = dict[str, Any]

PARTS = ("parameters", "losses", "out of fold", "test")
PACKAGES = ("jax", "jaxlib", "numpy", "scipy", "scikit-learn", "optax")
SAME, FAILED = "=", "failed"
OLD_AND_NEW = ("old.json", "new.json")

NAMES = click.option("--names", default="*", help="Cases, with commas; * stands for anything.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def numbers_of(model: Any, new: Any) -> Numbers:
    """Return the numbers of a fitted model, and what it predicts for new rows."""
    import jax

    histories = [member.history for member in model.members_]
    said = getattr(model, "oof_prediction_", None)
    predict = getattr(model, "predict_proba", model.predict)
    return {
        "parameters": [np.asarray(leaf) for member in model.members_ for leaf in jax.tree.leaves(member.parameters)],
        "losses": [np.asarray(curve) for own in histories for curve in (own.loss, own.validation_loss)],
        "out of fold": [] if said is None else [np.asarray(said)],
        "test": [np.asarray(predict(new))],
    }


def digest(arrays: list[np.ndarray]) -> Record | None:
    """Return a digest of arrays to the bit, and one of their shapes; None where there are none."""
    if not arrays:
        return None
    whole = hashlib.sha256()
    for array in arrays:
        whole.update(f"{array.dtype.str} {array.shape}\n".encode())
        whole.update(np.ascontiguousarray(array).tobytes())
    shapes = hashlib.sha256(repr([array.shape for array in arrays]).encode())
    return {"sha256": whole.hexdigest(), "shapes": shapes.hexdigest()}


def run_case(case: Any) -> Numbers | str:
    """Return the numbers of a case, or what kept it from being fitted."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return numbers_of(*case())
    except Exception as error:  # the other cases are worth running
        return f"{type(error).__name__}: {error}"


def matching(names: str, known: list[str]) -> list[str]:
    """Return the known names that match any of the patterns; an error where a pattern matches none."""
    patterns = [pattern.strip() for pattern in names.split(",")]
    for pattern in patterns:
        if not fnmatch.filter(known, pattern):
            raise click.BadParameter(f"{pattern!r} is no case; cases are {', '.join(known)}", param_hint="--names")
    return [name for name in known if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)]


def machine() -> Record:
    """Return the versions that bits may hang on, and where glassnet comes from."""
    import glassnet

    versions = {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}
    return {"glassnet": str(Path(glassnet.__file__).parent), "processors": os.cpu_count(), "versions": versions}


@click.group(help=__doc__, context_settings={"max_content_width": 120})
def main() -> None:
    pass


@main.command()
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@NAMES
def write(out: Path, names: str) -> None:
    """Fit the cases and write their digests to OUT, a .json, and their numbers to the .npz beside it."""
    from digest_cases import CASES

    if out.suffix != ".json":
        raise click.BadParameter(f"{out.name!r} must end with .json", param_hint="OUT")
    chosen = matching(names, list(CASES))
    records: dict[str, Record] = {}
    numbers: dict[str, np.ndarray] = {}
    begun = perf_counter()
    for place, name in enumerate(chosen, 1):
        started = perf_counter()
        found = run_case(CASES[name])
        if isinstance(found, str):
            records[name] = {"failure": found}
        else:
            records[name] = {part: digest(found[part]) for part in PARTS}
            numbers |= {f"{name}/{part}": flat(found[part]) for part in PARTS if found[part]}
        said = records[name].get("failure", "")
        click.echo(f"{place:3d}/{len(chosen)} {perf_counter() - started:5.1f} s  {name}  {said}".rstrip())
    out.write_text(json.dumps({**machine(), "cases": records}, indent=1) + "\n")
    np.savez_compressed(out.with_suffix(".npz"), **numbers)
    failed = sum("failure" in record for record in records.values())
    click.echo(f"{len(chosen)} cases, {failed} failed, {perf_counter() - begun:.0f} s: {out}")


def flat(arrays: list[np.ndarray]) -> np.ndarray:
    """Return all numbers in a row."""
    return np.concatenate([array.ravel() for array in arrays])


@main.command()
@click.argument("a", type=FILE)
@click.argument("b", type=FILE)
def compare(a: Path, b: Path) -> None:
    """Print which digests of files A and B are equal, and how far the numbers differ. Exit code 1: something differs.

    A difference is the largest |a - b| over the largest |a| of the part.
    """
    first, second = (json.loads(path.read_text()) for path in (a, b))
    for what in ("versions", "processors"):
        if first[what] != second[what]:
            click.echo(f"{what} differ, and bits may for that reason: {first[what]} and {second[what]}")
    with np.load(a.with_suffix(".npz")) as old, np.load(b.with_suffix(".npz")) as new:
        rows = compared(first["cases"], second["cases"], old, new)
    show(rows)
    equal = sum(set(words) <= {SAME, ""} for words in rows.values())
    click.echo(f"{equal} of {len(rows)} cases are the same to the bit")
    for path, cases in ((a, first["cases"]), (b, second["cases"])):
        for name, record in cases.items():
            if "failure" in record:
                click.echo(f"{name} failed in {path.name}: {record['failure']}")
    sys.exit(0 if rows and equal == len(rows) else 1)


def compared(first: Record, second: Record, old: Any, new: Any) -> dict[str, list[str]]:
    """Return for every case a word for each part."""
    rows: dict[str, list[str]] = {}
    for name in first | second:
        if name not in first or name not in second:
            rows[name] = [f"only in {'A' if name in first else 'B'}"] * len(PARTS)
        elif "failure" in first[name] or "failure" in second[name]:
            rows[name] = [FAILED] * len(PARTS)
        else:
            rows[name] = [
                word(first[name][part], second[name][part], *(own.get(f"{name}/{part}") for own in (old, new)))
                for part in PARTS
            ]
    return rows


def word(first: Record | None, second: Record | None, old: Any, new: Any) -> str:
    """Return how two parts differ; nothing where neither is there."""
    if first is None or second is None:
        return "" if first == second else f"only in {'B' if first is None else 'A'}"
    if first == second:
        return SAME
    if first["shapes"] != second["shapes"]:
        return "shapes"
    return difference(old, new)


def difference(old: np.ndarray, new: np.ndarray) -> str:
    """Return the largest |a - b| over the largest |a|, or why there is none."""
    if np.array_equal(old, new, equal_nan=True):
        return "types" if old.dtype != new.dtype else "signs of 0"
    if not np.array_equal(np.isfinite(old), np.isfinite(new)):
        return "not finite"
    known = np.isfinite(old)
    old, new = (own[known].astype(np.float64) for own in (old, new))
    size = np.max(np.abs(old), initial=0.0)
    gap = np.max(np.abs(old - new), initial=0.0)
    return f"{gap / size:.1e}" if size else f"{gap:.1e} of 0"


def show(rows: dict[str, list[str]]) -> None:
    """Print the table."""
    table = Table(title=f"{SAME} means the same to the bit, a number |a - b| / max |a|")
    table.add_column("case", no_wrap=True)
    for part in PARTS:
        table.add_column(part, justify="right")
    for name, words in rows.items():
        table.add_row(name, *words)
    Console(width=110).print(table)


@main.command()
@click.argument("old")
@click.argument("new", default="HEAD")
@NAMES
def commits(old: str, new: str, names: str) -> None:
    """Compare commits OLD and NEW of this repository: what is not committed does not count. Exit code as of compare.

    Both are checked out into a temporary folder and run the cases that lie beside this script.
    """
    from digest_cases import CASES

    matching(names, list(CASES))
    for commit in (old, new):
        if git("rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}").returncode:
            raise click.ClickException(f"{commit!r} is no commit of this repository")
    with TemporaryDirectory() as folder:
        for commit, name in zip((old, new), OLD_AND_NEW, strict=True):
            click.echo(f"{name.removesuffix('.json')}: {commit}")
            with worktree(commit, Path(folder) / "tree") as tree:
                write_with(tree, Path(folder) / name, names)
        told = [sys.executable, __file__, "compare", *(str(Path(folder) / name) for name in OLD_AND_NEW)]
        code = subprocess.run(told, check=False).returncode
    sys.exit(code)


def git(*told: str) -> subprocess.CompletedProcess[str]:
    """Run git in this repository."""
    here = str(Path(__file__).resolve().parent)
    return subprocess.run(["git", "-C", here, *told], capture_output=True, text=True, check=False)


@contextmanager
def worktree(commit: str, place: Path) -> Iterator[Path]:
    """Check a commit out into a folder that is removed at the end."""
    added = git("worktree", "add", "--quiet", "--detach", str(place), commit)
    if added.returncode:
        raise click.ClickException(f"{commit!r} cannot be checked out: {added.stderr.strip()}")
    try:
        yield place
    finally:
        git("worktree", "remove", "--force", str(place)).check_returncode()


def write_with(tree: Path, out: Path, names: str) -> None:
    """Write digests with the glassnet of a working tree."""
    told = [sys.executable, __file__, "write", str(out), "--names", names]
    environment = {**os.environ, "PYTHONPATH": str(tree / "src")}
    code = subprocess.run(told, env=environment, check=False).returncode
    if code:
        raise click.ClickException(f"the cases could not be run on {tree.name!r}: exit code {code}")
    home = Path(json.loads(out.read_text())["glassnet"])
    if not home.resolve().is_relative_to(tree.resolve()):
        raise click.ClickException(f"Python found glassnet in {str(home)!r}, not in {str(tree)!r}")


if __name__ == "__main__":
    main()
