"""The page of an entry: its lines, what it was posted for, and its reversal."""

from collections.abc import Iterable
from datetime import date
from http import HTTPStatus
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caudal.core.ids import Ref
from caudal.core.periods import day_in
from caudal.kit.access import Verb, may
from caudal.kit.outbox import timeline
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import fact_words
from caudal.kit.world import now
from caudal.ledger import actions, queries
from caudal.ledger.forms import ReversalForm
from caudal.ledger.models import JournalEntry, JournalPosting
from caudal.ledger.views.statements import named
from caudal.ui.tables import Cell, Column, Row, Table
from caudal.ui.timelines import Moment
from caudal.workspace.queries import actor_names


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
    reversal = queries.reversal_of(found)
    who = actor_names({found.created_by}).get(found.created_by, "Caudal")
    context = {
        "title": found.text or _("Entry of %(source)s") % {"source": found.source},
        "crumbs": [(_("Trial balance"), reverse("ledger:balances") + f"?period={found.day:%Y-%m}")],
        "day": found.day,
        "source": found.source,
        "posted_at": found.created_at,
        "who": who,
        "table": table_of(queries.postings_of([found.pk])[found.pk]),
        "reversal": link_to(reversal),
        "reverses": link_to(found.reverses),
        "form": form if reversal is None and may(actor, "entry", Verb.CREATE) else None,
        "moments": moments(found),
    }
    return render(request, "ledger/entry.html", context, status=status)


def link_to(entry: JournalEntry | None) -> tuple[date, str] | None:
    """Return the day and the address of another entry."""
    return (entry.day, reverse("ledger:entry", args=[entry.ref])) if entry else None


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


def moments(entry: JournalEntry) -> list[Moment]:
    """Return what happened to an entry."""
    facts, words = timeline(entry.ref), fact_words()
    who = actor_names({fact.actor for fact in facts})
    return [
        Moment(
            at=fact.occurred_at,
            words=words[fact.name].words(fact),
            who=who.get(fact.actor, "Caudal"),
            icon=words[fact.name].icon,
        )
        for fact in facts
        if fact.name in words
    ]
