"""What is owed to suppliers, and the costs that recur."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Max, Min, Sum

from caudal.core.ids import Ref
from caudal.core.money import Currency, Money
from caudal.core.periods import add_months
from caudal.kit.access import Actor, Verb, require
from caudal.ledger.models import ClosedMonth, JournalEntry, JournalPosting, RecurringCost

PAYABLE: Final = "payable"
"""The purpose of the account that holds what is owed to suppliers."""


@dataclass(frozen=True, slots=True)
class Payable:
    """What is still owed to somebody for something, and since when."""

    document: str
    party: str
    owed: Money
    since: date
    text: str
    entry: Ref
    entity_id: UUID | None


def payables(actor: Actor, document: str = "") -> list[Payable]:
    """Return what is owed to suppliers, for one document if asked, the oldest first, then by document.

    Raises NotAllowed.
    """
    require(actor, "entry", Verb.VIEW)
    rows = JournalPosting.objects.filter(account__purpose=PAYABLE).exclude(document="")
    if document:
        rows = rows.filter(document=document)
    sums = (
        rows.values("document", "party", "amount_currency", "entry__entity_id")
        .annotate(owed=Sum("amount_minor"), since=Min("day"), text=Max("entry__text"), first=Min("pk"))
        .filter(owed__lt=0)
        .order_by("since", "document", "party", "amount_currency")
    )
    found = list(sums)
    entries = dict(JournalPosting.objects.filter(pk__in=[row["first"] for row in found]).values_list("pk", "entry_id"))
    return [
        Payable(
            document=row["document"],
            party=row["party"],
            owed=Money(-int(row["owed"]), Currency(row["amount_currency"])),
            since=row["since"],
            text=row["text"],
            entry=Ref(JournalEntry.kind, entries[row["first"]]),
            entity_id=row["entry__entity_id"],
        )
        for row in found
    ]


@dataclass(frozen=True, slots=True)
class Due:
    """A day on which a recurring cost is posted, and the key of its entry."""

    cost: RecurringCost
    day: date

    @property
    def key(self) -> str:
        """The key of the cost on that day."""
        return f"{self.cost.ref}:{self.day}"


def recurring_costs(actor: Actor) -> list[RecurringCost]:
    """Return the costs that recur, those that go on first, then by first day."""
    rows = RecurringCost.for_actor(actor).select_related("account", "paid_from", "pillar")
    return sorted(rows, key=lambda each: (each.last_day is not None, each.first_day, each.pk))


def recurring_cost(actor: Actor, cost_id: UUID, verb: Verb = Verb.VIEW) -> RecurringCost:
    """Return one of them. Raises NotFound."""
    return RecurringCost.one_for(actor, verb, cost_id, lock=verb is not Verb.VIEW)


def due_costs(actor: Actor, today: date) -> tuple[list[Due], list[Due]]:
    """Return what recurring costs are due up to a day and not posted: what can be posted, and what a closed month bars.

    By day, then id.
    """
    due = [Due(cost, day) for cost in recurring_costs(actor) for day in days_of(cost, today)]
    keys = {f"cost:{each.key}" for each in due}
    posted = set(JournalEntry.objects.filter(source__in=keys).values_list("source", flat=True))
    closed = set(ClosedMonth.objects.filter(reopened_at=None).values_list("entity_id", "month"))
    waiting = sorted(
        (each for each in due if f"cost:{each.key}" not in posted), key=lambda each: (each.day, each.cost.pk)
    )
    barred = [each for each in waiting if {(None, first(each.day)), (each.cost.entity_id, first(each.day))} & closed]
    return [each for each in waiting if each not in barred], barred


def days_of(cost: RecurringCost, today: date) -> list[date]:
    """Return the days of a recurring cost up to one: every month from the first on, 31 then 28 then 31."""
    last = min(today, cost.last_day) if cost.last_day else today
    found, month = [], first(cost.first_day)
    while (day := in_month(month, cost.anchor)) <= last:
        found.append(day)
        month = add_months(month, 1)
    return found


def in_month(month: date, anchor: int) -> date:
    """Return a day of a month by its number, the last one of a shorter month."""
    return month.replace(day=min(anchor, monthrange(month.year, month.month)[1]))


def first(day: date) -> date:
    """Return the first day of the month of a day."""
    return day.replace(day=1)
