"""The world outside, behind one injected port: the clock, ids, chance, outbound HTTP, mail and files.

Actions never ask the world what time it is; they are told (`as_of`). Views, tasks and the command line ask `now()`.
A test, the demo company or a simulator enters another world with `use(...)` and everything inside follows it.
"""

import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from django.conf import settings

from caudal.core.ids import uuid7
from caudal.kit.files import Files, FolderFiles, NullFiles
from caudal.kit.http import Http, NullHttp, OutboundHttp
from caudal.kit.mail import Mail, NullMail, SmtpMail

ENTROPY_BITS = 74


class Clock(Protocol):
    """Says what time it is."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""


class Ids(Protocol):
    """Makes the id of the next row."""

    def new(self) -> UUID:
        """Return a version 7 UUID that was never returned before."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Return the current instant, in UTC."""
        return datetime.now(UTC)


class RandomIds:
    """Ids from the machine's clock and its secure source of chance."""

    def new(self) -> UUID:
        """Return a fresh id of this instant."""
        return uuid7(at=datetime.now(UTC), entropy=secrets.randbits(ENTROPY_BITS))


@dataclass(slots=True)
class SetClock:
    """A clock that stands where it was set, until it is set again."""

    at: datetime

    def now(self) -> datetime:
        """Return the instant it was set to."""
        return self.at


@dataclass(slots=True)
class SeededIds:
    """Ids that depend on nothing but a clock and a seeded generator: same seed, same ids."""

    clock: Clock
    entropy: random.Random

    def new(self) -> UUID:
        """Return the next id of the series."""
        return uuid7(at=self.clock.now(), entropy=self.entropy.getrandbits(ENTROPY_BITS))


@dataclass(frozen=True, slots=True)
class World:
    """Everything outside that an action's edge may ask for."""

    clock: Clock = field(default_factory=SystemClock)
    ids: Ids = field(default_factory=RandomIds)
    entropy: random.Random = field(default_factory=random.SystemRandom)
    http: Http | None = None
    """None until somebody asks: which private addresses may be called is said by the settings."""
    mail: Mail = field(default_factory=SmtpMail)
    files: Files | None = None
    """None until somebody asks: the folder is named by the settings."""

    def way_out(self) -> Http:
        """Return how this world calls others by HTTP."""
        return self.http or OutboundHttp(allowed=settings.HTTP_ALLOWED)

    def file_store(self) -> Files:
        """Return the file store of this world."""
        return self.files or FolderFiles()


_REAL = World()
_current: ContextVar[World] = ContextVar("caudal_world", default=_REAL)


def world() -> World:
    """Return the world this code runs in: the real one, unless `use` says otherwise."""
    return _current.get()


@contextmanager
def use(other: World) -> Iterator[World]:
    """Run a block of code in another world."""
    token = _current.set(other)
    try:
        yield other
    finally:
        _current.reset(token)


def now() -> datetime:
    """Return the current instant of the world, in UTC. For views, tasks and the command line only."""
    return world().clock.now()


def new_id() -> UUID:
    """Return the id of a new row."""
    return world().ids.new()


def fixed_world(*, at: datetime, seed: int = 0) -> World:
    """Return a deterministic world: a clock set to `at`, ids and chance from `seed`, no way out to any network."""
    clock = SetClock(at)
    return World(
        clock=clock,
        ids=SeededIds(clock, random.Random(seed)),  # noqa: S311  repeatable on purpose
        entropy=random.Random(seed + 1),  # noqa: S311  the same
        http=NullHttp(),
        mail=NullMail(),
        files=NullFiles(clock.now),
    )
