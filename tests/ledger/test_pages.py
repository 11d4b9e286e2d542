"""The books in the browser: the trial balance, profit and loss, accounts and entries, and undoing one."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from caudal.core.journal import move
from caudal.core.money import Money
from caudal.kit.access import SYSTEM
from caudal.kit.world import new_id
from caudal.ledger import actions, queries
from caudal.ledger.actions import EntryDraft
from caudal.ledger.models import Account, ClosedMonth, JournalEntry
from caudal.workspace.actions import add_entity, add_member
from caudal.workspace.models import Role
from caudal.workspace.queries import default_entity
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
def test_the_books_are_read_from_the_trial_balance_to_the_entry_which_is_undone(enter: Enter) -> None:
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
    pages = ("balances", "income", "sheet", "entries", "accounts", "months", f"accounts/{account.ref}")
    for path in (address, *(f"/books/{each}" for each in pages)):
        assert enter("rosa").get(path).status_code == 403


@pytest.mark.usefixtures("books", "today")
def test_both_sides_of_the_balance_sheet_are_alike_and_entries_are_found_by_what_they_are(enter: Enter) -> None:
    ana, account = enter("ana"), Account.objects.get(code="1200")
    # Owned at the end of February: 200 were sold and 25 spent, all of it this year.
    sheet = text_of(ana.get("/books/sheet?period=2026-02"))
    assert "Owned: €175.00. Owed, paid in and earned: €175.00." in sheet
    assert "Result of the year 175.00 100.00" in sheet
    assert "sale:0" in text_of(ana.get(f"/books/accounts/{account.ref}?through=2026-01-31"))
    assert "Earned in earlier years 175.00 0.00" in text_of(ana.get("/books/sheet?period=2027&against=year"))
    found = text_of(ana.get("/books/entries?account=1200&least=50&most=70&currency=EUR&first=2026-02-01"))
    assert [source for number in range(4) if (source := f"sale:{number}") in found] == ["sale:2"]
    other = add_entity(**MADE, name="Almadía GmbH")
    assert "All legal entities" in ana.get("/books/sheet").content.decode()
    own = [ana.get(f"/books/sheet?period=2026-02&entity={each.ref}") for each in (default_entity(), other)]
    assert ["Owned: €175.00" in text_of(each) for each in own] == [True, False]
    assert "No entry is like that" in text_of(ana.get(f"/books/entries?entity={other.ref}"))
    assert "No entry is like that" in text_of(ana.get("/books/entries?q=nowhere"))
    assert ana.get("/books/entries?least=much").status_code == 422


@pytest.mark.usefixtures("books", "today")
def test_accounts_are_added_and_renamed_and_a_month_is_closed_and_opened_by_two(enter: Enter) -> None:
    ana, marta = enter("ana"), enter("marta")
    account = {"code": "6210", "nature": "expense", "label_en": "Books", "label_es": "Libros"}
    assert ana.post("/books/accounts", account)["Location"] == "/books/accounts"
    twice = ana.post("/books/accounts", account)
    assert (twice.status_code, "Another account has this code" in twice.content.decode()) == (422, True)
    row = Account.objects.get(code="6210")
    said = {"label_en": "Fairs", "version": row.version, "budget": "events"}
    renamed = ana.post(f"/books/accounts?rename={row.ref}", said)
    assert renamed.status_code == 302
    chart = text_of(ana.get("/books/accounts"))
    assert "6210 Fairs Events" in chart
    assert "1200 Receivable from customers Invoices that customers have not paid €175.00" in chart

    assert "Close January 2026" in ana.get("/books/months").content.decode()
    actions.post_entry(
        **MADE, draft=EntryDraft("x", move(Money.of("9", "EUR"), debit="1050", credit="1200", day=date(2026, 1, 31)))
    )
    assert "1050 Payments under way €9.00" in ana.get("/books/months").content.decode()
    assert ana.post("/books/months", {"do": "close", "month": "2026-01-01"}).status_code == 302
    closed = ClosedMonth.objects.get()
    assert ana.post("/books/months", {"do": "close", "month": "0000-01"}).status_code == 422
    assert "Close February 2026" in ana.get("/books/months").content.decode()
    assert ana.post("/books/months", {"do": "ask", "id": str(closed.ref), "why": " "}).status_code == 422
    ana.post("/books/months", {"do": "ask", "id": str(closed.ref), "why": "An invoice came late"})
    assert ana.post("/books/months", {"do": "reopen", "id": str(closed.ref)}).status_code == 403
    assert marta.get("/books/months").status_code == 403
    other = add_member(**MADE, name="Fina", email="fina@example.com", role=Role.FINANCE)
    fina = Client()
    fina.force_login(other, backend=BACKEND)
    assert "Ana asks to reopen January 2026: An invoice came late" in text_of(fina.get("/books/months"))
    fina.post("/books/months", {"do": "reopen", "id": str(closed.ref)})
    assert "January 2026 Reopened 2" in text_of(fina.get("/books/months"))


@pytest.mark.usefixtures("books", "today")
def test_a_company_moves_in_with_a_trial_balance_once(enter: Enter) -> None:
    ana, page = enter("ana"), "/books/months"
    lines = "Cuenta;Nombre;Tipo;Debe;Haber\n1000;Banco;;1.500,25;\n1110;Caja;activo;99,75;\n3000;Capital;;;1.600,00"
    said = {"do": "look", "day": "2026-01-01", "table": lines}
    looked = ana.post(page, said | {"table": lines + "\n1120;Sellos;;5;"})
    assert "The chart has no account “1120”." in text_of(looked)
    assert JournalEntry.objects.filter(source="opening:company").count() == 0
    uneven = ana.post(page, said | {"do": "open", "table": lines.replace("1.600", "1.601")})
    assert (uneven.status_code, "not balanced" in uneven.content.decode()) == (422, True)
    assert not Account.objects.filter(code="1110").exists()
    opened = ana.post(
        page, said | {"do": "open", "table": "", "file": SimpleUploadedFile("balances.csv", lines.encode())}
    )
    entry = JournalEntry.objects.get(source="opening:company")
    assert (opened.status_code, opened["Location"]) == (302, f"/books/entries/{entry.ref}")
    assert [str(each.amount) for each in queries.postings_of([entry.pk])[entry.pk]] == [
        "1500.25 EUR",
        "99.75 EUR",
        "-1600.00 EUR",
    ]
    assert Account.objects.get(code="1110").nature == "asset"
    assert "Move in" not in ana.get(page).content.decode()
    assert ana.post(page, said | {"do": "open"}).status_code == 422
    actions.reverse_entry(**MADE, entry_id=entry.pk, day=entry.day)
    assert ana.post(page, said | {"do": "open"}).status_code == 302
