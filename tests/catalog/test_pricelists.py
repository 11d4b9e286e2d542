"""Price lists by file: what goes out comes back, what was changed is told before it counts, and all of it or nothing does."""

import json
from contextlib import nullcontext
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from caudal.catalog import commands, queries
from caudal.catalog.imports.pricelists import as_csv, as_workbook, plan_price_list, price_list
from caudal.catalog.models import PriceVersion
from caudal.catalog.offline.pricelists import NoPriceList
from caudal.catalog.views.timelines import drawings
from caudal.core.errors import Severity
from caudal.kit.access import SYSTEM
from caudal.kit.digest import business_digest
from caudal.kit.world import fixed_world, use
from caudal.workspace.actions import issue_key
from tests.catalog.test_offerings import TODAY, Range, sold
from tests.crm.browsing import Enter, text_of
from tests.world import AT, Shop

__all__ = ["sold"]
CHANGED = """\
modalidad;cargo;moneda;desde;para clientes actuales desde;modo;hasta;cada unidad;importe;at most
pro;base;EUR;01/06/2026;01/09/2026;;;;119,50;
pro;documents;EUR;01/06/2026;;volume;100;1;;500
pro;documents;EUR;01/06/2026;;volume;;0,5;;
care;care;EUR;01/01/2026;;;;;49;
"""
WRONG = """\
offering,charge,currency,from,unit,up to,flat
pro,bass,EUR,2026-06-01,1,,
proo,base,EUR,2026-06-01,1,,
pro,base,EUR,2026-06-01,much,,
pro,base,EURO,2026-06-01,1,,
pro,base,EUR,2026-01-01,,,120
pro,seats,EUR,,21,,
pro,documents,EUR,2026-07-01,1,100,
"""


def test_a_price_list_comes_back_as_it_went_out_and_brings_what_was_changed(sold: Range) -> None:
    lines = price_list(SYSTEM, TODAY)
    assert [(line["charge"], line["up_to"], line["unit"], line["flat"]) for line in lines] == [
        ("care", "", "", "49"),
        ("base", "", "", "99"),
        ("seats", "", "20", ""),
        ("documents", "100", "1", ""),
        ("documents", "", "0.9", ""),
    ]
    for content in (as_csv(lines).encode(), as_workbook(lines)):
        plan = plan_price_list(SYSTEM, "prices", content)
        assert (plan.findings, plan.changes, plan.known) == ([], [], 4)
    plan = plan_price_list(SYSTEM, "nuevos.csv", CHANGED.encode())
    assert [(each.charge.code, each.new.from_date, each.new.existing_from_date) for each in plan.changes] == [
        ("base", date(2026, 6, 1), date(2026, 9, 1)),
        ("documents", date(2026, 6, 1), None),
    ]
    assert (plan.changes[0].before or {})["tiers"] == [{"flat": "99"}]
    assert plan.changes[0].new.price["tiers"] == [{"flat": "119.50"}]
    assert plan.known == 1
    # 100 documents cost 100.00, and 101 only 50.50.
    assert [(each.code, each.severity, each.place.line) for each in plan.findings] == [
        ("pricing.total_falls", Severity.CHOICE, 3)
    ]
    assert plan_price_list(SYSTEM, "again", plan.text().encode()).prices() == plan.prices()


def test_what_is_wrong_is_told_by_line_and_column_and_nothing_is_taken(sold: Range) -> None:
    plan = plan_price_list(SYSTEM, "wrong.csv", WRONG.encode())
    assert not plan.is_sound
    assert sorted((each.place.line, each.place.name, each.code) for each in plan.findings) == [
        (2, "charge", "prices.no_charge"),
        (3, "offering", "prices.no_offering"),
        (4, "unit", "table.unreadable_number"),
        (5, "currency", "prices.no_currency"),
        (6, "from", "prices.there"),
        (7, "from", "prices.no_day"),
        (8, "Documents", "pricing.ends"),
    ]
    assert "The nearest is “base”" in next(each.told() for each in plan.findings if each.code == "prices.no_charge")
    dated = plan_price_list(SYSTEM, "wrong.csv", WRONG.encode(), from_date=date(2026, 5, 1))
    assert date(2026, 5, 1) in {each.new.from_date for each in dated.changes}
    with pytest.raises(NoPriceList, match="charge"):
        plan_price_list(SYSTEM, "none.csv", b"offering,price\npro,1\n")


def test_people_look_at_a_price_list_before_it_counts(sold: Range, enter: Enter) -> None:
    ana, rosa, before = enter("ana"), enter("rosa"), business_digest()
    page = "/catalogue/prices"
    with use(fixed_world(at=AT)):
        assert "offering,charge,currency,from" in rosa.get(f"{page}.csv").content.decode("utf-8-sig")
        assert rosa.get(f"{page}.xlsx").content.startswith(b"PK")

        def look(client: Client, text: str) -> str:
            file = SimpleUploadedFile("list.csv", text.encode())
            return text_of(client.post(page, {"do": "look", "file": file, "from_date": ""}))

        assert rosa.post(page, {"do": "apply", "text": CHANGED}).status_code == 403
        assert "There is no" not in look(ana, CHANGED)
        shown = look(ana, CHANGED)
        for told in ("2 prices would be added.", "1 is known as it is.", "€99.00 €119.50", "choice 100 un"):
            assert told in shown, told
        assert "all of it or nothing" in look(ana, WRONG)
        assert ana.post(page, {"do": "apply", "name": "x", "text": WRONG, "day": ""}).status_code == 422
        assert business_digest() == before
        assert ana.post(page, {"do": "apply", "name": "x", "text": CHANGED, "day": ""}).status_code == 302
        assert PriceVersion.objects.filter(from_date=date(2026, 6, 1)).count() == 2
        assert "3 are known as they are." in look(ana, CHANGED)
        offering = rosa.get(f"/offerings/{sold.pro.ref}").content.decode()
    assert 'aria-label="Who bought first from Sep 1, 2026: €119.50"' in offering
    (charge,) = [each for each in queries.charges_of(SYSTEM, [sold.pro.pk]) if each.code == "base"]
    (drawn,) = drawings(charge, TODAY)
    assert [span.words.rsplit(": ")[-1] for span in drawn.new] == ["€99.00", "€119.50"]
    # From 1 January to 180 days after 1 September are 423 days; the new price begins for new customers on the 152nd.
    assert (drawn.new[1].x, drawn.existing[1].x) == ("35.697%", "57.447%")


def test_programs_and_the_terminal_take_price_lists(
    shop: Shop, sold: Range, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scopes = ("catalog:read", "catalog:write", "workspace:read")
    _, token = issue_key(actor=shop.actor("ana"), as_of=AT, name="Shop", role="admin", scopes=scopes)
    key = {"Authorization": f"Bearer {token}"}
    with use(fixed_world(at=AT)):
        dry = client.post("/api/v1/prices", {"text": CHANGED}, "application/json", headers=key).json()
        refused = client.post("/api/v1/prices", {"text": WRONG, "dry_run": False}, "application/json", headers=key)
        done = client.post("/api/v1/prices", {"text": CHANGED, "dry_run": False}, "application/json", headers=key)
        listed = client.get("/api/v1/prices", headers=key).json()["lines"]
    assert (dry["dry_run"], dry["sound"], dry["known"], len(dry["changes"])) == (True, True, 1, 2)
    assert (refused.json()["sound"], refused.json()["findings"][0]["place"]) == (False, "price list:4:5 unit")
    assert (done.json()["dry_run"], len(done.json()["changes"])) == (False, 2)
    assert "119.50" in {line["flat"] for line in listed}

    monkeypatch.setattr(commands, "attached", nullcontext)
    path, wrong = tmp_path / "prices.csv", tmp_path / "wrong.csv"
    wrong.write_text(WRONG)
    with use(fixed_world(at=AT)):
        assert CliRunner().invoke(commands.prices, ["export", str(path)]).exit_code == 0
        again = CliRunner().invoke(commands.prices, ["import", str(path), "--json"])
        bad = CliRunner().invoke(commands.prices, ["import", str(wrong), "--dry-run"])
    assert json.loads(again.stdout) | {"findings": []} == {
        "dry_run": False,
        "sound": True,
        "known": 6,
        "changes": [],
        "findings": [],
    }
    assert (bad.exit_code, "wrong.csv:2:2 charge" in bad.output) == (1, True)
