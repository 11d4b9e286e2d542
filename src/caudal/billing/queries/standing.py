"""Subscriptions as the core sees them: schedule, standings, and what each consists of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import F, Value

from caudal.billing.models import Subscription, SubscriptionChange
from caudal.billing.offline import AgreedCharge, Item, components, read_items
from caudal.core.periods import Grain, Period, day_in, start_of_day, zone_named
from caudal.core.proration import Refund, When, proration
from caudal.core.schedules import Alignment, Schedule, Timing
from caudal.core.subscriptions import Component, Standing, Subscribed
from caudal.kit.access import Among
from caudal.kit.compiled import Compiled

_GRAINS: Final = {"month": Grain.MONTH, "year": Grain.YEAR}


@dataclass(frozen=True, slots=True)
class Agreed:
    """A subscription with all that was agreed of it so far."""

    row: Subscription
    subscribed: Subscribed
    items: tuple[Item, ...]
    """What it consists of after its last change; nothing while it is paused or has ended."""
    items_before_pause: tuple[Item, ...]
    """What it consisted of the last time it consisted of something."""
    parts: Mapping[Component, tuple[Item, AgreedCharge]]
    """What each component was ever agreed as."""
    items_by_change: Mapping[int, tuple[Item, ...]]
    """What it consists of from each change on."""

    def period_at(self, at: datetime) -> Period:
        """Return the period that an instant lies in, the first one before it begins."""
        schedule = self.subscribed.schedule_at(at)
        number = schedule.cycle.number_on(max(day_in(at, schedule.zone), schedule.paid_from))
        return schedule.cycle.days_of(number).in_zone(schedule.zone)

    @property
    def end(self) -> datetime | None:
        """Up to and without when it is served, as it was agreed; None goes on."""
        schedule = self.subscribed.schedule
        return None if schedule.end is None else start_of_day(schedule.end, schedule.zone)

    def ends_with(self, at: datetime) -> datetime:
        """Return when it ends if nothing is paid after what an instant lies in: the trial, or a period."""
        schedule = self.subscribed.schedule_at(at)
        paid_from = start_of_day(schedule.paid_from, schedule.zone)
        end = paid_from if schedule.trial_days and at < paid_from else self.period_at(at).end
        return end if self.end is None else min(end, self.end)


_CHANGES: Final[Compiled[SubscriptionChange]] = Compiled(
    lambda of: SubscriptionChange.objects.filter(Among(F("subscription"), Value(of)))
)


def changes_of(subscriptions: Iterable[UUID]) -> list[SubscriptionChange]:
    """Return what was agreed of subscriptions, by their ids."""
    return _CHANGES.rows(of=list(subscriptions))


def agreed_of(rows: Iterable[Subscription], changes: Iterable[SubscriptionChange] | None = None) -> dict[UUID, Agreed]:
    """Return what was agreed of subscriptions, which the caller may see: by `changes`, or in one query."""
    by_id = {row.pk: row for row in rows}
    read = changes_of(by_id) if changes is None else changes
    of: dict[UUID, list[SubscriptionChange]] = {row_id: [] for row_id in by_id}
    for change in sorted(read, key=lambda each: each.number):
        if change.subscription_id in of:
            of[change.subscription_id].append(change)
    return {row_id: _agreed(row, of[row_id]) for row_id, row in by_id.items()}


def schedule_of(row: Subscription) -> Schedule:
    """Return by which periods a subscription is paid."""
    return Schedule(
        row.start_day,
        _GRAINS[row.interval],
        zone_named(row.zone),
        every=row.interval_count,
        alignment=Alignment(row.alignment),
        timing=Timing(row.timing),
        billing_day=row.billing_day,
        trial_days=row.trial_days,
        end=row.end_day,
        anchor=row.anchor_day,
    )


def _agreed(row: Subscription, changes: list[SubscriptionChange]) -> Agreed:
    parts: dict[Component, tuple[Item, AgreedCharge]] = {}
    standings = []
    items: tuple[Item, ...] = ()
    last: tuple[Item, ...] = ()
    by_change: dict[int, tuple[Item, ...]] = {}
    for change in changes:
        items = read_items(change.items)
        last = items or last
        by_change[change.number] = items
        held = components(items).values()
        parts |= {component: (item, charge) for item, charge, component in held}
        consists_of = tuple(component for _, _, component in held)
        when, refund = When(change.paid), Refund(change.refund)
        standings.append(Standing(change.number, change.at, consists_of, when, refund, change.ends))
    subscribed = Subscribed(schedule_of(row), tuple(standings), proration(row.proration))
    return Agreed(row, subscribed, items, last, parts, by_change)
