"""Boards, records and forms that are open: what others do is told, cheaply and in parts."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caudal.core.money import Money
from caudal.crm import actions
from caudal.crm.models import Deal
from tests.crm.browsing import NOW, Enter, deal_of
from tests.world import Shop

pytestmark = pytest.mark.usefixtures("today")
HOUR = timedelta(hours=1)


class Region:
    """An open page that asks as its script does: with its ETag and the marks of what it shows."""

    def __init__(self, client: Client, address: str) -> None:
        self.client = client
        page = client.get(address).content.decode()
        self.marks = dict(re.findall(r'id="([\w-]+)"[^>]*? data-mark="(\w*)"', page))
        [(etag, live)] = re.findall(r'data-live data-etag="([^"]*)" hx-get="([^"]+)"', page)
        self.etag, self.live = etag.replace("&quot;", '"'), live.replace("&amp;", "&")
        assert client.get(self.live).status_code == 200

    def ask(self) -> Any:
        known = ",".join(f"{name}:{mark}" for name, mark in self.marks.items())
        address = f"{self.live}{'&' if '?' in self.live else '?'}known={known}"
        answer = self.client.get(address, headers={"If-None-Match": self.etag})
        if answer.status_code == 200:
            self.etag = answer["ETag"]
            self.marks |= dict(re.findall(r'id="([\w-]+)"[^>]*? data-mark="(\w*)"', answer.content.decode()))
        return answer

    def news(self) -> list[str]:
        """The ids of the fragments that came."""
        answer = self.ask()
        assert answer.status_code == 200
        return re.findall(r'id="([\w-]+)"[^>]*? data-mark="\w*"', answer.content.decode())


def test_a_board_is_told_only_of_the_columns_that_changed(full_shop: Shop, enter: Enter) -> None:
    stages, ana = full_shop.stages("saas"), full_shop.actor("ana")
    deal = Deal.objects.get(name="Deal 1")
    board = Region(enter("marta"), f"/deals/board?pipeline={full_shop.pipelines['saas'].ref}")
    assert board.ask().status_code == 304
    actions.move_deal(actor=ana, as_of=NOW, deal_id=deal.pk, stage_id=stages[2].pk)
    came = board.news()
    assert set(came) == {"board-picker", f"column-{stages[1].ref}", f"column-{stages[2].ref}"}
    assert board.ask().status_code == 304
    actions.change_deal(actor=ana, as_of=NOW + HOUR, deal_id=deal.pk, amount=Money.of(777, "EUR"))
    assert set(board.news()) == {"board-sum", f"column-{stages[2].ref}"}  # the totals follow
    # A deal elsewhere changes the mark and nothing of this board: an empty answer, and then silence again.
    deal_of(full_shop, who="raul", name="Elsewhere")
    actions.delete_deal(actor=ana, as_of=NOW + HOUR, deal_id=Deal.objects.get(name="Elsewhere").pk)
    assert board.news() == []
    assert board.ask().status_code == 304


def test_a_change_that_is_committed_late_is_not_missed(full_shop: Shop, enter: Enter) -> None:
    ana = full_shop.actor("ana")
    board = Region(enter("marta"), f"/deals/board?pipeline={full_shop.pipelines['saas'].ref}")
    first, second = Deal.objects.filter(close=None, name__in=["Deal 1", "Deal 2"]).order_by("name")
    actions.change_deal(actor=ana, as_of=NOW, deal_id=first.pk, name="First")
    board.news()
    # This one began a moment before the first and was committed after it.
    actions.change_deal(actor=ana, as_of=NOW - timedelta(seconds=2), deal_id=second.pk, name="Second")
    assert board.news() != []


def test_what_nobody_changed_costs_a_few_statements(full_shop: Shop, enter: Enter) -> None:
    marta = enter("marta")
    deal = Deal.objects.get(name="Deal 1")
    pages = {f"/deals/board?pipeline={full_shop.pipelines['saas'].ref}": 5, f"/deals/{deal.ref}": 6}
    for address, most in pages.items():
        region = Region(marta, address)
        with CaptureQueriesContext(connection) as captured:
            assert region.ask().status_code == 304
        assert len(captured) <= most, address  # session, member, company, team; the mark, and the record


def test_a_record_is_told_only_of_the_parts_that_changed(full_shop: Shop, enter: Enter) -> None:
    ana, deal = full_shop.actor("ana"), Deal.objects.get(name="Deal 1")
    record = Region(enter("marta"), f"/deals/{deal.ref}")
    assert record.ask().status_code == 304
    draft = actions.ActivityDraft(
        does="note", body="They called back", about=(deal.ref,), done=actions.DoneDraft(done_at=NOW)
    )
    actions.log_activity(actor=ana, as_of=NOW, activity=draft)
    assert record.news() == ["record-story"]
    actions.change_deal(actor=ana, as_of=NOW, deal_id=deal.pk, amount=Money.of(900, "EUR"))
    answer = record.ask()
    assert 'id="record-top"' in answer.content.decode()
    assert "record-work" not in answer.content.decode()  # where somebody may be typing
    assert enter("raul").get(record.live).status_code == 404


def test_an_open_form_is_told_what_others_changed_and_keeps_what_was_typed(shop: Shop, enter: Enter) -> None:
    deal = deal_of(shop, amount=Money.of(900, "EUR"))
    form = Region(enter("rosa"), f"/deals/{deal.ref}/edit")
    assert form.news() == []
    assert form.ask().status_code == 304
    actions.change_deal(actor=shop.actor("rosa"), as_of=NOW, deal_id=deal.pk, name="Fifty seats")
    assert form.news() == []  # her own doing, in another window
    actions.change_deal(actor=shop.actor("marta"), as_of=NOW, deal_id=deal.pk, amount=Money.of(1200, "EUR"))
    said = form.ask().content.decode()
    assert "<strong>Marta</strong> changed the deal" in said
    assert re.search(r"Amount: <del>€900.00</del> → <ins>€1,200.00</ins>", said)
    assert enter("raul").get(form.live).status_code == 404
