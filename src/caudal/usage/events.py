"""Facts that usage publishes: one for each batch of events, and one for each change of a meter or a subject."""

from dataclasses import dataclass
from typing import ClassVar

from caudal.kit.outbox import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRecorded(Fact):
    """A batch of events was taken; so many of each outcome, and so many that wait for something."""

    name: ClassVar[str] = "usage.recorded"

    accepted: int
    duplicate: int
    conflicting: int
    refused: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterAdded(Fact):
    """Usage can be counted in a new way."""

    name: ClassVar[str] = "usage.meter_added"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterChanged(Fact):
    """A meter is called otherwise, or reads and adds up otherwise from now on."""

    name: ClassVar[str] = "usage.meter_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectAdded(Fact):
    """It is known whose usage events of a subject are."""

    name: ClassVar[str] = "usage.subject_added"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectMoved(Fact):
    """The usage of a subject is another company's, as far as it is known."""

    name: ClassVar[str] = "usage.subject_moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictSettled(Fact):
    """Somebody said which of two contents under one identity counts."""

    name: ClassVar[str] = "usage.conflict_settled"

    kept: bool
    """Whether the first one was kept."""
