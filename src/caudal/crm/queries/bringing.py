"""What leads bring as a rule: amounts won in the last year, and leads that came, as far as a reader sees them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.core.cache import cache
from django.db.models import Count, Sum

from caudal.core.money import Currency, Money
from caudal.crm.models import Deal, DealClose, Lead, Outcome
from caudal.kit.access import Actor
from caudal.kit.clocking import clocked

YEAR: Final = timedelta(days=365)
LONG_SECONDS: Final = 0.05
"""What takes longer to count is kept."""
HOLD: Final = timedelta(minutes=15)
"""So long an average of a year may be old."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What the deals won in a year came to, by currency, and how many leads came in it."""

    won: tuple[Money, ...]
    leads: int


def brought_last_year(actor: Actor, as_of: datetime) -> Brought:
    """Return what the year before an instant brought; where there is much to count, as of some minutes ago."""
    reach = [sorted(map(str, each)) for each in (actor.roles, actor.team, actor.teams, actor.shared)]
    sight = (actor.id, as_of.date(), actor.limit, reach)
    key = f"crm.brought:{sha256(repr(sight).encode()).hexdigest()}"
    kept = cache.get(key)
    if isinstance(kept, Brought):
        return kept
    found, seconds = clocked(lambda: _counted(actor, as_of))
    if seconds >= LONG_SECONDS:
        cache.set(key, found, timeout=HOLD.total_seconds())
    return found


def _counted(actor: Actor, as_of: datetime) -> Brought:
    won = DealClose.objects.filter(deal__in=Deal.for_actor(actor), outcome=Outcome.WON, closed_at__gte=as_of - YEAR)
    sums = won.values("deal__amount_currency").annotate(minor=Sum("deal__amount_minor"))
    leads = Lead.for_actor(actor).filter(captured_at__gte=as_of - YEAR).aggregate(many=Count("pk"))["many"]
    return Brought(
        tuple(
            Money(int(row["minor"]), Currency(row["deal__amount_currency"]))
            for row in sums
            if row["deal__amount_currency"]
        ),
        leads,
    )
