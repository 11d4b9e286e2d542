"""What happened to a record, from its facts: names for ids, words for values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.crm.queries import told
from caudal.crm.views.nouns import BY_KIND
from caudal.kit.access import Actor
from caudal.kit.outbox import RecordedFact, facts_after
from caudal.kit.panels import fact_words, page_of
from caudal.kit.records import in_sight
from caudal.ui.formats import day_text, money_text, reader_locale
from caudal.ui.timelines import Change, Moment
from caudal.workspace.queries import actor_names, member_names, pillars

SHOWN: Final = 20
NAMED: Final = {
    "owner_id": "member",
    "company_id": "company",
    "person_id": "person",
    "parent_id": "company",
    "product_id": "product",
    "pillar_id": "pillar",
}
"""Changed columns that hold ids, and of what kind."""

Names = Mapping[str, Mapping[str, str]]
"""Kind → id → name."""


@dataclass(frozen=True, slots=True)
class Story:
    """A page of moments, newest first, and the id of its last fact when there are earlier ones."""

    moments: Sequence[Moment]
    earlier: UUID | None


def story(ref: Ref, actor: Actor, *, before: str = "") -> Story:
    """Return what happened to a record that the reader has reached. Raises NoSuchFact.

    What happened to others that it is about is told as far as the reader may see those.
    """
    found = told(ref, actor, before=before, limit=SHOWN)
    names = names_in(found.facts, actor)
    who = actor_names({fact.actor for fact in found.facts})
    return Story(
        moments=[moment(fact, found.subjects.get(fact.subject), who, names) for fact in found.facts],
        earlier=found.earlier,
    )


def later(ref: Ref, actor: Actor, sequence: int) -> list[Moment]:
    """Return what others have changed of a record since the fact of a number, for whoever has a form of it open."""
    facts = [fact for fact in facts_after(ref, sequence) if fact.actor != actor.id]
    names, who = names_in(facts, actor), actor_names({fact.actor for fact in facts})
    return [moment(fact, None, who, names) for fact in facts]


def moment(fact: RecordedFact, subject: str | None, who: Mapping[str, str], names: Names) -> Moment:
    """Return a fact as a timeline shows it; `subject` names the other record that it happened to, if it was another."""
    found = fact_words().get(fact.name)
    words = found.words(fact) if found else fact.name
    said_with = fact.personal or {}
    note = (said_with.get("note") or said_with.get("reason") or said_with.get("body") or (None, None))[1]
    return Moment(
        at=fact.occurred_at,
        words=f"{words} · {subject}" if subject else words,
        who=who.get(fact.actor, "Caudal"),
        icon=found.icon if found else "dot",
        tone={"crm.deal_won": "good", "crm.deal_lost": "bad"}.get(fact.name, ""),
        href=page_of(fact.subject) if subject is not None else "",
        body=note or "",
        changes=changes(fact, names) if tells_changes(fact) and not fact.erased else (),
        erased=fact.erased and tells_changes(fact),
    )


def tells_changes(fact: RecordedFact) -> bool:
    """Say whether the changed fields are the news; of something new, every field has changed."""
    return fact.name.endswith("_changed")


def changes(fact: RecordedFact, names: Names) -> list[Change]:
    """Return the changed fields of a fact in words."""
    model = BY_KIND[fact.subject.kind].model if fact.subject.kind in BY_KIND else None
    said_of = {**fact.data.get("changes", {}), **(fact.personal or {})}
    return [
        Change(
            label_of(model, field),
            said(field, choice_of(model, field, before), names),
            said(field, choice_of(model, field, after), names) or _("nothing"),
        )
        for field, (before, after) in said_of.items()
        if field != "custom"
    ]


def label_of(model: Any, field: str) -> str:
    """Return what a field is called."""
    if field == "amount":
        return _("Amount")
    try:
        return str(capfirst(model._meta.get_field(field).verbose_name))
    except (FieldDoesNotExist, AttributeError):
        return field


def choice_of(model: Any, field: str, value: Any) -> Any:
    """Return what one of a field's choices is called; any other value is itself."""
    try:
        choices = dict(model._meta.get_field(field).flatchoices)
    except (FieldDoesNotExist, AttributeError):
        return value
    return str(choices[value]) if isinstance(value, str) and value in choices else value


def said(field: str, value: Any, names: Names) -> str:
    """Return a changed value as the reader says it."""
    if not value or not isinstance(value, str | dict):
        return ", ".join(map(str, value)) if isinstance(value, list) else "" if value in (None, "") else str(value)
    if field in NAMED:
        return names.get(NAMED[field], {}).get(str(value), _("somebody or something out of your sight"))
    if isinstance(value, dict):
        amount = Money.from_json(value)
        return money_text(amount.amount, amount.currency.code, reader_locale())
    if field.endswith("_date"):
        return day_text(date.fromisoformat(value), reader_locale())
    if field.endswith("_at"):
        return day_text(datetime.fromisoformat(value).date(), reader_locale())
    return value


def names_in(facts: Iterable[RecordedFact], actor: Actor) -> Names:
    """Return the names of everything that changed fields hold, one query for each kind that they do."""
    wanted: dict[str, set[UUID]] = {}
    for fact in filter(tells_changes, facts):
        for field, pair in fact.data.get("changes", {}).items():
            if field in NAMED:
                wanted.setdefault(NAMED[field], set()).update(UUID(value) for value in pair if value)
    return {kind: find(kind, ids, actor) for kind, ids in wanted.items() if ids}


def find(kind: str, ids: set[UUID], actor: Actor) -> Mapping[str, str]:
    """Return names of rows of one kind that the reader may see, by id."""
    if kind == "member":
        return {str(row_id): name for row_id, name in member_names(ids).items()}
    if kind == "pillar":
        return {str(pillar.pk): pillar.label(get_language() or "en") for pillar in pillars()}
    return {str(ref.id): name for ref, name in in_sight({Ref(kind, row_id) for row_id in ids}, actor).items()}
