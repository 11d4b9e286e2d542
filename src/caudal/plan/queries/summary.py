"""The plan in three sentences: how it stands, the worst miss and why, and what to do next."""

from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import get_language, gettext, ngettext

from caudal.core.metrics import REGISTRY, Direction
from caudal.core.plans import better_is
from caudal.core.targets import State
from caudal.plan.offline.figures import amount
from caudal.plan.queries.standings import Standing, Standings
from caudal.plan.queries.wording import reason
from caudal.ui.formats import number_text, reader_locale


@dataclass(frozen=True, slots=True)
class Summary:
    """Three sentences, and the target that the second and third are about."""

    how: str
    why: str
    next: str
    about: Standing | None


def summary(standings: Standings) -> Summary:
    """Return what a reader needs in ten seconds, in the active language."""
    missed = standings.missed
    worst = missed[0] if missed else None
    return Summary(_how(standings), _why(standings, worst), _next(standings, worst), worst)


def _how(standings: Standings) -> str:
    judged, unknown = len(standings.judged), len(standings.in_state(State.NO_DATA))
    met = len(standings.in_state(State.ON_TRACK, State.AHEAD))
    if not judged:
        words = ngettext(
            "The plan has %(count)s target and no data for it yet.",
            "The plan has %(count)s targets and no data for any of them yet.",
            unknown,
        )
        return words % {"count": _count(unknown)}
    said = ngettext(
        "%(met)s of %(count)s measured target is on track.",
        "%(met)s of %(count)s measured targets are on track.",
        judged,
    ) % {"met": _count(met), "count": _count(judged)}
    if not unknown:
        return said
    words = ngettext("%(count)s more has no data yet.", "%(count)s more have no data yet.", unknown)
    return f"{said} {words % {'count': _count(unknown)}}"


def _why(standings: Standings, worst: Standing | None) -> str:
    if worst is not None:
        return gettext("Furthest from plan is %(target)s: %(reason)s") % {
            "target": _name(worst),
            "reason": _small(reason(worst)),
        }
    judged = standings.judged
    if not judged:
        return gettext("There is nothing yet to be behind with.")
    closest = min(judged, key=_room)
    return gettext("Closest to its edge is %(target)s: %(reason)s") % {
        "target": _name(closest),
        "reason": _small(reason(closest)),
    }


def _next(standings: Standings, worst: Standing | None) -> str:
    if worst is None:
        if standings.judged:
            return gettext("Keep going, and feed the targets that have no data.")
        return gettext("Begin with your leads and deals: import them, or write down the first ones.")
    driver = _driver(standings, worst)
    if driver is not None:
        return gettext("Begin with %(driver)s, which drives it and is behind as well.") % {"driver": _name(driver)}
    return rate if (rate := _rate(worst)) else _look(worst)


def _look(worst: Standing) -> str:
    """Say where to look for what is behind a number."""
    if worst.metric and worst.metric.drivers:
        spoken = get_language() or "en"
        labels = [REGISTRY.metrics[each].label.in_language(spoken).lower() for each in worst.metric.drivers]
        return gettext("Look at what drives it: %(drivers)s.") % {"drivers": ", ".join(labels)}
    if worst.typed is not None:
        return gettext("It was typed by hand: ask whoever typed it what is behind it.")
    return gettext("Open the rows behind it and look at the largest ones.")


def _driver(standings: Standings, worst: Standing) -> Standing | None:
    """The worst of the missed targets whose metric drives that of `worst`."""
    drivers = worst.metric.drivers if worst.metric else ()
    return next((each for each in standings.missed if each.metric and each.metric.id in drivers), None)


def _rate(worst: Standing) -> str:
    """What each working day left must bring, beside what the days gone have brought."""
    rates, missed = worst.rates, worst.verdict.missed
    too_little = better_is(worst.target.metric) is not Direction.LOWER
    if rates is None or missed is None or not too_little or rates.needed <= 0:
        return ""
    return gettext("To reach %(goal)s takes %(needed)s a working day from here; so far it was %(done)s.") % {
        "goal": amount(worst.target, missed),
        "needed": daily(worst, rates.needed),
        "done": daily(worst, rates.so_far),
    }


def daily(standing: Standing, value: Fraction) -> str:
    """Write what a working day brings: an amount of money as such, a count with a decimal where it is small."""
    if standing.target.unit.kind.value == "money":
        return amount(standing.target, value)
    return number_text(round(value, 0 if value >= 100 else 1), reader_locale())  # noqa: PLR2004  three figures are enough


def _room(standing: Standing) -> Fraction:
    """How far the projection is from the end that it must not miss, as a part of it."""
    verdict, target = standing.verdict, standing.target
    ends = [end for end in (target.lo, target.hi) if end]
    if verdict.projection is None or not ends:
        return Fraction(10**9)
    return min(abs(verdict.projection - end) / abs(end) for end in ends)


def _name(standing: Standing) -> str:
    return standing.target.label.told(get_language() or "en")


def _small(sentence: str) -> str:
    """A sentence as the rest of another one."""
    return sentence[:1].lower() + sentence[1:]


def _count(count: int) -> str:
    return number_text(count, reader_locale())
