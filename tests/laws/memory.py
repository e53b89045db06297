"""What memory a process takes, in bytes; `resource` would count its parent's, from before it became a process."""

from pathlib import Path


def held() -> int:
    """Return what it holds now."""
    return _status("VmRSS")


def peak() -> int:
    """Return the most that it ever held."""
    return _status("VmHWM")


def addressed() -> int:
    """Return what it has reserved, held or not."""
    return _status("VmSize")


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))
