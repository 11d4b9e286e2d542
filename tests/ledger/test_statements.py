"""What the books say, and their export to plain-text accounting."""

import json
from datetime import date
from inspect import unwrap
from typing import Any

import click
import pytest
from click.testing import CliRunner

from caudal.core.journal import Entry, exchange, move
from caudal.core.money import Currency, Money
from caudal.core.periods import Days
from caudal.kit.access import SYSTEM, NotAllowed
from caudal.ledger import actions, commands, queries
from caudal.ledger.actions import EntryDraft
from caudal.ledger.queries import Balance, Syntax
from tests.world import AT, Shop

MADE: dict[str, Any] = {"actor": SYSTEM, "as_of": AT}
EUR, JPY = Currency("EUR"), Currency("JPY")


@pytest.fixture
def books(shop: Shop) -> Shop:
    """Two months of the shop: 500 sold, 300 of it paid, 120 spent, 100 euros turned into 16,000 yen."""
    actions.set_up_chart(**MADE)
    days = (date(2026, 1, 20), date(2026, 2, 10), date(2026, 2, 28))

    def moved(amount: str, debit: str, credit: str, day: date, text: str = "") -> Entry:
        return move(Money.of(amount, "EUR"), debit=debit, credit=credit, day=day, text=text)

    accounts = {"paid_from": "1000", "paid_to": "1000", "through": "1900"}
    entries = (
        moved("1000", "1000", "3000", days[0], "Capital"),
        moved("500", "1200", "4000", days[1], 'Acme; "Professional" | (40 seats)'),
        moved("300", "1000", "1200", days[1]),
        moved("120", "6200", "1000", days[2], "(Tools)"),
        exchange(Money.of("100", "EUR"), Money.of("16000", "JPY"), day=days[2], **accounts),
    )
    drafts = [EntryDraft(f"entry:{number}", entry) for number, entry in enumerate(entries)]
    actions.post_entries(**MADE, drafts=drafts)
    return shop


def told(found: list[Balance]) -> list[tuple[str, str]]:
    return [(each.account.code, str(each.natural)) for each in found]


def test_balances_income_and_what_is_owned_are_told_by_currency_and_day(books: Shop) -> None:
    everything = queries.balances(SYSTEM)
    # 1000 paid in + 300 from customers − 120 for tools − 100 exchanged.
    assert [(each.account.code, str(each.amount)) for each in everything] == [
        ("1000", "1080.00 EUR"),
        ("1000", "16000 JPY"),
        ("1200", "200.00 EUR"),
        ("1900", "100.00 EUR"),
        ("1900", "-16000 JPY"),
        ("3000", "-1000.00 EUR"),
        ("4000", "-500.00 EUR"),
        ("6200", "120.00 EUR"),
    ]
    for currency in (EUR, JPY):
        assert sum(each.amount.minor for each in everything if each.amount.currency == currency) == 0
    earned = queries.income_statement(SYSTEM, Days(date(2026, 2, 1), date(2026, 3, 1)))
    assert (told(earned.income), told(earned.expenses)) == ([("4000", "500.00 EUR")], [("6200", "120.00 EUR")])
    assert earned.result == {EUR: Money.of("380", "EUR")}
    assert queries.income_statement(SYSTEM, Days(date(2026, 1, 1), date(2026, 2, 28))).expenses == []
    sheet = queries.balance_sheet(SYSTEM)
    assert told(sheet.equity) == [("3000", "1000.00 EUR")]
    # What is owned is what was paid in and what was earned: 1080 + 200 + 100 = 1000 + 380.
    assert sum(each.amount.minor for each in sheet.assets if each.amount.currency == EUR) == 138_000
    assert sheet.result == {EUR: Money.of("380", "EUR")}
    assert told(queries.balance_sheet(SYSTEM, until=date(2026, 2, 1)).assets) == [("1000", "1000.00 EUR")]
    with pytest.raises(NotAllowed):
        queries.balances(books.actor("rosa"))


def test_statements_are_printed_for_people_and_for_programs(books: Shop) -> None:
    def printed(command: click.Command, *words: str) -> str:
        assert command.callback is not None
        bare = click.Command(command.name, params=command.params, callback=unwrap(command.callback))
        return CliRunner().invoke(bare, words).stdout

    told = json.loads(printed(commands.balances_command, "--json"))["balances"]
    assert [(each["account"], *each["amount"].values()) for each in told][:2] == [
        ("1000", "1080.00", "EUR"),
        ("1000", "16000", "JPY"),
    ]
    earned = json.loads(printed(commands.income_command, "2026-02-01", "2026-02-28", "--json"))
    assert earned["result"] == [{"amount": "380.00", "currency": "EUR"}]
    assert [each["amount"]["amount"] for each in earned["expenses"]] == ["120.00"]
    sheet = json.loads(printed(commands.sheet_command, "--through", "2026-01-31", "--json"))
    assert [each["amount"]["amount"] for each in (*sheet["assets"], *sheet["equity"])] == ["1000.00"] * 2
    lines = printed(commands.sheet_command).splitlines()
    assert (lines[0], lines[-1].split()) == ("Assets", ["380.00", "EUR"])


def test_the_journal_is_written_for_other_programs(books: Shop) -> None:
    lines = {syntax: list(queries.exported(SYSTEM, syntax)) for syntax in Syntax}
    beancount, hledger, ledger = (lines[syntax] for syntax in Syntax)
    assert "1900-01-01 open Assets:1200-Receivable-from-customers" in beancount
    at = beancount.index('2026-02-10 * "Acme; \\"Professional\\" | (40 seats)"')
    assert beancount[at + 1] == '  source: "entry:1"'
    assert beancount[at + 3 : at + 5] == [
        "    Assets:1200-Receivable-from-customers  500.00 EUR",
        "    Income:4000-Subscriptions  -500.00 EUR",
    ]
    assert hledger[0] == "decimal-mark ."
    assert hledger[1:] == ledger
    assert '2026-02-10 * Acme, "Professional" , (40 seats)' in ledger
    assert "2026-02-28 * Tools)" in ledger
    assert "    Assets:1000-Bank  16000 JPY" in ledger
    assert list(queries.exported(books.actor("rosa"), Syntax.LEDGER)) == []
