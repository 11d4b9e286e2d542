"""Moving in by pages: files are rehearsed, decided about, and imported by a worker."""

import re
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from caudal.crm.imports.running import OPERATION
from caudal.crm.imports.undoing import UNDO, UNDO_REHEARSAL
from caudal.crm.imports.waiting import REHEARSAL, carry_out
from caudal.crm.models import Company, Deal
from caudal.kit.digest import business_digest
from caudal.kit.world import SetClock, fixed_world, use
from caudal.workspace.models import Operation, OperationState
from tests.crm.browsing import Enter
from tests.world import AT, Shop

pytestmark = pytest.mark.django_db
COMPANIES = b"account,sector,Tier\nInitech,Paper,Gold\nHooli,Web,Silver\n"
DEALS = b"deal id,company,deal stage,amount\n1,Initech,Demo,10\n2,Hooli,Demo,ten\n"
WORK = ["workspace_operation", "workspace_storedfile"]


@pytest.fixture(autouse=True)
def world() -> Iterator[None]:
    with use(fixed_world(at=AT)):
        yield


@pytest.fixture
def as_ana(enter: Enter) -> Client:
    """An administrator's browser."""
    return enter("ana")


def rehearsed(admin: Client, **files: bytes) -> Operation:
    """Give files and let the worker rehearse them."""
    sent = [SimpleUploadedFile(f"{name}.csv", content) for name, content in files.items()]
    answer = admin.post("/imports/new", {"files": sent, "source": "Old CRM"})
    assert answer.status_code == 302
    operation = Operation.objects.get(name=REHEARSAL, state=OperationState.WAITING)
    assert answer["Location"].endswith(str(operation.ref))
    carry_out(operation.pk, clock=SetClock(AT).now)
    operation.refresh_from_db()
    return operation


def test_files_are_rehearsed_and_nothing_is_written(as_ana: Client, shop: Shop) -> None:
    before = business_digest(WORK)
    operation = rehearsed(as_ana, companies=COMPANIES, deals=DEALS)
    assert business_digest(WORK) == before
    assert operation.state == OperationState.DONE
    assert operation.result["totals"] == {"rows": 4, "created": 3, "updated": 0, "unchanged": 0, "refused": 1}
    page = as_ana.get(f"/imports/{operation.ref}").content.decode()
    assert "nothing was written" in page
    assert "deals.csv:3" in page  # the row that says “ten”
    assert "Import for good" in page


def test_what_was_rehearsed_is_imported_by_a_worker(as_ana: Client, shop: Shop) -> None:
    operation = rehearsed(as_ana, companies=COMPANIES, deals=DEALS)
    as_ana.post(f"/imports/{operation.ref}/run")
    asked = Operation.objects.get(name=OPERATION)
    assert asked.state == OperationState.WAITING
    assert not Company.objects.filter(name="Initech").exists()
    carry_out(asked.pk, clock=SetClock(AT).now)
    carry_out(asked.pk, clock=SetClock(AT).now)  # a job may come twice
    asked.refresh_from_db()
    assert (asked.state, Company.objects.filter(name="Initech").count(), Deal.objects.count()) == ("done", 1, 1)
    assert Company.objects.get(name="Initech").created_by == str(shop.ana.ref)
    assert "Hooli" not in as_ana.get(f"/imports/{asked.ref}").content.decode()


def test_a_column_becomes_what_the_form_says(as_ana: Client, shop: Shop) -> None:
    operation = rehearsed(as_ana, companies=COMPANIES)
    page = as_ana.get(f"/imports/{operation.ref}/mapping").content.decode()
    assert "<q>Gold</q>" in page
    assert "<q>Silver</q>" in page
    answer = as_ana.post(
        f"/imports/{operation.ref}/mapping", {"0.kind": "companies", "0.0": "name", "0.1": "", "0.2": "sector"}
    )
    again = Operation.objects.get(name=REHEARSAL, state=OperationState.WAITING)
    assert answer["Location"].endswith(str(again.ref))
    as_ana.post(f"/imports/{again.ref}/run")
    carry_out(Operation.objects.get(name=OPERATION).pk, clock=SetClock(AT).now)
    assert dict(Company.objects.filter(name__in=["Initech", "Hooli"]).values_list("name", "sector")) == {
        "Initech": "Gold", "Hooli": "Silver"}  # fmt: skip


def test_the_page_of_columns_says_how_its_first_values_will_be_read(as_ana: Client, shop: Shop) -> None:
    rows = ['1,One,,03/04/2026,"1.234",Demo', '2,Two,,05/04/2026,"2.500",Demo', "3,Three,x,,ten,Demo", "4,Four,,,,Demo"]
    content = "\n".join(["deal id,deal name,Note to self,opened,amount,deal stage", *rows]).encode()
    operation = rehearsed(as_ana, deals=content)
    page = " ".join(re.sub(r"<[^>]*>", " ", as_ana.get(f"/imports/{operation.ref}/mapping").content.decode()).split())
    # Nothing tells which is the day and which the month: as it is written where the company is.
    assert "03/04/2026 Apr 3, 2026 05/04/2026 Apr 5, 2026 50% empty opened" in page
    assert "Like 31/12/2026, which is a guess Like 31/12/2026 Like 12/31/2026" in page
    assert "1.234 1,234 2.500 2,500 ten cannot be read 25% empty amount" in page
    assert "x 75% empty Note to self" in page
    as_ana.post(f"/imports/{operation.ref}/mapping", {"0.3.written": "month_first", "0.4.written": "point"})
    again = Operation.objects.get(name=REHEARSAL, state=OperationState.WAITING)
    carry_out(again.pk, clock=SetClock(AT).now)
    again.refresh_from_db()
    assert {"import.day_order", "import.number_style"} <= {each["code"] for each in operation.result["found"]}
    assert not {"import.day_order", "import.number_style"} & {each["code"] for each in again.result["found"]}
    page = " ".join(re.sub(r"<[^>]*>", " ", as_ana.get(f"/imports/{again.ref}/mapping").content.decode()).split())
    assert "03/04/2026 Mar 4, 2026" in page
    assert "1.234 1.234 2.500 2.5 ten" in page


def test_two_columns_cannot_be_one_field(as_ana: Client, shop: Shop) -> None:
    operation = rehearsed(as_ana, companies=COMPANIES)
    answer = as_ana.post(
        f"/imports/{operation.ref}/mapping", {"0.kind": "companies", "0.0": "name", "0.1": "name", "0.2": ""}
    )
    assert answer.status_code == 422
    assert "Two columns cannot be the same field." in answer.content.decode()


def test_no_file_is_refused_in_words(as_ana: Client, shop: Shop) -> None:
    answer = as_ana.post("/imports/new", {"source": "x"})
    assert answer.status_code == 422
    assert "Choose at least one file." in answer.content.decode()


def test_an_import_that_waits_is_stopped_at_once(as_ana: Client, shop: Shop) -> None:
    operation = rehearsed(as_ana, companies=COMPANIES)
    as_ana.post(f"/imports/{operation.ref}/run")
    asked = Operation.objects.get(name=OPERATION)
    as_ana.post(f"/imports/{asked.ref}/cancellation")
    carry_out(asked.pk, clock=SetClock(AT).now)
    assert not Company.objects.filter(name="Initech").exists()


def test_the_list_of_imports_takes_few_queries(
    as_ana: Client, shop: Shop, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rehearsed(as_ana, companies=COMPANIES)
    with django_assert_max_num_queries(12):
        page = as_ana.get("/imports")
    assert "Rehearsal of the import of old-crm" in page.content.decode()


def test_a_rep_imports_nothing(enter: Enter) -> None:
    rosa = enter("rosa")
    assert rosa.get("/imports").status_code == 403
    assert rosa.post("/imports/new", {"source": "x"}).status_code == 403


def test_an_import_is_undone_after_seeing_what_that_does(as_ana: Client, shop: Shop) -> None:
    before = business_digest(WORK)
    operation = rehearsed(as_ana, companies=COMPANIES, deals=DEALS)
    as_ana.post(f"/imports/{operation.ref}/run")
    batch = Operation.objects.get(name=OPERATION)
    carry_out(batch.pk, clock=SetClock(AT).now)
    assert "Undo…" in as_ana.get(f"/imports/{batch.ref}").content.decode()
    Company.objects.filter(name="Hooli").update(sector="Energy")
    shown = as_ana.post(f"/imports/{batch.ref}/undo", follow=True)
    asked = Operation.objects.get(name=UNDO_REHEARSAL)
    assert "Waiting for a worker" in shown.content.decode()
    carry_out(asked.pk, clock=SetClock(AT).now)
    page = as_ana.get(f"/undone-imports/{asked.ref}").content.decode()
    assert "Nothing was removed yet." in page
    assert re.search(r"Hooli.*changed since", page, re.DOTALL)
    assert Company.objects.filter(name="Initech").exists()
    Company.objects.filter(name="Hooli").update(sector="Web")
    as_ana.post(f"/undone-imports/{asked.ref}/run")
    undone = Operation.objects.get(name=UNDO)
    carry_out(undone.pk, clock=SetClock(AT).now)
    carry_out(undone.pk, clock=SetClock(AT).now)  # a job may come twice
    assert "The import was undone." in as_ana.get(f"/undone-imports/{undone.ref}").content.decode()
    assert business_digest(WORK) == before
    assert "Undo…" not in as_ana.get(f"/imports/{batch.ref}").content.decode()
    assert as_ana.post(f"/imports/{batch.ref}/undo").status_code == 409
