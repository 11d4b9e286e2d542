"""The end of a month: steps that are looked at and never ticked, what only people know, and closing."""

from datetime import date

import pytest
from django.test import Client

from caudal.billing.actions import begin_run, recognise_through, run_reconciliation
from caudal.billing.models import InvoiceRun
from caudal.kit.access import SYSTEM
from caudal.kit.outbox import drain
from caudal.kit.world import fixed_world, use
from caudal.ledger.models import ClosedMonth, MonthConfirmation
from caudal.ledger.queries import month_steps
from caudal.workspace.actions import issue_key
from tests.billing.selling import Sold, on, sold
from tests.billing.test_recognition import live
from tests.crm.browsing import Api, Enter, text_of
from tests.world import Shop

__all__ = ["sold"]
pytestmark = pytest.mark.django_db

HERE = "/books/months/2026-01"
BY_HAND = ("usage_came", "statement", "suppliers")


def open_steps() -> dict[str, str]:
    """What is left of January, and what is missing of it."""
    told = month_steps(SYSTEM, date(2026, 1, 1), as_of=on(2, 3, 12))
    return {each.step.key: str(each.state.missing) for each in told if not each.state.is_done}


def test_a_month_is_closed_when_its_steps_are_done_and_each_is_done_where_it_leads(
    sold: Sold, shop: Shop, enter: Enter
) -> None:
    live(sold, shop)
    drain("billing.mrr", as_of=on(2, 3))
    with use(fixed_world(at=on(2, 3, 12))):
        ana = enter("ana")
        assert open_steps() == dict.fromkeys(BY_HAND, "") | {
            "recognised": "3 lines are not posted as revenue.",
            "accrued": "What was earned and not invoiced is accrued with the revenue of the month.",
            "reconciled": "Nothing was checked yet.",
        }
        page = ana.get(HERE).content.decode()
        assert "6 steps are left." in page
        assert "Everything that fell due is invoiced" in page
        assert "every 2s" not in page
        # While a run goes on the page asks for itself.
        run = begin_run(actor=SYSTEM, as_of=on(2, 3), up_to=on(2, 3), issue_day=date(2026, 2, 3))
        page = ana.get(HERE).content.decode()
        assert "every 2s" in page
        assert "A run is under way: 0 of 1 customers." in page
        InvoiceRun.objects.filter(pk=run.pk).update(finished_at=on(2, 3))

        recognise_through(actor=SYSTEM, as_of=on(2, 3))
        run_reconciliation(actor=SYSTEM, as_of=on(2, 3))
        assert open_steps() == dict.fromkeys(BY_HAND, "")
        for step in BY_HAND:
            assert ana.post(HERE, {"do": "confirm", "step": step, "note": "Asked everybody"}).status_code == 302
        assert ana.post(HERE, {"do": "confirm", "step": "suppliers"}).status_code == 422  # once
        assert ana.post(HERE, {"do": "confirm", "step": "recognised"}).status_code == 422  # it is looked at
        page = text_of(ana.get(HERE))
        assert "Everything is done: January 2026 can be closed." in page
        assert "Confirmed by Ana" in page
        row = MonthConfirmation.objects.get(step="statement")
        ana.post(HERE, {"do": "withdraw", "id": str(row.ref)})
        assert list(open_steps()) == ["statement"]
        assert "The bank statement is recorded" in ana.get("/books/months").content.decode()

        assert ana.post(HERE, {"do": "close"}).status_code == 302
        assert ClosedMonth.objects.get().month == date(2026, 1, 1)
        assert "January 2026 is closed. Closed by Ana:" in text_of(ana.get(HERE))
        assert ana.post(HERE, {"do": "confirm", "step": "statement"}).status_code == 422
        assert ana.get("/books/months/2026").status_code == 400


def test_programs_ask_how_far_a_month_is_and_confirm_what_people_know(shop: Shop, client: Client) -> None:
    scopes = ("ledger:read", "ledger:write")
    _, token = issue_key(actor=shop.actor("ana"), as_of=on(2, 3), name="Books", role="finance", scopes=scopes)
    api = Api(client, token)
    here = "/ledger/months/2026-01/steps"
    told = api("GET", here).json()
    assert (told["month"], told["is_closed"], len(told["steps"])) == ("2026-01", False, 14)
    said = {"step": "suppliers", "note": "All of them"}
    answer = api("POST", here, said)
    assert (answer.status_code, answer.json()["done"]) == (201, told["done"] + 1), answer.content
    assert api("POST", here, said).status_code == 409
    assert api("POST", here, {"step": "issued"}).json()["code"] == "ledger.no_such_step"
    (row,) = MonthConfirmation.objects.all()
    assert api("POST", f"/ledger/confirmations/{row.ref}/withdrawal", {}).status_code == 204
    assert api("GET", here).json()["done"] == told["done"]
