"""Price lists by file: taken out, looked at with every change that one would make, and put into effect as a whole."""

from datetime import date
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from caudal.catalog import actions
from caudal.catalog.forms.pricelists import PriceListForm
from caudal.catalog.imports.pricelists import PriceListPlan, as_csv, as_workbook, plan_price_list, price_list
from caudal.catalog.models import PriceVersion
from caudal.catalog.views.words import price_told
from caudal.core.errors import Problem
from caudal.kit.access import Actor, Verb, may, require
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ui.formats import day_text, reader_locale
from caudal.ui.tables import Cell, Column, Row, Table
from caudal.workspace.queries import company_day

NAME_MAX: Final = 120
TEXT_MAX: Final = 5_000_000


@needs("price")
@require_http_methods(["GET", "POST"])
def price_lists(request: HttpRequest) -> HttpResponse:
    """Say what a file would change, and do it where that is asked for."""
    actor = actor_of(request)
    asked = request.POST.get("do", "")
    form = PriceListForm(request.POST if asked == "look" else None, request.FILES if asked == "look" else None)
    plan: PriceListPlan | None = None
    text, day = "", request.POST.get("day", "")
    if request.method == "POST":
        require(actor, PriceVersion.kind, Verb.CREATE)
    if asked == "look" and form.is_valid():
        sent = form.cleaned_data["file"]
        from_date = form.cleaned_data["from_date"]
        plan, text = looked_at(actor, form, sent.name, sent.read(), from_date)
        day = from_date.isoformat() if from_date else ""
    elif asked == "apply":
        text = request.POST.get("text", "")[:TEXT_MAX]
        name = request.POST.get("name", "")[:NAME_MAX]
        plan, _same = looked_at(actor, form, name, text.encode(), date.fromisoformat(day) if day else None)
        if plan is not None and plan.is_sound and plan.changes:
            return put_into_effect(request, actor, plan)
    context: dict[str, Any] = {
        "title": _("Price lists"),
        "crumbs": [(_("Catalogue"), reverse("catalog:catalogue"))],
        "form": form if may(actor, PriceVersion.kind, Verb.CREATE) else None,
        "plan": shown(plan) if plan else None,
        "text": text,
        "day": day,
        "files": [(each, reverse(f"catalog:price_list_{each}")) for each in ("csv", "xlsx")],
    }
    wrong = bool(form.errors) or (plan is not None and not plan.is_sound)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "catalog/price_lists.html", context, status=status)


@needs("price", Verb.EXPORT)
@require_GET
def price_list_file(request: HttpRequest, kind: str) -> HttpResponse:
    """Hand out the prices that hold or begin later; all there ever were if asked."""
    lines = price_list(actor_of(request), company_day(now()), every="every" in request.GET)
    if kind == "xlsx":
        mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        answer = HttpResponse(as_workbook(lines), content_type=mime)
    else:
        answer = HttpResponse(as_csv(lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="prices.{kind}"'
    return answer


def looked_at(
    actor: Actor, form: PriceListForm, name: str, content: bytes, from_date: date | None
) -> tuple[PriceListPlan | None, str]:
    """Return what a file would change, and its changes as text; what cannot be read is told in the form."""
    try:
        plan = plan_price_list(actor, name[:NAME_MAX], content, from_date=from_date)
    except Problem as problem:
        form.add_error(None, problem.told(gettext))
        return None, ""
    return plan, plan.text()


def put_into_effect(request: HttpRequest, actor: Actor, plan: PriceListPlan) -> HttpResponse:
    """Add all prices of a file, and lead to the catalogue."""
    made = actions.add_prices(actor=actor, as_of=now(), prices=plan.prices())
    count = len(made)
    messages.success(
        request, ngettext("%(count)s price was added.", "%(count)s prices were added.", count) % {"count": count}
    )
    return redirect("catalog:catalogue")


def shown(plan: PriceListPlan) -> dict[str, Any]:
    """Return what a file would change as the page shows it."""
    rows = []
    for each in sorted(plan.changes, key=lambda one: one.line):
        code, later = each.new.currency, each.new.existing_from_date
        rows.append(
            Row(
                cells=[
                    Cell(f"{each.charge.offering.name}: {each.charge.name}", note=code),
                    price_told(each.before, code) if each.before else Cell(void=True),
                    price_told(each.new.price, code),
                    each.new.from_date,
                    day_text(later, reader_locale()) if later else _("keep what they pay"),
                ]
            )
        )
    columns = [
        Column(_("Charge"), line=1),
        Column(_("Until then"), line=0),
        Column(_("New price"), line=2),
        Column(_("For new customers from"), kind="date", line=3),
        Column(_("For existing ones from"), line=0),
    ]
    count = len(rows)
    words = ngettext("%(count)s price would be added.", "%(count)s prices would be added.", count) % {"count": count}
    if plan.known:
        words += " " + ngettext("%(count)s is known as it is.", "%(count)s are known as they are.", plan.known) % {
            "count": plan.known
        }
    return {
        "name": plan.name,
        "words": words,
        "table": Table(columns=columns, rows=rows, caption=_("What the file would change")) if rows else None,
        "findings": plan.findings,
        "is_sound": plan.is_sound,
        "can_apply": plan.is_sound and bool(rows),
    }
