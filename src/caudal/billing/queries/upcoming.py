"""What will be invoiced, and what a change would cost, by the functions that invoice: a preview is the invoice.

Nothing is written. What became known late of usage comes beside it, as a line of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import Q

from caudal.billing.models import Contract, Customer, Order, Subscription
from caudal.billing.ports import Taxes
from caudal.billing.queries.changing import Change, Proposal, as_changed, plan_change
from caudal.billing.queries.drafting import DocumentDraft, drafts_of
from caudal.billing.queries.gathering import Gathered, Sought, gather
from caudal.billing.queries.owing import owed_by
from caudal.billing.queries.pricing import PriceBook
from caudal.billing.queries.standing import Agreed, agreed_of
from caudal.core.money import Currency, Money, Rounding, allocate, total
from caudal.core.mrr import monthly
from caudal.core.periods import Grain, day_in, zone_named
from caudal.core.subscriptions import Sort
from caudal.kit.access import Actor

_GRAINS: Final = {"month": Grain.MONTH, "year": Grain.YEAR}


@dataclass(frozen=True, slots=True)
class Recurring:
    """What a subscription costs every period without what is used, and what that is per month."""

    per_period: Money
    per_month: Money
    by_item: Mapping[str, Money] = field(default_factory=dict)
    """Every period, by the key of the item."""
    by_charge: Mapping[str, Sequence[tuple[str, Money]]] = field(default_factory=dict)
    """The same by the charges of the item, each by its name."""

    @property
    def by_month(self) -> Mapping[str, Money]:
        """What each item is per month: the parts of the whole, to the last unit; none where it is nothing."""
        paid = {key: amount for key, amount in self.by_item.items() if amount.minor > 0}
        if not self.per_month or len(paid) < len([each for each in self.by_item.values() if each]):
            return {}
        return dict(zip(paid, allocate(self.per_month, [each.minor for each in paid.values()]), strict=True))


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """What a change comes to: what is invoiced at once, and what the next invoice will be with it and without it."""

    change: Change
    at_once: tuple[DocumentDraft, ...]
    following: tuple[DocumentDraft, ...]
    following_without: tuple[DocumentDraft, ...]
    before: Recurring
    after: Recurring


def next_documents(
    actor: Actor, customer: Customer, *, as_of: datetime, taxes: Taxes, only: Agreed | None = None
) -> tuple[DocumentDraft, ...]:
    """Return the next documents of a customer, or of one subscription alone: what is due now, or falls due first.

    Raises what prices and taxes raise.
    """
    dues = _due(customer) if only is None else [only.row.due_at]
    due_at = min((at for at in dues if at is not None), default=None)
    if due_at is None:
        return ()
    return documents(actor, customer, up_to=max(due_at, as_of), as_of=as_of, taxes=taxes, only=only)


def documents(
    actor: Actor,
    customer: Customer,
    *,
    up_to: datetime,
    as_of: datetime,
    taxes: Taxes,
    only: Agreed | None = None,
) -> tuple[DocumentDraft, ...]:
    """Return the documents that a run up to an instant would make of a customer, by what is known of usage then.

    With `only`, one subscription is looked at and nothing else: as it stands, or as it would be after a change.
    """
    sought = Sought(up_to, as_of)
    if only is None:
        owing = owed_by(actor, sought, gather(sought, {customer.pk: customer}))
    else:
        only.row.customer = customer
        is_due = only.row.due_at is not None and only.row.due_at <= up_to
        due = Gathered([only.row] if is_due else [], [], [], [])
        owing = owed_by(actor, sought, due, agreed={only.row.pk: only})
    issue_day = day_in(max(up_to, as_of), zone_named(customer.zone))
    return tuple(drafts_of(owing.sources, owing.lines, taxes=taxes, issue_day=issue_day))


def preview_change(actor: Actor, row: Subscription, asked: Proposal, *, as_of: datetime, taxes: Taxes) -> ChangePreview:
    """Return what a change comes to, before it is made. Raises what `plan_change`, prices and taxes raise."""
    agreed = agreed_of([row])[row.pk]
    change = plan_change(actor, agreed, asked, as_of=as_of)
    after = as_changed(agreed, change, actor=actor, as_of=as_of)
    at_once = _of(actor, after, up_to=as_of, as_of=as_of, taxes=taxes)
    return ChangePreview(
        change=change,
        at_once=at_once,
        following=_following(actor, after, as_of=as_of, taxes=taxes),
        following_without=_following(actor, agreed, as_of=as_of, taxes=taxes),
        before=recurring(actor, agreed, as_of),
        after=recurring(actor, after, max(change.at, as_of)),
    )


def recurring(actor: Actor, agreed: Agreed, at: datetime) -> Recurring:
    """Return what a subscription costs every period as it stands at an instant. Raises what prices raise."""
    row, unit = agreed.row, Currency(agreed.row.currency)
    standing = agreed.subscribed.at(at)
    parts = [] if standing is None else [one for one in standing.components if one.sort is Sort.FIXED]
    book = PriceBook.of(actor, {agreed.parts[part][0].offering for part in parts})
    by_item: dict[str, Money] = {}
    by_charge: dict[str, list[tuple[str, Money]]] = {}
    day = day_in(at, zone_named(row.zone))
    for part in parts:
        item, charge = agreed.parts[part]
        amount = book.fixed(item, charge, currency=unit, day=day, quantity=part.quantity).line.amount
        by_item[item.key] = by_item.get(item.key, Money(0, unit)) + amount
        by_charge.setdefault(item.key, []).append((charge.name, amount))
    whole = total(by_item.values(), unit)
    share = monthly(whole.minor, _GRAINS[row.interval], row.interval_count)
    return Recurring(whole, Money(Rounding.HALF_UP.whole(share), unit), by_item, by_charge)


def _of(actor: Actor, one: Agreed, *, up_to: datetime, as_of: datetime, taxes: Taxes) -> tuple[DocumentDraft, ...]:
    if one.row.due_at is None or one.row.due_at > up_to:
        return ()
    return documents(actor, one.row.customer, up_to=up_to, as_of=as_of, taxes=taxes, only=one)


def _following(actor: Actor, one: Agreed, *, as_of: datetime, taxes: Taxes) -> tuple[DocumentDraft, ...]:
    """What is invoiced the next time after an instant."""
    due_at = one.subscribed.next_due(max(as_of, one.row.billed_at or as_of))
    if due_at is None:
        return ()
    known = {draft.due_from for draft in _of(actor, one, up_to=as_of, as_of=as_of, taxes=taxes)}
    found = documents(actor, one.row.customer, up_to=due_at, as_of=as_of, taxes=taxes, only=one)
    return tuple(draft for draft in found if draft.due_from not in known)


def _due(customer: Customer) -> Iterable[datetime | None]:
    owned = Q(customer=customer, due_at__isnull=False, deleted_at=None)
    for model in (Subscription, Order, Contract):
        yield model.objects.filter(owned).order_by("due_at").values_list("due_at", flat=True).first()
