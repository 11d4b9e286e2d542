"""The page of all metrics: what each says, where it stands, how it went."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from caudal.core.metrics import METRICS, Metric
from caudal.core.periods import Grain, add_months
from caudal.insights import queries
from caudal.insights.views import words
from caudal.insights.views.addresses import metric_address, rows_address
from caudal.kit.access import Actor, NotAllowed
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ui.sparkline import Sparkline
from caudal.workspace.queries import company_day

MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """One metric: its words, its value of the last whole month with the way to the records, and the year before."""

    name: str
    href: str
    description: str
    state: str
    value: str = ""
    value_href: str = ""
    recent: Sparkline | None = None


@needs("metric")
@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """List every metric."""
    as_of = now()
    month = company_day(as_of).replace(day=1)
    entries = [entry(actor_of(request), one, as_of=as_of, month=month) for one in METRICS]
    last = words.month_text(add_months(month, -1))
    return render(request, "insights/catalogue.html", {"title": _("Metrics"), "entries": entries, "month": last})


def entry(actor: Actor, metric: Metric, *, as_of: datetime, month: date) -> Entry:
    """Return a metric over the twelve months before this one, as far as the actor may count."""
    told = words.name_of(metric), metric_address(metric), metric.description.in_language(words.language())
    if not queries.is_fed(metric):
        return Entry(*told, state=_("nothing feeds it yet"))
    try:
        asked = queries.question(
            actor, metric.id, as_of=as_of, start=add_months(month, -MONTHS), end=month, grain=Grain.MONTH
        )
        result = queries.measure(actor, metric.id, asked)
    except NotAllowed:
        return Entry(*told, state=_("out of your reach"))
    last = result.rows[-1]
    return Entry(
        *told,
        state="" if last.complete else _("incomplete"),
        value=words.amount(metric, asked.currency, last.value),
        value_href=rows_address(result, last),
        recent=Sparkline(
            tuple(one.value for one in result.rows), unit=words.unit_of(metric, asked.currency), label=told[0]
        ),
    )
