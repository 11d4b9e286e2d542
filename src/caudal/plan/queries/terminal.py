"""Plan versus actual as a table for terminals, and as rows for programs."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import get_language, gettext
from rich import box
from rich.markup import escape
from rich.table import Table

from caudal.core.intervals import exact_text
from caudal.core.targets import State
from caudal.plan.offline.figures import amount, interval
from caudal.plan.queries.standings import Standing, Standings
from caudal.plan.queries.wording import reason, state_word, tone
from caudal.ui.formats import percent_text, reader_locale, rounded

PLACES: Final = 12
STYLES: Final = {"good": "green", "warn": "yellow", "bad": "red", "idle": "dim"}


def standing_table(standings: Standings, *, unfed: bool = False) -> Table:
    """Return plan versus actual in the active language, to be printed by rich.

    Targets without data stand below the others; those that nothing feeds only with `unfed`.
    """
    version = standings.plan.version
    language = get_language() or "en"
    size = f" ({version.label.told(language)})" if version else ""
    table = Table(
        title=escape(f"{standings.plan.name.told(language)}{size}, {standings.moment.day.isoformat()}"),
        box=box.SIMPLE,
        title_justify="left",
    )
    for heading in (gettext("Target"), gettext("Plan"), gettext("Actual"), gettext("Projection"), gettext("Elapsed")):
        table.add_column(heading, justify="left" if not table.columns else "right", overflow="fold")
    table.add_column(gettext("State"), no_wrap=True)
    table.add_column(gettext("Why"), overflow="fold")
    unknown = [each for each in standings.in_state(State.NO_DATA) if each.is_fed or unfed]
    for each in (*standings.missed, *standings.in_state(State.ON_TRACK, State.AHEAD), *unknown):
        table.add_row(*_cells(each, language))
    return table


def standing_rows(standings: Iterable[Standing]) -> list[dict[str, Any]]:
    """Return plan versus actual for programs: numbers are decimal texts, ratios parts of one, days half-open."""
    return [
        {
            "id": each.target.id,
            "lo": decimal_text(each.target.lo),
            "hi": decimal_text(each.target.hi),
            "unit": each.target.unit.text,
            "metric": each.target.metric,
            "pillar": each.target.pillar,
            "scaled": each.scaled,
            "from": each.measured and each.measured.start.isoformat(),
            "to": each.measured and each.measured.end.isoformat(),
            "actual": decimal_text(each.verdict.actual),
            "projection": decimal_text(each.verdict.projection),
            "pace": decimal_text(each.verdict.pace),
            "share_elapsed": decimal_text(each.worked.share if each.worked else None),
            "state": each.verdict.state.value,
            "typed": each.typed is not None,
            "reason": reason(each),
        }
        for each in standings
    ]


def _cells(standing: Standing, language: str) -> tuple[str, ...]:
    target, verdict = standing.target, standing.verdict
    style = STYLES[tone(standing)]
    share = standing.worked.share if standing.worked and standing.flow else None
    plain = (
        target.label.told(language),
        interval(target),
        amount(target, verdict.actual),
        amount(target, verdict.projection) if standing.flow else "",
        "" if share is None else percent_text(share, reader_locale(), places=0),
    )
    return (*map(escape, plain), f"[{style}]{escape(state_word(standing))}[/]", escape(reason(standing)))


def decimal_text(value: Fraction | None) -> str | None:
    """Write a number for programs: exact where the decimals end, to twelve places where they do not."""
    if value is None:
        return None
    text = exact_text(value)
    return text if "/" not in text else str(rounded(value, PLACES))
