"""Files of costs: given, looked at, posted and undone, on the page of costs."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from caudal.core.errors import Finding, Problem
from caudal.core.ids import Ref
from caudal.core.money import Money, total
from caudal.kit.access import Actor, Verb, may
from caudal.kit.forms import refuse
from caudal.kit.pages import actor_of
from caudal.kit.world import now
from caudal.ledger import actions, queries
from caudal.ledger.forms import FileForm
from caudal.ledger.imports import HEADINGS, NEEDED, NoCosts, Reading, read_costs
from caudal.ledger.models import CostFile
from caudal.ledger.views.statements import amounts_told, named
from caudal.ui.formats import number_text, reader_locale
from caudal.ui.tables import Cell, Column, Row, Table, query

FIELDS = {
    "day": gettext_lazy("Day"),
    "amount": gettext_lazy("Amount"),
    "currency": gettext_lazy("Currency"),
    "account": gettext_lazy("Account"),
    "paid_from": gettext_lazy("Paid from"),
    "pillar": gettext_lazy("Pillar"),
    "party": gettext_lazy("Party"),
    "channel": gettext_lazy("Channel"),
    "document": gettext_lazy("Document"),
    "note": gettext_lazy("Note"),
}
SHOWN = 200
"""Findings that the page lists; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A file as the page shows it: what would be posted of it, which column is which, and what is refused."""

    id: str
    name: str
    state: str
    told: str
    table: Table | None
    findings: list[Finding]
    fields: list[tuple[str, str, bool, list[tuple[str, str, bool]]]]
    """Of each field: name, words, whether it is needed, and the columns that can be chosen."""
    can_post: bool
    can_undo: bool


def handled(request: HttpRequest, form: FileForm) -> str:
    """Do what was sent about a file and return where to go on; nothing where its form is refused."""
    actor, as_of, here = actor_of(request), now(), reverse("ledger:costs")
    asked = request.POST.get("do", "")
    if asked == "file":
        if not form.is_valid():
            return ""
        given = form.cleaned_data["file"]
        row = actions.add_cost_file(actor=actor, as_of=as_of, name=given.name, content=given.read())
        try:
            read_costs(actor, row)
        except Problem as problem:
            actions.drop_cost_file(actor=actor, as_of=as_of, file_id=row.pk)
            refuse(form, problem)
            return ""
        return here + query({"file": str(row.ref)})
    file_id = Ref.parse(request.POST.get("id", ""), CostFile.kind).id
    match asked:
        case "map":
            mapping = {name: column_said(request, name) for name in HEADINGS}
            row = actions.map_cost_file(actor=actor, as_of=as_of, file_id=file_id, mapping=mapping)
            return here + query({"file": str(row.ref)})
        case "post":
            row = post(actor, file_id)
            words = ngettext("%(count)s cost was posted.", "%(count)s costs were posted.", row.posted_count)
            messages.success(request, words % {"count": number_text(row.posted_count, reader_locale())})
        case "undo":
            actions.undo_cost_file(actor=actor, as_of=as_of, file_id=file_id)
            messages.success(request, _("Its entries were reversed."))
        case _:
            actions.drop_cost_file(actor=actor, as_of=as_of, file_id=file_id)
            messages.success(request, _("The file was put away; nothing of it was posted."))
    return here


def post(actor: Actor, file_id: Any) -> CostFile:
    """Post the costs that a file says. Raises NoCosts and what `post_cost_file` raises."""
    row = queries.cost_file(actor, file_id)
    if row.posted_at is not None:
        raise actions.FileDone(name=row.name)
    reading = read_costs(actor, row)
    if reading.missing:
        raise NoCosts(missing=", ".join(reading.missing))
    costs = [(each.number, each.cost) for each in reading.costs]
    counts = actions.Counts(reading.lines, reading.lines - len(costs))
    return actions.post_cost_file(actor=actor, as_of=now(), file_id=file_id, costs=costs, counts=counts)


def column_said(request: HttpRequest, name: str) -> int | None:
    """Return the column that was chosen for a field, none for none."""
    said = request.POST.get(f"column_{name}", "")
    return int(said) if said.isdecimal() and len(said) < 4 else None  # noqa: PLR2004  a thousand columns


def shown(request: HttpRequest) -> Looked | None:
    """Return the file that an address names as the page shows it."""
    actor, said = actor_of(request), request.GET.get("file", "")
    if not said:
        return None
    row = queries.cost_file(actor, Ref.parse(said, CostFile.kind).id)
    can = may(actor, "cost_file", Verb.CHANGE)
    if row.posted_at is not None:
        undo = can and row.undone_at is None and row.posted_count > 0
        return Looked(
            str(row.ref), row.name, state_of(row), posted_words(row), None, [], [], can_post=False, can_undo=undo
        )
    reading = read_costs(actor, row)
    return Looked(
        id=str(row.ref),
        name=row.name,
        state=state_of(row),
        told=reading_words(reading),
        table=summed(reading),
        findings=reading.findings[:SHOWN],
        fields=[(name, str(words), name in NEEDED, columns_of(reading, name)) for name, words in FIELDS.items()],
        can_post=can and bool(reading.costs),
        can_undo=False,
    )


def columns_of(reading: Reading, name: str) -> list[tuple[str, str, bool]]:
    """Return the columns of a file to choose from for a field."""
    return [(str(at), said or str(at + 1), reading.mapping.get(name) == at) for at, said in enumerate(reading.columns)]


def reading_words(reading: Reading) -> str:
    """Say what a file says."""
    locale = reader_locale()
    if reading.missing:
        return _("Say which column it is: %(missing)s.") % {
            "missing": ", ".join(str(FIELDS[each]) for each in reading.missing)
        }
    count = len(reading.costs)
    words = ngettext("%(count)s of %(all)s line is a cost.", "%(count)s of %(all)s lines are costs.", reading.lines)
    return words % {"count": number_text(count, locale), "all": number_text(reading.lines, locale)}


def posted_words(row: CostFile) -> str:
    """Say what became of a file."""
    locale = reader_locale()
    return _("Posted: %(posted)s. Known before: %(known)s. Refused: %(refused)s.") % {
        "posted": number_text(row.posted_count, locale),
        "known": number_text(row.known_count, locale),
        "refused": number_text(row.refused_count, locale),
    }


def summed(reading: Reading) -> Table | None:
    """Return what would be posted by account."""
    found: dict[str, list[Money]] = {}
    accounts = {each.cost.account.code: each.cost.account for each in reading.costs}
    for each in reading.costs:
        found.setdefault(each.cost.account.code, []).append(each.cost.amount)
    rows = [
        Row(
            cells=[
                named(accounts[code]),
                len(amounts),
                amounts_told(
                    total((one for one in amounts if one.currency == currency), currency)
                    for currency in sorted({one.currency for one in amounts})
                ),
            ]
        )
        for code, amounts in sorted(found.items())
    ]
    columns = [
        Column(_("Account"), line=1),
        Column(_("Lines"), kind="number", line=2),
        Column(_("Amount"), kind="money", line=1),
    ]
    return Table(columns, rows, caption=_("What would be posted"), caption_hidden=False) if rows else None


def file_table(actor: Actor) -> Table | None:
    """Return the files that came, the newest first."""
    rows = [
        Row(
            cells=[
                each.name,
                Cell(state_of(each), tone="good" if each.posted_at and not each.undone_at else "idle"),
                each.posted_count if each.posted_at else None,
                each.created_at,
            ],
            href=reverse("ledger:costs") + query({"file": str(each.ref)}),
        )
        for each in queries.cost_files(actor)
    ]
    columns = [
        Column(_("File"), line=1),
        Column(_("State"), kind="state", line=2),
        Column(_("Costs"), kind="number", line=1),
        Column(_("Given"), kind="date", line=3),
    ]
    return Table(columns, rows, caption=_("Files of costs"), caption_hidden=False) if rows else None


def state_of(row: CostFile) -> str:
    """Return what became of a file."""
    if row.undone_at:
        return _("Undone")
    return _("Posted") if row.posted_at else _("Not posted yet")
