"""The command line: `glassnet COMMAND`. It reads, calls, and renders; what it imports is imported when it is needed."""

import os

from glassnet.cli import (
    attack,
    bias_variance,
    calibrate,
    certify,
    columns,
    compare,
    convolve,
    demo,
    doctor,
    equations,
    evaluate,
    explain,
    export,
    fit,
    lesson,
    predict,
    report,
    trace,
)
from glassnet.cli.app import cli
from glassnet.storage.program_cache import cache_folder

# Their commands register themselves.
COMMANDS = (
    demo,
    fit,
    columns,
    predict,
    evaluate,
    compare,
    report,
    calibrate,
    explain,
    trace,
    certify,
    attack,
    convolve,
    equations,
    bias_variance,
    lesson,
    export,
    doctor,
)


def main() -> None:
    """Run the command line: exit code 0, 1 when the work failed, 2 for wrong use."""
    _keep_compiled_programs()
    cli(prog_name="glassnet")


def _keep_compiled_programs() -> None:
    """Let JAX keep what it compiles in the user's cache folder, unless a folder is set or JAX is told not to."""
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(cache_folder()))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
