"""Files of other systems become rows: what is recognised, what is refused, what is told."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext

from caudal.catalog.models import Product
from caudal.core.money import Money
from caudal.crm.imports import Decisions, Options, PathUpload, Report, import_files
from caudal.crm.models import Company, Deal, Lead, Person, Pipeline, Stage
from caudal.kit.access import SYSTEM, NotAllowed
from caudal.kit.digest import business_digest
from caudal.kit.models import RecordedFactRow
from caudal.kit.world import SetClock, fixed_world, use
from caudal.workspace.models import Member, Team
from tests.world import AT, Shop

pytestmark = pytest.mark.django_db
Import = Callable[..., Report]
KEEPING = Decisions(keeps_columns=True)


@pytest.fixture
def take(tmp_path: Path, shop: Shop) -> Import:
    """Import files given as name → content, in one folder."""

    def run(files: dict[str, str | bytes], **options: object) -> Report:
        paths = []
        for name, content in files.items():
            path = tmp_path / name
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            paths.append(PathUpload(path))
        with use(fixed_world(at=AT, seed=len(list(RecordedFactRow.objects.all())))):
            return import_files(
                actor=SYSTEM,
                uploads=paths,
                options=Options(**{"source": "old-crm", **options}),  # type: ignore[arg-type]  # named by each test
                clock=SetClock(AT).now,
            )

    return run


def codes(report: Report) -> list[tuple[str, str, int]]:
    return [(str(each.finding.severity), each.finding.code, each.count) for each in report.findings]


def told(report: Report, code: str) -> str:
    return next(each.told() for each in report.findings if each.finding.code == code)


def counts(report: Report) -> dict[str, tuple[int, int, int, int]]:
    return {
        each.name: (each.counts.created, each.counts.updated, each.counts.unchanged, each.counts.refused)
        for each in report.files
    }


DEALS = """opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
D1,Rosa,Professional,Acme,Won,2026-01-10,2026-03-02,1054
D2,Rosa,Professional,Globex,Lost,2026-01-10,2026-02-01,0
D3,Nadia,Prompt course,Initech,Engaging,2026-02-20,,
D4,Nadia,Prompt course,,Prospecting,,,
"""


def test_deals_come_in_with_the_days_of_the_file(take: Import, shop: Shop) -> None:
    report = take({"sales_pipeline.csv": DEALS})
    assert counts(report) == {"sales_pipeline.csv": (4, 0, 0, 0)}
    won = Deal.objects.get(close__outcome="won")
    assert (won.amount, won.company, won.owner, won.product) == (
        Money.of("1054", "EUR"),
        shop.acme,
        shop.rosa,
        shop.products["professional"],
    )
    # Midnight in Madrid, which is UTC+1 in winter; 10 January to 2 March are 21 + 28 + 2 = 51 days.
    assert won.opened_at is not None
    assert won.opened_at.isoformat() == "2026-01-09T23:00:00+00:00"
    assert (won.close.closed_at - won.opened_at).days == 51
    lost = Deal.objects.get(close__outcome="lost")
    assert lost.amount == Money.zero("EUR")
    waiting = Deal.objects.get(company=None)
    assert (waiting.opened_at, waiting.stage.name, hasattr(waiting, "close")) == (None, "Prospecting", False)


def test_an_import_says_what_it_made_of_what_it_did_not_find(take: Import) -> None:
    report = take({"sales_pipeline.csv": DEALS})
    assert codes(report) == [
        ("note", "import.named_only", 1),  # the member Nadia
        ("note", "import.named_only", 1),  # the company Initech
        ("note", "import.stages", 1),
        ("note", "import.deal_without_company", 1),
        ("note", "import.deal_without_opening", 1),
    ]
    nadia = Member.objects.get(name="Nadia")
    assert (nadia.can_sign_in, nadia.email) == (False, None)
    assert Company.objects.filter(name="Initech").exists()
    assert told(report, "import.stages").startswith("The stages Prospecting, Engaging are in no pipeline")
    pipeline = Pipeline.objects.get(name="old-crm")
    assert list(pipeline.stages.order_by("position").values_list("name", flat=True)) == ["Prospecting", "Engaging"]


def test_deals_in_stages_of_a_pipeline_that_is_there_go_into_it(take: Import, shop: Shop) -> None:
    report = take({"deals.csv": "deal id,company,stage,amount\n1,Acme,demo,10\n2,Acme,PROPOSAL,20\n"})
    assert report.findings[0].finding.code == "import.deal_without_opening"
    assert {deal.pipeline for deal in Deal.objects.all()} == {shop.pipelines["saas"]}
    assert sorted(deal.stage.name for deal in Deal.objects.all()) == ["Demo", "Proposal"]


def test_spanish_headers_semicolons_windows_letters_and_decimal_commas_are_read(take: Import) -> None:
    text = (
        "Id oportunidad;Empresa;Importe;Etapa;Fecha de apertura;Fecha de cierre;Campaña\n"
        "1;Peluquería Ñandú;1.200,50;Ganada;15/01/2026;03/02/2026;radio\n"
        "2;Peluquería Ñandú;350,00;Prospección;20/01/2026;;\n"
    )
    report = take({"oportunidades.csv": text.encode("cp1252")}, decisions=KEEPING)
    won = Deal.objects.get(close__outcome="won")
    assert won.company is not None
    assert (won.company.name, won.amount, won.custom) == (
        "Peluquería Ñandú",
        Money.of("1200.50", "EUR"),
        {"Campaña": "radio"},
    )
    assert won.close.closed_at.date() == date(2026, 2, 2)  # midnight in Madrid is the evening before in UTC
    assert ("note", "import.guessed_encoding", 1) in codes(report)
    assert ("note", "import.custom_columns", 1) in codes(report)
    with translation.override("es"):
        said = [each.told(gettext) for each in report.findings if each.finding.code == "import.guessed_encoding"]
    assert said == ["El archivo no dice cómo están escritas sus letras; se ha leído como Windows-1252."]


def test_utf_16_is_read_by_its_mark(take: Import) -> None:
    report = take({"companies.csv": "company\tcountry\nÑandú\tPerú\n".encode("utf-16")})
    assert counts(report) == {"companies.csv": (1, 0, 0, 0)}
    assert Company.objects.get(name="Ñandú").country_code == "PE"


def test_every_row_that_is_refused_is_told_with_its_line_and_the_others_come_in(take: Import) -> None:
    text = (
        "deal id,company,stage,close date,amount\n"
        "1,Acme,Won,2026-02-01,10\n"
        "2,Acme,Won\n"  # three cells of five
        "3,Acme,Won,,10\n"  # won on no day
        "4,Acme,Won,2026-02-30,10\n"
        "5,Acme,Won,2026-02-01,ten\n"
        "6,Acme,Won,2026-02-01,10.0055\n"  # half a cent and a little
        "1,Acme,Won,2026-02-01,10\n"  # again
        f"8,{'x' * 140_000},Won,2026-02-01,10\n"
        "9,Acme,Won,2026-02-01,99999999999999999999\n"
        "10,Acme,Won,2026-02-01,12\n"
    )
    report = take({"deals.csv": text})
    errors = [(each.finding.code, each.lines) for each in report.findings if each.finding.severity == "error"]
    assert sorted(errors, key=lambda error: error[1]) == [
        ("import.ragged", [3]),
        ("import.closed_without_day", [4]),
        ("table.unreadable_day", [5]),
        ("table.unreadable_number", [6]),
        ("money.too_precise", [7]),
        ("import.repeated", [8]),
        ("import.unsplit", [9]),
        ("import.out_of_range", [10]),
    ]
    assert counts(report) == {"deals.csv": (2, 0, 0, 8)}
    assert report.has_errors
    assert str(next(iter(report.findings)).finding.place).startswith("deals.csv:")


def test_files_that_are_no_tables_are_left_out_and_told(take: Import) -> None:
    before = business_digest()
    report = take(
        {
            "logo.csv": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
            "empty.csv": "",
            "blank.csv": "\n\n",
            "data_dictionary.csv": "Table,Field,Description\naccounts,account,Company name\n",
            "half.csv": "engage_date,close_value\n2026-01-01,5\n",
        },
        is_dry_run=True,
    )
    assert [(each.finding.code, each.finding.place.file) for each in report.findings] == [
        ("table.other_format", "logo.csv"),
        ("import.empty", "empty.csv"),
        ("import.empty", "blank.csv"),
        ("import.unrecognised", "data_dictionary.csv"),
        ("import.unrecognised", "half.csv"),
    ]
    assert (report.files, business_digest()) == ((), before)


def test_text_that_looks_like_a_formula_is_text(take: Import) -> None:
    take({"companies.csv": 'company,sector,Notes\n=HYPERLINK(1),+44,"@SUM(A1)"\n'}, decisions=KEEPING)
    company = Company.objects.get(name__startswith="=")
    assert (company.name, company.sector, company.custom) == ("=HYPERLINK(1)", "+44", {"Notes": "@SUM(A1)"})


CATALOGUE = "product,series,sales_price\nGTX Pro,GTX,4821\nGTX Basic,GTX,550\n"
NEAR = "deal id,product,stage\n1,GTXPro,Engaging\n2,GTXPro,Engaging\n3,GTX Basic,Engaging\n4,GTX Bascic,Engaging\n"


def test_a_name_with_one_near_match_is_taken_and_told(take: Import) -> None:
    report = take({"products.csv": CATALOGUE, "deals.csv": NEAR})
    choices = [(each.told(), each.count, each.lines) for each in report.findings if each.finding.severity == "choice"]
    assert choices == [
        ("“GTXPro” was taken for “GTX Pro”. A strict import refuses this.", 2, [2, 3]),
        ("“GTX Bascic” was taken for “GTX Basic”. A strict import refuses this.", 1, [5]),
    ]
    assert (
        sorted(deal.product.name for deal in Deal.objects.all() if deal.product) == ["GTX Basic"] * 2 + ["GTX Pro"] * 2
    )
    assert Product.objects.get(name="GTX Pro").list_price == Money.of("4821", "EUR")


def test_a_strict_import_refuses_what_it_would_have_to_choose(take: Import) -> None:
    report = take({"products.csv": CATALOGUE, "deals.csv": NEAR}, is_strict=True)
    assert counts(report)["deals.csv"] == (1, 0, 0, 3)
    assert [(code, count) for severity, code, count in codes(report) if severity == "error"] == [
        ("import.near_name", 2),
        ("import.near_name", 1),
    ]


def test_a_name_that_may_be_two_is_an_error_for_each_of_its_rows(take: Import) -> None:
    report = take(
        {
            "companies.csv": "company\nNorthwind Traders\nNorthwind Tracers\n",
            "deals.csv": "deal id,company,stage\n1,Northwind Trazers,Engaging\n2,Northwind Traders,Engaging\n",
        }
    )
    assert counts(report)["deals.csv"] == (1, 0, 0, 1)
    assert "Northwind Tracers, Northwind Traders" in told(report, "import.ambiguous_name")


@pytest.mark.parametrize(
    ("one", "other"), [("Customer 101", "Customer 102"), ("Acme", "Acne"), ("Cancity", "Zencorporation")]
)
def test_names_with_other_numbers_short_ones_and_distant_ones_are_not_near(take: Import, one: str, other: str) -> None:
    report = take(
        {"companies.csv": f"company,sector\n{one},x\n", "deals.csv": f"deal id,company,stage\n1,{other},Engaging\n"}
    )
    assert "choice" not in {severity for severity, _, _ in codes(report)}
    assert Company.objects.filter(name=other).count() == 1


def test_people_are_not_taken_for_others_because_of_one_letter(take: Import) -> None:
    take(
        {
            "team.csv": "sales_agent\nJuan Pérez García\n",
            "deals.csv": "deal id,sales_agent,stage\n1,Juana Pérez García,Demo\n2,juan perez garcia,Demo\n",
        }
    )
    owners = sorted(deal.owner.name for deal in Deal.objects.all() if deal.owner)
    assert owners == ["Juan Pérez García", "Juana Pérez García"]


def test_agents_managers_and_regions_become_a_tree_of_teams(take: Import) -> None:
    take({"sales_teams.csv": "sales_agent,manager,regional_office\nAnna,Dustin,Central\nCecily,Dustin,Central\n"})
    central = Team.objects.get(name="Central")
    own = Team.objects.get(name="Team of Dustin")
    assert (own.parent, central.parent) == (central, None)
    members = {member.name: (member.role, member.team) for member in Member.objects.filter(team=own)}
    assert members == {"Dustin": ("manager", own), "Anna": ("rep", own), "Cecily": ("rep", own)}


def test_a_parent_company_may_stand_behind_its_subsidiary(take: Import) -> None:
    text = "account,subsidiary_of,revenue\nBluth,Sitwell,3\nSitwell,Holding,4\nHolding,,5\n"
    take({"accounts.csv": text}, decisions=KEEPING)
    parents = {row.name: row.parent and row.parent.name for row in Company.objects.filter(custom__has_key="revenue")}
    assert parents == {"Bluth": "Sitwell", "Sitwell": "Holding", "Holding": None}


def test_a_company_that_is_here_already_is_not_made_a_second_time(take: Import, shop: Shop) -> None:
    report = take({"accounts.csv": "account,sector\nacme,Shoes\n"})
    assert counts(report) == {"accounts.csv": (0, 1, 0, 0)}
    assert Company.objects.get(pk=shop.acme.pk).sector == "Shoes"


def test_people_and_leads_are_recognised_by_their_columns(take: Import, shop: Shop) -> None:
    take(
        {
            "contacts.csv": "first name,last name,email,company,job title\nEva,Gil,eva@acme.example,Acme,CTO\n",
            "leads.csv": "Lead Number,Lead Source,Created,Email,City\n77,Google,2026-02-01,i@x.example,Lima\n",
        },
        decisions=KEEPING,
    )
    eva = Person.objects.get()
    assert (eva.name, eva.email, eva.company, eva.job_title) == ("Eva Gil", "eva@acme.example", shop.acme, "CTO")
    lead = Lead.objects.get()
    assert (lead.channel, lead.email, lead.custom) == ("Google", "i@x.example", {"City": "Lima"})
    assert lead.captured_at.isoformat() == "2026-01-31T23:00:00+00:00"


def test_columns_that_can_be_read_in_two_ways_are_told_and_a_strict_import_refuses_their_cells(take: Import) -> None:
    text = "deal id,stage,amount,close date\n1,Won,1.200,03/04/2026\n2,Won,7,\n"
    report = take({"deals.csv": text}, is_dry_run=True)
    assert {"import.number_style", "import.day_order"} <= {code for _, code, _ in codes(report)}
    assert counts(report) == {"deals.csv": (1, 0, 0, 1)}
    strict = take({"deals.csv": text}, is_dry_run=True, is_strict=True)
    assert counts(strict) == {"deals.csv": (0, 0, 0, 2)}


def test_a_dry_run_says_the_same_and_writes_nothing(take: Import) -> None:
    files: dict[str, str | bytes] = {"products.csv": CATALOGUE, "deals.csv": NEAR + "5,,Won,,\n", "sales.csv": DEALS}
    before, facts = business_digest(), RecordedFactRow.objects.count()
    dry = take(files, is_dry_run=True)
    assert (business_digest(), RecordedFactRow.objects.count()) == (before, facts)
    done = take(files).to_json()
    assert done["batch"]
    assert dry.to_json() == {**done, "batch": ""}
    assert business_digest() != before


def test_a_changed_row_changes_only_what_it_says(take: Import) -> None:
    take({"sales_pipeline.csv": DEALS})
    versions = dict(Deal.objects.values_list("pk", "version"))
    facts = RecordedFactRow.objects.count()
    changed = DEALS.replace("Engaging,2026-02-20,,", "Won,2026-02-20,2026-02-25,300")
    report = take({"sales_pipeline.csv": changed})
    assert counts(report) == {"sales_pipeline.csv": (0, 1, 3, 0)}
    moved = [deal for deal in Deal.objects.all() if deal.version != versions[deal.pk]]
    assert [(deal.amount, deal.close.outcome) for deal in moved] == [(Money.of("300", "EUR"), "won")]
    news = RecordedFactRow.objects.order_by("-recorded_at", "-sequence").filter(subject_id=moved[0].pk)
    assert {fact.name for fact in news} == {"crm.deal_opened", "crm.deal_changed", "crm.deal_won"}
    # The amount that changed, the win, and the end of the operation.
    assert RecordedFactRow.objects.count() == facts + 3


def test_a_corrected_day_is_restated_and_a_won_deal_may_be_open_again(take: Import) -> None:
    take({"sales_pipeline.csv": DEALS})
    take({"sales_pipeline.csv": DEALS.replace("2026-03-02,1054", "2026-02-02,1054")})
    won = Deal.objects.get(close__outcome="won")
    assert won.opened_at is not None
    assert (won.close.closed_at - won.opened_at).days == 23
    take({"sales_pipeline.csv": DEALS.replace("Won,2026-01-10,2026-03-02", "Engaging,2026-01-10,")})
    reopened = Deal.objects.get(pk=won.pk)
    assert (hasattr(reopened, "close"), reopened.stage.name) == (False, "Engaging")
    assert reopened.stays.get().left_at is None


def test_a_new_stage_word_joins_the_pipeline_of_its_source(take: Import) -> None:
    take({"deals.csv": "deal id,stage\n1,Engaging\n"})
    take({"deals.csv": "deal id,stage\n1,Engaging\n2,Tasting\n"})
    stages = Stage.objects.filter(pipeline__name="old-crm").order_by("position").values_list("name", flat=True)
    assert list(stages) == ["Engaging", "Tasting"]


def test_whoever_may_not_make_such_rows_imports_nothing(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "products.csv").write_text(CATALOGUE)
    before = business_digest()
    with pytest.raises(NotAllowed):
        import_files(
            actor=shop.actor("rosa"),
            uploads=[PathUpload(tmp_path / "products.csv")],
            options=Options(source="x"),
            clock=SetClock(AT).now,
        )
    assert business_digest() == before
