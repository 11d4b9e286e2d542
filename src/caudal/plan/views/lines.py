"""A target as pages show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language, gettext

from caudal.plan.queries import Standing, Standings, feed_of, interval, reason, state_word, tone, unit_of
from caudal.ui.band import Band
from caudal.ui.sparkline import Sparkline


@dataclass(frozen=True, slots=True)
class Line:
    """One target: its band, its recent past, its state and the reason, its page, and the rows behind its number."""

    id: str
    label: str
    interval: str
    href: str
    rows: str
    band: Band
    recent: Sparkline
    state: str
    tone: str
    reason: str
    scaled: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The targets of one line of business, or of the whole company."""

    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Unfed:
    """What is still to come, and the targets it would feed, each with its page."""

    feed: str
    labels: tuple[tuple[str, str], ...]


def language() -> str:
    """Return the reader's language."""
    return get_language() or "en"


def line(standing: Standing) -> Line:
    """Return a target that something measures as a line of the page."""
    target, verdict, unit = standing.target, standing.verdict, unit_of(standing.target)
    label, word, colour = target.label.told(language()), state_word(standing), tone(standing)
    return Line(
        id=target.id,
        label=label,
        interval=interval(target),
        href=reverse("plan:target", args=[target.id]),
        rows=rows_address(standing),
        band=Band(
            lo=target.lo,
            hi=target.hi,
            actual=verdict.actual,
            projection=verdict.projection if standing.flow else None,
            pace=verdict.pace,
            unit=unit,
            tone=colour,
            state=word,
            label=label,
        ),
        recent=Sparkline(standing.recent, lo=target.lo, hi=target.hi, unit=unit, label=label),
        state=word,
        tone=colour,
        reason=reason(standing),
        scaled=standing.scaled,
    )


def groups(standings: Standings) -> list[Group]:
    """Group what is measured by line of business, the whole company first, in the order of the plan."""
    labels = {None: gettext("The whole company")} | {
        pillar.id: pillar.label.told(language()) for pillar in standings.plan.pillars
    }
    found = [
        Group(label, tuple(line(each) for each in standings.targets if each.is_fed and each.target.pillar == pillar))
        for pillar, label in labels.items()
    ]
    return [group for group in found if group.lines]


def unfed(standings: Iterable[Standing]) -> list[Unfed]:
    """Group what nothing measures by what would feed it, the most wanted first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for each in standings:
        if not each.is_fed:
            named = each.target.label.told(language()), reverse("plan:target", args=[each.target.id])
            found.setdefault(feed_of(each.target.metric), []).append(named)
    wanted = sorted(found.items(), key=lambda item: -len(item[1]))
    return [Unfed(capital(gettext(feed)), tuple(labels)) for feed, labels in wanted]


def capital(words: str) -> str:
    """Return words as the beginning of a line."""
    return words[:1].upper() + words[1:]


def rows_address(standing: Standing) -> str:
    """Return the address of the rows that make a number; nothing where there is no number, or somebody typed it."""
    if standing.metric is None or standing.measured is None or standing.typed is not None:
        return ""
    page = reverse("insights:rows", args=[standing.metric.id])
    asked = {"from": standing.measured.start.isoformat(), "to": standing.measured.end.isoformat()}
    if standing.target.pillar:
        asked["where"] = f'pillar = "{standing.target.pillar}"'
    return f"{page}?{urlencode(asked)}"
