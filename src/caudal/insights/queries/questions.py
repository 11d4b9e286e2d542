"""What is asked: a metric by its id, over days of the company, checked before any statement is made."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import Any, Final

from caudal.core.errors import Problem, msg
from caudal.core.expressions import Kind, Parameters, Setting, read, sql_value
from caudal.core.metrics import REGISTRY, Metric, Request, Sql, UnknownDimension, UnknownMetric, found_metric
from caudal.core.periods import Grain, day_in, zone_named
from caudal.insights.queries.binding import dimensions_of, marts_for, moments
from caudal.insights.queries.statements import fetch
from caudal.kit.access import Actor
from caudal.workspace.queries import founded

MOST_DIMENSIONS: Final = 4
UNKNOWN: Final = "~"
"""In an address, the value of a dimension that nobody knows. A text that begins with it has it twice."""
_SHOWN: Final = 100


class NoSuchMetric(UnknownMetric):
    """There is no metric of this id."""

    hint = msg("The nearest is “{near}”.")


class NoSuchDimension(UnknownDimension):
    """The metric cannot be broken down by this."""

    hint = msg("The nearest is “{near}”. It can be broken down by: {known}.")


class TooManyDimensions(Problem):
    """The question has more dimensions than anybody can read."""

    code = "metric.dimensions_too_many"
    status = 422
    message = msg("A number is broken down by {most} dimensions at most, each of them once.")


def metric_named(metric_id: str) -> Metric:
    """Return a metric by its id, or a side of one: `nrr.numerator`. Raises NoSuchMetric, which names the nearest."""
    found = found_metric(metric_id, REGISTRY)
    if found is None:
        raise NoSuchMetric(metric=metric_id[:_SHOWN], near=_nearest(metric_id, REGISTRY.metrics))
    return found


def question(
    actor: Actor,
    metric_id: str,
    *,
    as_of: datetime,
    start: date | None = None,
    end: date | None = None,
    grain: Grain | None = None,
    by: Sequence[str] = (),
    where: str = "",
) -> Request:
    """Return what is asked of a metric, in the company's zone, currency and fiscal year.

    Without a start it begins with the first day that anything happened which the actor may count, without an end it
    ends with the day of `as_of`. Raises NoSuchMetric, NoSuchDimension, TooManyDimensions, NotFed, NotAllowed,
    EmptyPeriod, Refused and Unreadable (the filter).
    """
    metric, own = metric_named(metric_id), founded()
    check_dimensions(metric, by)
    today = day_in(as_of, zone_named(own.zone))
    until = end or today + timedelta(days=1)
    request = Request(
        start=start or min(first_day(actor, metric, as_of=today, zone=own.zone) or today, until - timedelta(days=1)),
        end=until,
        as_of=today,
        grain=grain,
        by=tuple(by),
        where=where.strip() or "true",
        zone=own.zone,
        currency=own.currency,
        fiscal_start=own.fiscal_start_month,
    )
    request.periods()
    return request


def check_dimensions(metric: Metric, by: Sequence[str]) -> None:
    """Refuse what the metric cannot be broken down by. Raises NoSuchDimension, TooManyDimensions."""
    known = dimensions_of(metric) if by else {}
    for name in by:
        if name not in known:
            raise NoSuchDimension(
                metric=metric.id, dimension=name[:_SHOWN], known=", ".join(sorted(known)), near=_nearest(name, known)
            )
    if len(by) > MOST_DIMENSIONS or len(set(by)) < len(by):
        raise TooManyDimensions(most=MOST_DIMENSIONS)


def first_day(actor: Actor, metric: Metric, *, as_of: date, zone: str) -> date | None:
    """Return the first day on which anything happened that the metric looks at, as far as the actor may count."""
    marts, parameters = marts_for(actor, metric), Parameters(Setting(as_of, zone))
    parts: list[str] = []
    values: dict[str, Any] = {}
    for moment in moments(metric):
        shape = marts.shapes[moment.source]
        instant = shape.fields[moment.time].type.kind is Kind.INSTANT
        day = read(f"day_of({moment.time})" if instant else moment.time, shape.schema)
        parts.append(f"select min({sql_value(day.term, parameters)}) as day from {shape.relation} f")  # noqa: S608  our own names
        values |= shape.parameters
    text = f"select min(day) from ({' union all '.join(parts)}) days"  # noqa: S608  the same
    found: date | None = fetch(Sql(text, {**values, **parameters.values}, ("day",)))[0][0]
    return found


def _nearest(word: str, known: Iterable[str]) -> str:
    return next(iter(get_close_matches(word[:_SHOWN], list(known), n=1, cutoff=0)), "")


def written(value: object) -> str:
    """Write the value of a dimension into an address.

    >>> written(None), written("Rosa"), written("~")
    ('~', 'Rosa', '~~')
    """
    if value is None:
        return UNKNOWN
    text = str(value)
    return UNKNOWN + text if text.startswith(UNKNOWN) else text
