"""Facts about people as such: what they agreed to, and that they were handed their data or erased."""

from dataclasses import dataclass
from typing import ClassVar

from caudal.core.ids import Ref
from caudal.kit.outbox import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven(Fact):
    """A person agreed to a purpose, having read a version of its text."""

    name: ClassVar[str] = "crm.consent_given"

    consent: Ref
    purpose: str
    source: str
    wording_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn(Fact):
    """A person took back what they had agreed to."""

    name: ClassVar[str] = "crm.consent_withdrawn"

    consent: Ref
    purpose: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectExported(Fact):
    """Everything about a person was put together for them."""

    name: ClassVar[str] = "crm.subject_exported"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectErased(Fact):
    """A person was erased: what spoke of them is gone, the records stay without it. Contexts above do the same."""

    name: ClassVar[str] = "crm.subject_erased"

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressReleased(Fact):
    """An address of somebody who was erased may be written down again."""

    name: ClassVar[str] = "crm.address_released"
