"""Every sum that pages about money publish leads to the rows that make it, and each of those on to the facts."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import resolve

from caudal.billing import actions
from caudal.billing import urls as billing
from caudal.billing.models import Invoice
from caudal.billing.queries.crediting import Credit
from caudal.core.journal import move
from caudal.core.metrics import METRICS, Ratio
from caudal.core.money import Currency, Money
from caudal.kit.access import SYSTEM
from caudal.kit.outbox import drain
from caudal.kit.world import fixed_world, use
from caudal.ledger import urls as ledger
from caudal.ledger.actions import CostDraft, EntryDraft, pay_supplier, post_cost, post_entry
from caudal.ledger.models import Account, JournalEntry
from tests.billing.drilling import (
    PREFIXES,
    Node,
    Shown,
    amounts_in,
    at_fragment,
    divides,
    joined,
    makes,
    numbers_of,
    read,
    rows_of,
    shares_in,
    shown_in,
)
from tests.billing.selling import Sold, bill, on, sold, take
from tests.billing.test_recognition import live
from tests.crm.browsing import Enter
from tests.world import Shop

__all__ = ["sold"]
pytestmark = pytest.mark.django_db

AT: Final = on(2, 3, 12)
EACH: Final = 1
"""So many pages of a kind are looked at."""
DEPTH: Final = 3
"""After so many steps a sum is made of rows, or it leads nowhere."""
STATED: Final = {
    "Amount": "a payment was recorded so, a line by hand was written so",
    "Every month": "a cost that recurs, as it was given",
    "Postings of": "postings are the facts of the books; beside them stands the balance after each",
    "Account in": "documents and payments as they were issued, and the balance after each",
    "From the whole amount to what is open": "somebody settled it so",
    "From the catalogue price to the amount": "steps of a price, as it was agreed",
    "What it consists of": "prices as they were agreed, charge by charge",
    "What is spent at least": "a minimum, as it was agreed, and what is missing of it",
    "What recurs at the end of": "a charge of a subscription, which its row leads to",
    "Rows of the check": "what books and documents say of one record, which its row leads to",
    "Movements": "what somebody changed, which its row says",
    "When it becomes revenue": "how a line is earned, by its pattern",
    "Lines of the document": "what is not invoiced yet says its steps under its name",
}
"""What is no sum, by how the caption of its table or the term beside it begins, and why. Totals of tables are sums."""
SHARES: Final = {
    "Parts": "the part and the whole of it stand in its table",
    "Tax": "a rate, as the law has it",
    "Lines of the document": "a rate, as the law has it",
}
"""What share leads nowhere, by the caption of its table, and why."""
RATIOS: Final = [
    each
    for each in METRICS
    if isinstance(each.formula, Ratio)
    and not (each.id.startswith("revenue_share_") and each.id != "revenue_share_subscription")
]
"""The ratios that are published; those of the streams of revenue are made in one way."""
UNSEEN: Final = {
    **dict.fromkeys(("billing:invoice_pdf", "billing:statement_file", "billing:deferred_csv"), "a file of a page"),
    "billing:order": "what was ordered, without amounts",
    "billing:money_request": "what was asked for, which leads to what it is about",
}
"""Pages about money that have no sum, and why."""
STARTS: Final = (
    *("/invoices", "/payments", "/outstanding", "/billing/customers/{customer}", "/customers/{customer}/statement"),
    *("/billing/subscriptions/{subscription}", "/billing/contracts/{contract}", "/invoice-runs"),
    *("/invoice-runs/{run}",),
    *("/recurring-revenue", "/revenue/deferred", "/revenue/reconciliation", "/books/balances?period=2026-01"),
    *("/books/sheet?period=2026-01", "/books/entries", "/books/costs"),
    *("/billing/customers", "/billing/subscriptions", "/billing/contracts", "/tax-rates"),
    *("/books/accounts", "/books/months", "/books/months/2026-01"),
)


def lived(sold: Sold, shop: Shop) -> dict[str, Any]:
    """Two months of everything that moves money, and the records that pages are about."""
    live(sold, shop)
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": AT}
    contract = actions.sign_contract(
        **made,
        customer_id=sold.globex.pk,
        name="Frame",
        start_day=date(2026, 1, 1),
        end_day=date(2027, 1, 1),
        commitment=Money.of("3000", "EUR"),
    )
    subscription = take(sold, customer=sold.globex, contract_id=contract.pk)
    run = bill(on(2, 2))
    actions.recognise_through(**made)
    first, second, third = Invoice.objects.exclude(number=None).order_by("number")[:3]
    paid: dict[str, Any] = {**made, "day": date(2026, 2, 3)}
    actions.record_payment(
        **paid,
        customer_id=first.customer_id,
        amount=Money(first.gross_minor + 700, Currency("EUR")),
        reference="A",
    )
    actions.record_payment(**paid, customer_id=second.customer_id, amount=Money.of("50", "EUR"), reference="B")
    actions.write_off(**paid, invoice_id=second.pk, amount=Money.of("10", "EUR"), reason="Too small")
    actions.credit_invoice(**paid, invoice_id=third.pk, credit=Credit(percent=Decimal(10)), reason="Was late")
    accounts = {each.code: each for each in Account.objects.all()}
    cost = CostDraft(
        key="servers",
        day=date(2026, 2, 1),
        amount=Money.of("121", "EUR"),
        account=accounts["6220"],
        paid_from=accounts["2000"],
        party="Hetzner",
        document="R-17",
    )
    post_cost(**made, cost=cost)
    pay_supplier(
        **made,
        key="1",
        document="R-17",
        amount=Money.of("21", "EUR"),
        day=date(2026, 2, 2),
        paid_from=accounts["1000"],
    )
    by_hand = move(Money.of("33", "EUR"), debit="1000", credit="2400", day=date(2026, 2, 2), text="Grant")
    post_entry(**made, draft=EntryDraft("grant", by_hand))
    drain("billing.mrr", as_of=AT)
    actions.run_reconciliation(**made)
    return {"customer": first.customer.ref, "subscription": subscription.ref, "contract": contract.ref, "run": run.ref}


@dataclass(slots=True)
class Walk:
    """Goes from page to page after sums, and notes those that lead nowhere."""

    client: Client
    pages: dict[str, Node] = field(default_factory=dict)
    looked: set[str] = field(default_factory=set)
    kinds: Counter[str] = field(default_factory=Counter)
    known: dict[tuple[str, str, Decimal], bool] = field(default_factory=dict)
    sums: int = 0
    ratios: int = 0
    lost: list[str] = field(default_factory=list)

    def from_here(self, paths: list[str]) -> None:
        """Look at pages, and at those about money that their sums lead to."""
        waiting = list(paths)
        while waiting:
            path = waiting.pop()
            kind = kind_of(path)
            if path in self.looked or (path not in paths and self.kinds[kind] == EACH):
                continue
            self.looked.add(path)
            self.kinds[kind] += 1
            waiting += self.shares(path)
            for shown in shown_in(self.page(path)):
                if shown.is_like_others:
                    continue
                self.sums += 1
                if not self.holds(path, shown):
                    self.lost.append(f"{path}: {shown.amount} ({shown.label or shown.node.text.strip()})")
                way = self.way(shown)
                if way:
                    target, _fragment = joined(path, way)
                    waiting += [target] if target.startswith(PREFIXES) and target not in waiting else []

    def shares(self, path: str) -> list[str]:
        """Look at the shares of a page: each leads to two numbers that it is the quotient of. Return their pages."""
        found = []
        for shown in shares_in(self.page(path)):
            if shown.is_like_others or shown.label.startswith(tuple(SHARES)):
                continue
            self.ratios += 1
            way = shown.link
            target, fragment = joined(path, way) if way else ("", "")
            scope = (
                at_fragment(self.page(target), fragment) if way else shown.node.up(lambda each: each.tag == "section")
            )
            if scope is None or not divides(scope, shown.amount, per=100):
                self.lost.append(f"{path}: {shown.amount} % ({shown.label or shown.node.text.strip()})")
            found += [target] if target.startswith(PREFIXES) else []
        return found

    def page(self, path: str) -> Node:
        """Read a page, once."""
        if path not in self.pages:
            answer = self.client.get(path)
            assert answer.status_code == 200, f"{path} answers {answer.status_code}"
            self.pages[path] = read(answer.content.decode())
        return self.pages[path]

    def way(self, shown: Shown) -> str | None:
        """Return where a sum leads: by itself, else by the record of its row."""
        if shown.link is not None or shown.row is None:
            return shown.link
        return next((each.attrs.get("href") for each in shown.row.all(lambda each: each.tag == "a")), None)

    def holds(self, path: str, shown: Shown, depth: int = 0) -> bool:
        """Say whether an amount is a fact, or is made by the rows it stands over or leads to."""
        if shown.link is None and shown.row is not None and shown.row.has("table-totals"):
            return self.totals(shown)
        if shown.is_noted or shown.label.startswith(tuple(STATED)):
            return True
        href = self.way(shown)
        if href is None:
            section = shown.node.up(lambda each: each.tag == "section" or each.has("content"))
            return section is not None and (makes(section, shown.amount) or told_in(section, shown.amount))
        return self.leads(*joined(path, href), shown.amount.copy_abs(), depth)

    def leads(self, target: str, fragment: str, amount: Decimal, depth: int) -> bool:
        """Say whether a page makes an amount by its rows, or says it again and leads on to what makes it."""
        key = target, fragment, amount
        if key not in self.known:
            self.known[key] = False  # whoever comes back here has gone in a circle
            scope = at_fragment(self.page(target), fragment)
            self.known[key] = scope is not None and (
                makes(scope, amount)
                or (fragment != "" and divides(scope, amount))
                or (
                    depth < DEPTH
                    and any(
                        self.holds(target, each, depth + 1) for each in shown_in(scope) if abs(each.amount) == amount
                    )
                )
            )
        return self.known[key]

    def totals(self, shown: Shown) -> bool:
        """Say whether a total is made by the rows below it; a balance goes on from row to row."""
        table = shown.node.up(lambda each: each.tag == "table")
        cell = shown.node.up(lambda each: each.tag in {"td", "th"})
        assert table is not None
        assert cell is not None
        rows, totals = rows_of(table)
        place = totals.index(cell)
        running = [amounts_in(row[place].text) for row in (rows[0], rows[-1])]
        return makes(table.parent or table, shown.amount) or [shown.amount] in running


def told_in(section: Node, amount: Decimal) -> bool:
    """Say whether the words over a quotient tell it, or one of the numbers that it is made of."""
    return "id" in section.attrs and (amount in numbers_of(section) or divides(section, amount))


def kind_of(path: str) -> str:
    """Return which page an address is of, and what it asks for: every page of a kind is made in one way."""
    parts = urlsplit(path)
    asked = parse_qs(parts.query)
    return " ".join([resolve(parts.path).view_name, *sorted(asked), *asked.get("show", [])])


def test_every_sum_leads_to_what_it_is_made_of(sold: Sold, shop: Shop, enter: Enter) -> None:
    with use(fixed_world(at=AT)):
        about = lived(sold, shop)
        walk = Walk(enter("ana"))
        walk.from_here([each.format_map(about) for each in STARTS])
        assert not walk.lost, "\n".join(walk.lost)
        # Neither nothing nor a few: some three hundred sums on fifty pages, made by rows of a hundred.
        assert walk.sums > 300
        assert walk.ratios > 5
        assert len(walk.looked) > 45
        assert unseen(walk) == UNSEEN.keys(), "Let the walk look at a page about money, or say why it has no sum."
        assert len(walk.pages) > 90
        assert_entries_are_made_of_their_parts(walk)
        assert_ratios_are_made_of_their_sides(walk)


def test_a_sum_that_leads_nowhere_or_to_other_rows_is_found() -> None:
    rows = "<tr><th>A</th><td>€2.00</td></tr><tr><th>B</th><td>€3.00</td></tr>"
    table = f"<section><table><caption>Rows</caption><tbody>{rows}</tbody></table><p>{{}}</p></section>"
    page = '<div class="content "><main>{}<dl><dt>Sum</dt><dd>{}</dd></dl></main></div>'
    for there, here, found in (
        ("€5.00", '<a href="/there">€5.00</a>', True),
        ("€5.00", '<a href="/there">€6.00</a>', False),
        ("€5.00", "€6.00", False),
        ("€6.00", "", False),
    ):
        walk = Walk(Client(), {"/there": read(page.format(table.format(""), ""))})
        shown = shown_in(read(page.format(table.format(there), here)))
        sums = [each for each in shown if each.row is None]
        assert all(walk.holds("/here", each) for each in sums) is found, (there, here)


def test_a_share_that_leads_nowhere_or_to_other_numbers_is_found() -> None:
    table = "<table><caption>Churn</caption><tbody><tr><th>Lost</th><td>{}</td></tr><tr><th>All</th><td>8</td></tr></tbody></table>"
    page = '<div class="content "><main><section id="churn">{}</section><dl><dt>Churn</dt><dd>{}</dd></dl></main></div>'
    for lost, here, found in (
        ("3", '<a href="/there#churn">37.5%</a>', True),
        ("2", '<a href="/there#churn">37.5%</a>', False),
        ("3", "37.5%", False),
    ):
        walk = Walk(
            Client(), {"/there": read(page.format(table.format(lost), "")), "/here": read(page.format("", here))}
        )
        walk.shares("/here")
        assert (not walk.lost) is found, (lost, here)


def unseen(walk: Walk) -> set[str]:
    """Return the pages about money that nobody looked at."""
    named = {"billing": billing.urlpatterns, "ledger": ledger.urlpatterns}
    pages = {f"{space}:{each.name}" for space, patterns in named.items() for each in patterns}
    return pages - {kind.partition(" ")[0] for kind in walk.kinds}


def assert_ratios_are_made_of_their_sides(walk: Walk) -> None:
    """Each ratio says its formula in words and its two sides, each of which leads to the records that it adds up."""
    told = 0
    for metric in RATIOS:
        page = walk.page(f"/measure/{metric.id}/rows?from=2026-01-01&to=2026-03-01")
        section = at_fragment(page, "worked")
        assert section is not None, f"{metric.id} does not say how it is worked out"
        assert "÷" in section.text, metric.id
        table = next(section.all(lambda each: each.tag == "table"))
        for _what, _counts, _days, comes_to in rows_of(table)[0]:
            text = comes_to.text.strip()
            way = next((each.attrs["href"] for each in comes_to.all(lambda each: each.tag == "a")), None)
            if way is None:
                assert text == "—", f"{metric.id}: {text} leads nowhere"
                continue
            told += 1
            said = next(walk.page(way).all(lambda each: each.has("metric-whole"))).text
            assert text in said, f"{metric.id}: {text} leads to {said.strip()}"
    assert told > 2 * len(RATIOS)


def assert_entries_are_made_of_their_parts(walk: Walk) -> None:
    """What is posted to an account is what the parts of the entry on it come to; the other side is all of them."""
    told = 0
    by_kind = {entry.source.partition(":")[0].partition("_")[0]: entry for entry in JournalEntry.objects.order_by("pk")}
    for entry in by_kind.values():
        page = walk.page(f"/books/entries/{entry.ref}")
        postings, *others = page.all(lambda each: each.tag == "table")
        if not others:
            continue
        told += 1
        posted: dict[str, Decimal] = {}
        for row in rows_of(postings)[0]:
            debit, credit = (sum(amounts_in(cell.text), Decimal(0)) for cell in row[-2:])
            name = " ".join(row[0].text.split())
            posted[name] = posted.get(name, Decimal(0)) + debit - credit
        parts: dict[str, Decimal] = {}
        for row in rows_of(others[0])[0]:
            name = " ".join(row[2].text.split())
            parts[name] = parts.get(name, Decimal(0)) + sum(amounts_in(row[3].text), Decimal(0))
        whole = sum(parts.values(), Decimal(0))
        for name, amount in posted.items():
            made = parts.get(name, whole)
            assert abs(amount) == abs(made), f"{entry.source}: {name} {amount} is not {made}"
    assert told > 3
