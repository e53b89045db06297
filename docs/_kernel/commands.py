"""How `!glassnet ...` runs on a page: as in a pipe, long sentences wrapped; a command that fails stops the build."""

import os
import subprocess
import sys
from textwrap import fill

from IPython import get_ipython

WIDTH = 84
COLOURS = ("FORCE_COLOR", "CLICOLOR_FORCE")  # ipykernel sets them; commands would draw bars that move


def wrapped(text: str) -> str:
    """Return lines of which sentences are wrapped and tables are not."""
    lines = text.splitlines()
    prose = [len(line) > WIDTH and "  " not in line.strip() and line[:1] not in "| " for line in lines]
    return "\n".join(
        fill(line, WIDTH, break_on_hyphens=False) if is_long else line
        for line, is_long in zip(lines, prose, strict=True)
    )


def system(command: str) -> None:
    """Run a command and print what it says; `CalledProcessError` where it fails."""
    plain = {name: value for name, value in os.environ.items() if not name.endswith(COLOURS)} | {"TERM": "dumb"}
    done = subprocess.run(
        command, shell=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=plain, check=False
    )
    sys.stdout.write(wrapped(done.stdout) + "\n")
    done.check_returncode()


get_ipython().system = system
