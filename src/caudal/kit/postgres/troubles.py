"""What kind of trouble an error is: one that passes, one that nothing works in, or one of what was being done."""

from enum import Enum, auto
from typing import Final

import psycopg
from django.db import InterfaceError, OperationalError
from psycopg.errors import PipelineAborted

from caudal.kit.failpoints import FailpointError


class Trouble(Enum):
    """What to do about an error."""

    PASSING = auto()
    """Somebody else was in the way: done again at once, it may well work."""
    GENERAL = auto()
    """The database or the machine is not there, full or broken: whatever is tried next fails as well."""
    OWN = auto()
    """It is about what was being done, and about nothing else."""


IN_THE_WAY: Final = frozenset({"40001", "40P01", "55P03"})
"""A serialization that failed, a deadlock, a lock that was not to be had in time."""
NOTHING_WORKS: Final = ("08", "53", "57P", "58", "F0", "XX", "25006", "25P03")
"""How codes begin of connections that broke, full disks, servers that end or only read, and files that are broken."""


def trouble_of(error: BaseException) -> Trouble:
    """Return what kind of trouble an error is, by its code; one of the database without a code broke the connection.

    >>> trouble_of(KeyError("price"))
    <Trouble.OWN: 3>
    >>> trouble_of(OperationalError("server closed the connection unexpectedly"))
    <Trouble.GENERAL: 2>
    """
    if isinstance(error, MemoryError | FailpointError):
        return Trouble.GENERAL
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    code = cause.sqlstate if isinstance(cause, psycopg.Error) else None
    if code is None:
        broke = isinstance(error, InterfaceError | OperationalError) and not isinstance(cause, PipelineAborted)
        return Trouble.GENERAL if broke else Trouble.OWN
    if code in IN_THE_WAY:
        return Trouble.PASSING
    return Trouble.GENERAL if code.startswith(NOTHING_WORKS) else Trouble.OWN
