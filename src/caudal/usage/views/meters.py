"""The page of a meter: what it reads and how it adds up, tried on a sample event before it is kept."""

from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.core.rating import Aggregation
from caudal.kit.access import Actor, Verb, may, require
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.usage import actions, queries
from caudal.usage.forms.meters import MeterForm, refuse
from caudal.usage.forms.words import amount_of, json_lines, label_of
from caudal.usage.models import Meter
from caudal.usage.offline import MeterRule, SentEvent, Unreadable, parsed, read_event
from caudal.usage.views.overview import kept

TRY: Final = "try"
SAMPLE: Final = {"source": "app", "id": "1", "type": "", "subject": "acme", "time": "2026-03-01T10:00:00Z", "data": {}}


@needs("meter")
@require_http_methods(["GET", "POST"])
def meter(request: HttpRequest) -> HttpResponse:
    """Add a meter or change one; a sample event is only read, and what the meter would make of it is shown."""
    actor = actor_of(request)
    found = _asked(actor, request)
    require(actor, Meter.kind, Verb.VIEW if found else Verb.CREATE)
    may_keep = may(actor, Meter.kind, Verb.CHANGE if found else Verb.CREATE)
    form = MeterForm(request.POST or None, meter=found, initial=_first_said(actor, request, found))
    tried: dict[str, Any] = {}
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if TRY in request.POST:
            tried = _tried(form)
            status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        elif said := kept(form, lambda: _keep(actor, form, found)):
            messages.success(request, said)
            return redirect("usage:overview")
    context = {
        "title": label_of(found) if found else _("New meter"),
        "crumbs": [(_("Usage"), reverse("usage:overview"))],
        "form": form,
        "found": found,
        "may_keep": may_keep,
        **tried,
    }
    return render(request, "usage/meter.html", context, status=status)


def _asked(actor: Actor, request: HttpRequest) -> Meter | None:
    ref = request.GET.get("id", "")
    return queries.meter(actor, Ref.parse(ref, Meter.kind).id) if ref else None


def _first_said(actor: Actor, request: HttpRequest, found: Meter | None) -> dict[str, Any]:
    """What the form begins with: what the address names, and the last event of its type as a sample."""
    event_type = found.event_type if found else request.GET.get("type", "")
    last = queries.last_sent(actor, event_type) if event_type else None
    sample = json_lines(last or SAMPLE | {"type": event_type})
    return {"event_type": event_type, "code": request.GET.get("code", ""), "sample": sample}


def _keep(actor: Actor, form: MeterForm, found: Meter | None) -> str:
    values = form.values()
    if found is None:
        made = actions.add_meter(actor=actor, as_of=now(), **values)
        return _("Added: %(name)s") % {"name": label_of(made)}
    version = form.cleaned_data["version"]
    changed = actions.change_meter(actor=actor, as_of=now(), meter_id=found.pk, expected_version=version, **values)
    return _("Saved: %(name)s") % {"name": label_of(changed)}


def _tried(form: MeterForm) -> dict[str, Any]:
    """What the meter of a form makes of its sample."""
    if not form.is_valid():
        return {}
    said = form.values()
    try:
        rule = MeterRule(
            event_type=said["event_type"],
            aggregation=Aggregation(said["aggregation"]),
            filter=said["filter"],
            quantity_property=said["quantity_property"],
            value_property=said["value_property"],
            amount_property=said["amount_property"],
            dimensions=tuple(each for each in said["dimensions"] if each),
            takes_negative=said["takes_negative"],
        )
        event = read_event(parsed(form.cleaned_data["sample"] or "{}"))
        if not isinstance(event, SentEvent):
            return {"tried": True, "findings": event}
        reading = rule.read(event)
    except Unreadable as problem:
        return {"tried": True, "findings": [problem.finding]}
    except Problem as problem:
        refuse(form, problem, gettext)
        return {}
    if reading is None:
        return {"tried": True, "passed": True}
    return {
        "tried": True,
        "quantity": amount_of(reading.quantity),
        "value": reading.value,
        "amount": amount_of(reading.amount) if reading.amount is not None else "",
        "dimensions": ", ".join(f"{name}: {value}" for name, value in reading.dimensions.items()),
    }
