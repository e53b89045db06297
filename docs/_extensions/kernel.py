"""The kernels of executed pages: how commands run and are shown, and one folder of compiled programs for all."""

import os
import shutil
import sys
from pathlib import Path

from docutils.nodes import Text, document, literal_block
from sphinx.application import Sphinx


def prepare(app: Sphinx) -> None:
    """Set what kernels find in their environment; they start with it."""
    made = Path(app.doctreedir).parent / "kernel"
    startup = made / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(app.confdir) / "_kernel" / "commands.py", startup)
    os.environ["IPYTHONDIR"] = str(made)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # where `!glassnet` is
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(made / "programs"))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "0")


def show_prompts(app: Sphinx, page: document) -> None:
    """Show the lines of cells that are commands as what is typed in a terminal: `$ glassnet`, not `!glassnet`."""
    for block in page.findall(literal_block):
        lines = block.astext().splitlines()
        if lines and all(line.startswith("!") for line in lines):
            shown = "\n".join(f"$ {line[1:]}" for line in lines)
            block.children, block.rawsource, block["language"] = [Text(shown)], shown, "console"


def setup(app: Sphinx) -> dict[str, bool]:
    """Prepare them at the beginning of a build, and show commands where a page is read."""
    app.connect("builder-inited", prepare)
    app.connect("doctree-read", show_prompts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
