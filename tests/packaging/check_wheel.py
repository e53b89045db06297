"""Build the wheel and the source archive, install the wheel, and use it in an empty folder, away from the repository.

`python tests/packaging/check_wheel.py` takes the libraries from the Python that runs it, but neither its glassnet nor
the optional packages: those that only tests need are hidden. With `--install` a new environment gets the pinned
versions of what the package requires, and nothing else.
"""

import argparse
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import tomllib
import venv
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parents[2]
PINS = ROOT / "requirements.txt"
CALLERS = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")  # variables that would lead back to where we came from
IN_WHEEL = ("glassnet/py.typed", "glassnet/__init__.py", "glassnet/cli/app.py", "licenses/LICENSE", "entry_points.txt")
IN_ARCHIVE = (
    "LICENSE", "README.md", "CHANGELOG.md", "CITATION.cff", "pyproject.toml", "src/glassnet/py.typed",
    "docs/reference/versions.md", "requirements.txt", "requirements-lowest.txt", "Makefile", "tests/conftest.py",
    "tests/laws/test_imports.py", "tests/golden/files/format2-perceptron.glass", "benchmarks/accuracy.py",
)  # fmt: skip
NOT_IN_EITHER = re.compile(r"__pycache__|\.pyc$|\.venv|(^|/)\.git/")
LEFT_BY_DEMO = ("diabetes.glass", "predictions.csv", "predictions.png")
BUILD = "from setuptools import build_meta\nbuild_meta.build_{kind}({out!r})"
HIDE = """
import sys
from importlib.machinery import PathFinder

OPTIONAL = {"pandas", "pyarrow", "mapie", "onnx", "onnxruntime", "beartype", "torch", "catboost", "lightgbm"}


class Finder(PathFinder):
    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        return None if fullname in OPTIONAL else super().find_spec(fullname, path, target)


sys.meta_path[sys.meta_path.index(PathFinder)] = Finder
"""
USE = """
import numpy as np
import glassnet

assert REPOSITORY not in glassnet.__file__, glassnet.__file__
for name in glassnet.__all__:
    getattr(glassnet, name)
random = np.random.default_rng(0)
X = random.normal(size=(100, 3))
model = glassnet.NetworkRegressor(hidden_layer_sizes=(8,), max_iter=10, random_state=0).fit(X, X[:, 0] - X[:, 1])
glassnet.save(model, "model.glass")
assert (glassnet.load("model.glass").predict(X) == model.predict(X)).all()
print(glassnet.__version__, "fits, saves and loads")
"""


def main() -> None:
    """Run the whole check; the exit code is 1 at the first thing that is wrong."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--install", action="store_true", help="install the pinned requirements, not borrow libraries")
    install = options.parse_args().install
    with tempfile.TemporaryDirectory(prefix="glassnet-wheel-") as name:
        folder = Path(name).resolve()
        wheel, archive = built(folder, builder(folder, install))
        look_into(wheel, archive)
        python, command = installed(folder, wheel, install)
        use(folder, python, command)
    print("the wheel is whole and works by itself")


def builder(folder: Path, install: bool) -> Path:
    """Return a Python that has the setuptools to build with."""
    if not install:
        return Path(sys.executable)
    python = environment(folder / "builder")[0]
    run(python, "-m", "pip", "install", "--quiet", "--constraint", str(PINS), "setuptools")
    return python


def built(folder: Path, builder: Path) -> tuple[Path, Path]:
    """Build the archive from a copy of the tracked files, and the wheel from the archive."""
    source, dist = folder / "source", folder / "dist"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for path in filter(None, listed.split("\0")):
        if (ROOT / path).is_file():
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            (source / path).write_bytes((ROOT / path).read_bytes())
    dist.mkdir()
    run(builder, "-c", BUILD.format(kind="sdist", out=str(dist)), where=source, quiet=True)
    archive = next(dist.glob("*.tar.gz"))
    with tarfile.open(archive) as file:
        file.extractall(folder / "unpacked", filter="data")
    (unpacked,) = (folder / "unpacked").iterdir()
    run(builder, "-c", BUILD.format(kind="wheel", out=str(dist)), where=unpacked, quiet=True)
    return next(dist.glob("*.whl")), archive


def look_into(wheel: Path, archive: Path) -> None:
    """Compare the lists of files, and what the metadata says, with what must and must not be there."""
    with ZipFile(wheel) as file:
        names = file.namelist()
        metadata = file.read(next(name for name in names if name.endswith("METADATA"))).decode()
    with tarfile.open(archive) as file:
        sources = ["/".join(name.split("/")[1:]) for name in file.getnames()]
    for wanted in IN_WHEEL:
        expect(any(name.endswith(wanted) for name in names), f"the wheel has no {wanted}")
    for wanted in IN_ARCHIVE:
        expect(wanted in sources, f"the source archive has no {wanted}")
    tops = {name.split("/")[0] for name in names}
    expect(all(top.startswith("glassnet") for top in tops), f"the wheel brings {sorted(tops)}")
    unwanted = [name for name in names + sources if NOT_IN_EITHER.search(name)]
    expect(not unwanted, f"{unwanted[:3]} do not belong there")
    for need in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]:
        expect(f"Requires-Dist: {need}" in metadata, f"the wheel does not require {need}")
    expect("License-Expression: MIT" in metadata, "the wheel does not say its licence")
    print(f"{wheel.name}: {len(names)} files; {archive.name}: {len(sources)} files")


def installed(folder: Path, wheel: Path, install: bool) -> tuple[Path, Path]:
    """Return the Python and the command `glassnet` of a new environment that has the wheel."""
    python, command = environment(folder / "user")
    if install:
        run(python, "-m", "pip", "install", "--quiet", "--constraint", str(PINS), str(wheel))
        run(python, "-m", "pip", "check")
        return python, command
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel))
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", quiet=True).strip())
    (site / "libraries.pth").write_text(f"{sysconfig.get_path('purelib')}\nimport hide_optional\n")
    (site / "hide_optional.py").write_text(HIDE)
    return python, command


def use(folder: Path, python: Path, command: Path) -> None:
    """Run what a new user would run, where there is nothing but the installed package."""
    empty = folder / "empty"
    empty.mkdir()
    for arguments in (["--help"], ["doctor"], ["demo", "-o", "out"]):
        run(command, *arguments, where=empty)
    for name in LEFT_BY_DEMO:
        expect((empty / "out" / name).is_file(), f"glassnet demo left no {name}")
    run(python, "-c", USE.replace("REPOSITORY", repr(str(ROOT))), where=empty)


def environment(folder: Path) -> tuple[Path, Path]:
    """Make an environment; return its Python and where it would have the command `glassnet`."""
    venv.create(folder, with_pip=True)
    scripts, ending = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
    return folder / scripts / f"python{ending}", folder / scripts / f"glassnet{ending}"


def run(program: Path, *arguments: str, where: Path | None = None, quiet: bool = False) -> str:
    """Run a program without the caller's paths; show and return what it printed; stop if it failed."""
    shown = " ".join([program.stem, *("..." if "\n" in argument else argument for argument in arguments)])
    print(f"$ {shown}", flush=True)
    kept = {name: value for name, value in os.environ.items() if name not in CALLERS}
    found = subprocess.run([str(program), *arguments], cwd=where, env=kept, capture_output=True, text=True)
    if found.returncode or not quiet:
        print(found.stdout + found.stderr, end="", flush=True)
    expect(found.returncode == 0, f"`{shown}` failed with exit code {found.returncode}")
    return found.stdout


def expect(holds: bool, otherwise: str) -> None:
    """Stop with a sentence unless this holds."""
    if not holds:
        sys.exit(f"check_wheel: {otherwise}")


if __name__ == "__main__":
    main()
