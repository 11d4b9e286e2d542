"""What is missing of an agreed minimum: owed when its period is over, and less when more turns out to be spent.

What counts are the lines of the contract's subscriptions and orders whose service begins within the period, before tax:
those that were invoiced, and those that are about to be. So late usage lowers the minimum of its own period, and a line
that was made void is missing until it is invoiced again, in the same transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet, Sum

from caudal.billing.models import Contract, ContractCommitment, InvoiceLine, InvoiceSort, Order, Subscription
from caudal.billing.queries.due import DueLine
from caudal.core.commitments import Commitment, CommittedPeriod, committed_periods
from caudal.core.money import Currency, Money
from caudal.core.periods import Period, day_in, start_of_day, zone_named
from caudal.core.recognition import Pattern

SORT: Final = "commitment"
STREAM: Final = "subscription"
_YEARS_ON: Final = 21


@dataclass(frozen=True, slots=True)
class Standing:
    """A period of a commitment: what is spent at least, and what was spent so far."""

    period: CommittedPeriod
    spent: Money

    @property
    def missing(self) -> Money:
        """What is owed if nothing more is spent."""
        gap = self.period.amount - self.spent
        return gap if gap.minor > 0 else Money(0, gap.currency)


@dataclass(slots=True)
class _Booked:
    net: int
    following: int
    """The revision of the next line; one that was made void in between leaves a gap."""
    first: InvoiceLine


def commitments_of(contracts: Iterable[Contract]) -> dict[UUID, list[Commitment]]:
    """Return what is spent at least under contracts, which the caller may see, in one query."""
    found: dict[UUID, list[Commitment]] = {contract.pk: [] for contract in contracts}
    for row in ContractCommitment.objects.filter(contract__in=found).order_by("number"):
        found[row.contract_id].append(Commitment(row.number, row.from_day, row.amount, row.months))
    return found


def settles_at(contract: Contract, commitments: Iterable[Commitment], after: datetime | None) -> datetime | None:
    """Return when a period of its commitment is over for the first time after an instant, None for never."""
    zone = zone_named(contract.customer.zone)
    since = contract.start_day if after is None else max(day_in(after, zone), contract.start_day)
    # Every period that is open then has ended by that day: none is longer than ten years.
    horizon = date(min(since.year + _YEARS_ON, date.max.year), 1, 1)
    for period in committed_periods(commitments, contract.end_day, horizon):
        ends_at = start_of_day(period.days.end, zone)
        if after is None or ends_at > after:
            return ends_at
    return None


def commitment_lines(
    contracts: Sequence[Contract], lines: Mapping[UUID, Sequence[DueLine]], *, up_to: datetime
) -> dict[UUID, list[DueLine]]:
    """Return what contracts owe of their minimum up to an instant and what is not invoiced of it.

    `lines` are those of their subscriptions and orders that are about to be invoiced.
    """
    commitments = commitments_of(contracts)
    booked = _booked(contracts)
    found: dict[UUID, list[DueLine]] = {}
    for contract in contracts:
        zone = zone_named(contract.customer.zone)
        day = day_in(up_to, zone)
        periods = committed_periods(commitments[contract.pk], contract.end_day, day)
        over = [period for period in periods if period.days.end <= day]
        held, owed = dict(booked[contract.pk]), []
        for standing in _standings(contract, over, lines):
            line = _line(contract, standing, held.pop(_key(standing.period), None))
            owed += [line] if line is not None else []
        owed += [_taken_back(contract, before) for before in held.values() if before.net]
        found[contract.pk] = owed
    return found


def commitment_standings(contract: Contract, *, as_of: datetime) -> list[Standing]:
    """Return the periods of a contract's commitment that began by an instant, with what was invoiced in them."""
    day = day_in(as_of, zone_named(contract.customer.zone))
    commitments = commitments_of([contract])[contract.pk]
    begun = committed_periods(commitments, contract.end_day, day + timedelta(days=1))
    return _standings(contract, begun, {})


def lines_spent(contract: Contract, standing: Standing) -> list[InvoiceLine]:
    """Return the lines that count for a period of a commitment, by when their service begins."""
    within = standing.period.days.in_zone(zone_named(contract.customer.zone))
    rows = _counted(_sources(contract)).filter(
        service_start__gte=within.start,
        service_start__lt=within.end,
        invoice__currency=standing.period.amount.currency.code,
    )
    return list(rows.select_related("invoice__customer").order_by("service_start", "invoice__number", "position", "pk"))


def _counted(sources: Sequence[UUID]) -> "QuerySet[InvoiceLine]":
    """The lines of subscriptions and orders that stand."""
    return InvoiceLine.objects.filter(source__in=sources, holds=True)


def _sources(contract: Contract) -> list[UUID]:
    return [
        *Subscription.objects.filter(contract=contract).values_list("pk", flat=True),
        *Order.objects.filter(contract=contract).values_list("pk", flat=True),
    ]


def _standings(
    contract: Contract, periods: Sequence[CommittedPeriod], lines: Mapping[UUID, Sequence[DueLine]]
) -> list[Standing]:
    if not periods:
        return []
    zone = zone_named(contract.customer.zone)
    spent = _spent(contract, lines, start_of_day(periods[0].days.start, zone))
    found = []
    for period in periods:
        within = period.days.in_zone(zone)
        unit = period.amount.currency
        total = sum(net for currency, at, net in spent if currency == unit.code and within.start <= at < within.end)
        found.append(Standing(period, Money(total, unit)))
    return found


def _spent(
    contract: Contract, lines: Mapping[UUID, Sequence[DueLine]], since: datetime
) -> list[tuple[str, datetime, int]]:
    """What was spent, and is about to be, from an instant on: currency, when its service begins, minor units."""
    sources = _sources(contract)
    rows = (
        _counted(sources)
        .filter(service_start__gte=since)
        .values_list("invoice__currency", "service_start", "invoice__sort")
        .annotate(net=Sum("net_minor"))
        .order_by("invoice__currency", "service_start", "invoice__sort")
    )
    booked = [(currency, at, -net if sort == InvoiceSort.CREDIT_NOTE else net) for currency, at, sort, net in rows]
    coming = [line for source in sources for line in lines.get(source, ())]
    return booked + [(line.net.currency.code, line.period.start, line.net.minor) for line in coming]


def _booked(contracts: Sequence[Contract]) -> dict[UUID, dict[str, _Booked]]:
    found: dict[UUID, dict[str, _Booked]] = {contract.pk: {} for contract in contracts}
    rows = InvoiceLine.objects.filter(source__in=list(found), holds=True).select_related("invoice")
    for row in rows.order_by("source", "obligation", "revision"):
        assert row.source is not None  # noqa: S101  asked for
        net = -row.net_minor if row.invoice.sort == InvoiceSort.CREDIT_NOTE else row.net_minor
        before = found[row.source].setdefault(row.obligation, _Booked(0, 0, row))
        before.net += net
        before.following = row.revision + 1
    return found


def _key(period: CommittedPeriod) -> str:
    return f"{SORT} {period.days.start:%Y%m%d}/{period.days.end:%Y%m%d}"


def _line(contract: Contract, standing: Standing, before: _Booked | None) -> DueLine | None:
    apart = standing.missing if before is None else standing.missing - Money(before.net, standing.missing.currency)
    if not apart:
        return None
    period = standing.period.days.in_zone(zone_named(contract.customer.zone))
    return DueLine(
        sort=SORT,
        source=contract.pk,
        obligation=_key(standing.period),
        text=contract.name,
        stream=STREAM,
        whole=standing.period.amount,
        net=apart,
        due_at=period.end,
        period=period,
        share=standing.period.share,
        pattern=Pattern.AT_END,
        revision=0 if before is None else before.following,
        corrects=None if before is None else before.first.pk,
    )


def _taken_back(contract: Contract, before: _Booked) -> DueLine:
    """A minimum that was invoiced and is owed for other days now: the contract was changed in the past."""
    row = before.first
    currency = Currency(row.invoice.currency)
    return DueLine(
        sort=SORT,
        source=contract.pk,
        obligation=row.obligation,
        text=row.text,
        stream=row.stream,
        whole=Money(row.whole_minor, currency),
        net=Money(-before.net, currency),
        due_at=row.due_at,
        period=Period(row.service_start, row.service_end),
        pattern=Pattern(row.pattern),
        revision=before.following,
        corrects=row.pk,
    )
