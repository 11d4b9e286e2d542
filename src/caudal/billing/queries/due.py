"""What is owed and not invoiced yet, line by line: what is right now, less what was invoiced of the same obligation.

So a run finds nothing twice, and what late usage or a change in the past makes different is a line of its own, on the
period that it belongs to, which names what it corrects.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from caudal.billing.models import InvoiceLine, InvoiceSort
from caudal.billing.offline import AgreedCharge, Item
from caudal.billing.queries.pricing import PriceBook, Priced, kept_quantity
from caudal.billing.queries.standing import Agreed
from caudal.catalog.queries import UsageGiven
from caudal.core.money import Currency, Money, portion
from caudal.core.periods import Period, day_in
from caudal.core.pricing import money_policy
from caudal.core.recognition import Pattern
from caudal.core.subscriptions import Kind, Obligation
from caudal.usage.queries import UsageAsked, quantities, transactions

_PATTERNS: Final = {Kind.USAGE: Pattern.AT_END, Kind.ONCE: Pattern.AT_START}


@dataclass(frozen=True, slots=True)
class DueLine:
    """A line that is to be invoiced. Amounts may be negative: what is given back."""

    sort: str
    source: UUID | None
    """What owes it; None is nothing: what was credited by hand."""
    obligation: str
    text: str
    stream: str
    whole: Money
    net: Money
    due_at: datetime
    period: Period
    quantity: Decimal = Decimal(1)
    unit: str = ""
    share: Fraction = Fraction(1)
    charge: UUID | None = None
    pillar: UUID | None = None
    pattern: Pattern = Pattern.BY_DAY
    revision: int = 0
    corrects: UUID | None = None
    price_number: int = 0
    waterfall: Mapping[str, Any] = field(default_factory=dict)
    usage_as_of: datetime | None = None


@dataclass(slots=True)
class _Booked:
    """What was invoiced of an obligation so far."""

    net: int
    quantity: Decimal
    first: InvoiceLine
    following: int
    """The revision of the next line; one that was made void in between leaves a gap."""


@dataclass(frozen=True, slots=True)
class _Owed:
    agreed: Agreed
    obligation: Obligation
    item: Item
    charge: AgreedCharge
    currency: Currency

    @property
    def asked(self) -> str:
        return f"{self.agreed.row.pk} {self.obligation.key}"


@dataclass(frozen=True, slots=True)
class Due:
    """What subscriptions owe: their lines in the order they fell due, and when each falls due again."""

    lines: Mapping[UUID, list[DueLine]]
    next_due: Mapping[UUID, datetime | None]


def due_lines(
    agreed: Mapping[UUID, Agreed],
    *,
    up_to: datetime,
    as_of: datetime,
    book: PriceBook,
    late: Mapping[UUID, datetime] | None = None,
    used_until: datetime | None = None,
) -> Due:
    """Return what subscriptions owe up to an instant and what is not invoiced of it.

    `late` says of some of them since when usage became known that may have been invoiced before, `used_until` leaves
    out what was used from an instant on. Raises what prices raise: NoPriceYet, BeyondTiers and the like.
    """
    owed: list[_Owed] = []
    next_due: dict[UUID, datetime | None] = {}
    for row_id, one in agreed.items():
        found, next_due[row_id] = one.subscribed.due_and_next(one.row.billed_at, up_to)
        owed += _owed(one, [*_late(one, up_to, (late or {}).get(row_id)), *found])
    booked = _booked(agreed, late or (), owed)
    used = _used(owed, book, as_of, used_until)
    lines: dict[UUID, list[DueLine]] = {row_id: [] for row_id in agreed}
    keys: dict[UUID, set[str]] = {row_id: set() for row_id in agreed}
    for each in owed:
        row_id, key = each.agreed.row.pk, each.obligation.key
        keys[row_id].add(key)
        line = _line(each, key, used.get(each.asked) if used else None, book, booked[row_id].get(key), as_of)
        if line is not None:
            lines[row_id].append(line)
    for row_id, one in agreed.items():
        if booked[row_id]:
            lines[row_id] += _vanished(one, booked[row_id], keys[row_id], up_to)
    return Due(lines, next_due)


def _late(one: Agreed, up_to: datetime, since: datetime | None) -> list[Obligation]:
    """What was used and invoiced before, of which more became known."""
    if since is None or one.row.billed_at is None:
        return []
    return [each for each in one.subscribed.due(since, min(up_to, one.row.billed_at)) if each.kind is Kind.USAGE]


def _owed(one: Agreed, obligations: Iterable[Obligation]) -> Iterable[_Owed]:
    currency = Currency(one.row.currency)
    for obligation in obligations:
        item, charge = one.parts[obligation.component]
        yield _Owed(one, obligation, item, charge, currency)


def _booked(
    agreed: Mapping[UUID, Agreed], late: Iterable[UUID], owed: Iterable[_Owed]
) -> dict[UUID, dict[str, _Booked]]:
    found: dict[UUID, dict[str, _Booked]] = {row_id: {} for row_id in agreed}
    # What fell due later than it is invoiced is there only after something was undone, or changed in the past.
    billed = {row_id: one.row.billed_at for row_id, one in agreed.items() if one.row.billed_at is not None}
    if not billed:
        return found
    held = InvoiceLine.objects.filter(source__in=list(billed), holds=True).select_related("invoice")
    rows = {row.pk: row for row in held.filter(Q(due_at__gt=min(billed.values())) | Q(source__in=list(late)))}
    # What began before may have been invoiced already, when it fell due sooner: an end moves when its period ends.
    begun = {
        (each.agreed.row.pk, each.obligation.key)
        for each in owed
        if each.agreed.row.pk in billed and each.obligation.period.start <= billed[each.agreed.row.pk]
    }
    if begun:
        ids, keys = {row_id for row_id, _ in begun}, {key for _, key in begun}
        same = held.filter(source__in=ids, obligation__in=keys)
        rows |= {row.pk: row for row in same if (row.source, row.obligation) in begun}
    for row in sorted(rows.values(), key=lambda each: (each.obligation, each.revision)):
        assert row.source is not None  # noqa: S101  asked for
        sign = -1 if row.invoice.sort == InvoiceSort.CREDIT_NOTE else 1
        of = found[row.source]
        if row.obligation in of:
            of[row.obligation].net += sign * row.net_minor
            of[row.obligation].quantity += sign * row.quantity
            of[row.obligation].following = row.revision + 1
        else:
            of[row.obligation] = _Booked(sign * row.net_minor, sign * row.quantity, row, row.revision + 1)
    return found


def _used(
    owed: Sequence[_Owed], book: PriceBook, as_of: datetime, until: datetime | None
) -> dict[str, tuple[UsageGiven, ...]]:
    """What was used, of everything at once."""
    usage = [each for each in owed if each.obligation.kind is Kind.USAGE]
    metered = [each for each in usage if until is None or each.obligation.period.start < until]
    single = [each for each in metered if _is_single(each, book)]
    asked = {each.asked: _question(each, until) for each in metered}
    alone = {each.asked for each in single}
    found: dict[str, tuple[UsageGiven, ...]] = {}
    if summed := [question for key, question in asked.items() if key not in alone]:
        found |= {key: (UsageGiven(kept_quantity(value)),) for key, value in quantities(summed, as_of=as_of).items()}
    if alone:
        events = transactions([asked[key] for key in sorted(alone)], as_of=as_of)
        for key, each in events.items():
            found[key] = tuple(
                UsageGiven(kept_quantity(one.quantity), () if one.amount is None else (one.amount,), one.dimensions)
                for one in each
            )
    return found


def _is_single(each: _Owed, book: PriceBook) -> bool:
    return book.needs_transactions(each.item, each.charge, currency=each.currency, day=_day(each))


def _question(each: _Owed, until: datetime | None) -> UsageAsked:
    row, period = each.agreed.row, each.obligation.period
    if until is not None and until < period.end:
        period = Period(period.start, until)
    return UsageAsked(
        key=each.asked,
        company_id=row.customer.company_id or row.customer_id,
        meter=each.charge.meter,
        period=period,
        subjects=frozenset(row.subjects) or None,
    )


def _line(
    each: _Owed,
    key: str,
    usage: tuple[UsageGiven, ...] | None,
    book: PriceBook,
    before: _Booked | None,
    as_of: datetime,
) -> DueLine | None:
    obligation, charge = each.obligation, each.charge
    day, currency = _day(each), each.currency
    if obligation.kind is Kind.USAGE:
        given = usage or (UsageGiven(),)
        priced = book.used(each.item, charge, given, currency=currency, day=day, share=obligation.share)
        quantity, net = sum((one.quantity for one in given), Decimal(0)), priced.line.amount
    else:
        quantity = obligation.component.quantity
        priced = book.fixed(each.item, charge, currency=currency, day=day, quantity=quantity)
        net = _share_of(each, priced)
    apart = net if before is None else net - Money(before.net, currency)
    more = quantity if before is None else quantity - before.quantity
    if not apart and (before is not None or not more or not net):
        return None
    return DueLine(
        sort=str(obligation.kind),
        source=each.agreed.row.pk,
        obligation=key,
        text=_text(each.item, charge),
        stream=charge.stream,
        whole=priced.line.amount,
        net=apart,
        due_at=obligation.due_at,
        period=obligation.period,
        quantity=quantity if before is None else more,
        unit=charge.unit,
        share=Fraction(1) if obligation.kind is Kind.USAGE else obligation.share,
        charge=charge.charge,
        pillar=charge.pillar,
        pattern=_PATTERNS.get(obligation.kind, Pattern.BY_DAY),
        revision=0 if before is None else before.following,
        corrects=None if before is None else before.first.pk,
        price_number=priced.number,
        waterfall=priced.waterfall,
        usage_as_of=as_of if obligation.kind is Kind.USAGE else None,
    )


def _share_of(each: _Owed, priced: Priced) -> Money:
    rounding = money_policy(each.agreed.row.money_policy).rounding
    share = each.obligation.share
    part = portion(priced.line.amount, abs(share), rounding)
    return -part if share < 0 else part


def _vanished(one: Agreed, booked: Mapping[str, _Booked], keys: set[str], up_to: datetime) -> Iterable[DueLine]:
    """What was invoiced and is not owed any more, as something was changed in the past.

    What falls due later now than it was invoiced, as its period turned out to end later, stays as it is until then.
    """
    since, currency = one.row.billed_at, Currency(one.row.currency)
    gone = {
        key: before
        for key, before in booked.items()
        if key not in keys and before.net and before.first.due_at <= up_to
        if since is None or before.first.due_at > since
    }
    waiting = _due_later(one, [before.first for before in gone.values()], up_to) if gone else ()
    for key, before in gone.items():
        row = before.first
        if key not in waiting:
            yield DueLine(
                sort=row.sort,
                source=one.row.pk,
                obligation=key,
                text=row.text,
                stream=row.stream,
                whole=Money(row.whole_minor, currency),
                net=Money(-before.net, currency),
                due_at=row.due_at,
                period=Period(row.service_start, row.service_end),
                quantity=-before.quantity,
                unit=row.unit,
                share=Fraction(row.share),
                charge=row.charge_id,
                pillar=row.pillar_id,
                pattern=Pattern(row.pattern),
                revision=before.following,
                corrects=row.pk,
                price_number=row.price_number,
                waterfall=row.waterfall,
                usage_as_of=row.usage_as_of,
            )


def _due_later(one: Agreed, lines: Iterable[InvoiceLine], up_to: datetime) -> set[str]:
    """The keys of what falls due after an instant, up to the end of the periods of some lines."""
    last = max(one.period_at(line.service_start).end for line in lines)
    return {each.key for each in one.subscribed.due(up_to, last)}


def _day(each: _Owed) -> date:
    return day_in(each.obligation.priced_at, each.agreed.subscribed.schedule.zone)


def _text(item: Item, charge: AgreedCharge) -> str:
    return item.name if charge.name == item.name else f"{item.name}: {charge.name}"
