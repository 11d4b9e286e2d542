"""How targets read: their numbers, their states and the reasons, in the active language."""

from fractions import Fraction

from django.utils.translation import gettext, ngettext

from caudal.core.plans import Target, UnitKind
from caudal.core.targets import State
from caudal.plan.offline.figures import amount, interval
from caudal.plan.queries.feeds import feed_of
from caudal.plan.queries.standings import Standing
from caudal.ui.formats import MINUS, day_text, number_text, points_text, reader_locale


def state_word(standing: Standing) -> str:
    """Say the state in a word or three."""
    verdict = standing.verdict
    match verdict.state:
        case State.AHEAD:
            return gettext("ahead")
        case State.ON_TRACK:
            return gettext("on track")
        case State.NO_DATA:
            return gettext("too early to say") if verdict.actual is not None else gettext("no data yet")
    if _over(standing):
        return gettext("over plan")
    return gettext("behind")


def tone(standing: Standing) -> str:
    """Return the colour of the state: a miss of less than a tenth of what was planned warns."""
    if standing.verdict.state is State.NO_DATA:
        return "idle"
    if standing.verdict.state.is_met:
        return "good"
    return "warn" if standing.verdict.severity < Fraction(1, 10) else "bad"


def reason(standing: Standing) -> str:
    """Say in one sentence, with numbers, why a target stands as it does."""
    if standing.verdict.state is State.NO_DATA:
        said = _unknown(standing)
    elif standing.flow:
        said = _flow(standing)
    else:
        said = _level(standing)
    return f"{said}{_missing(standing)}{_typed(standing)}"


def _typed(standing: Standing) -> str:
    if standing.typed is None:
        return ""
    day = day_text(standing.typed.through, reader_locale())
    return " " + gettext("Typed by hand, up to %(day)s.") % {"day": day}


def _unknown(standing: Standing) -> str:
    if not standing.is_fed:
        return gettext("Would be fed by %(feed)s.") % {"feed": gettext(feed_of(standing.target.metric))}
    if standing.measured is None:
        return gettext("Nobody has typed this period yet.")
    if standing.verdict.actual is not None:
        return gettext("%(actual)s so far, before the first working hour of the period.") % _numbers(standing)
    if any(value is not None for value in standing.recent):
        return gettext("Nothing to measure in these days.")
    return gettext("Nothing was recorded yet.")


def _flow(standing: Standing) -> str:
    assert standing.worked is not None  # noqa: S101  what was judged was measured
    values = _numbers(standing)
    if standing.worked.share == 1:
        return gettext("%(actual)s of %(goal)s when the period ended.") % values
    if standing.verdict.state is not State.BEHIND:
        return gettext("%(actual)s of %(goal)s; at this pace %(projection)s.") % values
    return gettext("%(days)s: %(actual)s of %(goal)s; at this pace %(projection)s.") % {
        **values,
        "days": _days_behind(standing),
    }


def _level(standing: Standing) -> str:
    values = _numbers(standing)
    verdict = standing.verdict
    if verdict.state is State.ON_TRACK:
        return gettext("%(actual)s is within the planned %(interval)s.") % values
    if verdict.state is State.AHEAD:
        return gettext("%(actual)s is better than the planned %(interval)s.") % values
    if _over(standing):
        return gettext("%(actual)s is %(miss)s over the planned %(interval)s.") % values
    return gettext("%(actual)s is %(miss)s short of the planned %(interval)s.") % values


def _numbers(standing: Standing) -> dict[str, str]:
    target, verdict = standing.target, standing.verdict
    goal = target.lo if target.hi is None else verdict.missed
    return {
        "actual": amount(target, verdict.actual),
        "projection": amount(target, verdict.projection),
        "interval": interval(target, per=False),
        "goal": amount(target, goal) if goal is not None else interval(target, per=False),
        "miss": _distance(target, verdict.miss),
    }


def _distance(target: Target, miss: Fraction) -> str:
    """How far a share is from another is told in points."""
    if target.unit.kind is UnitKind.PERCENT:
        return points_text(miss, reader_locale()).removeprefix("+").removeprefix(MINUS)
    return amount(target, miss)


def _days_behind(standing: Standing) -> str:
    """Tell the lag of a flow in working days."""
    lag, worked = standing.verdict.lag, standing.worked
    days = Fraction(0) if lag is None or worked is None else lag * worked.days
    over = _over(standing)
    if days < 1:
        return gettext("Less than a working day over") if over else gettext("Less than a working day behind")
    count = round(days)
    told = {"days": number_text(count, reader_locale())}
    if over:
        return ngettext("%(days)s working day over", "%(days)s working days over", count) % told
    return ngettext("%(days)s working day behind", "%(days)s working days behind", count) % told


def _over(standing: Standing) -> bool:
    """Whether what is missed is the upper end."""
    verdict = standing.verdict
    return verdict.missed is not None and verdict.projection is not None and verdict.projection > verdict.missed


def _missing(standing: Standing) -> str:
    if not standing.missing:
        return ""
    words = ngettext(
        "%(count)s row could not be counted in.", "%(count)s rows could not be counted in.", standing.missing
    )
    return " " + words % {"count": number_text(standing.missing, reader_locale())}
