"""How an explanation reads: one or two sentences with its numbers, and the names of its segments and factors."""

from fractions import Fraction
from typing import Any, Final

from django.utils.translation import get_language, gettext, ngettext

from caudal.core.forecast import Outlook
from caudal.core.metrics import REGISTRY, Direction, Effect
from caudal.core.plans import Plan, Target, UnitKind, better_is
from caudal.insights.queries import dimensions_of
from caudal.plan.offline.figures import amount
from caudal.plan.queries.explaining import REST, Against, Explanation
from caudal.plan.queries.standings import Standing
from caudal.ui.formats import COUNT, DAYS, MINUS, SHARE, Unit, number_text, points_text, reader_locale

HALF: Final = Fraction(1, 2)
FEW: Final = 10
"""Fewer things than these are told with a decimal: a part of a difference is seldom whole."""
WORTH: Final = Fraction(1, 10)
"""What goes the other way is told from a tenth of the difference on."""


def signed_amount(target: Target, value: Fraction) -> str:
    """Write how much more or less: +12, −$3,400; shares in points."""
    if target.unit.kind is UnitKind.PERCENT:
        return points_text(value, reader_locale())
    if target.unit.kind is UnitKind.COUNT and value and abs(value) < FEW:
        return number_text(round(value, 1), reader_locale(), sign=True)
    text = amount(target, abs(value))
    if text == amount(target, Fraction(0)):
        return text
    return f"{'+' if value > 0 else MINUS}{text}"


def distance(target: Target, value: Fraction) -> str:
    """Write how much, without its sign."""
    return signed_amount(target, value).lstrip("+" + MINUS)


def dimension_name(standing: Standing, name: str) -> str:
    """Say what a dimension is called."""
    column = dimensions_of(standing.metric).get(name) if standing.metric else None
    words = gettext(column.label) if column else name
    return words[:1].upper() + words[1:]


def segment_name(plan: Plan, by: str, value: Any) -> str:
    """Say what a segment is called."""
    if value == REST:
        return gettext("Everything else")
    if value is None or value == "":
        return gettext("Not said")
    if by == "pillar":
        named = {pillar.id: pillar.label.told(get_language() or "en") for pillar in plan.pillars}
        return named.get(value, str(value))
    return str(value)


def factor_name(explanation: Explanation, key: str) -> str:
    """Say what a factor is called; what is left over is named by what it is."""
    if key != REST:
        return REGISTRY.metrics[key].label.in_language(get_language() or "en")
    if explanation.against is Against.PLAN:
        return gettext("What the plan's own numbers leave open")
    return gettext("Timing: what began before these days")


def factor_unit(explanation: Explanation, key: str) -> Unit:
    """Return the unit that a factor's values are written in."""
    metric = REGISTRY.metrics[key]
    if metric.is_money:
        return Unit("money", explanation.standing.target.unit.counted)
    if not metric.unit:
        return SHARE
    return DAYS if metric.unit == "day" else COUNT


def explanation_words(explanation: Explanation, plan: Plan) -> str:
    """Say in a sentence or two how large the difference is and where most of it comes from."""
    said = _difference(explanation)
    if not explanation.difference or len(explanation.effects) <= 1:
        return said
    return " ".join(filter(None, (said, _main(explanation, plan), _counter(explanation, plan))))


def _difference(explanation: Explanation) -> str:
    target, more = explanation.standing.target, explanation.difference > 0
    words = {
        "much": distance(target, explanation.difference),
        "from": amount(target, explanation.start),
        "to": amount(target, explanation.end),
    }
    if not explanation.difference:
        return gettext("It is what it is compared with: %(to)s.") % words
    if words["from"] == words["to"]:
        return gettext("It is nearly what it is compared with: %(to)s.") % words
    if explanation.against is Against.BEFORE:
        grown = gettext("%(much)s more than in the time before: %(to)s after %(from)s.")
        return (grown if more else gettext("%(much)s less than in the time before: %(to)s after %(from)s.")) % words
    allows = better_is(target.metric) is Direction.LOWER
    plan = gettext("the plan allows %(from)s") if allows else gettext("the plan asks for %(from)s")
    words["plan"] = plan % words
    worked = explanation.standing.worked
    if explanation.standing.flow and worked is not None and worked.share < 1:
        early = gettext("%(much)s more than was due by now: %(to)s where %(plan)s.")
        return (early if more else gettext("%(much)s less than was due by now: %(to)s where %(plan)s.")) % words
    over = gettext("%(much)s more than planned: %(to)s where %(plan)s.")
    return (over if more else gettext("%(much)s less than planned: %(to)s where %(plan)s.")) % words


def _main(explanation: Explanation, plan: Plan) -> str:
    """The segment that moved the number most its way."""
    way = 1 if explanation.difference > 0 else -1
    same = [each for each in explanation.effects if each.amount * way > 0 and each.key != REST]
    if not same:
        return ""
    best = max(same, key=lambda each: abs(each.amount))
    words = {
        "name": segment_name(plan, explanation.by, best.key),
        "amount": signed_amount(explanation.standing.target, best.amount),
    }
    share = abs(best.amount) / abs(explanation.difference)
    if explanation.is_ratio:
        if abs(best.mix) > abs(best.rate):
            return (
                gettext("The largest part is %(name)s (%(amount)s): its weight changed, more than its own rate.")
                % words
            )
        return gettext("The largest part is %(name)s (%(amount)s): its own rate changed, more than its weight.") % words
    if share > HALF:
        return gettext("Most of it comes from %(name)s: %(amount)s.") % words
    return gettext("The largest part comes from %(name)s: %(amount)s.") % words


def _counter(explanation: Explanation, plan: Plan) -> str:
    """The segment that moved the number most the other way, where that is worth a word."""
    way = 1 if explanation.difference > 0 else -1
    other = [each for each in explanation.effects if each.amount * way < 0 and each.key != REST]
    if not other:
        return ""
    best = max(other, key=lambda each: abs(each.amount))
    if abs(best.amount) < abs(explanation.difference) * WORTH:
        return ""
    return gettext("%(name)s went the other way: %(amount)s.") % {
        "name": segment_name(plan, explanation.by, best.key),
        "amount": signed_amount(explanation.standing.target, best.amount),
    }


def outlook_words(target: Target, outlook: Outlook) -> str:
    """Say between what the number will end, how often that held, and from what it was learned."""
    of = outlook.holds.limit_denominator(20)
    words = {
        "low": amount(target, outlook.low),
        "high": amount(target, outlook.high),
        "held": number_text(of.numerator, reader_locale()),
        "of": number_text(of.denominator, reader_locale()),
        "seen": number_text(outlook.seen, reader_locale()),
    }
    return (
        ngettext(
            "Between %(low)s and %(high)s in %(held)s of %(of)s cases, going by the %(seen)s period before.",
            "Between %(low)s and %(high)s in %(held)s of %(of)s cases, going by the %(seen)s periods before.",
            outlook.seen,
        )
        % words
    )


def largest(effects: tuple[Effect[Any], ...], most: int) -> tuple[tuple[Effect[Any], ...], Fraction, int]:
    """Return the largest effects, what the others come to together, and how many these are."""
    ordered = sorted(effects, key=lambda each: (each.key == REST, -abs(each.amount)))
    others = ordered[most:]
    return tuple(ordered[:most]), sum((each.amount for each in others), Fraction(0)), len(others)
