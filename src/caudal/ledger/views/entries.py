"""The list of entries, and the page of one: its lines, what it was posted for, and its reversal."""

from collections.abc import Iterable, Sequence
from datetime import date
from http import HTTPStatus
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from caudal.core.ids import NotAnId, Ref
from caudal.core.money import Currency, Money
from caudal.core.periods import day_in
from caudal.kit.access import Verb, may
from caudal.kit.forms import status_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of, panels_of
from caudal.kit.world import now
from caudal.ledger import actions, queries
from caudal.ledger.forms import ReversalForm, SoughtForm
from caudal.ledger.models import JournalEntry, JournalPosting
from caudal.ledger.views.periods import entities, entity_of
from caudal.ledger.views.statements import amounts_told, named
from caudal.ui.tables import Cell, Column, Row, Table, query
from caudal.workspace.queries import actor_names, company, moments


@needs("entry")
@require_GET
def entry_list(request: HttpRequest) -> HttpResponse:
    """List the entries that are looked for, the latest first."""
    actor, own = actor_of(request), company()
    form = SoughtForm(request.GET, chart=queries.chart(actor), currency=own.currency if own else "")
    cursor = request.GET.get("cursor") or None
    found = queries.entries(actor, form.sought(entity_of(request)), cursor=cursor)
    kept = {name: value for name, value in request.GET.dict().items() if value and name != "cursor"}
    here = reverse("ledger:entries")
    context = {
        "title": _("Entries"),
        "form": form,
        "entities": entities(request),
        "narrows": bool(kept),
        "all_href": here,
        "table": listed(found.rows) if found.rows else None,
        "earlier_href": here + query(kept, cursor=found.next) if found.next else "",
        "latest_href": here + query(kept) if cursor else "",
    }
    return render(request, "ledger/entries.html", context, status=status_of(form))


def listed(rows: Sequence[JournalEntry]) -> Table:
    """Return entries with their accounts and what they move."""
    lines = queries.postings_of([row.pk for row in rows])
    columns = [
        Column(_("Entry"), line=1),
        Column(_("Day"), kind="date", line=2),
        Column(_("Accounts"), line=3),
        Column(_("Amount"), kind="money", line=1),
    ]
    found = [
        Row(
            cells=[
                Cell(row.text or row.source, note=row.source if row.text else ""),
                row.day,
                " · ".join(dict.fromkeys(line.account.code for line in lines[row.pk])),
                moved(lines[row.pk]),
            ],
            href=reverse("ledger:entry", args=[row.ref]),
        )
        for row in rows
    ]
    return Table(columns, found, caption=_("Entries"))


def moved(lines: Iterable[JournalPosting]) -> SafeString:
    """Return what an entry moves: its debits in each currency."""
    sums: dict[Currency, Money] = {}
    for line in lines:
        if line.amount.minor > 0:
            currency = line.amount.currency
            sums[currency] = sums.get(currency, Money.zero(currency)) + line.amount
    return amounts_told(sums[each] for each in sorted(sums))


@needs("entry")
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, entry_id: str) -> HttpResponse:
    """Show an entry; undo it by its opposite where that is sent."""
    actor, as_of = actor_of(request), now()
    found = queries.entry(actor, Ref.parse(entry_id, JournalEntry.kind).id)
    today = day_in(as_of, ZoneInfo(actor.zone))
    form = ReversalForm(request.POST or None, today=max(today, found.day))
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                undone = actions.reverse_entry(actor=actor, as_of=as_of, entry_id=found.pk, **form.cleaned_data)
            except (actions.ReversedTooEarly, actions.MonthIsClosed) as problem:
                form.add_error("day", problem.told(gettext))
            else:
                messages.success(request, _("The entry was reversed by this one."))
                return redirect("ledger:entry", undone.ref)
    reversal, lines = queries.reversal_of(found), queries.postings_of([found.pk])[found.pk]
    who = actor_names({found.created_by}).get(found.created_by, "Caudal")
    loaded = ((panel, panel.load(found.ref, actor, as_of)) for panel in panels_of(JournalEntry.kind))
    context = {
        "title": found.text or _("Entry of %(source)s") % {"source": found.source},
        "crumbs": [(_("Entries"), reverse("ledger:entries"))],
        "day": found.day,
        "source": found.source,
        "source_href": page_named(found.source) or page_named(found.source.partition(":")[2]),
        "about": about(lines),
        "posted_at": found.created_at,
        "who": who,
        "table": table_of(lines),
        "reversal": link_to(reversal),
        "reverses": link_to(found.reverses),
        "form": form if reversal is None and may(actor, "entry", Verb.CREATE) else None,
        "panels": [(panel, values) for panel, values in loaded if values is not None],
        "moments": moments(found.ref),
    }
    return render(request, "ledger/entry.html", context, status=status)


def link_to(entry: JournalEntry | None) -> tuple[date, str] | None:
    """Return the day and the address of another entry."""
    return (entry.day, reverse("ledger:entry", args=[entry.ref])) if entry else None


def page_named(public_id: str) -> str:
    """Return the address of the record that an opaque id names, nothing where it is none that has a page."""
    try:
        return page_of(Ref.parse(public_id))
    except NotAnId:
        return ""


def about(lines: Iterable[JournalPosting]) -> list[tuple[str, str, str]]:
    """Return whom and what the lines are about: what it is to them, its id, and its page."""
    words = {"party": _("Party"), "product": _("Product"), "document": _("Document")}
    said = dict.fromkeys((name, value) for line in lines for name in words if (value := getattr(line, name)))
    found = []
    for name, value in said:
        others = reverse("ledger:entries") + query({"party" if name == "party" else "q": value})
        found.append((words[name], value, page_named(value) or others))
    return found


def table_of(lines: Iterable[JournalPosting]) -> Table:
    """Return the lines of an entry, in their order."""
    language = get_language() or "en"
    rows = [
        Row(
            cells=[
                named(line.account),
                Cell(line.note, note=line.pillar.label(language) if line.pillar else ""),
                line.amount if line.amount.minor > 0 else None,
                -line.amount if line.amount.minor < 0 else None,
            ],
            href=reverse("ledger:account", args=[line.account.ref]),
        )
        for line in lines
    ]
    columns = [
        Column(_("Account"), line=1),
        Column(_("Note"), line=2),
        Column(_("Debit"), kind="money", line=1),
        Column(_("Credit"), kind="money", line=2),
    ]
    return Table(columns, rows, caption=_("Postings of the entry"))
