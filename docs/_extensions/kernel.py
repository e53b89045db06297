"""The kernels of executed pages: how they and commands start, what pages share, and how commands are shown."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

from docutils.nodes import Text, document, literal_block
from sphinx.application import Sphinx
from sphinx.util.parallel import make_chunks


def prepare(app: Sphinx) -> None:
    """Set what kernels find in their environment; they start with it."""
    made = Path(app.doctreedir).parent / "kernel"
    startup = made / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(app.confdir) / "_kernel" / "commands.py", startup)
    # Each kernel would warn that it listens without encryption; it does so on the loopback address.
    (startup.parent / "ipython_kernel_config.py").write_text('c.IPKernelApp.log_level = "ERROR"\n')
    os.environ["IPYTHONDIR"] = str(made)
    put_on_path(Path(sys.executable).parent)  # where `!glassnet` is
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(made / "programs"))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "0")
    if app.config.nb_execution_mode != "off" and sys.platform == "linux":  # elsewhere libraries do not allow forks
        start_server(app, made)


def put_on_path(folder: Path) -> None:
    """Let programs of a folder be found first."""
    os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ['PATH']}"


def start_server(app: Sphinx, made: Path) -> None:
    """Start the process that kernels and commands are forks of, and have both asked of it."""
    script, folder = Path(app.confdir) / "_kernel" / "fork_server.py", Path(mkdtemp())  # the path of a socket is short
    server = [sys.executable, str(script), "serve", str(folder / "socket")]
    backend = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    process = subprocess.Popen(server, stdin=subprocess.PIPE, env=os.environ | backend)

    def stop(app: Sphinx, error: Exception | None) -> None:
        process.stdin.close()
        process.wait()
        shutil.rmtree(folder)

    app.connect("build-finished", stop)
    ask = [sys.executable, "-S", "-E", str(script), "run", str(folder / "socket")]
    kernel = made / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True, exist_ok=True)
    asked = {"argv": [*ask, "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "python3"}
    (kernel / "kernel.json").write_text(json.dumps(asked | {"language": "python"}))
    os.environ["JUPYTER_PATH"] = str(made / "jupyter")
    programs = made / "bin"
    programs.mkdir(exist_ok=True)
    (programs / "glassnet").write_text(f'#!/bin/sh\nexec {shlex.join(ask)} glassnet "$@"\n')
    (programs / "glassnet").chmod(0o755)
    put_on_path(programs)


def take_turns(app: Sphinx, environment: object, names: list[str]) -> None:
    """Order pages so that those of one folder, which take long alike, are read by different processes."""
    chunks = len(make_chunks(names, app.parallel))
    names[:] = [name for first in range(chunks) for name in names[first::chunks]]


def show_prompts(app: Sphinx, page: document) -> None:
    """Show the lines of cells that are commands as what is typed in a terminal: `$ glassnet`, not `!glassnet`."""
    for block in page.findall(literal_block):
        lines = block.astext().splitlines()
        continued = [False, *(line.endswith("\\") for line in lines)]
        if lines and all(line.startswith("!") or more for line, more in zip(lines, continued, strict=False)):
            shown = "\n".join(f"$ {line[1:]}" if line.startswith("!") else line for line in lines)
            block.children, block.rawsource, block["language"] = [Text(shown)], shown, "console"


def setup(app: Sphinx) -> dict[str, bool]:
    """Prepare kernels at the beginning of a build, order the pages, and show commands where a page is read."""
    app.connect("builder-inited", prepare)
    app.connect("env-before-read-docs", take_turns)
    app.connect("doctree-read", show_prompts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
