"""The page on which the line items of a deal are written: all of them at once, without a script."""

from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.crm import actions, queries
from caudal.crm.forms.choices import own_currency, product_pairs
from caudal.crm.forms.lines import FIELDS, LineForm, line_forms, said_of, typed
from caudal.crm.models import Deal
from caudal.crm.views.nouns import DEAL
from caudal.kit.access import Verb
from caudal.kit.pages import actor_of, needs
from caudal.kit.problems import BadInput
from caudal.kit.records import VersionConflict
from caudal.kit.world import now

EMPTY: Final = dict.fromkeys(FIELDS, "")
SPARE: Final = 3


@needs("deal", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def deal_lines(request: HttpRequest, record_id: str) -> HttpResponse:
    """Show the lines of a deal as a form, and write them; the buttons of a line only move it on the form."""
    actor = actor_of(request)
    deal = queries.deal(actor, Ref.parse(record_id, Deal.kind).id, Verb.CHANGE)
    if request.method != "POST":
        rows = [said_of(line) for line in queries.lines_of(deal)]
        return shown(request, deal, drawn(deal, [*rows, *[EMPTY] * (1 if rows else SPARE)], request))
    rows = typed(request.POST)
    asked = request.POST.get("ask", "")
    if asked:
        return shown(request, deal, drawn(deal, rearranged(rows, asked), request))
    forms = drawn(deal, rows, request, bound=True)
    if not all(form.is_valid() for form in forms):
        return shown(request, deal, forms, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    said = [form for form in forms if form.says_something]
    version = request.POST.get("version", "")
    try:
        deal = actions.set_deal_lines(
            actor=actor,
            as_of=now(),
            deal_id=deal.pk,
            lines=[form.draft() for form in said],
            expected_version=int(version) if version.isdecimal() else None,
        )
    except Problem as problem:
        return shown(request, deal, forms, refused=tell(problem, said), status=problem.status)
    messages.success(request, _("The lines of “%(name)s” are saved.") % {"name": deal.name})
    return redirect(DEAL.href(deal))


def drawn(deal: Deal, rows: list[dict[str, Any]], request: HttpRequest, *, bound: bool = False) -> list[LineForm]:
    """Return the forms of rows."""
    return line_forms(rows, products=product_pairs(actor_of(request)), currency=currency_of(deal), bound=bound)


def currency_of(deal: Deal) -> str:
    """Return the currency that the lines of a deal are in."""
    code: str = deal.amount.currency.code if deal.amount else own_currency()
    return code


def rearranged(rows: list[dict[str, Any]], asked: str) -> list[dict[str, Any]]:
    """Return rows with one more, one less, or one in another place, as a button asked."""
    what, _colon, where = asked.partition(":")
    place = int(where) if where.isdecimal() else -1
    if what == "more":
        return [*rows, EMPTY]
    if not 0 <= place < len(rows):
        return rows
    if what == "drop":
        return rows[:place] + rows[place + 1 :]
    other = place - 1 if what == "up" else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    return rows


def tell(problem: Problem, said: list[LineForm]) -> str:
    """Put what refuses single fields beside them, and return the rest in words."""
    if isinstance(problem, VersionConflict):
        return _("Somebody changed this deal meanwhile. Look at it again; what you typed is below.")
    if not isinstance(problem, BadInput):
        return problem.told(gettext)
    rest = []
    for name, words in problem.fields.items():
        row, _dot, field = name.partition(".")
        if row.isdecimal() and int(row) < len(said) and field in {"description", "quantity", "discount_percent"}:
            said[int(row)].add_error(field, gettext(words))
        else:
            rest.append(gettext(words))
    return " ".join(rest)


def shown(
    request: HttpRequest, deal: Deal, forms: list[LineForm], *, refused: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    """Answer with the page."""
    context = {
        "title": _("Lines of %(name)s") % {"name": deal.name},
        "crumbs": [(DEAL.plural, DEAL.list_href), (deal.name, DEAL.href(deal))],
        "forms": forms,
        "currency": currency_of(deal),
        "version": request.POST.get("version", deal.version),
        "refused": refused,
        "cancel": DEAL.href(deal),
    }
    return render(request, "crm/lines.html", context, status=status)
