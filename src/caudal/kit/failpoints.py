"""Named places where a test can make the program die: `failpoint("crm.after_deal")` does nothing in production.

`CAUDAL_FAILPOINTS="crm.after_deal=kill,import.after_batch=raise@3"` arms them for a child process; `armed(...)` for
a block of code. `@3` means the third time. `stop` lets the process stand still there until somebody sends it on, so
that a test can take something away from it at that very place. Reading an empty dictionary is all that a failpoint
costs otherwise.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal, cast

How = Literal["raise", "kill", "stop"]


class FailpointError(RuntimeError):
    """An armed failpoint was reached."""


@dataclass(slots=True)
class _Armed:
    how: How
    left: int = 1


_armed: Final[dict[str, _Armed]] = {}


def failpoint(name: str) -> None:
    """Die here if a test asked for it, by raising `FailpointError` or by SIGKILL, or stand still."""
    if not _armed or name not in _armed:
        return
    armed = _armed[name]
    armed.left -= 1
    if armed.left:
        return
    if armed.how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if armed.how == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
        return
    raise FailpointError(name)


@contextmanager
def armed(name: str, how: How = "raise", *, after: int = 1) -> Iterator[None]:
    """Arm one failpoint for a block of code; it fires the `after`-th time it is reached."""
    _armed[name] = _Armed(how, after)
    try:
        yield
    finally:
        _armed.pop(name, None)


def arm_from_environment(value: str) -> None:
    """Arm what a parent process asked for, in the form `name=how@times,...`."""
    for part in filter(None, value.split(",")):
        name, _, rest = part.partition("=")
        how, _, times = rest.partition("@")
        _armed[name] = _Armed(cast("How", how), int(times or 1))
