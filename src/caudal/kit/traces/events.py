"""What is told of records when the batch that wrote them is taken back."""

from dataclasses import dataclass
from typing import ClassVar

from caudal.kit.outbox.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordWithdrawn(Fact):
    """A record is gone as if it had never been: the batch that made it was taken back."""

    name: ClassVar[str] = "kit.record_withdrawn"

    batch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPutBack(Fact):
    """A record says again what it said before a batch that was taken back."""

    name: ClassVar[str] = "kit.record_put_back"

    batch: str
