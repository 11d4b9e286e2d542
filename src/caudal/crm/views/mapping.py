"""What leads become: the mapping that says so, and the way back."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from caudal.core.ids import Ref
from caudal.crm import actions, queries
from caudal.crm.forms.mapping import KINDS, MappingForm, slot_labels
from caudal.crm.models import Lead
from caudal.crm.views.forming import attempt, sent
from caudal.crm.views.nouns import LEAD
from caudal.kit.access import Verb, may
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.world import now


@needs("mapping")
@require_http_methods(["GET", "POST"])
def conversion_mapping(request: HttpRequest) -> HttpResponse:
    """Show which field of a lead goes where, and let administrators say otherwise."""
    actor = actor_of(request)
    row = queries.mapping_row()
    lines = queries.mapping_lines(row)
    form = MappingForm(sent(request), actor=actor, lines=lines, version=row.version if row else None)
    may_change = may(actor, "mapping", Verb.CHANGE)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            version = form.cleaned_data["version"]
            _row, problem = attempt(
                form,
                lambda: actions.change_mapping(actor=actor, as_of=now(), lines=form.lines(), expected_version=version),
            )
            if problem is None:
                messages.success(request, _("Leads are converted like this from now on."))
                return redirect("crm:mapping")
            status = HTTPStatus(problem.status)
    labels = slot_labels()
    context = {
        "title": _("Conversion of leads"),
        "form": form,
        "may_change": may_change,
        "shown": [
            (
                KINDS[kind],
                [
                    (labels.get(("lead", each.source), each.source), labels.get((kind, each.target), each.target))
                    for each in lines
                    if each.kind == kind
                ],
            )
            for kind in KINDS
        ],
        "broken": [
            (
                labels.get(("lead", each.line.source), each.line.source),
                KINDS[each.line.kind],
                each.line.target,
                _(each.why),
            )
            for each in queries.broken(lines)
        ],
    }
    return render(request, "crm/mapping.html", context, status=status)


@needs("lead", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def lead_unconvert(request: HttpRequest, record_id: str) -> HttpResponse:
    """Say what would go and what would stay if a conversion were taken back, and do so."""
    actor = actor_of(request)
    lead = queries.lead(actor, Ref.parse(record_id, Lead.kind).id, Verb.CHANGE)
    conversion = queries.conversion_of(lead)
    if conversion is None:
        raise actions.NotConverted(lead=lead.name)
    if request.method == "POST":
        version = request.POST.get("version", "")
        undone = actions.undo_conversion(
            actor=actor,
            as_of=now(),
            lead_id=lead.pk,
            expected_version=int(version) if version.isascii() and version.isdecimal() else None,
        )
        stays = sum(part.why is not queries.Why.GOES for part in undone.parts)
        words = ngettext(
            "%(name)s is open again; %(count)s record stays.", "%(name)s is open again; %(count)s records stay.", stays
        )
        messages.success(
            request,
            words % {"name": lead.name, "count": stays}
            if stays
            else _("%(name)s is open again, as before.") % {"name": lead.name},
        )
        return redirect(LEAD.href(lead))
    context = {
        "layout": "crm/dialog.html" if request.headers.get("hx-request") == "true" else "ui/page.html",
        "title": _("Take the conversion of %(name)s back?") % {"name": lead.name},
        "crumbs": [(LEAD.plural, LEAD.list_href), (lead.name, LEAD.href(lead))],
        "action": reverse("crm:lead_unconvert", args=[lead.ref]),
        "cancel": LEAD.href(lead),
        "version": lead.version,
        "parts": [
            (
                KINDS[part.ref.kind],
                part.name or _("out of your sight"),
                page_of(part.ref) if part.name else "",
                part.why.words,
                part.why is queries.Why.GOES,
            )
            for part in queries.remains_of(actor, conversion)
        ],
    }
    return render(request, "crm/unconvert.html", context)
