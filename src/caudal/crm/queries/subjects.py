"""Everything that is known of one person: their records, and what speaks of them. For whoever answers for their data.

No reach narrows this: a person is owed all of it, whoever looks after them, what is private or deleted among it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from caudal.core.ids import Ref
from caudal.crm.models import Activity, Consent, Deal, Lead, Person, Touch
from caudal.kit.access import Actor, Verb, require
from caudal.kit.records import NotFound

ERASED = "[erased]"
"""What somebody is called who was erased."""
SUBJECTS = (Person.kind, Lead.kind)
"""Kinds of records that are people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One person: the record that was asked about, and all that belongs to them."""

    record: Person | Lead
    people: tuple[Person, ...]
    leads: tuple[Lead, ...]
    deals: tuple[Deal, ...]
    """Sales that they take part in or that came of their leads: they stay, being the company's."""
    activities: tuple[Activity, ...]
    touches: tuple[Touch, ...]
    consents: tuple[Consent, ...]

    @property
    def records(self) -> tuple[Person | Lead, ...]:
        """The rows that are theirs."""
        return (*self.people, *self.leads)

    @property
    def refs(self) -> tuple[Ref, ...]:
        """The records that are theirs."""
        return tuple(each.ref for each in self.records)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Their e-mail addresses."""
        found = [each.email for each in self.records]
        found += [address for each in self.people for address in each.other_emails]
        return tuple(dict.fromkeys(address for address in found if address))

    @property
    def numbers(self) -> tuple[str, ...]:
        """Their phone numbers, as they were typed and as they are dialled."""
        found = [each.phone for each in self.records]
        found += [number for each in self.people for number in (*each.other_phones, *each.phone_keys)]
        return tuple(dict.fromkeys(number for number in found if len(number) >= PHONE_LEAST))

    @property
    def names(self) -> tuple[str, ...]:
        """What they are called, in more words than one: a single word may be anything."""
        found = [each.name for each in self.records]
        found += [f"{each.given_name} {each.family_name}".strip() for each in self.people]
        return tuple(dict.fromkeys(name for name in found if " " in name and name != ERASED))


PHONE_LEAST = 6
"""Signs of a number that can be only theirs."""


def subject(actor: Actor, ref: Ref, verb: Verb = Verb.VIEW) -> Subject:
    """Return everything about a person or the person of a lead. Raises NotAllowed, NotFound."""
    require(actor, "subject", verb)
    if ref.kind not in SUBJECTS:
        raise NotFound(kind=Person.kind, id=ref)
    model: type[Person | Lead] = Person if ref.kind == Person.kind else Lead
    record = model._default_manager.filter(pk=ref.id).first()
    if record is None:
        raise NotFound(kind=ref.kind, id=ref)
    people, leads = _closed(record)
    mine = Q(links__person__in=people) | Q(links__lead__in=leads)
    theirs = Q(person__in=people) | Q(lead__in=leads)
    return Subject(
        record=record,
        people=tuple(Person.objects.filter(pk__in=people).order_by("created_at", "pk")),
        leads=tuple(Lead.objects.filter(pk__in=leads).order_by("captured_at", "pk")),
        deals=tuple(
            Deal.objects.filter(Q(person__in=people) | Q(conversion__lead__in=leads)).distinct().order_by("pk")
        ),
        activities=tuple(Activity.objects.filter(mine).distinct().order_by("created_at", "pk")),
        touches=tuple(Touch.objects.filter(theirs).select_related("channel").order_by("touched_at", "pk")),
        consents=tuple(Consent.objects.filter(theirs).order_by("given_at", "pk")),
    )


def consent(consent_id: UUID) -> Consent:
    """Return a consent; whose it is, the caller reaches through the door. Raises NotFound."""
    found = Consent.objects.filter(pk=consent_id, deleted_at=None).first()
    if found is None:
        raise NotFound(kind=Consent.kind, id=Ref(Consent.kind, consent_id))
    return found


def consents_of(record: Ref) -> list[Consent]:
    """Return what a person or lead, already reached, agreed to; a person's with those of the leads they came from."""
    theirs = (
        Q(lead=record.id) if record.kind == Lead.kind else Q(person=record.id) | Q(lead__conversion__person=record.id)
    )
    return list(Consent.objects.filter(theirs, deleted_at=None).order_by("withdrawn_at", "-given_at", "pk"))


def _closed(record: Person | Lead) -> tuple[set[UUID], set[UUID]]:
    """Return people and leads that are one: a lead and whom it became, and leads of the same addresses."""
    people: set[UUID] = {record.pk} if isinstance(record, Person) else set()
    leads: set[UUID] = {record.pk} if isinstance(record, Lead) else set()
    if isinstance(record, Lead):
        people |= set(Person.objects.filter(conversions__lead=record).values_list("pk", flat=True))
    leads |= set(Lead.objects.filter(conversion__person__in=people).values_list("pk", flat=True))
    addresses = list(_addresses(people, leads))
    if addresses:
        leads |= set(Lead.objects.filter(email__in=addresses).values_list("pk", flat=True))
    return people, leads


def _addresses(people: set[UUID], leads: set[UUID]) -> Iterator[str]:
    for email, others in Person.objects.filter(pk__in=people).values_list("email", "other_emails"):
        yield from (each for each in (email, *others) if each)
    yield from Lead.objects.filter(pk__in=leads, email__isnull=False).values_list("email", flat=True)  # type: ignore[misc]  # none is left out


def as_json(row: Any, *, besides: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the columns of a row as plain values, those that say nothing left out."""
    values = {
        field.name: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in besides
    }
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
