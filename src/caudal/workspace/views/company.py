"""The company's own settings."""

from collections.abc import Sequence
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caudal.core.errors import Finding
from caudal.kit.access import Actor, Verb
from caudal.kit.pages import actor_of, needs
from caudal.kit.problems import BadInput
from caudal.kit.records import VersionConflict
from caudal.kit.world import now
from caudal.ui.formats import number_text, reader_locale
from caudal.workspace import actions
from caudal.workspace.forms import CompanyForm, RateFileForm
from caudal.workspace.imports import NotRates, import_rates, rate_coverage
from caudal.workspace.models import CompanySettings
from caudal.workspace.queries import RATE_DAYS_MAX, company_for


@needs("settings", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def company_settings(request: HttpRequest) -> HttpResponse:
    """Show what the company says of itself, and change it unless somebody else did so meanwhile."""
    actor = actor_of(request)
    own = company_for(actor, Verb.CHANGE)
    form = CompanyForm(request.POST if request.method == "POST" else None, company=own)
    status = save(actor, own, form) if request.method == "POST" else HTTPStatus.OK
    if status == HTTPStatus.SEE_OTHER:
        messages.success(request, _("The company's settings are saved."))
        return redirect("workspace:company")
    return shown(request, own, form, RateFileForm(), status)


@needs("settings", Verb.CHANGE)
@require_POST
def company_rates(request: HttpRequest) -> HttpResponse:
    """Take in a file of exchange rates, and say what it had and what could not be read."""
    actor = actor_of(request)
    own = company_for(actor, Verb.CHANGE)
    form = RateFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return shown(request, own, CompanyForm(company=own), form, HTTPStatus.UNPROCESSABLE_ENTITY)
    file = form.cleaned_data["file"]
    try:
        report = import_rates(actor=actor, as_of=now(), file=file.name, content=file.read())
    except NotRates as refused:
        form.add_error("file", refused.told(gettext))
        return shown(request, own, CompanyForm(company=own), form, refused.status)
    words = _("%(rates)s rates on %(days)s days, %(added)s of them new.") % {
        "rates": number_text(report.rates, reader_locale()),
        "days": number_text(report.days, reader_locale()),
        "added": number_text(report.added, reader_locale()),
    }
    messages.success(request, words)
    return shown(request, own, CompanyForm(company=own), RateFileForm(), findings=report.findings)


def shown(
    request: HttpRequest,
    own: CompanySettings,
    form: CompanyForm,
    rate_form: RateFileForm,
    status: int = HTTPStatus.OK,
    findings: Sequence[Finding] = (),
) -> HttpResponse:
    """Answer with the page of the company's settings."""
    context = {
        "title": _("Company"),
        "form": form,
        "own": own,
        "rate_form": rate_form,
        "rates": rate_coverage(),
        "rate_days": RATE_DAYS_MAX,
        "findings": findings,
    }
    return render(request, "workspace/company.html", context, status=status)


def save(actor: Actor, own: CompanySettings, form: CompanyForm) -> int:
    """Change the settings as a form says; what refuses it becomes words of the form, and the status is returned."""
    if not form.is_valid():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    values = dict(form.cleaned_data)
    version = values.pop("version")
    try:
        actions.change_settings(actor=actor, as_of=now(), settings=own, expected_version=version, **values)
    except VersionConflict as conflict:
        form.renew(str(conflict.params["version"]))
        form.add_error(None, _("Somebody changed this meanwhile. Look at it again; the button goes ahead with it."))
        return conflict.status
    except BadInput as refused:
        for name, said in refused.fields.items():
            form.add_error(name if name in form.fields else None, gettext(said))
        return refused.status
    return HTTPStatus.SEE_OTHER
