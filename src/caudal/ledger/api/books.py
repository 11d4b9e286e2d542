"""Routes of the books."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Field, Query, Router, Schema, Status

from caudal.core.journal import Entry, Nature, Posting
from caudal.core.money import Currency, Money
from caudal.core.periods import CalendarPeriod, Days, Grain
from caudal.kit.access import Actor, Verb
from caudal.kit.bodies import Body, MoneyBody, PageQuery, public_id, row_id, tag, version_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ledger import actions, queries
from caudal.ledger.models import (
    CODE_LENGTH,
    ID_LENGTH,
    NOTE_LENGTH,
    SOURCE_LENGTH,
    Account,
    Budget,
    JournalEntry,
    JournalPosting,
)
from caudal.ledger.queries import Balance, MonthState, Sought, Syntax
from caudal.workspace.queries import company_day, founded

router = Router()

LINES_MAX = 1_000
AMOUNT_LENGTH = 30
OPAQUE = Annotated[str, Field(default="", max_length=ID_LENGTH)]
DAY = Annotated[date, Field(le=date(2999, 12, 31))]
NOTE = Annotated[str, Field(default="", max_length=NOTE_LENGTH)]

ABOUT: Final = ("party", "product", "document", "channel", "note")
TEXT: Final = "text/plain"
FILE: Final = {
    "responses": {
        200: {"description": "The file", "content": {TEXT: {"schema": {"type": "string", "format": "binary"}}}},
    }
}


class NewAccount(Body):
    """An account to add to the chart."""

    code: Annotated[str, Field(pattern=r"^\d+$", max_length=CODE_LENGTH, examples=["6210"])]
    nature: Nature
    label_en: str
    label_es: str = ""
    budget: Budget | Literal[""] = ""


class AccountNames(Body):
    """What an account is called; without a Spanish name the English one is used, without a budget it stays."""

    label_en: str
    label_es: str = ""
    budget: Budget | Literal[""] | None = None


class AccountOut(Schema):
    """An account; `purpose` is what the system posts to it, `budget` what numbers count its costs as."""

    id: str
    version: int
    code: str
    nature: str
    label_en: str
    label_es: str
    purpose: str | None
    budget: str


class AccountList(Schema):
    """The chart of accounts, by code."""

    accounts: list[AccountOut]


class PostingBody(Body):
    """A line of an entry: an amount on an account, debit if positive, and what it is about."""

    account: Annotated[str, Field(pattern=r"^\d+$", max_length=CODE_LENGTH, examples=["1200"])]
    amount: MoneyBody
    pillar_id: str | None = None
    party: OPAQUE
    product: OPAQUE
    document: OPAQUE
    channel: OPAQUE
    note: NOTE


class EntryIn(Body):
    """An entry to post; its source is posted once, and again gives the same entry."""

    source: Annotated[str, Field(min_length=1, max_length=SOURCE_LENGTH, examples=["payroll:2026-03"])]
    day: date
    text: NOTE
    postings: Annotated[list[PostingBody], Field(min_length=2, max_length=LINES_MAX)]


class ReversalIn(Body):
    """On which day an entry is undone, and why."""

    day: date
    text: NOTE


class EntryOut(Schema):
    """An entry with its lines; it is never changed, only undone by the entry `reversal_id`."""

    id: str
    day: date
    text: str
    source: str
    reverses_id: str | None
    reversal_id: str | None
    posted_at: datetime
    postings: list[PostingBody]


class EntryPage(Schema):
    """Some entries, the latest first."""

    items: list[EntryOut]
    next: str | None


class BalanceOut(Schema):
    """What an account holds in a currency."""

    account: str
    nature: str
    label_en: str
    label_es: str
    amount: MoneyBody


class BalancesOut(Schema):
    """The trial balance: debits positive, the sum of each currency zero."""

    balances: list[BalanceOut]


class IncomeOut(Schema):
    """What was earned and spent, as positive numbers, and what is left by currency."""

    income: list[BalanceOut]
    expenses: list[BalanceOut]
    result: list[MoneyBody]


class SheetOut(Schema):
    """What is owned and owed, as positive numbers, and what was earned in earlier fiscal years and in this one.

    In each currency assets are the sum of all else.
    """

    assets: list[BalanceOut]
    liabilities: list[BalanceOut]
    equity: list[BalanceOut]
    retained: list[MoneyBody]
    result: list[MoneyBody]


class MonthOut(Schema):
    """A month: whether it is closed, how many entries it has, and who asks to reopen it."""

    month: str
    is_closed: bool
    entries: int
    closed_month_id: str | None
    asked_by: str | None


class MonthList(Schema):
    """The months from the first entry on, the latest first."""

    months: list[MonthOut]


class MonthIn(Body):
    """A month to close."""

    month: Annotated[str, Field(pattern=r"^(19|20|21)\d{2}-(0[1-9]|1[0-2])$", examples=["2026-02"])]


class ReopeningIn(Body):
    """Why a month has to be opened again."""

    why: Annotated[str, Field(min_length=1, max_length=NOTE_LENGTH)]


class EntryQuery(PageQuery):
    """Which entries are looked for; what is left out does not narrow."""

    text: NOTE
    account: Annotated[str, Field(default="", pattern=r"^\d*$", max_length=CODE_LENGTH)]
    party: OPAQUE
    first: DAY | None = None
    last: DAY | None = None
    least: Annotated[str | None, Field(default=None, max_length=AMOUNT_LENGTH)]
    most: Annotated[str | None, Field(default=None, max_length=AMOUNT_LENGTH)]
    currency: Annotated[str | None, Field(default=None, pattern=r"^[A-Z]{3}$")]


class ThroughQuery(Body):
    """Up to which day; everything that was posted without one."""

    through: DAY | None = None


class SpanQuery(Body):
    """From which day to which, both counted."""

    first: DAY
    last: DAY


class ExportQuery(Body):
    """In whose syntax."""

    syntax: Syntax = Syntax.BEANCOUNT


@router.get("/ledger/accounts", response=AccountList)
@needs("account")
def list_ledger_accounts(request: HttpRequest) -> AccountList:
    """List the chart of accounts, by code."""
    return AccountList(accounts=[_account(each) for each in queries.chart(actor_of(request))])


@router.post("/ledger/accounts", response={201: AccountOut})
@needs("account", Verb.CREATE)
def create_ledger_account(request: HttpRequest, response: HttpResponse, body: NewAccount) -> Status[AccountOut]:
    """Add an account."""
    row = actions.add_account(actor=actor_of(request), as_of=now(), **body.dict())
    tag(response, row)
    return Status(201, _account(row))


@router.patch("/ledger/accounts/{account_id}", response=AccountOut)
@needs("account", Verb.CHANGE)
def rename_ledger_account(
    request: HttpRequest, response: HttpResponse, account_id: str, body: AccountNames
) -> AccountOut:
    """Call an account otherwise; If-Match says which version was read. Its code and type stay."""
    row = actions.rename_account(
        actor=actor_of(request),
        as_of=now(),
        account_id=row_id("account", account_id),
        expected_version=version_of(request, required=True),
        **body.dict(),
    )
    tag(response, row)
    return _account(row)


@router.get("/ledger/entries", response=EntryPage)
@needs("entry")
def list_ledger_entries(request: HttpRequest, query: Query[EntryQuery]) -> EntryPage:
    """List entries, the latest first; amounts are those of one line, in a currency."""
    actor = actor_of(request)
    found = queries.entries(actor, _sought(actor, query), cursor=query.cursor, limit=query.limit)
    return EntryPage(items=_entries(found.rows), next=found.next)


@router.post("/ledger/entries", response={201: EntryOut})
@needs("entry", Verb.CREATE)
def post_ledger_entry(request: HttpRequest, body: EntryIn) -> Status[EntryOut]:
    """Post an entry; it balances in every currency. The same source with the same lines gives the same entry."""
    entry = Entry(body.day, tuple(_posting(each) for each in body.postings), body.text)
    draft = actions.EntryDraft(body.source, entry)
    return Status(201, _entries([actions.post_entry(actor=actor_of(request), as_of=now(), draft=draft)])[0])


@router.get("/ledger/entries/{entry_id}", response=EntryOut)
@needs("entry")
def get_ledger_entry(request: HttpRequest, entry_id: str) -> EntryOut:
    """Return an entry with its lines."""
    return _entries([queries.entry(actor_of(request), row_id("entry", entry_id))])[0]


@router.post("/ledger/entries/{entry_id}/reversal", response={201: EntryOut})
@needs("entry", Verb.CREATE)
def reverse_ledger_entry(request: HttpRequest, entry_id: str, body: ReversalIn) -> Status[EntryOut]:
    """Undo an entry by its opposite, once; return that one."""
    row = actions.reverse_entry(
        actor=actor_of(request), as_of=now(), entry_id=row_id("entry", entry_id), day=body.day, text=body.text
    )
    return Status(201, _entries([row])[0])


@router.get("/ledger/balances", response=BalancesOut)
@needs("entry")
def ledger_balances(request: HttpRequest, query: Query[ThroughQuery]) -> BalancesOut:
    """Return the trial balance: every account in every currency."""
    found = queries.balances(actor_of(request), until=_after(query.through))
    return BalancesOut(balances=[_balance(each, each.amount) for each in found])


@router.get("/ledger/income", response=IncomeOut)
@needs("entry")
def ledger_income(request: HttpRequest, query: Query[SpanQuery]) -> IncomeOut:
    """Return what was earned and spent in some days."""
    found = queries.income_statement(actor_of(request), Days(query.first, query.last + timedelta(days=1)))
    return IncomeOut(income=_natural(found.income), expenses=_natural(found.expenses), result=_result(found.result))


@router.get("/ledger/sheet", response=SheetOut)
@needs("entry")
def ledger_sheet(request: HttpRequest, query: Query[ThroughQuery]) -> SheetOut:
    """Return what is owned and owed, and whose it is."""
    own, today = founded(), company_day(now())
    year = CalendarPeriod.of(Grain.YEAR, query.through or today, own.fiscal_start_month)
    found = queries.balance_sheet(actor_of(request), until=_after(query.through), year_start=year.days.start)
    return SheetOut(
        assets=_natural(found.assets),
        liabilities=_natural(found.liabilities),
        equity=_natural(found.equity),
        retained=_result(found.retained),
        result=_result(found.result),
    )


@router.get("/ledger/months", response=MonthList)
@needs("closed_month")
def list_ledger_months(request: HttpRequest) -> MonthList:
    """List the months, and which of them are closed."""
    found = queries.month_states(actor_of(request), today=company_day(now()))
    return MonthList(months=[_month(each) for each in found])


@router.post("/ledger/months", response={201: MonthOut})
@needs("closed_month", Verb.CREATE)
def close_ledger_month(request: HttpRequest, body: MonthIn) -> Status[MonthOut]:
    """Close a month that is over: nothing more is posted into it."""
    actor, today = actor_of(request), company_day(now())
    row = actions.close_month(actor=actor, as_of=now(), month=date.fromisoformat(f"{body.month}-01"), today=today)
    return Status(201, _month_of(actor, row.month))


@router.post("/ledger/months/{closed_month_id}/asking", response=MonthOut)
@needs("closed_month", Verb.CHANGE)
def ask_ledger_reopening(request: HttpRequest, closed_month_id: str, body: ReopeningIn) -> MonthOut:
    """Ask that a closed month be opened again."""
    actor, row_key = actor_of(request), row_id("closed_month", closed_month_id)
    row = actions.ask_reopening(actor=actor, as_of=now(), closed_month_id=row_key, why=body.why)
    return _month_of(actor, row.month)


@router.post("/ledger/months/{closed_month_id}/reopening", response=MonthOut)
@needs("closed_month", Verb.CHANGE)
def reopen_ledger_month(request: HttpRequest, closed_month_id: str) -> MonthOut:
    """Open a month again that somebody else asked for."""
    actor, row_key = actor_of(request), row_id("closed_month", closed_month_id)
    row = actions.reopen_month(actor=actor, as_of=now(), closed_month_id=row_key)
    return _month_of(actor, row.month)


@router.get("/ledger/export", openapi_extra=FILE)
@needs("entry", Verb.EXPORT)
def ledger_export(request: HttpRequest, query: Query[ExportQuery]) -> StreamingHttpResponse:
    """Return the chart and the whole journal in the syntax of beancount, hledger or ledger."""
    lines = queries.exported(actor_of(request), query.syntax)
    answer = StreamingHttpResponse((f"{line}\n" for line in lines), content_type=f"{TEXT}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="books.{query.syntax.value}"'
    return answer


def _sought(actor: Actor, query: EntryQuery) -> Sought:
    codes = {each.code: each.pk for each in queries.chart(actor)} if query.account else {}
    if query.account and query.account not in codes:
        raise actions.NoSuchAccount(account=query.account)
    currency = query.currency or founded().currency
    least, most = (None if said is None else Money.of(said, currency) for said in (query.least, query.most))
    return Sought(
        text=query.text,
        account_id=codes.get(query.account),
        party=query.party,
        first=query.first,
        last=query.last,
        least=least,
        most=most,
    )


def _month_of(actor: Actor, month: date) -> MonthOut:
    states = queries.month_states(actor, today=company_day(now()))
    return next(_month(each) for each in states if each.month == month)


def _month(state: MonthState) -> MonthOut:
    closing = state.closing if state.is_closed else None
    return MonthOut(
        month=f"{state.month:%Y-%m}",
        is_closed=state.is_closed,
        entries=state.entries,
        closed_month_id=str(closing.ref) if closing else None,
        asked_by=closing.asked_by if closing else None,
    )


def _account(row: Account) -> AccountOut:
    return AccountOut(
        id=str(row.ref),
        version=row.version,
        code=row.code,
        nature=row.nature,
        label_en=row.label_en,
        label_es=row.label_es,
        purpose=row.purpose,
        budget=row.budget,
    )


def _posting(said: PostingBody) -> Posting:
    about = {name: value for name in ABOUT if (value := getattr(said, name))}
    if said.pillar_id:
        about["pillar"] = str(row_id("pillar", said.pillar_id))
    return Posting(said.account, said.amount.money(), about)


def _entries(rows: Iterable[JournalEntry]) -> list[EntryOut]:
    """Return entries with their lines and reversals, in two queries."""
    listed = list(rows)
    ids = [row.pk for row in listed]
    lines, undone = queries.postings_of(ids), queries.reversals_of(ids)
    return [_entry(row, lines[row.pk], undone.get(row.pk)) for row in listed]


def _entry(row: JournalEntry, lines: Iterable[JournalPosting], reversal: UUID | None) -> EntryOut:
    return EntryOut(
        id=str(row.ref),
        day=row.day,
        text=row.text,
        source=row.source,
        reverses_id=public_id("entry", row.reverses_id),
        reversal_id=public_id("entry", reversal),
        posted_at=row.created_at,
        postings=[_line(each) for each in lines],
    )


def _line(line: JournalPosting) -> PostingBody:
    said: dict[str, Any] = {name: getattr(line, name) for name in ABOUT}
    return PostingBody(
        account=line.account.code,
        amount=MoneyBody(**line.amount.to_json()),
        pillar_id=public_id("pillar", line.pillar_id),
        **said,
    )


def _balance(found: Balance, amount: Money) -> BalanceOut:
    account = found.account
    return BalanceOut(
        account=account.code,
        nature=account.nature,
        label_en=account.label_en,
        label_es=account.label_es,
        amount=MoneyBody(**amount.to_json()),
    )


def _natural(found: Iterable[Balance]) -> list[BalanceOut]:
    return [_balance(each, each.natural) for each in found]


def _result(found: dict[Currency, Money]) -> list[MoneyBody]:
    return [MoneyBody(**amount.to_json()) for amount in found.values()]


def _after(through: date | None) -> date | None:
    return None if through is None else through + timedelta(days=1)
