"""Deferred revenue and the reconciliation as pages: every number leads to the lines and documents behind it."""

import json
import random
import re
from datetime import date, timedelta
from inspect import unwrap
from zoneinfo import ZoneInfo

import click
import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client

from caudal.billing.actions import recognise_month, run_reconciliation
from caudal.billing.commands import reconcile_command
from caudal.billing.models import Reconciliation
from caudal.core.money import Money
from caudal.core.periods import Days
from caudal.core.recognition import Pattern, Recognition
from caudal.kit.access import SYSTEM
from caudal.kit.outbox import drain
from caudal.kit.world import fixed_world, use
from caudal.ledger.models import JournalEntry
from tests.billing.selling import Sold, bill, on, sold
from tests.billing.test_recognition import live
from tests.crm.browsing import Enter, text_of
from tests.world import Shop

__all__ = ["sold"]
pytestmark = pytest.mark.django_db


def test_the_database_earns_as_the_core_does() -> None:
    luck = random.Random(7)  # noqa: S311  not for secrets
    asked = []
    for _ in range(600):
        first = date(2024, 1, 1) + timedelta(days=luck.randint(0, 500))
        ends = first + timedelta(days=luck.choice((1, 7, 28, 30, 31, 59, 90, 365, 366, 731)))
        until = first + timedelta(days=luck.randint(-5, (ends - first).days + 5))
        zone = luck.choice(("UTC", "Europe/Madrid", "America/New_York"))
        minor = luck.choice((-1, 1)) * luck.choice((1, 3, 999, 120_000, 7_777_777_777))
        asked.append((minor, luck.choice(list(Pattern)).value, first, ends, zone, until))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT billing_earned(minor, pattern, first, ends, zone, until) FROM unnest("
            "%s::bigint[], %s::text[], %s::date[], %s::date[], %s::text[], %s::date[]) WITH ORDINALITY "
            "row (minor, pattern, first, ends, zone, until, place) ORDER BY place",
            [list(column) for column in zip(*asked, strict=True)],
        )
        found = [row[0] for row in cursor.fetchall()]
    for each, earned in zip(asked, found, strict=True):
        minor, pattern, first, ends, zone, until = each
        one = Recognition(
            Money(minor, Money.of(0, "EUR").currency), Days(first, ends), Pattern(pattern), ZoneInfo(zone)
        )
        assert one.recognised(until).minor == earned, each


def links(page: Client, path: str, words: str) -> str:
    """The first link of a page whose text is this."""
    found = re.search(rf'<a[^>]*href="([^"]+)"[^>]*>(?:<[^>]+>)*{re.escape(words)}', page.get(path).content.decode())
    assert found, (path, words)
    return found[1].replace("&amp;", "&")


def test_each_number_leads_to_its_lines_and_entries_to_theirs(sold: Sold, shop: Shop, enter: Enter) -> None:
    live(sold, shop)
    with use(fixed_world(at=on(2, 3, 12))):
        bill(on(2, 2))
        ana = enter("ana")
        # Invoiced in January: 1,200 + 99 + 40 ahead; in February 139 more. Nothing is posted as revenue yet.
        page = text_of(ana.get("/revenue/deferred"))
        assert "3 lines of months that are over are not posted yet." in page
        assert "Of months that are over 240.92" in page
        assert ana.post("/revenue/deferred", {}).status_code == 302
        page = text_of(ana.get("/revenue/deferred"))
        assert "January 2026 0.00 1,339.00 −240.92 1,098.08" in page
        # February: 28 of 365 days of 1,200 and the whole of 99 and of 40.
        assert "February 2026 231.05 1,006.03" in page
        january = ana.get("/revenue/deferred/lines?what=recognised&month=2026-01")
        assert "99.00 99.00" in text_of(january)
        assert "INV-2026-00001" in text_of(january)
        assert "−" not in text_of(ana.get("/revenue/deferred/lines?what=invoiced&month=2026-01"))
        for what, total in (("left", "€1,237.08"), ("coming", "€231.05")):
            said = text_of(ana.get(f"/revenue/deferred/lines?what={what}&month=2026-02"))
            assert total in said, said
        assert ana.get("/revenue/deferred/lines?what=left&month=2026").status_code == 400
        assert "Acme" in text_of(ana.get(links(ana, "/revenue/deferred", "1,339.00")))
        # What is left after a month is what becomes revenue later: 1,200 less the 59 days of January and February.
        later = text_of(ana.get(links(ana, "/revenue/deferred", "1,006.03")))
        assert "Becomes revenue from March 2026 on" in later
        assert "All of it: €1,006.03" in later
        file = ana.get("/revenue/deferred.csv").content.decode().splitlines()
        assert next(row for row in file if row.startswith("2026-01")).startswith("2026-01,EUR,1339.00,0.00,")
        # From the entry to its lines, and from a line to how it came about.
        entry = JournalEntry.objects.get(source__startswith="recognition:")
        line = links(ana, f"/books/entries/{entry.ref}", "Yearly")
        told = text_of(ana.get(line))
        # 31, 28 and 31 of 365 days of 1,200; January alone is in the books.
        assert "All months €1,200.00 €101.92 January 2026 €101.92 €101.92 February 2026 €92.05 March 2026" in told
        assert links(ana, line, "€101.92") == f"/books/entries/{entry.ref}"
        accrual = JournalEntry.objects.get(source__startswith="accrual:", reverses=None)
        assert "Documents" in text_of(ana.get(f"/books/entries/{accrual.ref}"))
        document = JournalEntry.objects.filter(source__startswith="invoice_").order_by("day")[0]
        assert "2026 2400 Deferred revenue €" in text_of(ana.get(f"/books/entries/{document.ref}"))


def test_a_check_that_differs_says_since_when_and_where(sold: Sold, shop: Shop, enter: Enter) -> None:
    live(sold, shop)
    recognise_month(actor=SYSTEM, as_of=on(2, 1), month=date(2026, 1, 1))
    drain("billing.mrr", as_of=on(2, 1))
    ana = enter("ana")
    assert "Nothing was checked yet" in text_of(ana.get("/revenue/reconciliation"))
    ana.post("/revenue/reconciliation", {})
    assert "Everything fits together" in text_of(ana.get("/revenue/reconciliation"))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE billing_invoicetax DISABLE TRIGGER USER")
        cursor.execute("UPDATE billing_invoicetax SET tax_minor = tax_minor + 1 WHERE tax_minor > 0")
    for day in (2, 3):
        run_reconciliation(actor=SYSTEM, as_of=on(12, day))
    last = Reconciliation.objects.order_by("-as_of").first()
    assert last is not None
    assert [each["since"][:10] for each in last.checks if not each["green"]] == ["2026-12-02"]
    page = text_of(ana.get("/revenue/reconciliation"))
    assert "1 check found a difference" in page
    assert "Taxes owed are the taxes of documents differs" in page
    assert "INV-2026-00001" in page
    assert reconcile_command.callback is not None
    bare = click.Command("reconcile", params=reconcile_command.params, callback=unwrap(reconcile_command.callback))
    with use(fixed_world(at=on(12, 4))):
        shown, told = (CliRunner().invoke(bare, words) for words in ([], ["--json"]))
    assert (shown.exit_code, told.exit_code) == (1, 1)
    assert (shown.stdout.count("fits  "), shown.stdout.count("DIFFERS tax\n")) == (11, 1)
    assert [each["key"] for each in json.loads(told.stdout)["checks"] if not each["green"]] == ["tax"]
