"""People as such: what they agreed to, handing them what is known of them, and erasing them everywhere."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any, Final

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from caudal.core.ids import NotAnId
from caudal.crm import actions
from caudal.crm.actions.consents import ConsentOver
from caudal.crm.actions.erasing import ErasedAlready, EraseReason, NotConfirmed
from caudal.crm.imports.waiting import carry_out
from caudal.crm.models import Activity, Consent, Deal, Lead, Person
from caudal.kit.access import NotAllowed
from caudal.kit.letters import Letter, post
from caudal.kit.outbox import drain, timeline
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound
from caudal.kit.search.finding import find
from caudal.kit.search.index import HANDLER
from caudal.kit.world import fixed_world, now, use, world
from caudal.workspace.actions import attach_file, keep_externals, save_view, share_record
from caudal.workspace.models import Operation, StoredFile
from caudal.workspace.queries import External
from tests.crm.browsing import NOW, Api, Enter, deal_of, text_of
from tests.world import AT, Shop

WORDING: Final = "I would like to get news about courses by e-mail. I can take this back at any time."
CANARIES: Final = (
    "Zenobia",
    "Quillfeather",
    "zenobia.quillfeather@canary.example",
    "zq@second.example",
    "655990123",
    "655 990 123",
    "Canary whisperer",
    "Ornithopolis",
    "sings at dawn",
    "likes millet",
)


def consent_to(shop: Shop, about: Any, who: str = "rosa", **values: Any) -> Consent:
    draft = actions.ConsentDraft(
        about=about,
        purpose="newsletter",
        wording=WORDING,
        wording_version="2026-03",
        source="form",
        proof="/news, 9:00",
    )
    return actions.note_consent(actor=shop.actor(who), as_of=AT, consent=replace(draft, **values))


def person_of(shop: Shop, **values: Any) -> Person:
    draft = actions.PersonDraft(name="Lucía Vidal", email="lucia@example.com", owner_id=shop.rosa.pk)
    return actions.add_person(actor=shop.actor("rosa"), as_of=AT, person=replace(draft, **values))


def test_a_consent_keeps_what_was_shown_and_ends_when_it_is_withdrawn(shop: Shop) -> None:
    person = person_of(shop)
    row = consent_to(shop, person.ref)
    assert (row.wording, row.wording_version, row.given_at, row.withdrawn_at) == (WORDING, "2026-03", AT, None)
    with pytest.raises(IntegrityError), transaction.atomic():
        consent_to(shop, person.ref)
    later = AT + timedelta(days=3)
    gone = actions.withdraw_consent(actor=shop.actor("rosa"), as_of=later, consent_id=row.pk, how="mail")
    assert (gone.withdrawn_at, gone.withdrawn_by, gone.withdrawn_how) == (later, str(shop.rosa.ref), "mail")
    with pytest.raises(ConsentOver):
        actions.withdraw_consent(actor=shop.actor("rosa"), as_of=later, consent_id=row.pk, how="mail")
    consent_to(shop, person.ref)  # somebody who agrees again agrees anew
    told = [fact for fact in timeline(person.ref) if "consent" in fact.name]
    assert sorted(fact.name for fact in told) == [
        "crm.consent_given",
        "crm.consent_given",
        "crm.consent_withdrawn",
    ]
    assert {fact.data.get("wording_version") for fact in told} == {"2026-03", None}


def test_a_consent_without_its_text_of_tomorrow_or_of_somebody_out_of_reach_is_none(shop: Shop) -> None:
    person = person_of(shop)
    for wrong in ({"wording": " "}, {"wording_version": ""}, {"given_at": AT + timedelta(days=1)}, {"purpose": "all"}):
        with pytest.raises(BadInput):
            consent_to(shop, person.ref, **wrong)
    for who, about in (("raul", person.ref), ("rosa", shop.acme.ref)):
        with pytest.raises((NotFound, NotAnId)):
            consent_to(shop, about, who)
    assert not Consent.objects.exists()


def test_the_panel_and_the_api_note_and_withdraw_a_consent(shop: Shop, enter: Enter, api: Api) -> None:
    person, rosa = person_of(shop), enter("rosa")
    with use(fixed_world(at=NOW)):
        assert "agreed to nothing yet" in text_of(rosa.get(f"/people/{person.ref}"))
        address = f"/people/{person.ref}/consents/new"
        assert rosa.get(address).status_code == 200
        assert rosa.post(address, {"purpose": "calls"}).status_code == 422
        sent = {"purpose": "calls", "source": "phone", "wording": WORDING, "wording_version": "1"}
        assert rosa.post(address, sent).status_code == 302
        assert "Calls about offers holds A call" in text_of(rosa.get(f"/people/{person.ref}"))
    (found,) = api("GET", f"/consents?record_id={person.ref}").json()
    assert (found["purpose"], found["withdrawn_at"]) == ("calls", None)
    with use(fixed_world(at=NOW, seed=2)):
        assert enter("raul").post(f"/consents/{found['id']}/withdrawal", {"how": "mail"}).status_code == 404
        assert rosa.post(f"/consents/{found['id']}/withdrawal", {"how": "mail"}).status_code == 302
        assert "withdrawn" in text_of(rosa.get(f"/people/{person.ref}"))


@pytest.fixture
def canary(shop: Shop, enter: Enter) -> Iterator[Person]:
    """Somebody with words that nobody else has, everywhere where words of people come to stand."""
    with use(fixed_world(at=NOW, seed=9)):
        yield planted(shop, enter)


NAME: Final = "Zenobia Quillfeather"
MAIL: Final = "zenobia.quillfeather@canary.example"


def planted(shop: Shop, enter: Enter) -> Person:
    person = met(shop)
    spoken_of(shop, person)
    client = enter("ana")
    rows = f"name,email,phone,note\n{NAME},{MAIL},655990123,likes millet\n,no,1,\n".encode("utf-16")
    client.post("/imports/new", {"files": [SimpleUploadedFile("people.csv", rows)], "source": "Old CRM"})
    for operation in Operation.objects.all():
        carry_out(operation.pk, clock=now)
    body = {"name": NAME, "email": MAIL, "captured_at": None}
    client.post("/api/v1/leads", body, "application/json", headers={"Idempotency-Key": "k1"})
    drain(HANDLER, as_of=NOW)
    return Person.objects.get(pk=person.pk)


def met(shop: Shop) -> Person:
    """A lead who became a person and a deal."""
    ana, rosa, mail, name = shop.actor("ana"), shop.actor("rosa"), MAIL, NAME
    lead = actions.capture_lead(
        actor=rosa,
        as_of=AT,
        lead=actions.LeadDraft(
            name=name,
            captured_at=AT,
            email=mail,
            phone="655 990 123",
            channel="Web",
            source_url=f"https://shop.example/?utm_source=x&who={mail}",
            owner_id=shop.rosa.pk,
        ),
    ).lead
    actions.convert_lead(
        actor=rosa,
        as_of=AT,
        conversion=actions.ConversionDraft(
            lead_id=lead.pk,
            converted_at=AT,
            deal=actions.DealDraft(
                name=f"Forty seats for {name}",
                opened_at=AT,
                pipeline_id=shop.pipelines["saas"].pk,
                owner_id=shop.rosa.pk,
            ),
        ),
    )
    person = Person.objects.get(conversions__lead=lead)
    actions.change_person(
        actor=ana,
        as_of=AT,
        person_id=person.pk,
        job_title="Canary whisperer",
        city="Ornithopolis",
        other_emails=["zq@second.example"],
        given_name="Zenobia",
        family_name="Quillfeather",
    )
    return person


def spoken_of(shop: Shop, person: Person) -> None:
    """What was said of her, sent to her and kept beside her."""
    ana, rosa, mail, name = shop.actor("ana"), shop.actor("rosa"), MAIL, NAME
    note: dict[str, Any] = {"does": "note", "done": actions.DoneDraft(done_at=AT)}
    actions.log_activity(
        actor=rosa,
        as_of=AT,
        activity=actions.ActivityDraft(
            **note, subject=f"{name} sings at dawn", body="likes millet", about=(person.ref,), is_private=True
        ),
    )
    other = deal_of(shop, name="Something else")
    actions.log_activity(
        actor=rosa,
        as_of=AT,
        activity=actions.ActivityDraft(**note, subject=f"Wrote to {mail}", about=(other.ref,)),
    )
    consent_to(shop, person.ref, proof=f"{mail} at 9:00")
    save_view(actor=ana, as_of=AT, record_kind="person", name="Mine", where=f'email = "{mail}"', columns=())
    keep_externals(source="Old CRM", kind="person", externals=[External(mail, person.pk, "x")])
    share_record(actor=rosa, as_of=AT, record=person.ref, holder=shop.raul.ref)
    paper = BytesIO(f"{name} likes millet".encode())
    attach_file(
        actor=rosa, as_of=AT, record=person.ref, name=f"{name}.txt", file=paper, size_bytes=paper.getbuffer().nbytes
    )
    letters = [
        Letter(key="a", to=mail, subject=f"Dear {name}", text="sings at dawn"),
        Letter(key="b", to="ana@example.com", subject="Digest", text=f"{name} ({mail}) wrote"),
    ]
    post(letters, as_of=AT)


def everything() -> Iterator[tuple[str, str]]:
    """Yield every text of every table, and of the file store, with where it stands."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"SELECT to_jsonb({quoted})::text FROM {quoted}")  # noqa: S608  our own tables
            yield from ((table, row) for (row,) in cursor.fetchall())
        cursor.execute("SELECT convert_from(body, 'UTF8') FROM kit_idempotentrequest WHERE body IS NOT NULL")
        yield from (("kit_idempotentrequest", row) for (row,) in cursor.fetchall())
    store: Any = world().file_store()
    for content in getattr(store, "kept", {}).values():
        yield "file", content.decode("utf-16", "ignore") + content.decode("utf-8", "ignore")


def survivors() -> list[str]:
    """Return where a canary stands, and which."""
    return [
        f"{where}: {canary} in {text[:300]}"
        for where, text in everything()
        for canary in CANARIES
        if canary.lower() in text.lower()
    ]


def test_nothing_planted_survives_an_erasure_anywhere_in_the_database_or_the_file_store(
    shop: Shop, canary: Person, enter: Enter, django_capture_on_commit_callbacks: Any
) -> None:
    places = {each.partition(":")[0] for each in survivors()}
    assert {"crm_person", "crm_lead", "crm_deal", "crm_activity", "crm_consent", "crm_touch"} <= places
    assert {
        "workspace_externalid",
        "workspace_savedview",
        "kit_letter",
        "kit_search_entry",
        "workspace_storedfile",
        "file",
    } <= places
    assert "kit_idempotentrequest" in places
    deals, leads = Deal.objects.count(), Lead.objects.count()
    ana = shop.actor("ana")
    draft = actions.ErasureDraft(record=canary.ref, confirmation="zenobia quillfeather", reason=EraseReason.ASKED)
    with django_capture_on_commit_callbacks(execute=True):
        row = actions.erase_subject(actor=ana, as_of=NOW, erasure=draft)
    drain(HANDLER, as_of=NOW)
    assert survivors() == []
    # Records stay, so that numbers and deals stay right; the timeline says "erased".
    assert (Deal.objects.count(), Lead.objects.count()) == (deals, leads)
    assert Deal.objects.filter(name="Forty seats for [erased]").exists()
    assert Activity.objects.filter(subject="Wrote to [erased]").exists()
    assert all(fact.erased for fact in timeline(canary.ref) if fact.name == "crm.person_changed")
    assert find(ana, "quillfeather") == []
    assert {"people", "leads", "activities", "consents", "letters", "externals", "files"} <= set(row.report["gone"])
    assert row.report["stays"] == {"deals": 1}
    page = text_of(enter("ana").get(f"/people/{canary.ref}"))
    assert "erased" in page
    assert "They asked for it" in text_of(enter("ana").get("/settings/erased"))
    with pytest.raises(ErasedAlready):
        actions.erase_subject(actor=ana, as_of=NOW, erasure=draft)


def test_an_erased_address_comes_back_only_when_it_is_released(shop: Shop, canary: Person, enter: Enter) -> None:
    ana, mail = shop.actor("ana"), canary.email
    draft = actions.ErasureDraft(record=canary.ref, confirmation=canary.name, reason=EraseReason.WITHDRAWN)
    actions.erase_subject(actor=ana, as_of=NOW, erasure=draft)
    lead = actions.LeadDraft(name="Z", captured_at=NOW, email=f" {str(mail).upper()} ")
    with pytest.raises(BadInput) as refused:
        actions.capture_lead(actor=ana, as_of=NOW, lead=lead)
    assert "asked to be forgotten" in refused.value.fields["email"]
    with pytest.raises(BadInput):
        actions.add_person(
            actor=ana, as_of=NOW, person=actions.PersonDraft(name="Z", other_emails=["zq@second.example"])
        )
    client = enter("ana")
    rows = f"name,email\nZ,{mail}\nBob,bob@example.com\n".encode()
    client.post("/imports/new", {"files": [SimpleUploadedFile("leads.csv", rows)], "source": "Another"})
    operation = Operation.objects.order_by("-created_at", "-pk")[0]
    carry_out(operation.pk, clock=now)
    assert not Person.objects.filter(email=mail).exists()
    assert not Lead.objects.filter(email=mail).exists()
    assert client.post("/settings/erased", {"address": "nobody@example.com"}).status_code == 422
    assert client.post("/settings/erased", {"address": mail}).status_code == 302
    assert actions.capture_lead(actor=ana, as_of=NOW, lead=lead).is_new


def test_who_may_hand_over_and_erase_and_that_the_name_confirms_it(shop: Shop, canary: Person, enter: Enter) -> None:
    draft = actions.ErasureDraft(record=canary.ref, confirmation="Zenobia", reason=EraseReason.ASKED)
    with pytest.raises(NotConfirmed):
        actions.erase_subject(actor=shop.actor("ana"), as_of=NOW, erasure=draft)
    for who in ("rosa", "marta"):
        with pytest.raises(NotAllowed):
            actions.erase_subject(actor=shop.actor(who), as_of=NOW, erasure=draft)
        with pytest.raises(NotAllowed):
            actions.note_subject_export(actor=shop.actor(who), as_of=NOW, record=canary.ref)
        assert enter(who).get(f"/subjects/{canary.ref}").status_code == 403
    ana = enter("ana")
    assert ana.get(f"/subjects/{shop.acme.ref}").status_code == 404
    sent = {"confirmation": "somebody", "reason": "asked"}
    assert ana.post(f"/subjects/{canary.ref}/erasure", sent).status_code == 422
    assert Person.objects.get(pk=canary.pk).name == "Zenobia Quillfeather"


def test_everything_about_somebody_is_handed_over_as_a_page_and_as_data(
    shop: Shop, canary: Person, enter: Enter
) -> None:
    ana = enter("ana")
    page = text_of(ana.get(f"/subjects/{canary.ref}"))
    assert "Everything about Zenobia Quillfeather" in page or "What is known of them" in page
    answer: Any = ana.post(f"/subjects/{canary.ref}/file")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as packed:
        data = json.loads(packed.read("data.json"))
        readable = packed.read("index.html").decode()
        (paper,) = (packed.read(each["lies_in"]) for each in data["files"])
    assert paper.decode() == f"{canary.name} likes millet"
    text = json.dumps(data, ensure_ascii=False)
    for known in (
        "Canary whisperer",
        "Ornithopolis",
        "sings at dawn",
        f"{canary.name}.txt",
        WORDING,
        "Old CRM",
        "Dear Zeno",
    ):
        assert known in text, known
        assert known in readable, known
    assert "<script" not in readable
    assert (data["asked_by"], set(data) >= {"people", "leads", "deals", "activities", "history"}) == ("Ana", True)
    assert timeline(canary.ref)[0].name == "crm.subject_exported"
    assert StoredFile.objects.filter(deleted_at=None).exists()


def test_somebody_of_the_same_name_is_left_alone_and_told_of(shop: Shop, canary: Person) -> None:
    other = person_of(shop, name=canary.name, email="other@example.com")
    draft = actions.ErasureDraft(record=canary.ref, confirmation=canary.name, reason=EraseReason.NOT_NEEDED)
    row = actions.erase_subject(actor=shop.actor("ana"), as_of=NOW, erasure=draft)
    assert Person.objects.get(pk=other.pk).name == "Zenobia Quillfeather"
    assert row.report["same_name"] == {"crm_person": 1}
