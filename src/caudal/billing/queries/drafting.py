"""Documents as they will be: lines of one customer that fell due on one day, with taxes and totals.

A preview and an invoice are made here, by the same function of the same values.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Final
from uuid import UUID

from caudal.billing.models import Customer, InvoiceSort
from caudal.billing.ports import Sale, Taxed, Taxes
from caudal.billing.queries.due import DueLine
from caudal.catalog.queries import tax_kinds_on
from caudal.core.money import Currency, Money, allocate
from caudal.core.periods import day_in, zone_named
from caudal.core.pricing import NetLine, Subtotal, TaxLevel, Totals, add_up, money_policy

STANDARD: Final = "standard"
"""As what a sale is taxed of which nothing else is said: a minimum that was not reached, say."""


@dataclass(frozen=True, slots=True)
class Source:
    """What owes lines: a subscription, an order or a contract, with its customer and the policy of its amounts."""

    id: UUID
    customer: Customer
    contract_id: UUID | None
    currency: str
    zone: str
    money_policy: str


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line with the tax it bears; amounts count as the document does."""

    due: DueLine
    taxed: Taxed


@dataclass(frozen=True, slots=True)
class DraftTax:
    """What is taxed at one rate, and why."""

    subtotal: Subtotal
    why: str


@dataclass(frozen=True, slots=True)
class DocumentDraft:
    """A document that could be issued."""

    customer: Customer
    contract_id: UUID | None
    sort: str
    currency: Currency
    due_from: date
    money_policy: str
    lines: tuple[DraftLine, ...]
    taxes: tuple[DraftTax, ...]
    net: Money
    tax: Money
    corrects_id: UUID | None = None
    reason: str = ""
    entity_id: UUID | None = None
    """In whose books it is; None are those of whoever sells to the customer today."""

    @property
    def gross(self) -> Money:
        """What is to be paid, or is credited."""
        return self.net + self.tax


def drafts_of(
    sources: Mapping[UUID, Source],
    lines: Mapping[UUID, Sequence[DueLine]],
    *,
    taxes: Taxes,
    issue_day: date,
) -> list[DocumentDraft]:
    """Return the documents that lines make: by customer, currency and the day they fell due, earliest first.

    What comes to less than nothing is a credit note. Each line is taxed as its product is on the day of issue. Raises
    NoTaxRate.
    """
    kinds = tax_kinds_on(issue_day)
    grouped: dict[tuple[str, date, str, str], list[tuple[Source, DueLine]]] = {}
    for source_id in sorted(lines, key=str):
        source = sources[source_id]
        for line in lines[source_id]:
            day = day_in(line.due_at, zone_named(source.zone))
            key = str(source.customer.pk), day, source.currency, source.money_policy
            grouped.setdefault(key, []).append((source, line))
    found = []
    for (_, day, currency, policy), group in sorted(grouped.items(), key=lambda each: (each[0][1], each[0])):
        customer = group[0][0].customer
        taxed = [DraftLine(line, taxes.tax_on(_sale(customer, _kind(line, kinds), issue_day))) for _, line in group]
        contracts = {source.contract_id for source, _ in group}
        contract = contracts.pop() if len(contracts) == 1 else None
        if any(each.due.net for each in taxed):
            found.append(document(customer, taxed, Currency(currency), day, policy, contract_id=contract))
    return found


def document(
    customer: Customer,
    lines: Iterable[DraftLine],
    currency: Currency,
    due_from: date,
    policy: str,
    *,
    contract_id: UUID | None = None,
    corrects_id: UUID | None = None,
    reason: str = "",
) -> DocumentDraft:
    """Return the document of some lines, with taxes and totals by a policy."""
    given = tuple(lines)
    totals = _totals(given, currency, policy)
    sort = InvoiceSort.INVOICE
    if (totals.gross.minor, totals.net.minor) < (0, 0):
        sort = InvoiceSort.CREDIT_NOTE
        given = tuple(replace(each, due=_opposite(each.due)) for each in given)
        totals = _totals(given, currency, policy)
    why = {each.taxed.tax: each.taxed.why for each in given}
    return DocumentDraft(
        customer=customer,
        contract_id=contract_id,
        sort=sort.value,
        currency=currency,
        due_from=due_from,
        money_policy=policy,
        lines=given,
        taxes=tuple(DraftTax(each, why[each.tax]) for each in _subtotals(totals, policy)),
        net=totals.net,
        tax=totals.tax,
        corrects_id=corrects_id,
        reason=reason,
    )


def _totals(lines: Iterable[DraftLine], currency: Currency, policy: str) -> Totals:
    nets = [NetLine(each.due.net.amount, each.taxed.tax) for each in lines]
    return add_up(nets, currency, policy=money_policy(policy))


def _subtotals(totals: Totals, policy: str) -> tuple[Subtotal, ...]:
    """The taxes by rate; where tax is rounded once, they are told so that they sum to it."""
    if money_policy(policy).tax_level is not TaxLevel.DOCUMENT or not totals.subtotals:
        return totals.subtotals
    weights = [abs(Fraction(each.amount.minor)) or Fraction(abs(each.taxable.minor)) for each in totals.subtotals]
    if not any(weights):
        return totals.subtotals
    parts = allocate(totals.tax, weights)
    return tuple(Subtotal(each.tax, each.taxable, part) for each, part in zip(totals.subtotals, parts, strict=True))


def _opposite(line: DueLine) -> DueLine:
    return replace(line, net=-line.net, quantity=-line.quantity if line.revision else line.quantity, share=-line.share)


def _kind(line: DueLine, kinds: Mapping[UUID, str]) -> str:
    return STANDARD if line.charge is None else kinds.get(line.charge, STANDARD)


def _sale(customer: Customer, tax_kind: str, day: date) -> Sale:
    return Sale(
        seller_country=customer.entity.country,
        buyer_country=customer.country,
        buyer_region=customer.region,
        buyer_tax_id=customer.tax_id,
        is_business=customer.is_business,
        tax_kind=tax_kind,
        day=day,
    )
