"""Compiled programs on disk: what one process has compiled, the next one loads."""

import os
from pathlib import Path

from glassnet._lazy import jax


def keep_compiled_programs(folder: str | os.PathLike[str] | None = None) -> Path:
    """Keep compiled programs in a folder, for this process and all later ones that keep theirs there.

    A first fit compiles for some seconds; a later process loads what an earlier one compiled. It is JAX's persistent
    compilation cache, which finds a program by what it computes, JAX's version and the kind of processor, with programs
    of any size and duration. The folder may be deleted at any time. Its programs are run: nobody else should be able to
    write to it. The command line keeps its programs by default.

    Parameters
    ----------
    folder : path or None
        Where; it is made if it is missing. None stands for "glassnet" in `XDG_CACHE_HOME`, or in ".cache" in the home
        folder: that of the command line.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    OSError
        Where the folder cannot be made or written to.

    Examples
    --------
    >>> import tempfile
    >>> import jax
    >>> from glassnet import keep_compiled_programs
    >>> before = jax.config.jax_compilation_cache_dir
    >>> with tempfile.TemporaryDirectory() as folder:  # a lasting folder in practice
    ...     path = keep_compiled_programs(folder)
    ...     kept = jax.config.jax_compilation_cache_dir == str(path)
    ...     jax.config.update("jax_compilation_cache_dir", before)
    >>> kept
    True
    """
    path = cache_folder() if folder is None else Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    if not os.access(path, os.W_OK):
        raise PermissionError(f"compiled programs cannot be kept in {str(path)!r}, which is not writable")
    from jax.experimental.compilation_cache import compilation_cache

    jax.config.update("jax_compilation_cache_dir", str(path))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
    compilation_cache.reset_cache()  # JAX asks once a process, at its first compilation, whether there is a folder
    return path


def cache_folder() -> Path:
    """Return the folder "glassnet" in `XDG_CACHE_HOME`, or in ".cache" in the home folder."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "glassnet"
