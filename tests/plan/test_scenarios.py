"""Scenarios that are kept: made in What if?, changed, set beside the plan, written into a draft, on pages and by programs."""

import json
import re
from collections.abc import Iterator
from fractions import Fraction
from inspect import unwrap
from typing import Any, Final

import pytest
from click.testing import CliRunner
from django.test import Client

from caudal.cli import cli
from caudal.core.plans import difference, set_target
from caudal.kit.access import SYSTEM
from caudal.kit.outbox import timeline
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound, VersionConflict
from caudal.kit.world import fixed_world, use
from caudal.plan import actions as plans
from caudal.plan.commands.kept import plan_kept
from caudal.plan.models import PlanDraft, PlanScenario
from caudal.plan.queries import ScenarioUnreadable, kept_plan, scenario_called, source_called
from caudal.workspace import actions
from caudal.workspace.models import Role
from tests.plan.march import NOW, found

MADE: Final[dict[str, Any]] = {"actor": SYSTEM, "as_of": NOW}
EMPTY: Final = """
[plan]
id = "p"
name = { en = "P", es = "P" }
currency = "EUR"
months = 3
[targets]
"""
LEADS: Final = '[drivers.leads]\nshape = "fixed"\nlikely = 9000\nunit = "leads/month"\n'


@pytest.fixture
def clock() -> Iterator[None]:
    with use(fixed_world(at=NOW)):
        yield


def person(name: str, role: Role) -> Client:
    client = Client()
    client.force_login(actions.add_member(actor=SYSTEM, as_of=NOW, name=name, email=f"{name}@example.com", role=role))
    return client


def words(answer: object) -> str:
    content: bytes = answer.content  # type: ignore[attr-defined]  # an answer of Django's client
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content.decode()))


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_what_was_tried_is_kept_as_a_scenario_and_becomes_a_draft_of_the_plan() -> None:
    found()
    marta, pia = person("marta", Role.MANAGER), person("pia", Role.REP)
    # The demo is a hundredth of the plan: 90 leads a month in What if? are 9,000 in the file.
    tried = marta.get("/plan/futures/what-if", {"of": "deals", "d.leads": "90"})
    assert "Keep this as a scenario" in words(tried)
    assert "Keep this as a scenario" not in words(pia.get("/plan/futures/what-if", {"of": "deals", "d.leads": "90"}))
    kept = marta.post("/plan/futures/scenarios/new", {"name": "A slow spring", "why": "Fewer ads.", "d.leads": "90"})
    row = PlanScenario.objects.get()
    assert (kept.headers["Location"], row.text) == (f"/plan/futures/scenarios/{row.ref}", LEADS)
    page = words(marta.get(f"/plan/futures/scenarios/{row.ref}"))
    assert "Leads Drivers 100 to 120 per month 90 per month" in page

    say = f"/plan/futures/scenarios/{row.ref}/otherwise"
    assert "Write a number" in words(marta.post(say, {"what": "targets.win", "lo": "many", "hi": ""}))
    assert "below the lower end" in words(marta.post(say, {"what": "targets.win", "lo": "30", "hi": "20"}))
    assert marta.post(say, {"what": "targets.win", "lo": "20", "hi": "22.5"}).status_code == 302
    assert marta.post(say, {"what": "budget.total", "lo": "50000", "hi": "60000"}).status_code == 302
    row.refresh_from_db()
    # shares were typed in percent, and money at a hundredth of the file's size
    assert '[targets.win]\nlo = 0.2\nhi = 0.225\nunit = "ratio"\n' in row.text
    assert "[budget.total]\nlo = 5000000\nhi = 6000000\n" in row.text
    assert marta.post(say, {"as_planned": "budget.total"}).status_code == 302
    edit = f"/plan/futures/scenarios/{row.ref}/edit"
    about = {"name": "A slow spring", "why": "Fewer ads.", "base": "", "version": 4}
    wrong = marta.post(edit, {**about, "text": LEADS.replace("leads/month", "leads/year")})
    assert wrong.status_code == 302  # kept, and said that it does not fit
    assert "“drivers.leads” is told in leads/year, but the plan tells it in leads/month" in words(
        marta.get(f"/plan/futures/scenarios/{row.ref}")
    )
    assert marta.post(edit, {**about, "text": LEADS}).status_code == 422  # somebody saved meanwhile
    assert marta.post(edit, {**about, "text": LEADS, "version": 5}).status_code == 302

    beside = words(pia.get("/plan/futures/scenarios", {"s": ["better_selling", str(row.ref)], "of": "deals"}))
    assert "played 5,000 times with the same luck" in beside
    for name in ("The plan", "Better selling", "A slow spring"):
        assert name in beside
    assert "better in every future" in beside
    assert "worse in" in beside
    drafted = marta.post(f"/plan/futures/scenarios/{row.ref}/draft")
    draft = PlanDraft.objects.get()
    assert drafted.headers["Location"] == f"/plan/drafts/{draft.ref}"
    made, laid = kept_plan(SYSTEM, draft.ref), scenario_called(SYSTEM, str(row.ref))
    assert difference(made, laid.plan).differences == ()
    assert (draft.note, draft.version_name, draft.begun_from) == ("Fewer ads.", "demo", str(row.ref))
    assert "A slow spring" in words(marta.get(f"/plan/drafts/{draft.ref}"))

    copy = marta.post("/plan/futures/scenarios/fewer_leads/copy").headers["Location"]
    assert "Fewer leads 2" in words(marta.get(copy))
    assert marta.post(f"{copy}/deletion").status_code == 302
    assert marta.get(copy).status_code == 404
    for path in ("new", f"{row.ref}/copy", f"{row.ref}/deletion", f"{row.ref}/draft", f"{row.ref}/edit"):
        assert pia.post(f"/plan/futures/scenarios/{path}").status_code == 403
    told = sorted(fact.name for fact in timeline(row.ref))
    assert told == ["plan.scenario_changed"] * 5 + ["plan.scenario_kept"]


@pytest.mark.django_db
def test_a_scenario_follows_the_plan_that_counts_or_stays_with_what_it_was_laid_over() -> None:
    found()
    version = source_called(SYSTEM).ref
    follows = plans.keep_scenario(**MADE, name="Follows", text=LEADS)
    stays = plans.keep_scenario(**MADE, name="Stays", text=LEADS, base=version)
    with pytest.raises(plans.ScenarioNamed, match="“Stays” already"):
        plans.keep_scenario(**MADE, name="Stays ")
    wrong: list[dict[str, Any]] = [{"name": ""}, {"name": "x" * 201}, {"name": "Long", "text": "#" * 50_001}]
    for values in wrong:
        with pytest.raises(BadInput):
            plans.keep_scenario(**MADE, **values)
    with pytest.raises(NotFound):
        plans.keep_scenario(**MADE, name="Nowhere", base=version[:-1] + ("0" if version[-1] != "0" else "1"))
    with pytest.raises(VersionConflict):
        plans.change_scenario(**MADE, scenario_id=stays.pk, why="So", expected_version=7)
    empty = plans.keep_scenario(**MADE, name="Empty")
    with pytest.raises(plans.NothingOtherwise):
        plans.draft_scenario(**MADE, called=str(empty.ref))
    draft = plans.begin_draft(**MADE, source=source_called(SYSTEM))
    plans.change_draft(
        **MADE,
        draft_id=draft.pk,
        text='[plan]\nid = "p"\nname = { en = "P", es = "P" }\ncurrency = "EUR"\nmonths = 3\n[targets]\n',
        version_name="",
    )
    plans.change_scenario(**MADE, scenario_id=follows.pk, base=str(draft.ref))
    assert scenario_called(SYSTEM, str(stays.ref)).is_sound
    with pytest.raises(ScenarioUnreadable, match="no driver “leads”"):
        _ = scenario_called(SYSTEM, str(follows.ref)).plan


@pytest.mark.django_db
def test_differences_are_told_of_what_stands_in_an_installation() -> None:
    """The command reads the database of the test instead of that of a data folder."""
    found()
    version = source_called(SYSTEM).ref
    draft = plans.begin_draft(**MADE, source=source_called(SYSTEM))
    more = set_target(draft.text, "leads", lo=Fraction(12_000), hi=None)
    plans.change_draft(**MADE, draft_id=draft.pk, text=more)
    kept = plans.keep_scenario(**MADE, name="A slow spring", text=LEADS)

    def run(*arguments: str) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("caudal.plan.commands.kept.plan_kept", unwrap(plan_kept))
            result = CliRunner().invoke(cli, ["plan", "diff", *arguments, "--json"])
        assert result.exit_code == 0, result.output
        return [(each["section"], each["id"]) for each in json.loads(result.stdout)["differences"]]

    assert run(version, str(draft.ref)) == [("targets", "leads")]
    assert run(version, str(kept.ref)) == [("drivers", "leads")]
    assert run(version, "--scenario", "better_selling") == [("targets", "win"), ("drivers", "lead_conv")]
    assert run("estrategia", version, "--version", "demo") == []
    missing = CliRunner().invoke(cli, ["plan", "diff", "estrategia"])
    assert "Say which plan A is compared with" in missing.output


def test_commands_take_a_plan_as_a_scenario_has_it() -> None:
    def run(*arguments: str) -> Any:
        result = CliRunner().invoke(cli, ["plan", *arguments, "--json"])
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    shown = run("show", "estrategia", "--scenario", "better_selling")
    (win,) = [each for each in shown["targets"] if each["id"] == "win"]
    assert (win["lo"], win["hi"]) == ("0.3", "0.4")
    changed = run("diff", "estrategia", "--scenario", "better_selling")
    assert [each["id"] for each in changed["differences"]] == ["win", "lead_conv"]
    tree = run("tree", "estrategia", "--scenario", "slow_launch", "--month", "1", "--version", "demo")
    (leads,) = [each for each in tree["numbers"] if each["id"] == "leads"]
    # 110 leads of a demo month, of which the launch has reached a fifth in its first month, as before
    assert leads["usually"] == pytest.approx(22)
    sides = run("scenarios", "estrategia", "--of", "deals", "--runs", "200")["sides"]
    said = {side["id"]: side["numbers"][0]["against_plan"] for side in sides}
    assert (said[""], said["fewer_leads"]["worse"], said["better_selling"]["better"]) == (None, 1.0, 1.0)
    unknown = CliRunner().invoke(cli, ["plan", "check", "estrategia", "--scenario", "slow"])
    assert unknown.exit_code != 0
    assert "slow_launch" in unknown.output
