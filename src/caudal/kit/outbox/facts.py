"""The shape of a fact, before and after it is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from typing_extensions import override

from caudal.core.ids import Ref
from caudal.kit.records import Changes, plain

REGISTRY: "Final[dict[str, type[Fact]]]" = {}
"""Every fact class by name."""
HEAD: Final = frozenset({"subject", "about", "changes", "personal", "at", "row_version"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened to `subject`. Subclass it in a context's `events`, frozen, with `name` and `version`.

    Fields of the subclass hold ids, field names and non-personal values. `changes` and `personal` carry before and
    after of every changed field; those of people's names, addresses and words go into `personal`, which is sealed.
    """

    name: ClassVar[str] = ""
    version: ClassVar[int] = 1
    touches: ClassVar[Mapping[str, tuple[str, str]]] = {}
    """Fields of the row that it changes without naming them among `changes`: where its before and after stand."""

    subject: Ref
    about: tuple[Ref, ...] = ()
    changes: Changes = field(default_factory=dict)
    personal: Changes = field(default_factory=dict)
    at: datetime | None = None
    """When it happened, where one batch tells of many days; otherwise the batch's own instant."""
    row_version: int | None = None
    """At which version it left the row that it is about, where that is one with versions."""

    @override
    def __init_subclass__(cls) -> None:
        """Enter the class into the registry under its name."""
        # A dataclass with slots is made twice: the second class replaces the first.
        if cls.name:
            known = REGISTRY.get(cls.name)
            if known is not None and known.__qualname__ != cls.__qualname__:
                raise LookupError(f"two facts are called {cls.name}")
            REGISTRY[cls.name] = cls

    def data(self) -> dict[str, Any]:
        """Return the non-personal content as plain JSON values."""
        own = {each.name: plain(getattr(self, each.name)) for each in fields(self) if each.name not in HEAD}
        return own | ({"changes": self.changes} if self.changes else {})


@dataclass(frozen=True, slots=True)
class RecordedFact:
    """A fact as the outbox keeps it."""

    id: UUID
    name: str
    version: int
    subject: Ref
    about: tuple[Ref, ...]
    sequence: int
    actor: str
    occurred_at: datetime
    recorded_at: datetime
    cause: UUID | None
    data: Mapping[str, Any]
    personal: Mapping[str, Any] | None = None
    """Personal before and after; None when there were none or the reader did not ask; empty once erased."""
    erased: bool = False
    row_version: int | None = None
