"""The books in the browser: the trial balance, profit and loss, accounts and entries, and undoing one."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from caudal.core.journal import move
from caudal.core.money import Money
from caudal.kit.access import SYSTEM
from caudal.kit.world import new_id
from caudal.ledger import actions, queries
from caudal.ledger.actions import EntryDraft
from caudal.ledger.models import Account, JournalEntry
from caudal.workspace.actions import add_member
from caudal.workspace.models import Role
from tests.crm.browsing import BACKEND, Enter, text_of
from tests.world import AT, Shop

MADE: dict[str, Any] = {"actor": SYSTEM, "as_of": AT}


@pytest.fixture
def books(shop: Shop) -> None:
    """Three sales and a cost, in two months."""
    actions.set_up_chart(**MADE)
    moves = (
        ("100", "1200", "4000", date(2026, 1, 10)),
        ("40", "1200", "4000", date(2026, 2, 10)),
        ("60", "1200", "4000", date(2026, 2, 10)),
        ("25", "6200", "1200", date(2026, 2, 20)),
    )
    drafts = [
        EntryDraft(f"sale:{number}", move(Money.of(amount, "EUR"), debit=debit, credit=credit, day=day))
        for number, (amount, debit, credit, day) in enumerate(moves)
    ]
    actions.post_entries(**MADE, drafts=drafts)


@pytest.mark.usefixtures("books", "today")
def test_the_books_are_read_from_the_trial_balance_to_the_entry_which_is_undone_there(enter: Enter) -> None:
    ana = enter("ana")
    balances = text_of(ana.get("/books/balances?period=2026-02"))
    # Before February 100 were owed; 40 + 60 came to it and 25 went: 175.
    assert "1200 Receivable from customers Asset 100.00 100.00 25.00 175.00" in balances
    assert "Total 0.00 125.00 125.00 0.00" in balances
    income = text_of(ana.get("/books/income?period=2026-02"))
    assert "A profit of €75.00" in income
    assert "The period before: €100.00" in income
    assert "4000 Subscriptions 100.00 100.00" in income
    assert "6200 Tools and software 25.00 0.00" in income

    cost = {"day": "2026-02-27", "account": "6100", "amount": "12,50", "currency": "EUR", "paid_from": "1000"}
    cost |= {"key": str(new_id()), "pillar": "", "note": "Fair"}
    refused = ana.post("/books/income", cost | {"amount": "-3"})
    assert (refused.status_code, "A cost is more than zero" in refused.content.decode()) == (422, True)
    posted = [ana.post("/books/income", cost)["Location"] for _ in range(2)]
    assert posted == ["/books/income?period=2026-02"] * 2
    assert "6100 Marketing 12.50 0.00" in text_of(ana.get(posted[0]))

    account = Account.objects.get(code="1200")
    lines = queries.lines_of(account, limit=2)
    assert [str(each.balance) for each in lines.lines] == ["175.00 EUR", "200.00 EUR"]
    rest = queries.lines_of(account, cursor=lines.next, limit=2)
    assert ([str(each.balance) for each in rest.lines], rest.next) == (["140.00 EUR", "100.00 EUR"], None)
    assert "sale:2" in text_of(ana.get(f"/books/accounts/{account.ref}?period=2026-02"))
    assert "sale:0" not in text_of(ana.get(f"/books/accounts/{account.ref}?period=2026-02"))

    entry = JournalEntry.objects.get(source="sale:3")
    address = f"/books/entries/{entry.ref}"
    early = ana.post(address, {"day": "2026-02-19", "text": "Twice"})
    assert (early.status_code, "cannot be undone before" in early.content.decode()) == (422, True)
    done = ana.post(address, {"day": "2026-02-21", "text": "Twice"})
    reversal = queries.reversal_of(entry)
    assert reversal is not None
    assert (done.status_code, done["Location"]) == (302, f"/books/entries/{reversal.ref}")
    assert "It was undone by another entry" in text_of(ana.get(address))
    assert "It undoes another entry" in text_of(ana.get(done["Location"]))
    assert ana.get("/books/balances?period=9999-11").status_code == 400

    olga = add_member(
        **MADE, name="Olga", email="olga@example.com", role=Role.AUDITOR, access_ends_at=AT + timedelta(days=9)
    )
    looks = Client()
    looks.force_login(olga, backend=BACKEND)
    other = f"/books/entries/{JournalEntry.objects.get(source='sale:0').ref}"
    assert "Reverse the entry" in ana.get(other).content.decode()
    assert "Reverse the entry" not in looks.get(other).content.decode()
    assert looks.post(other, {"day": "2026-03-01", "text": "No"}).status_code == 403
    for path in ("/books/balances", "/books/income", address, f"/books/accounts/{account.ref}"):
        assert enter("rosa").get(path).status_code == 403
