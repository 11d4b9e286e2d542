"""Runs of invoicing as work of their own, whom they fail with, and the rates of taxes that stand in the way."""

from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from caudal.billing import actions, queries
from caudal.billing.adapters import TableTaxes
from caudal.billing.models import Invoice, InvoiceRun, TaxRate
from caudal.billing.offline import shipped_rates
from caudal.core.ids import Ref
from caudal.crm.actions import CompanyDraft, add_company
from caudal.kit.access import SYSTEM
from caudal.kit.problems import BadInput
from caudal.workspace.actions import change_settings, issue_key
from tests.billing.selling import MADE, Sold, bill, sold, take
from tests.crm.browsing import Api, Enter, enter, text_of, today
from tests.world import AT, Shop

__all__ = ["enter", "sold", "today"]


def test_a_customer_without_a_rate_does_not_stop_the_others(
    shop: Shop, sold: Sold, enter: Enter, today: Any, client: Any
) -> None:
    take(sold)
    take(sold, customer=sold.globex)
    actions.change_customer(**MADE, customer_id=sold.globex.pk, country="PT", tax_id="")
    ana = enter("ana")
    page = text_of(ana.get("/invoice-runs"))
    # January, February and March of Acme: 139 each with 21 %, 168.19.
    assert page.count("€168.19") == 3
    assert "There is no tax rate of PT for 2026-03-03" in page
    begun = ana.post("/invoice-runs", {"issue_day": "2026-03-03"})
    run = InvoiceRun.objects.get()
    assert (begun["Location"], run.planned) == (f"/invoice-runs/{run.ref}", 2)
    ana.post(begun["Location"], {"do": "stop"})
    actions.carry_out_run(run.pk, taxes=TableTaxes())
    assert not Invoice.objects.exists()
    ana.post(begun["Location"], {"do": "continue"})
    for _ in range(2):  # a second worker finds nothing left
        actions.carry_out_run(run.pk, taxes=TableTaxes())
    assert Invoice.objects.filter(customer=sold.acme).count() == 3
    (failure,) = queries.failures_of(run.pk)
    assert (failure.customer, failure.code) == (sold.globex, "billing.no_tax_rate")
    shown = text_of(ana.get(begun["Location"]))
    assert "Globex SARL There is no tax rate of PT for 2026-03-03." in shown
    assert "/tax-rates" in ana.get(begun["Location"]).content.decode()

    assert ana.post("/tax-rates", {"country": "Atlantis"}).status_code == 422
    rate = {"country": "Portugal", "tax_kind": "standard", "from_day": "2011-01-01", "percent": "23"}
    assert ana.post("/tax-rates", rate)["Location"] == "/tax-rates?country=PT"
    assert "never changed" in ana.post("/tax-rates", rate | {"percent": "22"}).content.decode()
    _, token = issue_key(
        actor=shop.actor("ana"), as_of=AT, name="Program", role="admin", scopes=("billing:read", "billing:write")
    )
    api = Api(client, token)
    assert api("GET", "/billing/preview").json()["customers"][0]["customer_name"] == "Globex SARL"
    assert api("GET", "/billing/tax-rates?country=PT").json()["rates"][0]["percent"] == "23"
    again = api("POST", "/billing/runs", {"issue_day": "2026-03-02", "as_drafts": True}).json()
    actions.carry_out_run(Ref.parse(again["id"]).id, taxes=TableTaxes())
    found = api("GET", f"/billing/runs/{again['id']}").json()
    assert (found["invoices"], found["failures"], bool(found["finished_at"])) == (3, [], True)
    assert Invoice.objects.filter(customer=sold.globex, state="draft").count() == 3
    # Three months of Globex at 139 and 23 %, 170.97 each: nothing is open of what is not issued.
    told = {
        "currency": "EUR",
        "count": 3,
        "drafts": 3,
        "net": "417.00",
        "tax": "95.91",
        "gross": "512.91",
        "open": "0.00",
    }
    assert [amounts(each) for each in found["documents"]] == [told]
    assert_documents_lead_to_their_run_and_back(api, ana, run, Ref.parse(again["id"]))
    assert api("POST", f"/billing/runs/{again['id']}/stop").json()["code"] == "billing.run_is_over"
    assert enter("rosa").get("/invoice-runs").status_code == 403


def amounts(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value["amount"] if isinstance(value, dict) else value for name, value in said.items()}


def assert_documents_lead_to_their_run_and_back(api: Api, ana: Client, run: InvoiceRun, drafted: Ref) -> None:
    pages: list[str] = []
    for ref in (run.ref, drafted):
        asked = urlencode({"where": f'run = "{ref}"'})
        listed = api("GET", f"/billing/invoices?{asked}").json()["items"]
        assert [each["run_id"] for each in listed] == [str(ref)] * 3
        pages = [f"/invoices/{each['id']}" for each in listed]
        assert f'<a href="/invoice-runs/{ref}">Run of 2026-03-0' in ana.get(pages[0]).content.decode()
    page = text_of(ana.get(f"/invoice-runs/{drafted}"))
    assert "EUR 3 3 €417.00 €95.91 €512.91" in page
    assert "thrown away" not in page
    ana.post(pages[0], {"do": "discard"})
    page = text_of(ana.get(f"/invoice-runs/{drafted}"))
    assert "EUR 2 2 €278.00 €63.94 €341.94" in page
    assert "one of them thrown away since" in page
    # What was written before documents knew their run is found by what the run said then.
    left = Invoice.objects.filter(run=drafted.id)
    assert left.update(run=None) == 2
    with connection.cursor() as cursor:
        cursor.execute(import_module("caudal.billing.migrations.0012_documents_of_earlier_runs").SAID)
    assert left.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(run=run).update(run=drafted.id)


def test_every_morning_what_fell_due_is_invoiced_where_the_company_wishes_it(shop: Shop, sold: Sold) -> None:
    night, morning = AT.replace(hour=3), AT.replace(hour=5)  # four and six in Madrid
    for invoicing, states, customer in (("drafts", {"draft"}, sold.acme), ("issue", {"draft", "final"}, sold.globex)):
        take(sold, customer=customer, start_day=date(2026, 3, 1))
        change_settings(actor=shop.actor("ana"), as_of=AT, settings=shop.settings, invoicing="hand")
        assert actions.start_daily_run(as_of=morning) is None
        change_settings(actor=shop.actor("ana"), as_of=AT, settings=shop.settings, invoicing=invoicing)
        assert actions.start_daily_run(as_of=night) is None
        run = actions.start_daily_run(as_of=morning)
        assert run is not None
        assert run.issue_day == morning.date()
        actions.carry_out_run(run.pk, taxes=TableTaxes())
        assert set(Invoice.objects.values_list("state", flat=True)) == states
        assert actions.start_daily_run(as_of=morning) is None  # once a day
        night, morning = night + timedelta(days=1), morning + timedelta(days=1)
    with pytest.raises(BadInput):
        change_settings(actor=shop.actor("ana"), as_of=AT, settings=shop.settings, invoicing="hourly")


def test_the_shipped_rates_are_whole_dated_and_added_once(shop: Shop) -> None:
    rates = shipped_rates()
    union = {each.country for each in rates if each.tax_kind == "standard" and "Commission" in each.source}
    assert len(union) == 27
    first = actions.add_tax_rate(
        actor=shop.actor("ana"),
        as_of=AT,
        country="ES",
        tax_kind="standard",
        from_day=date(2012, 9, 1),
        percent=Decimal(21),
    )
    assert actions.set_up_taxes(actor=SYSTEM, as_of=AT) == len(rates) - 1
    assert actions.set_up_taxes(actor=SYSTEM, as_of=AT) == 0
    assert TaxRate.objects.get(pk=first.pk).source == ""
    germany = [f"{each.percent:f}" for each in rates if (each.country, each.tax_kind) == ("DE", "standard")]
    assert germany == ["19", "16", "19"]


def test_of_a_lot_that_is_refused_only_those_are_left_out_whom_it_is_refused_for(shop: Shop, sold: Sold) -> None:
    customers = [sold.acme, sold.globex]
    for name in ("Initech", "Umbrella", "Hooli"):
        company = add_company(**MADE, company=CompanyDraft(name=name))
        customers.append(actions.add_customer(**MADE, company_id=company.pk, country="ES"))
    for customer in customers:
        take(sold, customer=customer)
    barred = {customers[1].pk: "PT", customers[3].pk: "LU"}
    for customer_id, country in barred.items():
        actions.change_customer(**MADE, customer_id=customer_id, country=country, tax_id="")
    run = bill(AT)
    assert {each.customer.pk: str(each.values["country"]) for each in queries.failures_of(run.pk)} == barred
    assert (run.customers, run.invoices) == (3, 9)  # January, February and March of each
    assert set(Invoice.objects.values_list("customer", flat=True)) == {row.pk for row in customers} - barred.keys()
