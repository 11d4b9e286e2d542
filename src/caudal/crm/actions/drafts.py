"""What is said of rows that do not exist yet. Ids name rows that the actor must be able to see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from caudal.core.money import Money, Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyDraft:
    """A company to add."""

    name: str
    domain: str | None = None
    sector: str = ""
    country: str = ""
    """Its ISO code, or its name."""
    region: str = ""
    city: str = ""
    postal_code: str = ""
    street: str = ""
    phone: str = ""
    employees: int | None = None
    sales_model: str = ""
    parent_id: UUID | None = None
    owner_id: UUID | None = None
    tags: Sequence[str] = ()
    """Names of tags; those that nobody has named yet come into being."""
    custom: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDraft:
    """A person to add."""

    name: str
    given_name: str = ""
    family_name: str = ""
    email: str | None = None
    other_emails: Sequence[str] = ()
    phone: str = ""
    other_phones: Sequence[str] = ()
    job_title: str = ""
    language: str = ""
    country: str = ""
    """Its ISO code, or its name."""
    city: str = ""
    company_id: UUID | None = None
    owner_id: UUID | None = None
    tags: Sequence[str] = ()
    """Names of tags; those that nobody has named yet come into being."""
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
    """The name of a channel; one that nobody has named yet comes into being."""
    campaign: str = ""
    source_url: str = ""
    """The page on which they showed it, with whatever its address says of itself."""
    pillar_id: UUID | None = None
    owner_id: UUID | None = None
    tags: Sequence[str] = ()
    """Names of tags; those that nobody has named yet come into being."""
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
class LineDraft:
    """A line item. Without a price it takes the product's, without words its name."""

    quantity: Decimal = Decimal(1)
    rate: Rate | None = None
    discount_percent: Decimal = Decimal(0)
    description: str = ""
    product_id: UUID | None = None
    line_id: UUID | None = None
    """The line that it is already, if it is one."""


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
    sales_model: str = ""
    """The company's, unless it says otherwise."""
    expected_close_date: date | None = None
    lines: tuple[LineDraft, ...] = ()
    """With lines, the amount is what they come to."""
    stages: tuple[StageStep, ...] = ()
    close: CloseDraft | None = None
    tags: Sequence[str] = ()
    """Names of tags; those that nobody has named yet come into being."""
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
    disqualified_at: datetime | None = None
    """When that was; now, unless it says otherwise."""
