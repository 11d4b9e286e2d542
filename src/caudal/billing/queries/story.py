"""What happened in billing, as a story that can be told again elsewhere: terms as they were, and who did what when.

It holds what was agreed and what was decided, and nothing that follows from it: no document, no line, no entry.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import models

from caudal.billing.models import Contract, ContractCommitment, Customer, Order, Subscription, SubscriptionChange
from caudal.kit.outbox import RecordedFact, facts_called

KINDS: Final[Mapping[str, type[models.Model]]] = {
    model.kind: model for model in (Customer, Contract, Subscription, Order)
}
FOLLOWS: Final[Mapping[str, Any]] = {
    "version": 1,
    "status": "active",
    "ends_at": None,
    "due_at": None,
    "billed_at": None,
    "usage_as_of": None,
    "called_off_at": None,
    "notice_day": None,
    "ended_at": None,
    "commitment_minor": None,
    "commitment_currency": None,
}
"""What is no part of what was agreed, and follows from it; at the beginning it is this."""


@dataclass(frozen=True, slots=True)
class Told:
    """A fact, and the row of terms that it wrote, as it was then."""

    fact: RecordedFact
    row: models.Model | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """Facts in the order in which they were recorded, with the rows of terms that they brought."""

    told: tuple[Told, ...] = field(default=())


def story() -> Story:
    """Return the story of this installation; for checks of the whole of it."""
    facts = facts_called("billing.")
    begun: set[Any] = set()
    changes = {(each.subscription_id, each.number): each for each in SubscriptionChange.objects.all()}
    commitments = iter_by_contract(ContractCommitment.objects.order_by("contract", "number"))
    first = first_rows(facts)
    told = []
    for fact in facts:
        subject = fact.subject
        if subject.kind in KINDS and subject.id not in begun:
            begun.add(subject.id)
            told.append(Told(fact, first.get(subject.id)))
        if fact.name == "billing.subscription_changed":
            told.append(Told(fact, changes[subject.id, fact.data["number"]]))
        elif fact.name == "billing.contract_committed":
            told.append(Told(fact, commitments[subject.id].pop(0)))
        else:
            told.append(Told(fact))
    return Story(tuple(told))


def iter_by_contract(rows: Iterable[ContractCommitment]) -> dict[Any, list[ContractCommitment]]:
    """Return commitments by contract, in their order."""
    found: dict[Any, list[ContractCommitment]] = {}
    for row in rows:
        found.setdefault(row.contract_id, []).append(row)
    return found


def first_rows(facts: Iterable[RecordedFact]) -> dict[Any, models.Model]:
    """Return the rows of terms as they began: today's, with every change taken back."""
    before: dict[Any, dict[str, Any]] = {}
    for fact in facts:
        for name, (was, became) in changes_of(fact).items():
            is_first = fact.name in BEGINNINGS
            before.setdefault(fact.subject.id, {}).setdefault(name, became if is_first else was)
    found = {}
    for model in KINDS.values():
        columns = {each.attname: each for each in model._meta.concrete_fields}
        for row in model._default_manager.all():
            for name, value in {**FOLLOWS, **before.get(row.pk, {})}.items():
                if name in columns:
                    setattr(row, name, columns[name].to_python(value))
            found[row.pk] = row
    return found


BEGINNINGS: Final = frozenset({"billing.customer_added", "billing.contract_signed"})
"""Facts that tell of a new row with its values."""


def changes_of(fact: RecordedFact) -> dict[str, tuple[Any, Any]]:
    """Return what a fact says of fields, before and after, personal ones among them."""
    said = {**fact.data.get("changes", {}), **(fact.personal or {})}
    return {name: (before, after) for name, (before, after) in said.items()}
