"""What usage shows elsewhere: its line of the rail, what a company used this month, and how its facts read."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from caudal.core.ids import Ref
from caudal.core.periods import Days, start_of_day, zone_named
from caudal.kit.access import Actor, Verb, may
from caudal.kit.outbox import RecordedFact
from caudal.kit.panels import FactWords, NavItem, Panel
from caudal.ledger.queries import MonthAsked, MonthStep, StepState
from caudal.ui.formats import month_text, number_text, reader_locale
from caudal.ui.sparkline import Sparkline
from caudal.ui.tables import query
from caudal.usage import events, queries
from caudal.usage.forms.words import amount_of, label_of
from caudal.workspace.queries import company_day, founded

METERS_SHOWN: Final = 5


def usage_of_company(ref: Ref, actor: Actor, as_of: datetime) -> Mapping[str, Any] | None:
    """Return what a company used this month by meter and day; nothing for one that never used anything."""
    if not may(actor, "usage", Verb.VIEW) or not queries.has_usage(ref.id):
        return None
    today = company_day(as_of)
    days = Days(today.replace(day=1), today + timedelta(days=1))
    used = queries.by_day(ref.id, queries.meters(actor), days, zone_named(founded().zone), as_of=as_of)
    here = reverse("usage:events")
    return {
        "rows": [
            {
                "name": label_of(each.meter),
                "amount": amount_of(each.quantity),
                "href": here + query({"company": str(ref), "meter": each.meter.code}),
                "line": Sparkline(tuple(each.days.values()), label=label_of(each.meter)),
            }
            for each in used[:METERS_SHOWN]
        ],
        "month": month_text(today, reader_locale()),
        "href": here + query({"company": str(ref)}),
    }


def settled_words(fact: RecordedFact) -> str:
    """Say which content of an event counts."""
    return gettext("kept the first content") if fact.data["kept"] else gettext("let the other content count")


def usage_counts(actor: Actor, asked: MonthAsked) -> StepState:
    """Say how many events of the month, or of no known time, wait or are in conflict, and count for nothing so far."""
    zone = zone_named(founded().zone)
    count = queries.left_of(actor, start_of_day(asked.days.end, zone))
    said = ngettext("%(count)s event waits or is in conflict.", "%(count)s events wait or are in conflict.", count)
    missing = said % {"count": number_text(count, reader_locale())} if count else ""
    return StepState(total=count, missing=missing, href=reverse("usage:overview"))


MONTH_STEPS: Final = (
    MonthStep(
        "usage_counts",
        10,
        _("All usage that came counts"),
        _("An event that waits for its subject or meter is invoiced to nobody."),
        usage_counts,
    ),
    MonthStep(
        "usage_came",
        11,
        _("All usage has come"),
        _("Only who keeps the systems that send knows whether they have sent everything."),
    ),
)
NAVIGATION: Final = (NavItem("bill", _("Usage"), "usage:overview", 60, "meter"),)
PANELS: Final = (Panel("company", 25, _("Usage"), "usage/_company.html", usage_of_company),)
FACT_WORDS: Final = (
    FactWords(events.UsageRecorded.name, lambda _fact: gettext("sent usage"), "plus"),
    FactWords(events.MeterAdded.name, lambda _fact: gettext("added the meter"), "plus"),
    FactWords(events.MeterChanged.name, lambda _fact: gettext("changed the meter"), "edit"),
    FactWords(events.SubjectAdded.name, lambda _fact: gettext("noted a usage subject"), "plus"),
    FactWords(
        events.SubjectMoved.name, lambda _fact: gettext("gave the usage of a subject to another company"), "edit"
    ),
    FactWords(events.ConflictSettled.name, settled_words, "check"),
)
