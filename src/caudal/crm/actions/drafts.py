"""What is said of rows that do not exist yet. Ids name rows that the actor must be able to see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from caudal.core.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyDraft:
    """A company to add."""

    name: str
    domain: str | None = None
    sector: str = ""
    country: str = ""
    employees: int | None = None
    parent_id: UUID | None = None
    owner_id: UUID | None = None
    custom: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDraft:
    """A person to add."""

    name: str
    given_name: str = ""
    family_name: str = ""
    email: str | None = None
    phone: str = ""
    job_title: str = ""
    company_id: UUID | None = None
    owner_id: UUID | None = None
    custom: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadDraft:
    """Interest that somebody showed at an instant."""

    name: str
    captured_at: datetime
    company_name: str = ""
    email: str | None = None
    phone: str = ""
    channel: str = ""
    pillar_id: UUID | None = None
    owner_id: UUID | None = None
    custom: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStep:
    """The instant at which a deal came into a stage."""

    stage_id: UUID
    entered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseDraft:
    """How a deal ended, and when."""

    outcome: str
    closed_at: datetime
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DealDraft:
    """A deal to open, perhaps with the history it had in another system.

    Without `stages` it comes into the first stage of its pipeline at `opened_at`; the last of them is where it is, or
    was when it closed. Without a pipeline it takes that of its stages, else the default one of `pillar_id` or of its
    product's pillar, else the first.
    """

    name: str
    opened_at: datetime | None
    """None means that nobody knows, as in some files of other systems."""
    company_id: UUID | None = None
    person_id: UUID | None = None
    pipeline_id: UUID | None = None
    pillar_id: UUID | None = None
    product_id: UUID | None = None
    owner_id: UUID | None = None
    amount: Money | None = None
    expected_close_date: date | None = None
    stages: tuple[StageStep, ...] = ()
    close: CloseDraft | None = None
    custom: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionDraft:
    """A lead that becomes a person, perhaps at a company, and perhaps a deal.

    Without `person_id` the person is the one with the lead's e-mail address, or a new one; without `company_id` the
    company is the one with the lead's company name, or a new one. The deal takes both, and owner and pillar
    of the lead unless it says otherwise; `deal_id` names one that is there instead.
    """

    lead_id: UUID
    converted_at: datetime
    person_id: UUID | None = None
    company_id: UUID | None = None
    deal: DealDraft | None = None
    deal_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisqualificationDraft:
    """A lead that goes no further, and why."""

    lead_id: UUID
    reason: str
    note: str = ""
