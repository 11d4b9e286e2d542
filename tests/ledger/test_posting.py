"""Posting: entries balance, stay as they are, are posted once, and keep out of closed months."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from psycopg import Error

from caudal.core.journal import Entry, Posting, Unbalanced, move
from caudal.core.money import Money
from caudal.kit.access import SYSTEM, NotAllowed
from caudal.kit.digest import business_digest
from caudal.kit.outbox import timeline
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound
from caudal.kit.world import new_id
from caudal.ledger import actions, queries
from caudal.ledger.actions import EntryDraft
from caudal.ledger.models import Account, ClosedMonth, JournalEntry, JournalPosting
from caudal.workspace.actions import add_member
from caudal.workspace.models import Role
from caudal.workspace.queries import actor_of_member, default_entity
from tests.together import together
from tests.world import AT, Shop

DAY = date(2026, 2, 27)
MADE: dict[str, Any] = {"actor": SYSTEM, "as_of": AT}


def sale(amount: str = "100", currency: str = "EUR", *, day: date = DAY) -> Entry:
    return move(Money.of(amount, currency), debit="1200", credit="4000", day=day, text="Professional, February")


@pytest.fixture
def chart(shop: Shop) -> Shop:
    """Give the shop books."""
    actions.set_up_chart(**MADE)
    return shop


@contextmanager
def refused(constraint: str) -> Iterator[None]:
    """Expect that the database refuses, by that name, at the latest where it would commit."""
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert isinstance(raised.value.__cause__, Error)
    assert constraint in (raised.value.__cause__.diag.constraint_name or str(raised.value))


def test_a_key_is_posted_once_and_what_was_posted_is_only_reversed(chart: Shop) -> None:
    about = {"pillar": str(chart.pillars["saas"].pk), "party": str(chart.acme.ref), "document": "invoice_1"}
    entry = Entry(
        DAY,
        (
            Posting("1200", Money.of("121", "EUR"), about),
            Posting("4000", Money.of("-100", "EUR"), about),
            Posting("2200", Money.of("-21", "EUR"), {"note": "VAT 21 %"}),
            Posting("1000", Money.of("7", "JPY")),
            Posting("1900", Money.of("-7", "JPY")),
        ),
    )
    posted = actions.post_entry(**MADE, draft=EntryDraft("invoice:1", entry))
    assert actions.post_entry(**MADE, draft=EntryDraft("invoice:1", entry)) == posted
    with pytest.raises(actions.PostedOtherwise, match="invoice:1"):
        actions.post_entry(**MADE, draft=EntryDraft("invoice:1", sale("99")))
    with pytest.raises(actions.PostedOtherwise):
        twice = [EntryDraft("invoice:0", sale(amount)) for amount in ("1", "2")]
        actions.post_entries(**MADE, drafts=twice)
    lines = queries.postings_of([posted.pk])[posted.pk]
    assert [(line.account.code, str(line.amount)) for line in lines][2:] == [
        ("2200", "-21.00 EUR"),
        ("1000", "7 JPY"),
        ("1900", "-7 JPY"),
    ]
    assert (lines[0].pillar, lines[0].party, lines[0].document) == (
        chart.pillars["saas"],
        str(chart.acme.ref),
        "invoice_1",
    )
    with pytest.raises(actions.ReversedTooEarly):
        actions.reverse_entry(**MADE, entry_id=posted.pk, day=date(2026, 2, 26))
    undone = actions.reverse_entry(**MADE, entry_id=posted.pk, day=date(2026, 3, 1), text="Wrong customer")
    opposite = queries.postings_of([undone.pk])[undone.pk]
    assert [str(line.amount) for line in opposite] == [str(-line.amount) for line in lines]
    assert [line.party for line in opposite] == [line.party for line in lines]
    with pytest.raises(actions.ReversedBefore):
        actions.reverse_entry(**MADE, entry_id=posted.pk, day=date(2026, 3, 1), source="another")
    assert queries.reversal_of(posted) == undone
    assert [fact.name for fact in timeline(posted.ref)] == ["ledger.entry_reversed", "ledger.entry_posted"]
    assert timeline(undone.ref)[0].data == {
        "day": "2026-03-01",
        "source": f"reversal:{posted.ref}",
        "lines": 5,
        "reverses": str(posted.ref),
    }


def test_the_database_refuses_what_no_action_would_write(chart: Shop, app_role: None) -> None:
    posted = actions.post_entry(**MADE, draft=EntryDraft("invoice:2", sale()))
    bank, sales = (Account.objects.get(code=code) for code in ("1000", "4000"))

    def raw(statement: str, *values: UUID) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    def entry(count: int = 2) -> JournalEntry:
        row = JournalEntry.stamped(**MADE, day=DAY, source=str(new_id()), posting_count=count)
        row.save(force_insert=True)
        return row

    def add(row: JournalEntry, *amounts: tuple[Account, int, str], day: date = DAY, start: int = 1) -> None:
        JournalPosting.objects.bulk_create(
            JournalPosting(
                entry=row, position=at, account=account, day=day, amount_minor=minor, amount_currency=currency
            )
            for at, (account, minor, currency) in enumerate(amounts, start)
        )

    with refused("ledger_entry_balanced"):
        add(entry(), (bank, 500, "EUR"), (sales, -499, "EUR"))
    with refused("ledger_entry_balanced"):  # zero in sum, but of two currencies
        add(entry(), (bank, 500, "EUR"), (sales, -500, "USD"))
    with refused("ledger_entry_balanced"):
        entry()
    with refused("ledger_postings_belong"):  # balanced, but later than the entry
        add(posted, (bank, 500, "EUR"), (sales, -500, "EUR"), start=3)
    with refused("ledger_postings_belong"):
        add(entry(), (bank, 500, "EUR"), (sales, -500, "EUR"), day=date(2026, 1, 1))
    with refused("ledger_posting_not_zero"):
        add(entry(), (bank, 0, "EUR"), (sales, 0, "EUR"))
    for statement in (
        "UPDATE ledger_journalentry SET day = day",
        "DELETE FROM ledger_journalentry",
        "UPDATE ledger_journalposting SET day = day",
        "DELETE FROM ledger_journalposting",
    ):
        with refused("append-only"):
            raw(statement)
    actions.reverse_entry(**MADE, entry_id=posted.pk, day=DAY)
    with refused("ledger_journalentry_reverses"):
        raw(
            "INSERT INTO ledger_journalentry SELECT (j).* FROM (SELECT jsonb_populate_record(e, jsonb_build_object("
            "'id', gen_random_uuid(), 'source', 'again')) AS j FROM ledger_journalentry AS e WHERE reverses_id = %s) x",
            posted.pk,
        )


def test_a_closed_month_takes_nothing_until_two_people_open_it(chart: Shop) -> None:
    fina = add_member(**MADE, name="Fina", email="fina@example.com", role=Role.FINANCE)
    finance, ana = actor_of_member(fina, chart.settings), chart.actor("ana")
    today = date(2026, 3, 2)
    with pytest.raises(actions.MonthNotOver):
        actions.close_month(actor=finance, as_of=AT, month=today, today=today)
    closed = actions.close_month(actor=finance, as_of=AT, month=DAY, today=today)
    with pytest.raises(actions.MonthIsClosed, match="2026-02"):
        actions.post_entry(**MADE, draft=EntryDraft("late", sale()))
    with refused("ledger_entry_month_open"):
        JournalEntry.stamped(**MADE, day=DAY, source="raw", posting_count=2).save(force_insert=True)
    own = default_entity()
    with pytest.raises(actions.MonthIsClosed):  # closed for all books, those of one legal entity among them
        actions.post_entry(**MADE, draft=EntryDraft("late", sale(), own.pk))
    with refused("ledger_entry_month_open"):
        JournalEntry.stamped(**MADE, entity=own, day=DAY, source="raw", posting_count=2).save(force_insert=True)
    with refused("ledger_month_closed_once"):
        ClosedMonth.stamped(**MADE, month=DAY.replace(day=1)).save(force_insert=True)
    assert actions.close_month(actor=finance, as_of=AT, month=DAY, today=today) == closed
    for statement in ("DELETE FROM ledger_closedmonth", "UPDATE ledger_closedmonth SET month = '2026-01-01'"):
        with refused("ledger_"), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(actions.ReopeningNotAsked):
        actions.reopen_month(actor=ana, as_of=AT, closed_month_id=closed.pk)
    with pytest.raises(BadInput):
        actions.ask_reopening(actor=finance, as_of=AT, closed_month_id=closed.pk, why=" ")
    actions.ask_reopening(actor=finance, as_of=AT, closed_month_id=closed.pk, why="An invoice came late")
    with pytest.raises(actions.SamePerson):
        actions.reopen_month(actor=finance, as_of=AT, closed_month_id=closed.pk)
    actions.reopen_month(actor=ana, as_of=AT, closed_month_id=closed.pk)
    assert actions.post_entry(**MADE, draft=EntryDraft("late", sale())).day == DAY
    with pytest.raises(actions.NotClosed):
        actions.reopen_month(actor=ana, as_of=AT, closed_month_id=closed.pk)
    again = actions.close_month(actor=ana, as_of=AT, month=DAY, today=today)
    assert {row.pk for row in queries.closed_months(finance)} == {closed.pk, again.pk}
    assert [fact.name for fact in timeline(closed.ref)] == [
        "ledger.month_reopened",
        "ledger.reopening_asked",
        "ledger.month_closed",
    ]


def test_finance_keeps_the_books_and_whoever_sells_does_not_see_them(chart: Shop) -> None:
    posted = actions.post_entry(**MADE, draft=EntryDraft("invoice:3", sale()))
    before, rosa = business_digest(), chart.actor("rosa")
    with pytest.raises(NotAllowed):
        actions.post_entry(actor=rosa, as_of=AT, draft=EntryDraft("mine", sale()))
    with pytest.raises(NotAllowed):
        actions.set_up_chart(actor=chart.actor("marta"), as_of=AT)
    with pytest.raises(NotFound):
        queries.entry(rosa, posted.pk)
    assert (queries.chart(rosa), list(queries.entries(rosa).rows)) == ([], [])
    with pytest.raises(actions.NoSuchAccount, match="9999"):
        actions.post_entry(
            **MADE, draft=EntryDraft("x", move(Money.of(1, "EUR"), debit="9999", credit="4000", day=DAY))
        )
    with pytest.raises(Unbalanced):
        Entry(DAY, (Posting("1200", Money.of(1, "EUR")), Posting("4000", Money.of(-2, "EUR"))))
    with pytest.raises(BadInput):
        actions.add_account(**MADE, code="12a", nature="asset", label_en="Mine")
    assert business_digest() == before
    assert actions.set_up_chart(**MADE) == []
    account = actions.add_account(**MADE, code="6210", nature="expense", label_en="Books")
    actions.rename_account(**MADE, account_id=account.pk, label_en="Books", label_es="Libros", expected_version=1)
    assert [each.label("es") for each in queries.chart(SYSTEM) if each.code == "6210"] == ["Libros"]
    assert queries.account_codes(SYSTEM)["receivable"] == "1200"


# The same key twice at once


def naive_post(barrier: Barrier) -> None:
    """Look first, then write under a key of its own: what the constraint is there for."""
    with transaction.atomic():
        known = JournalEntry.objects.filter(text="naive").exists()
        barrier.wait()
        if not known:
            entry = sale()
            actions.post_entry(**MADE, draft=EntryDraft(str(new_id()), Entry(entry.day, entry.postings, text="naive")))


def post(barrier: Barrier) -> UUID:
    with transaction.atomic():
        barrier.wait()
        return actions.post_entry(**MADE, draft=EntryDraft("invoice:9", sale())).pk


@pytest.mark.django_db(transaction=True)
def test_two_who_post_one_key_at_once_post_one_entry_and_a_look_before_does_not() -> None:
    actions.set_up_chart(**MADE)
    first, second = together(post, post)
    assert first == second
    assert (JournalEntry.objects.count(), JournalPosting.objects.count()) == (1, 2)
    together(naive_post, naive_post)
    assert JournalEntry.objects.filter(text="naive").count() == 2
