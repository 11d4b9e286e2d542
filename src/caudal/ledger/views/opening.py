"""Opening balances, on the page of months: a trial balance that is looked at and then posted."""

import csv
import io
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from caudal.core.errors import Finding
from caudal.core.tables import DelimitedLine
from caudal.kit.access import Verb, may, require
from caudal.kit.forms import kept
from caudal.kit.pages import actor_of
from caudal.kit.sheets import table_rows
from caudal.kit.world import now
from caudal.ledger import actions, queries
from caudal.ledger.forms import OpeningForm
from caudal.ledger.imports import OpeningReading, read_opening
from caudal.ledger.views.periods import entity_of
from caudal.ledger.views.statements import amounts_told
from caudal.ui.tables import Column, Row, Table

ROWS_MAX = 2_000
LOOK = "look"
OPEN = "open"


@dataclass(frozen=True, slots=True)
class Opening:
    """The panel of opening balances: its form, what was understood, and what was not."""

    form: OpeningForm
    table: Table | None
    findings: list[Finding]
    onwards: str = ""


def opening(request: HttpRequest) -> Opening | None:
    """Return the panel, with what was sent done; nothing for whoever only looks, and when the books were opened."""
    actor, asked = actor_of(request), request.POST.get("do", "")
    sent = asked in {LOOK, OPEN}
    if sent:
        require(actor, "entry", Verb.CREATE)
    if not may(actor, "entry", Verb.CREATE) or (not sent and queries.is_opened(actor, entity_of(request))):
        return None
    form = OpeningForm(request.POST if sent else None, request.FILES if sent else None)
    found: list[OpeningReading] = []
    typed: list[str] = []

    def act() -> str:
        rows = rows_of(form)
        found.append(read_opening(actor, _("Trial balance"), rows))
        if asked == LOOK or found[0].findings:
            typed.append(text_of(rows))
            return ""
        day, entity_id = form.cleaned_data["day"], entity_of(request)
        row = actions.open_books(actor=actor, as_of=now(), day=day, lines=found[0].lines, entity_id=entity_id)
        messages.success(request, _("The books are open: what the accounts held is posted."))
        return reverse("ledger:entry", args=[row.ref])

    onwards = kept(form, act) if sent else ""
    if typed:  # the lines stay to be mended, those of a file too
        form = OpeningForm(initial={"day": form.cleaned_data["day"], "table": typed[0]})
    reading = found[0] if found else None
    return Opening(form, table_of(reading) if reading else None, reading.findings if reading else [], onwards)


def rows_of(form: OpeningForm) -> list[DelimitedLine]:
    """Return the rows of the file that was given, else of what was typed. Raises UnreadableTable."""
    file = form.cleaned_data["file"]
    name, content = (file.name, file.read()) if file else ("", form.cleaned_data["table"].encode())
    return list(table_rows(name, content, ROWS_MAX))


def text_of(rows: list[DelimitedLine]) -> str:
    """Return rows as lines that can be mended and sent again."""
    lines = io.StringIO()
    csv.writer(lines, delimiter=";", lineterminator="\n").writerows(row.cells for row in rows)
    return lines.getvalue()


def table_of(reading: OpeningReading) -> Table:
    """Return what would be posted, with what is missing on one side."""
    rows = [
        Row(
            cells=[
                each.account,
                each.name,
                each.amount if each.amount.minor > 0 else None,
                -each.amount if each.amount.minor < 0 else None,
            ]
        )
        for each in reading.lines
    ]
    columns = [
        Column(_("Account"), line=1),
        Column(_("Name"), line=2),
        Column(_("Debit"), kind="money", line=1),
        Column(_("Credit"), kind="money", line=2),
    ]
    caption = _("What would be posted")
    if reading.differences:
        caption = _("Missing on one side: %(amounts)s") % {"amounts": amounts_told(reading.differences)}
    return Table(columns, rows, caption=caption, caption_hidden=False)
