"""What a server leaves for others to read: its pid file, its log, the ports it could have."""

import re
import socket
from pathlib import Path
from typing import Final

from caudal.kit.postgres.home import Home

_PREFIX: Final = re.compile(r"^\d{4}-\d\d-\d\d \S+ UTC \[\d+\] (LOG:  )?")
_TELLING: Final = (
    "FATAL:",
    "PANIC:",
    "ERROR:",
    "HINT:",
    "could not",
    "error:",
    "invalid",
    "unrecognized",
    "syntax error",
)

_ORPHAN: Final = "unexpected postmaster exit"
"""What the children of a killed server say."""


def pid_lines(home: Home) -> list[str]:
    """What the server wrote about itself: pid, folder, start, port, sockets, address, memory, status."""
    try:
        return (home.cluster / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []


def read_pid(home: Home) -> int | None:
    """The process id in the server's pid file, which may be of a dead server."""
    lines = pid_lines(home)
    return abs(int(lines[0])) if lines and lines[0].lstrip("-").isdigit() else None


def status_line(home: Home) -> str:
    """The server's own word: starting, ready, stopping; empty when there is none."""
    lines = pid_lines(home)
    return lines[7].strip() if len(lines) > 7 else ""  # noqa: PLR2004 the eighth line is the status


def works_on(pid: int, cluster: Path) -> bool | None:
    """Whether process `pid` lives and works inside `cluster`; None when this system does not tell.

    A server stays in its data folder. A zombie has none, and neither has a stranger that got the number later.
    """
    if not Path("/proc/self").exists():
        return None
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True).samefile(cluster)
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        return False


def port_is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def log_size(home: Home) -> int:
    """How long the server's log is."""
    return home.log.stat().st_size if home.log.exists() else 0


def log_lines(home: Home, mark: int) -> list[str]:
    """What the log says after its first `mark` bytes, the last 64 kB of it."""
    if not home.log.exists():
        return []
    with home.log.open("rb") as file:
        file.seek(max(mark, log_size(home) - 2**16))
        return file.read().decode(errors="replace").splitlines()


def last_line(home: Home, mark: int) -> str:
    """The newest words of the server."""
    lines = log_lines(home, mark)
    return lines[-1].partition("LOG:")[2].strip() if lines else ""


def failure(home: Home, mark: int) -> str:
    """Why the server ended, in its own words."""
    return reason_in("\n".join(log_lines(home, mark)))


def says_why(home: Home, mark: int) -> bool:
    """Whether the server said why it ended; a killed one cannot."""
    return any(word in line for line in log_lines(home, mark) if _ORPHAN not in line for word in _TELLING)


def reason_in(text: str) -> str:
    """The lines of an output that say what went wrong, else its end."""
    lines = [_PREFIX.sub("", line).strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if any(mark in line for mark in _TELLING)]
    return " ".join((telling or lines)[-4:]) or "it ended without a word."
