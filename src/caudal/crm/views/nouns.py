"""The four kinds of records that customer relations show, each with its form, its actions and its words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from caudal.core.ids import Ref
from caudal.crm import actions, queries
from caudal.crm.forms import CompanyForm, DealForm, LeadForm, PersonForm, RecordForm
from caudal.crm.models import Company, Deal, Lead, Person
from caudal.kit.access import Actor
from caudal.kit.panels import SLOT

Add = Callable[[Actor, datetime, dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Noun:
    """A kind of record as pages know it."""

    model: type[Company | Person | Lead | Deal]
    form: type[RecordForm]
    load: Callable[..., Any]
    """Reads one with what it names: `load(actor, id, verb)`."""
    path: str
    """The first part of its addresses."""
    plural: Promise
    new: Promise
    """The words of the button that adds one."""
    delete_note: Promise
    """What deleting one means."""
    add: Add
    """Adds one of what a form says, and returns it."""
    change: Callable[..., Any]
    delete: Callable[..., None]

    @property
    def kind(self) -> str:
        """The kind, as in public ids and policies."""
        return self.model.kind

    @property
    def list_href(self) -> str:
        """The address of its list."""
        return reverse(f"crm:{self.path}")

    @property
    def new_href(self) -> str:
        """The address of the form that adds one."""
        return reverse(f"crm:{self.kind}_new")

    def href(self, row: Any, page: str = "") -> str:
        """Return the address of a row, or of a page about it."""
        before, behind = around(f"crm:{self.kind}{page and '_' + page}")
        return f"{before}{row if isinstance(row, Ref) else row.ref}{behind}"


@cache
def around(name: str) -> tuple[str, str]:
    """Return what stands before and behind the id in an address. Kept, because a page has hundreds of links."""
    before, _slot, behind = reverse(name, args=[SLOT]).partition(SLOT)
    return before, behind


def add_deal(actor: Actor, as_of: datetime, values: dict[str, Any]) -> Deal:
    """Open a deal in the stage that was chosen."""
    stage_id = values.pop("stage_id")
    steps = (actions.StageStep(stage_id=stage_id, entered_at=as_of),)
    return actions.open_deal(actor=actor, as_of=as_of, deal=actions.DealDraft(opened_at=as_of, stages=steps, **values))


def add_lead(actor: Actor, as_of: datetime, values: dict[str, Any]) -> Lead:
    """Capture a lead, or find the open one with its address."""
    return actions.capture_lead(actor=actor, as_of=as_of, lead=actions.LeadDraft(captured_at=as_of, **values)).lead


def add_company(actor: Actor, as_of: datetime, values: dict[str, Any]) -> Company:
    """Add a company."""
    return actions.add_company(actor=actor, as_of=as_of, company=actions.CompanyDraft(**values))


def add_person(actor: Actor, as_of: datetime, values: dict[str, Any]) -> Person:
    """Add a person."""
    return actions.add_person(actor=actor, as_of=as_of, person=actions.PersonDraft(**values))


DEAL: Final = Noun(
    model=Deal,
    form=DealForm,
    load=queries.deal,
    path="deals",
    plural=_("Deals"),
    new=_("New deal"),
    delete_note=_("Boards, lists and numbers will not count it any more. What happened stays in the timelines."),
    add=add_deal,
    change=actions.change_deal,
    delete=actions.delete_deal,
)
LEAD: Final = Noun(
    model=Lead,
    form=LeadForm,
    load=queries.lead,
    path="leads",
    plural=_("Leads"),
    new=_("New lead"),
    delete_note=_("Lists and numbers will not count it any more. To give it up but keep it, disqualify it instead."),
    add=add_lead,
    change=actions.change_lead,
    delete=actions.delete_lead,
)
COMPANY: Final = Noun(
    model=Company,
    form=CompanyForm,
    load=queries.company,
    path="companies",
    plural=_("Companies"),
    new=_("New company"),
    delete_note=_("People and deals that belong to it have to be moved or deleted first."),
    add=add_company,
    change=actions.change_company,
    delete=actions.delete_company,
)
PERSON: Final = Noun(
    model=Person,
    form=PersonForm,
    load=queries.person,
    path="people",
    plural=_("People"),
    new=_("New person"),
    delete_note=_("Deals that name the person have to be changed or deleted first."),
    add=add_person,
    change=actions.change_person,
    delete=actions.delete_person,
)
NOUNS: Final = (DEAL, LEAD, COMPANY, PERSON)
BY_KIND: Final = {noun.kind: noun for noun in NOUNS}
