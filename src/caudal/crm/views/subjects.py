"""What people agreed to, what is known of them, and erasing them."""

import json
import shutil
import tempfile
import zipfile
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from caudal.core.ids import Ref
from caudal.crm import actions, queries
from caudal.crm.actions.consents import reached, whose
from caudal.crm.actions.erasing import EraseReason, ErasureDraft
from caudal.crm.forms.subjects import REASONS, ConsentForm, ErasureForm, ReleaseForm, WithdrawalForm
from caudal.crm.models import Consent
from caudal.crm.views.forming import FormPage, attempt, onwards, sent, show
from caudal.crm.views.nouns import Noun
from caudal.kit.access import Verb
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.subjects import held
from caudal.kit.world import now, world
from caudal.ui.tables import Cell, Column, Row, Table
from caudal.workspace.queries import actor_names


def consenting(noun: Noun) -> Any:
    """Return the view that notes that a person or a lead agreed."""

    @needs(noun.kind, Verb.CHANGE)
    @require_http_methods(["GET", "POST"])
    def agree(request: HttpRequest, record_id: str) -> HttpResponse:
        actor, ref = actor_of(request), Ref.parse(record_id, noun.kind)
        who = reached(actor, ref)
        form = ConsentForm(sent(request), actor=actor)
        page = FormPage(
            title=_("%(name)s agrees") % {"name": who.name},
            submit=_("Note it"),
            action=reverse(f"crm:{noun.kind}_consent", args=[ref]),
            cancel=noun.href(who),
            crumbs=[(noun.plural, noun.list_href), (who.name, noun.href(who))],
        )
        if request.method != "POST":
            return show(request, page, form)
        if not form.is_valid():
            return show(request, page, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        as_of = now()
        _row, problem = attempt(form, lambda: actions.note_consent(actor=actor, as_of=as_of, consent=form.draft(ref)))
        if problem:
            return show(request, page, form, problem.status)
        messages.success(request, _("Noted: %(name)s agreed") % {"name": who.name})
        return onwards(request, noun.href(who))

    return agree


@needs("consent", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def consent_withdraw(request: HttpRequest, consent_id: str) -> HttpResponse:
    """Note that somebody takes back what they agreed to."""
    actor = actor_of(request)
    row = queries.consent(Ref.parse(consent_id, Consent.kind).id)
    who = reached(actor, whose(row))
    form = WithdrawalForm(sent(request), actor=actor)
    page = FormPage(
        title=_("%(name)s takes it back: %(purpose)s") % {"name": who.name, "purpose": row.get_purpose_display()},
        submit=_("Note it"),
        action=reverse("crm:consent_withdrawal", args=[row.ref]),
        cancel=page_of(who.ref),
        lead=_("It ends now. If they agree again, that is a consent of its own."),
        crumbs=[(who.name, page_of(who.ref))],
    )
    if request.method != "POST":
        return show(request, page, form)
    if not form.is_valid():
        return show(request, page, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    as_of, how = now(), form.cleaned_data["how"]
    _row, problem = attempt(
        form, lambda: actions.withdraw_consent(actor=actor, as_of=as_of, consent_id=row.pk, how=how)
    )
    if problem:
        return show(request, page, form, problem.status)
    messages.success(request, _("Withdrawn: %(purpose)s") % {"purpose": row.get_purpose_display()})
    return onwards(request, page_of(who.ref))


@needs("subject")
@require_GET
def subject_page(request: HttpRequest, record_id: str) -> HttpResponse:
    """Show what is known of a person, in numbers, with the ways to hand it over and to erase it."""
    ref = Ref.parse(record_id)
    found = queries.subject(actor_of(request), ref)
    counts = [
        (_("People"), len(found.people)),
        (_("Leads"), len(found.leads)),
        (_("Deals that name them"), len(found.deals)),
        (_("Activities"), len(found.activities)),
        (_("Touches"), len(found.touches)),
        (_("Consents"), len(found.consents)),
        (_("E-mail addresses"), len(found.addresses)),
        *((str(each.words), len(each.told(found.refs))) for each in held()),
    ]
    context = {
        "title": _("Everything about %(name)s") % {"name": found.record.name},
        "crumbs": [(found.record.name, page_of(ref))],
        "counts": counts,
        "ref": str(ref),
        "is_erased": found.record.name == queries.ERASED,
    }
    return render(request, "crm/subject.html", context)


@needs("subject", Verb.EXPORT)
@require_POST
def subject_file(request: HttpRequest, record_id: str) -> HttpResponse:
    """Give everything about a person as a packed file: a page to read, and the same for programs."""
    actor, as_of = actor_of(request), now()
    found = actions.note_subject_export(actor=actor, as_of=as_of, record=Ref.parse(record_id))
    dossier = queries.dossier(found, actor=actor, as_of=as_of)
    packed = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("data.json", json.dumps(dossier.json(), ensure_ascii=False, indent=2))
        file.writestr("index.html", render_to_string("crm/dossier.html", {"dossier": dossier}))
        for place, sha256 in dossier.files.items():
            with world().file_store().opened(sha256) as kept, file.open(place, "w") as out:
                shutil.copyfileobj(kept, out)
    packed.seek(0)
    name = f"{record_id}-{as_of:%Y-%m-%d}.zip"
    return FileResponse(packed, as_attachment=True, filename=name, content_type="application/zip")  # type: ignore[return-value]  # a response like any


@needs("subject", Verb.DELETE)
@require_http_methods(["GET", "POST"])
def subject_erase(request: HttpRequest, record_id: str) -> HttpResponse:
    """Erase a person, whose name is typed to confirm it."""
    actor, ref = actor_of(request), Ref.parse(record_id)
    found = queries.subject(actor, ref, Verb.DELETE)
    form = ErasureForm(sent(request), actor=actor)
    page = FormPage(
        title=_("Erase %(name)s?") % {"name": found.record.name},
        submit=_("Erase for good"),
        action=reverse("crm:subject_erasure", args=[ref]),
        cancel=reverse("crm:subject", args=[ref]),
        lead=_(
            "Names, addresses, numbers, notes, consents, letters and files of imports that speak of them go, here and "
            "in the history. Records stay without them, so that counts and deals stay right. This cannot be undone."
        ),
        danger=True,
        crumbs=[(found.record.name, page_of(ref))],
    )
    if request.method != "POST":
        return show(request, page, form)
    if not form.is_valid():
        return show(request, page, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    as_of = now()
    draft = ErasureDraft(
        record=ref,
        confirmation=form.cleaned_data["confirmation"],
        reason=EraseReason(form.cleaned_data["reason"]),
    )
    _row, problem = attempt(form, lambda: actions.erase_subject(actor=actor, as_of=as_of, erasure=draft))
    if problem:
        return show(request, page, form, problem.status)
    messages.success(request, _("Erased. The report says what went and what stayed."))
    return redirect("crm:erasures")


@needs("subject")
@require_http_methods(["GET", "POST"])
def erasure_list(request: HttpRequest) -> HttpResponse:
    """List what was erased, and release an address of somebody who came again."""
    actor = actor_of(request)
    form = ReleaseForm(sent(request), actor=actor)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            as_of, address = now(), form.cleaned_data["address"]
            _none, problem = attempt(form, lambda: actions.release_address(actor=actor, as_of=as_of, address=address))
            if problem is None:
                messages.success(request, _("The address may be written down again."))
                return redirect("crm:erasures")
    rows = queries.erasures(actor)
    names, reasons = actor_names({row.erased_by for row in rows}), dict(REASONS)
    table = Table(
        columns=[
            Column(_("Erased on"), "date", line=1),
            Column(_("By"), line=0),
            Column(_("Why"), line=2),
            Column(_("Went"), line=3),
            Column(_("Stayed, or to look at"), line=0),
        ],
        rows=[
            Row(
                [
                    row.erased_at.date(),
                    names.get(row.erased_by, row.erased_by),
                    str(reasons.get(row.reason, row.reason)),
                    Cell(counted(row.report.get("gone", {}) | row.report.get("mended", {}))),
                    Cell(stayed(row.report) or None),
                ],
                id=str(row.pk),
            )
            for row in rows
        ],
        caption=_("Erased"),
    )
    context = {"title": _("Erased people"), "table": table if rows else None, "form": form}
    return render(request, "crm/erasures.html", context, status=status)


def counted(parts: dict[str, int]) -> str:
    """Return how many of each, in words."""
    return ", ".join(f"{name_of(name)}: {count}" for name, count in parts.items())


def stayed(report: dict[str, Any]) -> str:
    """Return what stays, and where the same name stands."""
    parts = [counted(report.get("stays", {}))]
    if report.get("unchanged"):
        parts.append(_("in rows that nobody may change: %(where)s") % {"where": counted(report["unchanged"])})
    if report.get("same_name"):
        parts.append(_("the same name, perhaps of somebody else: %(where)s") % {"where": counted(report["same_name"])})
    return "; ".join(part for part in parts if part)


def name_of(part: str) -> str:
    """Return what a part of a report is called."""
    words = {
        "people": _("people"),
        "leads": _("leads"),
        "deals": _("deals"),
        "activities": _("activities"),
        "touches": _("touches"),
        "consents": _("consents"),
        "externals": _("keys of other systems"),
        "shares": _("shares"),
        "letters": _("letters"),
        "answers": _("kept answers"),
        "traces": _("states before imports"),
        "files": _("files"),
        "addresses_kept_as_hashes": _("addresses kept as hashes"),
    } | {each.name: str(each.words).lower() for each in held()}
    tables = {
        "crm_person": _("people"),
        "crm_lead": _("leads"),
        "crm_company": _("companies"),
        "crm_deal": _("deals"),
        "crm_activity": _("activities"),
        "workspace_savedview": _("views"),
        "workspace_operation": _("imports"),
        "workspace_approval": _("approvals"),
        "kit_letter": _("letters to others"),
    }
    return words.get(part) or tables.get(part) or _("other rows")
