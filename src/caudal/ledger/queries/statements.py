"""What the books say: the trial balance, what was earned, and what is owned and owed, each by currency.

Every statement is of all books together, or of those of one legal entity.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from caudal.core.journal import Nature
from caudal.core.money import Currency, Money, total
from caudal.core.periods import Days
from caudal.kit.access import Actor, Verb, require
from caudal.ledger.models import Account, JournalPosting
from caudal.workspace.queries import default_entity


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account holds in a currency: a debit when positive."""

    account: Account
    amount: Money

    @property
    def natural(self) -> Money:
        """The amount as people say it: debt and income as positive numbers."""
        return Nature(self.account.nature).natural(self.amount)


@dataclass(frozen=True, slots=True)
class IncomeStatement:
    """What was earned and spent in some days, and what is left of it by currency."""

    income: list[Balance]
    expenses: list[Balance]
    result: dict[Currency, Money]


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """What is owned, and who it belongs to.

    `retained` is what was earned in earlier years and `result` what was earned this year, where neither was carried to
    an account of equity by an entry.
    """

    assets: list[Balance]
    liabilities: list[Balance]
    equity: list[Balance]
    retained: dict[Currency, Money]
    result: dict[Currency, Money]

    @property
    def currencies(self) -> list[Currency]:
        """The currencies that anything was posted in."""
        held = (each.amount.currency for part in (self.assets, self.liabilities, self.equity) for each in part)
        return sorted({*held, *self.retained, *self.result})

    def owned(self, currency: Currency) -> Money:
        """What all assets come to."""
        return _sum(self.assets, currency)

    def claimed(self, currency: Currency) -> Money:
        """What liabilities, equity and earnings come to; the same as what is owned."""
        zero = Money.zero(currency)
        earned = self.retained.get(currency, zero) + self.result.get(currency, zero)
        return _sum(self.liabilities, currency) + _sum(self.equity, currency) + earned


@dataclass(frozen=True, slots=True)
class Movement:
    """What moved on an account in a currency in some days: debit and credit positive, the balance before a debit."""

    account: Account
    opening: Money
    debit: Money
    credit: Money

    @property
    def closing(self) -> Money:
        """The balance after the days."""
        return self.opening + self.debit - self.credit


def movements(actor: Actor, days: Days, *, entity_id: UUID | None = None) -> list[Movement]:
    """Return what moved on every account in some days, and its balances before and after them.

    By currency, then code; an account without a balance on which nothing moved is left out. Raises NotAllowed.
    """
    require(actor, "entry", Verb.VIEW)
    within = Q(day__gte=days.start)
    sums = (
        postings_within(entity_id)
        .filter(day__lt=days.end)
        .values_list("account_id", "amount_currency")
        .annotate(
            opening=Sum("amount_minor", filter=~within, default=0),
            debit=Sum("amount_minor", filter=within & Q(amount_minor__gt=0), default=0),
            credit=Sum("amount_minor", filter=within & Q(amount_minor__lt=0), default=0),
        )
        .order_by()
    )
    found = [row for row in sums if any(row[2:])]
    accounts = Account.objects.in_bulk({row[0] for row in found})
    told = [
        Movement(
            accounts[account_id],
            opening=Money(int(opening), Currency(currency)),
            debit=Money(int(debit), Currency(currency)),
            credit=Money(-int(credit), Currency(currency)),
        )
        for account_id, currency, opening, debit, credit in found
    ]
    return sorted(told, key=lambda each: (each.opening.currency.code, each.account.code))


def balances(
    actor: Actor, *, since: date | None = None, until: date | None = None, entity_id: UUID | None = None
) -> list[Balance]:
    """Return the balance of every account in every currency, of the days from `since` up to and without `until`.

    By code, then currency; what is zero is left out. Raises NotAllowed.
    """
    require(actor, "entry", Verb.VIEW)
    rows = postings_within(entity_id)
    if since is not None:
        rows = rows.filter(day__gte=since)
    if until is not None:
        rows = rows.filter(day__lt=until)
    sums = rows.values_list("account_id", "amount_currency").annotate(sum=Sum("amount_minor")).order_by()
    found = {(account_id, code): int(minor) for account_id, code, minor in sums if minor}
    accounts = Account.objects.in_bulk({account_id for account_id, _ in found})
    told = [
        Balance(accounts[account_id], Money(minor, Currency(currency)))
        for (account_id, currency), minor in found.items()
    ]
    return sorted(told, key=lambda each: (each.account.code, each.amount.currency.code))


def income_statement(actor: Actor, days: Days, *, entity_id: UUID | None = None) -> IncomeStatement:
    """Return what was earned and spent in some days. Raises NotAllowed."""
    found = balances(actor, since=days.start, until=days.end, entity_id=entity_id)
    return IncomeStatement(_of(found, Nature.INCOME), _of(found, Nature.EXPENSE), _result(found))


def balance_sheet(
    actor: Actor, *, until: date | None = None, year_start: date | None = None, entity_id: UUID | None = None
) -> BalanceSheet:
    """Return what is owned and owed before a day (None: by everything that was posted). Raises NotAllowed.

    What was earned before `year_start` is retained, without it all of it is the result.
    """
    found = balances(actor, until=until, entity_id=entity_id)
    earlier = balances(actor, until=year_start, entity_id=entity_id) if year_start else []
    whole, retained = _result(found), _result(earlier)
    result = {each: whole[each] - retained.get(each, Money.zero(each)) for each in whole}
    # What was earned earlier and came to nothing since has left `whole`.
    result |= {each: -amount for each, amount in retained.items() if each not in whole}
    return BalanceSheet(
        assets=_of(found, Nature.ASSET),
        liabilities=_of(found, Nature.LIABILITY),
        equity=_of(found, Nature.EQUITY),
        retained={each: amount for each, amount in retained.items() if amount},
        result=result,
    )


def postings_within(entity_id: UUID | None) -> "QuerySet[JournalPosting]":
    """Return the postings of all books, or of one legal entity's; whoever calls has asked for the right to see them."""
    rows = JournalPosting.objects.all()
    return rows if entity_id is None else rows.filter(books_of(entity_id, "entry__"))


def books_of(entity_id: UUID, path: str = "") -> Q:
    """Return the condition on entries of one legal entity's books; the company's own are those of its default."""
    own = default_entity().pk == entity_id
    said = Q(**{f"{path}entity": entity_id})
    return said | Q(**{f"{path}entity": None}) if own else said


def _of(found: Iterable[Balance], nature: Nature) -> list[Balance]:
    return [each for each in found if each.account.nature == nature]


def _sum(found: Iterable[Balance], currency: Currency) -> Money:
    return total((each.natural for each in found if each.amount.currency == currency), currency)


def _result(found: Iterable[Balance]) -> dict[Currency, Money]:
    """Return income less expenses by currency."""
    earned = [-each.amount for each in found if each.account.nature in {Nature.INCOME, Nature.EXPENSE}]
    currencies = sorted({amount.currency for amount in earned})
    return {each: total((amount for amount in earned if amount.currency == each), each) for each in currencies}
