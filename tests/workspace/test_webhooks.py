"""Webhooks: every fact arrives at least once or is shown as failed, and whoever receives it can tell that it is ours."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Final

import psycopg
import pytest
from django.conf import LazySettings
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook as Receiver
from standardwebhooks.webhooks import WebhookVerificationError
from typing_extensions import override

from caudal.crm.actions import win_deal
from caudal.kit.access import SYSTEM
from caudal.kit.failpoints import FailpointError, armed
from caudal.kit.http import OutboundHttp
from caudal.kit.outbox import drain, end_of_journal, journal
from caudal.kit.postgres.copies import HELD, SHIFT
from caudal.kit.problems import BadInput
from caudal.kit.world import fixed_world, use
from caudal.workspace import actions, queries
from caudal.workspace.actions.webhooks.endpoints import _checked
from caudal.workspace.actions.webhooks.sending import WAITS
from caudal.workspace.models import Notification, Webhook, WebhookMessage
from tests.crm.browsing import Api, Enter, deal_of, main_of, text_of
from tests.world import AT, Shop

pytestmark = pytest.mark.django_db
MINUTE: Final = timedelta(minutes=1)


@dataclass
class Harbour:
    """A receiver on loopback: keeps what comes, and answers by path with what a test has prepared, or 204."""

    url: str = ""
    came: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: dict[str, list[int]] = field(default_factory=dict)
    enough: Event = field(default_factory=Event)

    def answer(self, path: str) -> int:
        waiting = self.answers.get(path, [])
        return waiting.pop(0) if waiting else 204


@pytest.fixture
def harbour(settings: LazySettings) -> Iterator[Harbour]:
    settings.HTTP_ALLOWED = frozenset({"127.0.0.1"})
    found = Harbour()

    class Quay(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            found.came.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            status = found.answer(self.path)
            if status == 0:  # silence, until the test is over
                found.enough.wait(5)
                return
            self.send_response(status)
            if status == 302:
                self.send_header("location", f"{found.url}/elsewhere")
            if status == 429:
                self.send_header("retry-after", "7200")
            self.end_headers()
            if status != 204:
                self.wfile.write(b"said " + str(status).encode())

        @override
        def log_message(self, *_said: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Quay)
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    http = OutboundHttp(timeout_seconds=0.6, allowed=frozenset({"127.0.0.1"}))
    with use(replace(fixed_world(at=AT, seed=3), http=http)):
        yield found
    found.enough.set()
    server.shutdown()
    thread.join()
    server.server_close()


def told(shop: Shop, harbour: Harbour, path: str = "/in", **values: Any) -> tuple[Webhook, str]:
    return actions.add_webhook(actor=shop.actor("ana"), as_of=AT, url=harbour.url + path, **values)


def ping(shop: Shop, webhook: Webhook, at: datetime = AT) -> WebhookMessage:
    return actions.ping_webhook(actor=shop.actor("ana"), as_of=at, webhook=webhook)


def test_a_won_deal_arrives_signed_and_both_secrets_hold_while_one_replaces_the_other(
    shop: Shop, harbour: Harbour
) -> None:
    webhook, old = told(shop, harbour, events=["crm.deal_won"])
    deal = deal_of(shop, name="Kanari of Rosa")
    win_deal(actor=shop.actor("rosa"), as_of=AT, deal_id=deal.pk)
    now = datetime.now(UTC)  # the receiver's own clock refuses what is old
    new = actions.rotate_secret(actor=shop.actor("ana"), as_of=now, webhook=webhook)
    assert actions.dispatch_facts(as_of=now) == 1
    assert actions.dispatch_facts(as_of=now) == 0
    assert actions.send_messages(as_of=now) == 1
    ((path, headers, body),) = harbour.came
    message = webhook.messages.get()
    assert (path, message.state, headers["webhook-id"]) == ("/in", "received", message.fact_ref)
    said = Receiver(new).verify(body, headers)
    assert said == Receiver(old).verify(body, headers)
    assert said["type"] == "crm.deal_won"
    assert said["data"]["subject"] == str(deal.ref)
    assert said["data"]["actor"] == str(shop.rosa.ref)
    assert b"Kanari" not in body  # what people write into names is theirs
    with pytest.raises(WebhookVerificationError):
        Receiver(new).verify(body + b" ", headers)
    # A day later only the new secret signs.
    later = now + timedelta(days=1, minutes=1)
    ping(shop, webhook, later)
    actions.send_messages(as_of=later)
    assert headers["webhook-signature"].count("v1,") == 2
    assert harbour.came[-1][1]["webhook-signature"].count("v1,") == 1
    assert webhook.secrets.count() == 2
    assert old not in str([bytes(each.sealed) for each in webhook.secrets.all()])


def test_whoever_fails_is_tried_ten_times_in_three_days_and_then_shown_with_a_replay(
    shop: Shop, harbour: Harbour
) -> None:
    webhook, _ = told(shop, harbour)
    # A server error, a redirection, silence, an answer that asks for time, and six more.
    harbour.answers["/in"] = [500, 302, 0, 429, *[503] * 6]
    message = ping(shop, webhook)
    as_of = AT
    for number in range(1, 11):
        assert actions.send_messages(as_of=as_of) == 1, number
        message.refresh_from_db()
        if number < 10:
            wait = max(WAITS[number], timedelta(hours=2) if number == 4 else timedelta())
            assert message.due_at is not None
            assert wait <= message.due_at - as_of <= wait * 1.1
            assert actions.send_messages(as_of=message.due_at - timedelta(seconds=1)) == 0
            as_of = message.due_at
    assert sum(WAITS, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)
    assert (message.state, message.due_at, len(harbour.came)) == ("failed", None, 10)
    assert {path for path, _, _ in harbour.came} == {"/in"}  # nobody went where the redirection pointed
    assert len({headers["webhook-id"] for _, headers, _ in harbour.came}) == 1
    tries = list(message.all_tries.order_by("at"))
    assert [each.status for each in tries] == [500, 302, None, 429, *[503] * 6]
    assert (tries[0].answer, tries[2].error.partition(":")[0]) == ("said 500", "http.unreachable")
    assert actions.replay_failed(actor=SYSTEM, as_of=as_of, webhook=webhook) == 1
    assert actions.replay_failed(actor=SYSTEM, as_of=as_of, webhook=webhook) == 0
    actions.send_messages(as_of=as_of)
    webhook.refresh_from_db()
    assert (webhook.messages.get().state, webhook.failing_since) == ("received", None)


def test_a_worker_that_dies_between_sending_and_writing_leaves_nothing_behind_for_ever(
    shop: Shop, harbour: Harbour
) -> None:
    webhook, _ = told(shop, harbour)
    other, _ = told(shop, harbour, "/other")
    for _ in range(6):
        ping(shop, webhook)
    ping(shop, other)
    with suppress(FailpointError), armed("webhooks.before_sending"):
        actions.send_messages(as_of=AT)
    assert harbour.came == []
    with suppress(FailpointError), armed("webhooks.after_sending"):
        actions.send_messages(as_of=AT)
    sent = len(harbour.came)
    assert sent == 2  # four and one are held by the dead worker; of the six, two were left
    as_of = AT + 3 * MINUTE
    while actions.send_messages(as_of=as_of):
        pass
    assert not WebhookMessage.objects.filter(received_at=None).exists()
    ids = [headers["webhook-id"] for _, headers, _ in harbour.came]
    assert (len(set(ids)), len(ids)) == (7, 7 + sent)  # what arrives twice bears the same id


def test_an_endpoint_ends_when_it_is_gone_or_fails_for_days_and_administrators_are_told(
    shop: Shop, harbour: Harbour
) -> None:
    gone, _ = told(shop, harbour, "/gone")
    failing, _ = told(shop, harbour, "/failing")
    harbour.answers = {"/gone": [410], "/failing": [500, 500]}
    for each in (gone, failing):
        ping(shop, each)
    actions.send_messages(as_of=AT)
    ping(shop, failing, AT + timedelta(days=5))
    Webhook.objects.filter(pk=gone.pk).update(description="CRM of Globex")
    WebhookMessage.objects.filter(webhook=failing, tries=1).update(due_at=None)
    actions.send_messages(as_of=AT + timedelta(days=5))
    for each, why in ((gone, "gone"), (failing, "failing")):
        each.refresh_from_db()
        assert each.ended_why == why
    drain("workspace.tell_of_webhook", as_of=AT)
    rows = list(Notification.objects.filter(member=shop.ana, subject_kind="webhook"))
    assert Notification.objects.filter(subject_kind="webhook").count() == len(rows) == 2
    words = [each.words for each in queries.told(shop.actor("ana"), rows, as_of=AT)]
    assert "Nothing is sent there any more: It answered that it is gone (410)" in words
    with pytest.raises(actions.WebhookStopped):
        ping(shop, gone)
    # What happened meanwhile is sent once it is back, unless nobody wishes it.
    deal_of(shop)
    assert actions.dispatch_facts(as_of=AT) == 0
    actions.resume_webhook(actor=shop.actor("ana"), as_of=AT, webhook=gone)
    assert actions.dispatch_facts(as_of=AT) > 0
    actions.resume_webhook(actor=shop.actor("ana"), as_of=AT, webhook=failing, missed=False)
    assert set(failing.messages.values_list("event", flat=True)) == {actions.PING}


def test_nothing_is_sent_beyond_the_sight_of_its_owner_or_from_a_restored_copy(shop: Shop, harbour: Harbour) -> None:
    key, _ = actions.issue_key(
        actor=shop.actor("ana"), as_of=AT, name="CRM", role="admin", scopes=("workspace:read", "workspace:write")
    )
    webhook, _ = actions.add_webhook(
        actor=queries.actor_of_key(key),
        as_of=AT,
        url=f"{harbour.url}/key",
        events=["crm.deal_opened", "workspace.team_added"],
    )
    actions.add_team(actor=SYSTEM, as_of=AT, name="West")
    deal_of(shop)
    # The key opens the workspace and no deals: of these it is not told either.
    assert actions.dispatch_facts(as_of=AT) == 1
    assert webhook.messages.get().event == "workspace.team_added"
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"COMMENT ON DATABASE {name} IS '{HELD}'")
        assert (actions.dispatch_facts(as_of=AT), actions.send_messages(as_of=AT)) == (0, 0)
        cursor.execute(f"COMMENT ON DATABASE {name} IS NULL")
    actions.revoke_key(actor=shop.actor("ana"), as_of=AT, key=key)
    actions.dispatch_facts(as_of=AT)
    webhook.refresh_from_db()
    assert webhook.ended_why == "owner"
    assert harbour.came == []


@pytest.mark.usefixtures("app_role")  # whom the database tells little of what other roles do
def test_the_journal_waits_for_whoever_began_before_and_skips_nobody() -> None:
    with psycopg.connect(**{**connection.get_connection_params(), "cursor_factory": None, "context": None}) as other:
        other.execute("SELECT pg_current_xact_id()")  # writes, and has not said what
        before = end_of_journal()
        actions.found_company(actor=SYSTEM, as_of=AT, company="Ana", currency="EUR", zone="Europe/Madrid")
        assert (end_of_journal(), journal(before).facts) == (before, ())
        other.rollback()
    names = ["workspace.entity_added", "workspace.company_founded"]
    found = journal(before)
    assert [fact.name for fact in found.facts] == names
    first = journal(before, limit=1)
    second = journal(first.end, limit=1)
    assert [fact.name for part in (first, second) for fact in part.facts] == names
    assert (first.is_last, second.end) == (False, found.end)
    nothing = journal(before, names=["crm.deal_won"])
    assert (nothing.facts, nothing.end) == ([], found.end)  # and it goes on from the end


def test_facts_after_a_restore_stand_behind_those_that_the_copy_brought() -> None:
    set_shift = "CREATE OR REPLACE FUNCTION kit_shift() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT {}::bigint'"
    with connection.cursor() as cursor:
        cursor.execute(set_shift.format(1_000_000))
        actions.add_team(actor=SYSTEM, as_of=AT, name="Written where many transactions were counted")
        before = end_of_journal()
        cursor.execute(set_shift.format(0))
        actions.add_team(actor=SYSTEM, as_of=AT, name="Lost, were nothing done")
        assert end_of_journal() < before
        cursor.execute(SHIFT)
    actions.add_team(actor=SYSTEM, as_of=AT, name="Written after the restore")
    assert len(journal(before).facts) == 1


@settings(max_examples=60)
@given(
    url=st.one_of(
        st.text(max_size=60),
        st.builds(
            "{}://{}{}".format, st.sampled_from(["https", "http", "file"]), st.text(max_size=20), st.text(max_size=9)
        ),
        st.sampled_from(
            [
                "https://127.0.0.1/x",
                "https://[::1]/",
                "https://2130706433/",
                "https://a:99999/",
                "https://u:p@a.example/",
                "http://a.example/",
            ]
        ),
    )
)
def test_whatever_is_typed_as_an_address_is_taken_or_refused(url: str) -> None:
    with suppress(BadInput):
        taken = _checked({"url": url})["url"]
        assert taken.startswith(("https://", "HTTPS://")) or taken.lower().startswith("https:")
        assert not {"127.0.0.1", "[::1]"} & set(taken.split("/"))


@pytest.mark.usefixtures("today")
def test_administrators_add_test_and_replay_on_pages_and_nobody_else_sees_them(
    shop: Shop, enter: Enter, settings: LazySettings
) -> None:
    browser, listed = enter("ana"), "/settings/webhooks"
    assert enter("rosa").get(listed).status_code == 403
    assert "https addresses only" in text_of(browser.post(listed, {"url": "http://a.example/"}))
    added = browser.post(listed, {"url": "https://a.example/in", "events": ["crm.deal_won", "crm.deal_lost"]})
    assert 'value="whsec_' in main_of(added)
    webhook = Webhook.objects.get()
    page = f"{listed}/{webhook.ref}"
    assert "whsec_" not in main_of(browser.get(page))
    do = f"{page}/do"
    assert browser.post(do, {"do": "ping"}).status_code == 302
    message = WebhookMessage.objects.get()
    actions.send_messages(as_of=message.made_at)  # this world's way out answers 204 to everybody
    shown = text_of(browser.get(f"{page}?message={message.ref}"))
    assert f"webhook-id {message.fact_ref}" in shown
    assert "204" in shown
    assert browser.post(do, {"do": "replay", "message": str(message.ref)}).status_code == 302
    assert WebhookMessage.objects.get().state == "waiting"
    assert "crm.deal_won" in text_of(browser.get(listed + "/" + str(webhook.ref)))
    assert 'value="whsec_' in main_of(browser.post(do, {"do": "rotate"}))
    for each in ("stop", "resume", "replay_failed", "remove"):
        assert browser.post(do, {"do": each}).status_code == 302
    assert "a.example" not in text_of(browser.get(listed))
    assert browser.post(do, {"do": "ping"}).status_code == 404


def test_programs_keep_webhooks_and_read_the_journal(api: Api, shop: Shop) -> None:
    _, token = actions.issue_key(
        actor=shop.actor("ana"),
        as_of=AT,
        name="Warehouse",
        role="admin",
        scopes=("workspace:read", "workspace:write", "crm:read"),
    )
    api.headers = {"Authorization": f"Bearer {token}"}
    refused = api("POST", "/webhooks", {"url": "https://10.0.0.1/", "events": ["crm.nothing"]}).json()
    assert refused["fields"].keys() == {"url", "events"}
    made = api("POST", "/webhooks", {"url": "https://a.example/in"}).json()
    path = f"/webhooks/{made['id']}"
    assert api("PATCH", path, {"events": ["crm.deal_won"]}, If_Match="1").json()["events"] == ["crm.deal_won"]
    sent = api("POST", f"{path}/ping").json()
    assert api("GET", f"{path}/messages?state=waiting").json()["items"] == [sent]
    assert api("POST", f"{path}/messages/{sent['id']}/replay").json() == {"count": 1}
    assert api("POST", f"{path}/replay", {}).json() == {"count": 0}
    assert api("POST", f"{path}/secret").json()["secret"] != made["secret"]
    assert api("POST", f"{path}/end").json()["ended_why"] == "by_hand"
    assert api("POST", f"{path}/resumption", {}).json()["ended_at"] is None
    cursor = api("GET", "/events?after=now").json()["next"]
    deal = deal_of(shop)
    win_deal(actor=shop.actor("rosa"), as_of=AT, deal_id=deal.pk)
    found = api("GET", f"/events?after={cursor}&types=crm.deal_opened,crm.deal_won").json()
    assert [each["type"] for each in found["items"]] == ["crm.deal_opened", "crm.deal_won"]
    assert [each["data"]["subject"] for each in found["items"]] == [str(deal.ref)] * 2
    assert api("GET", f"/events?after={found['next']}").json() == {"items": [], "next": found["next"], "is_last": True}
    assert api("GET", "/events?after=x").status_code == 422
    assert api("DELETE", path).status_code == 204
    assert json.dumps(api("GET", "/webhooks").json()) == "[]"
