"""Deleting a stage while others are at work: no deal is left in a stage that is gone."""

import threading
from typing import Any

import pytest
from django.db import connection, connections, transaction

from caudal.crm import actions
from caudal.crm.models import Deal
from caudal.kit.records import NotFound
from caudal.workspace.actions import save_view
from tests.crm.browsing import NOW, Enter, deal_of, text_of
from tests.world import AT, Shop, open_shop

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def test_a_move_waits_for_whoever_deletes_its_stage_and_is_refused(transactional_db: None) -> None:
    shop = open_shop()
    ana, deal, stage = shop.actor("ana"), deal_of(shop), shop.stages("saas")[1]
    said: list[Any] = []

    def move() -> None:
        try:
            actions.move_deal(actor=ana, as_of=NOW, deal_id=deal.pk, stage_id=stage.pk)
        except NotFound as refused:
            said.append(refused.code)
        finally:
            connections.close_all()

    mover = threading.Thread(target=move)
    with transaction.atomic():
        actions.delete_stage(actor=ana, as_of=NOW, stage_id=stage.pk)
        mover.start()
        with connection.cursor() as cursor:
            waiting = 0
            while not waiting and mover.is_alive():
                cursor.execute("SELECT pg_stat_clear_snapshot()")
                cursor.execute(WAITING)
                waiting = cursor.fetchone()[0]
    mover.join(timeout=30)
    assert (said, Deal.objects.get().stage_id) == (["record.not_found"], shop.stages("saas")[0].pk)


@pytest.mark.usefixtures("today")
def test_the_page_counts_what_moves_from_the_bin_too(shop: Shop, enter: Enter) -> None:
    ana, stage, other = shop.actor("ana"), *shop.stages("saas")[:2]
    deal_of(shop)
    actions.delete_deal(actor=ana, as_of=NOW, deal_id=deal_of(shop, name="Thrown").pk)
    said = text_of(enter("ana").get(f"/settings/stages/{stage.ref}/deletion"))
    assert "1 open deal is in it. 1 more is in the recycle bin and goes with them." in said
    assert actions.delete_stage(actor=ana, as_of=NOW, stage_id=stage.pk, to_stage_id=other.pk) == 2


@pytest.mark.usefixtures("today")
def test_a_filter_names_a_stage_that_was_deleted(shop: Shop, enter: Enter) -> None:
    ana, stage = shop.actor("ana"), shop.stages("saas")[1]
    deal_of(shop)
    view = save_view(actor=ana, as_of=AT, record_kind="deal", name="Demos", where=f'stage = "{stage.ref}"')
    actions.delete_stage(actor=ana, as_of=NOW, stage_id=stage.pk)
    assert f"Stage is {stage.name} (deleted)" in text_of(enter("ana").get(f"/deals?view={view.ref}"))
