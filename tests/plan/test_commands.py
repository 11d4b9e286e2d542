"""`caudal plan` in the terminal."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from caudal.cli import cli
from caudal.plan.queries import plan_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["plan", *arguments])


def test_a_plan_is_shown_as_data_with_exact_numbers() -> None:
    result = run("show", "estrategia", "--json")
    assert result.exit_code == 0
    shown = json.loads(result.stdout)
    assert len(shown["targets"]) == 106
    by_id = {target["id"]: target for target in shown["targets"]}
    assert by_id["growth_m"] == {
        "id": "growth_m",
        "lo": "0.25",
        "hi": "0.3",
        "open": False,
        "unit": "1/month",
        "period": "month",
        "pillar": None,
        "metric": "revenue_growth",
        "lines": [19, 245],
        "label": {"en": "Monthly revenue growth", "es": "Crecimiento mensual de los ingresos"},
    }
    assert (by_id["new_cust"]["lo"], by_id["new_cust"]["hi"], by_id["new_cust"]["open"]) == ("5000", None, True)
    assert shown["plan"]["version"] is None


def test_a_version_is_shown_at_its_size() -> None:
    shown = json.loads(run("show", "estrategia", "--version", "demo", "--json").stdout)
    by_id = {target["id"]: target for target in shown["targets"]}
    assert (by_id["leads"]["lo"], by_id["pieces"]["lo"], by_id["win"]["lo"]) == ("100", "0.6", "0.25")
    assert (shown["plan"]["version"], shown["plan"]["scale"]) == ("demo", "0.01")


def test_people_see_a_table_in_their_language() -> None:
    english, spanish = run("show", "estrategia").stdout, run("show", "estrategia", "--language", "es").stdout
    assert "Win rate" in english
    assert "25-35 %" in english
    assert "10,000+" in english
    assert "7,250,000-14,500,000" in english
    assert "70 %+" in english
    assert "Tasa de cierre" in spanish


def test_a_wrong_plan_is_told_with_its_places_and_fails(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    text = plan_path("estrategia").read_text(encoding="utf-8")
    wrong.write_text(
        text.replace('"leads/month"', '"lead/month"').replace("lo = 500\n", "lo = 500000\n"), encoding="utf-8"
    )
    result = run("show", str(wrong))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert f"{wrong}:" in result.stderr
    assert "“lead/month” is not a unit: “lead” is not known. Did you mean “leads”?" in result.stderr
    findings = json.loads(run("show", str(wrong), "--json").stdout)["findings"]
    line = text[: text.index("leads/month")].count("\n") + 1
    assert ("plan.unknown_unit", line, 8) in {
        (finding["code"], finding["line"], finding["column"]) for finding in findings
    }
    assert f"{len(findings)} mistakes in {wrong}." in result.stderr


def test_names_of_no_plan_and_no_version_say_which_there_are() -> None:
    missing, unknown = run("show", "nowhere"), run("show", "estrategia", "--version", "demos")
    assert (missing.exit_code, unknown.exit_code) == (1, 1)
    assert "one of: estrategia" in missing.stderr
    assert "no version “demos”" in unknown.stderr


def test_two_plans_are_compared_in_words_and_as_exact_data(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    text = plan_path("estrategia").read_text(encoding="utf-8")
    # 10,000 leads and more become 12,000 and more: a fifth
    start = text.index("[targets.leads]")
    mine.write_text(text[:start] + text[start:].replace("lo = 10_000", "lo = 12_000", 1), encoding="utf-8")
    told = run("diff", "estrategia", str(mine))
    assert told.exit_code == 0
    assert "[leads]" in told.stdout
    assert "+20%" in told.stdout
    assert "1 difference: 1 target differs, 105 targets are alike." in told.stdout
    data = json.loads(run("diff", "estrategia", str(mine), "--json").stdout)
    (leads,) = data["differences"]
    assert (leads["section"], leads["id"], leads["fate"], leads["lo_by"]) == ("targets", "leads", "changed", "0.2")
    assert leads["changes"] == [{"field": "lo", "before": "10000", "after": "12000"}]
    assert run("diff", "estrategia", "estrategia", "--strict").exit_code == 0
    assert run("diff", "estrategia", str(mine), "--strict").exit_code == 1
    assert "one of: estrategia" in run("diff", "estrategia", "nowhere").stderr
