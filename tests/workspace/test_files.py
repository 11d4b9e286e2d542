"""Files with records: what is kept, who sees them, how they are handed out, and that they go when they should."""

import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.crm.actions import DealDraft, delete_deal, empty_bin, open_deal
from caudal.crm.models import Deal
from caudal.kit.access import Actor
from caudal.kit.digest import business_digest
from caudal.kit.files import FileMissing, NullFiles
from caudal.kit.media import FileDiffers, FileEmpty, FileKindRefused, FileTooLarge, checked_media, cleaned_name
from caudal.kit.outbox import timeline
from caudal.kit.records import NotFound
from caudal.kit.world import SetClock, use, world
from caudal.workspace import actions
from caudal.workspace.models import Attachment
from caudal.workspace.queries import attachments_of
from tests.world import AT, Shop

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"


def packed(names: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in names.items():
            file.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def deal(shop: Shop) -> Deal:
    draft = DealDraft(
        name="Acme Professional",
        pipeline_id=shop.pipelines["saas"].pk,
        company_id=shop.acme.pk,
        owner_id=shop.rosa.pk,
        amount=Money.of("5000", "EUR"),
        opened_at=AT,
    )
    return open_deal(actor=shop.actor("rosa"), as_of=AT, deal=draft)


def attach(actor: Actor, record: Ref, name: str = "offer.pdf", content: bytes = PDF) -> Attachment:
    return actions.attach_file(
        actor=actor, as_of=AT, record=record, name=name, file=io.BytesIO(content), size_bytes=len(content)
    )


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("offer.pdf", PDF, "application/pdf"),
        ("Shop.PNG", PNG, "image/png"),
        ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", "image/jpeg"),
        ("photo.heic", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "image/heic"),
        ("call.mp3", b"ID3\x03\x00" + bytes(40), "audio/mpeg"),
        ("notes.txt", "Bárbara llamó".encode(), "text/plain"),
        ("old notes.txt", "Bárbara".encode("utf-16"), "text/plain"),
        ("rows.csv", b"a;b\n1;2\n", "text/csv"),
        ("terms.docx", packed({"word/document.xml": b"<w/>"}), "application/vnd.openxmlformats-officedocument"),
        ("all.zip", packed({"a.txt": b"a"}), "application/zip"),
    ],
)
def test_what_people_send_each_other_is_kept(name: str, content: bytes, media_type: str) -> None:
    assert checked_media(name, io.BytesIO(content), len(content)).startswith(media_type)


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("run.exe", b"MZ\x90", FileKindRefused),
        ("page.html", b"<html>", FileKindRefused),
        ("drawing.svg", b"<svg/>", FileKindRefused),
        ("sums.xlsm", packed({"xl/workbook.xml": b""}), FileKindRefused),
        ("no ending", PDF, FileKindRefused),
        ("sums.xlsx", packed({"xl/workbook.xml": b"", "xl/vbaProject.bin": b"x"}), FileKindRefused),
        ("notes.txt", b"  <!DOCTYPE html><script>", FileKindRefused),
        ("offer.pdf", b"MZ\x90\x00 a program", FileDiffers),
        ("photo.png", b"<html>", FileDiffers),
        ("notes.txt", b"a\x00b", FileDiffers),
        ("all.zip", b"PK\x03\x04 broken", FileDiffers),
        ("nothing.pdf", b"", FileEmpty),
        ("bomb.zip", packed({"zeros": bytes(30_000_000)}), FileTooLarge),  # 30 MB in 30 kB
    ],
)
def test_what_may_carry_programs_or_is_not_what_it_says_is_refused(
    name: str, content: bytes, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        checked_media(name, io.BytesIO(content), len(content))


def test_a_file_has_a_largest_size() -> None:
    with pytest.raises(FileTooLarge):
        checked_media("film.mp4", io.BytesIO(b"\x00\x00\x00\x18ftypmp42"), 25_000_001)


def test_names_lose_folders_and_what_no_name_needs() -> None:
    assert cleaned_name("..\\..\\windows\\offer\u202efdp.pdf") == "offerfdp.pdf"
    assert cleaned_name("a" * 400 + ".pdf").endswith("a.pdf")
    assert len(cleaned_name("a" * 400 + ".pdf")) <= 200


def test_whoever_sees_the_record_sees_its_files_and_nobody_else(shop: Shop, deal: Deal) -> None:
    rosa, raul, marta = shop.actor("rosa"), shop.actor("raul"), shop.actor("marta")
    kept = attach(rosa, deal.ref)
    assert [each.pk for each in attachments_of(marta, deal.ref)] == [kept.pk]
    assert attachments_of(raul, deal.ref) == []
    with pytest.raises(NotFound):
        attach(raul, deal.ref)
    with pytest.raises(NotFound):
        actions.detach_file(actor=raul, as_of=AT, attachment_id=kept.pk)
    with pytest.raises(NotFound):
        attach(rosa, shop.rosa.ref)  # members bear no files


def test_the_same_file_again_is_kept_once(shop: Shop, deal: Deal) -> None:
    rosa = shop.actor("rosa")
    assert attach(rosa, deal.ref).pk == attach(rosa, deal.ref).pk
    assert attach(rosa, deal.ref, "offer 2.pdf").pk != attach(rosa, deal.ref).pk
    assert len(attachments_of(rosa, deal.ref)) == 2


def test_a_refused_file_leaves_nothing_behind(shop: Shop, deal: Deal) -> None:
    before = business_digest()
    with pytest.raises(FileDiffers):
        attach(shop.actor("rosa"), deal.ref, "offer.pdf", b"MZ\x90\x00")
    assert business_digest() == before


def test_a_name_is_told_of_in_the_timeline_as_something_personal(shop: Shop, deal: Deal) -> None:
    attach(shop.actor("rosa"), deal.ref, "Contract of Pepa Pérez.pdf")
    [told] = [fact for fact in timeline(deal.ref) if fact.name == "workspace.file_attached"]
    assert tuple((told.personal or {})["name"]) == (None, "Contract of Pepa Pérez.pdf")
    assert "Pepa" not in str(told.data)


def test_what_was_taken_away_comes_back_for_thirty_days_and_then_its_bytes_go(
    shop: Shop, deal: Deal, django_capture_on_commit_callbacks: Any
) -> None:
    rosa, store = shop.actor("rosa"), world().file_store()
    kept = attach(rosa, deal.ref)
    twin = attach(rosa, shop.acme.ref, "same bytes.pdf")
    actions.detach_file(actor=rosa, as_of=AT, attachment_id=kept.pk)
    assert attachments_of(rosa, deal.ref) == []
    actions.restore_file(actor=rosa, as_of=AT + timedelta(days=29), attachment_id=kept.pk)
    actions.detach_file(actor=rosa, as_of=AT, attachment_id=kept.pk)
    with pytest.raises(NotFound):
        actions.restore_file(actor=rosa, as_of=AT + timedelta(days=31), attachment_id=kept.pk)
    assert actions.drop_files(as_of=AT + timedelta(days=29)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.drop_files(as_of=AT + timedelta(days=31)) == 1
    with store.opened(twin.file.sha256) as file:
        assert file.read() == PDF  # another record has the same bytes
    actions.detach_file(actor=rosa, as_of=AT, attachment_id=twin.pk)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.drop_files(as_of=AT + timedelta(days=31)) == 1
        with store.opened(twin.file.sha256):
            pass  # not before that holds for good
    with pytest.raises(FileMissing), store.opened(twin.file.sha256):
        pass


def test_a_large_file_is_given_with_a_key_once(shop: Shop, deal: Deal, client: Client) -> None:
    scopes = ("workspace:read", "workspace:write", "crm:read", "crm:write")
    _, secret = actions.issue_key(actor=shop.actor("ana"), as_of=AT, name="Scanner", role="admin", scopes=scopes)
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "scan 1"}

    def given(content: bytes) -> Any:
        return client.post(
            f"/api/v1/files?about={deal.ref}", {"file": SimpleUploadedFile("scan.txt", content)}, headers=headers
        )

    large = b"page " * 1_200_000
    first, again, other = given(large), given(large), given(large[:-5] + b"pages")
    assert (first.status_code, again.content, again["Idempotent-Replayed"]) == (201, first.content, "true")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused")
    [kept] = attachments_of(shop.actor("ana"), deal.ref)
    assert kept.file.size_bytes == len(large)


def test_bytes_of_a_refused_upload_go_after_a_day(shop: Shop, deal: Deal) -> None:
    clock = SetClock(AT)
    store = NullFiles(clock.now)
    with use(replace(world(), files=store)):
        kept = attach(shop.actor("rosa"), deal.ref)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            attach(shop.actor("rosa"), deal.ref, "other.pdf", PDF + b"%refused")
            _ = 1 / 0
        assert len(store.kept) == 2
        actions.drop_files(as_of=AT + timedelta(hours=23))
        assert len(store.kept) == 2
        actions.drop_files(as_of=AT + timedelta(hours=25))
        assert set(store.kept) == {kept.file.sha256}


def test_files_go_with_a_record_that_is_gone_for_good(shop: Shop, deal: Deal) -> None:
    attach(shop.actor("rosa"), deal.ref)
    delete_deal(actor=shop.actor("ana"), as_of=AT, deal_id=deal.pk)
    assert actions.drop_files(as_of=AT + timedelta(days=1)) == 0
    empty_bin(as_of=AT + timedelta(days=31))
    assert actions.drop_files(as_of=AT + timedelta(days=31)) == 1


def test_a_file_is_added_and_fetched_on_pages_and_never_opened_as_one(shop: Shop, deal: Deal, client: Client) -> None:
    client.force_login(shop.rosa)
    assert f"/files/on/{deal.ref}" in client.get(f"/deals/{deal.ref}").content.decode()
    given = [SimpleUploadedFile("offer.pdf", PDF), SimpleUploadedFile("shop.png", PNG)]
    answer = client.post(f"/files/on/{deal.ref}", {"file": given})
    assert (answer.status_code, answer.headers["location"]) == (302, f"/deals/{deal.ref}")
    page = client.get(f"/deals/{deal.ref}").content.decode()
    assert "offer.pdf" in page
    kept = next(each for each in attachments_of(shop.actor("rosa"), deal.ref) if each.file.name == "offer.pdf")
    fetched: Any = client.get(f"/files/{kept.ref}")
    assert b"".join(fetched.streaming_content) == PDF
    assert fetched.headers["Content-Disposition"] == 'attachment; filename="offer.pdf"'
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"
    assert fetched.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert client.get(f"/files/{kept.ref}", headers={"if-none-match": fetched.headers["ETag"]}).status_code == 304
    refused = client.post(
        f"/files/on/{deal.ref}", {"file": [SimpleUploadedFile("new.png", PNG), SimpleUploadedFile("x.exe", b"MZ")]}
    )
    assert refused.status_code == 422
    assert "“x.exe” is not kept" in refused.content.decode()
    assert len(attachments_of(shop.actor("rosa"), deal.ref)) == 2  # all of them or none
    assert client.post(f"/files/{kept.ref}/removal").status_code == 302
    assert "Take it back" in client.get(f"/deals/{deal.ref}").content.decode()
    assert client.get(f"/files/{kept.ref}/restoration").status_code == 200
    assert client.post(f"/files/{kept.ref}/restoration").status_code == 302
    client.force_login(shop.raul)
    assert client.get(f"/files/{kept.ref}").status_code == 404
    assert client.get(f"/files/on/{deal.ref}").status_code == 404


def test_programs_keep_and_fetch_files_by_the_api(shop: Shop, deal: Deal, client: Client) -> None:
    _key, secret = actions.issue_key(
        actor=shop.actor("ana"), as_of=AT, name="Robot", role="admin", expires_at=None,
        scopes=("workspace:read", "workspace:write", "crm:read", "crm:write"),
    )  # fmt: skip
    head = {"authorization": f"Bearer {secret}", "idempotency-key": "one"}
    url = f"/api/v1/files?about={deal.ref}"
    added = client.post(url, {"file": SimpleUploadedFile("offer.pdf", PDF)}, headers=head)
    assert added.status_code == 201, added.content
    said = added.json()
    assert (said["name"], said["media_type"], said["size_bytes"]) == ("offer.pdf", "application/pdf", len(PDF))
    again = client.post(url, {"file": SimpleUploadedFile("offer.pdf", PDF)}, headers=head)
    assert again.json() == said
    read = {"authorization": head["authorization"]}
    assert [each["id"] for each in client.get(url, headers=read).json()["items"]] == [said["id"]]
    content: Any = client.get(f"/api/v1/files/{said['id']}/content", headers=read)
    assert b"".join(content.streaming_content) == PDF
    gone = client.delete(f"/api/v1/files/{said['id']}", headers={**head, "idempotency-key": "two"})
    assert gone.status_code == 204
    back = client.post(f"/api/v1/files/{said['id']}/restoration", headers={**head, "idempotency-key": "three"})
    assert back.status_code == 200
