"""What becomes of what a lead became when its conversion is taken back."""

from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from caudal.core.ids import Ref
from caudal.crm.models import Company, Deal, Lead, LeadConversion, Person
from caudal.kit.access import Actor, Verb
from caudal.kit.outbox import counts_about
from caudal.kit.records import in_sight


class Why(Enum):
    """Whether a record goes, or why it stays."""

    GOES = "goes"
    WAS_THERE = "was_there"
    WORKED_WITH = "worked_with"
    NAMED = "named"
    OUT_OF_REACH = "out_of_reach"

    @property
    def words(self) -> Promise:
        """What to say of it."""
        return WORDS[self]


WORDS = {
    Why.GOES: _("Goes into the recycle bin: the conversion made it, and nothing was done with it since."),
    Why.WAS_THERE: _("Stays: it was there before the lead was converted."),
    Why.WORKED_WITH: _("Stays: something was done with it since."),
    Why.NAMED: _("Stays: other records belong to it."),
    Why.OUT_OF_REACH: _("Stays: you may not delete it."),
}


@dataclass(frozen=True, slots=True)
class Remains:
    """A record that a lead became."""

    ref: Ref
    name: str
    why: Why


def conversion_of(lead: Lead) -> LeadConversion | None:
    """Return how a lead, already reached, was converted, if it was."""
    return LeadConversion.objects.filter(lead=lead).first()


def remains_of(actor: Actor, conversion: LeadConversion) -> tuple[Remains, ...]:
    """Return what would go and what would stay, the deal first; a record whose name the actor may not see has none."""
    parts = {"deal": conversion.deal_id, "person": conversion.person_id, "company": conversion.company_id}
    refs = [Ref(kind, row_id) for kind, row_id in parts.items() if row_id]
    facts, seen, deletable = counts_about(refs), in_sight(refs, actor), in_sight(refs, actor, Verb.DELETE)
    found: list[Remains] = []
    for ref in refs:
        made = conversion.made.get(ref.kind)
        if made is None:
            why = Why.WAS_THERE
        elif facts[ref] != made:
            why = Why.WORKED_WITH
        elif _named(ref, conversion, {each.ref for each in found if each.why is Why.GOES}):
            why = Why.NAMED
        else:
            why = Why.GOES if ref in deletable else Why.OUT_OF_REACH
        found.append(Remains(ref, seen.get(ref, ""), why))
    return tuple(found)


def _named(ref: Ref, conversion: LeadConversion, going: set[Ref]) -> bool:
    """Say whether other records name one besides those that go along with it."""
    if ref.kind == "deal":
        return False
    gone = {each.id for each in going}
    others = LeadConversion.objects.exclude(pk=conversion.pk).filter(**{ref.kind: ref.id}).exists()
    deals = Deal.objects.filter(**{ref.kind: ref.id}, deleted_at=None).exclude(pk__in=gone).exists()
    if ref.kind == "person":
        return others or deals
    people = Person.objects.filter(company=ref.id, deleted_at=None).exclude(pk__in=gone).exists()
    return others or deals or people or Company.objects.filter(parent=ref.id, deleted_at=None).exists()
