"""Files of costs: given, looked at, posted and undone, on the page of costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.core.money import total
from caudal.kit.access import Actor, Verb, may
from caudal.kit.forms import refuse
from caudal.kit.pages import actor_of
from caudal.kit.world import now
from caudal.ledger import actions, queries
from caudal.ledger.forms import FileForm
from caudal.ledger.imports import HEADINGS, NEEDED, Line, NoCosts, Reading, read_costs
from caudal.ledger.models import CostFile
from caudal.ledger.views.statements import amounts_told, named
from caudal.ui.formats import medium_day_text, number_text, reader_locale
from caudal.ui.tables import Cell, Column, Pager, Row, Table, query
from caudal.workspace.queries import pillars

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
SHOWN = 100
"""Lines that stand on a page."""
PLACES = 7
KNOWN = "known"
"""Asks for the lines that were posted before."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines of a file, so many to a page."""

    id: str
    table: Table
    pager: Pager
    all_href: str = ""
    """The way back to all lines, where only some are shown."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A file as the page shows it: what would be posted of it, which column is which, and what is refused."""

    id: str
    name: str
    state: str
    told: str
    known: str
    """How many lines were posted before, in words."""
    known_href: str
    table: Table | None
    parts: list["Part"]
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
            str(row.ref),
            row.name,
            state_of(row),
            posted_words(row),
            "",
            "",
            None,
            [],
            [],
            can_post=False,
            can_undo=undo,
        )
    reading = read_costs(actor, row)
    return Looked(
        id=str(row.ref),
        name=row.name,
        state=state_of(row),
        told=reading_words(reading),
        known=known_words(reading),
        known_href=query({"file": str(row.ref), "show": KNOWN}) + "#lines",
        table=summed(reading, str(row.ref)),
        parts=[each for each in (lines_part(reading, request.GET), refused_part(reading, request.GET)) if each],
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


def known_words(reading: Reading) -> str:
    """Say how many lines were posted before."""
    count = len(reading.known)
    words = ngettext(
        "%(count)s line was posted before and is not posted again.",
        "%(count)s lines were posted before and are not posted again.",
        count,
    )
    return words % {"count": number_text(count, reader_locale())} if count else ""


def posted_words(row: CostFile) -> str:
    """Say what became of a file."""
    locale = reader_locale()
    return _("Posted: %(posted)s. Known before: %(known)s. Refused: %(refused)s.") % {
        "posted": number_text(row.posted_count, locale),
        "known": number_text(row.known_count, locale),
        "refused": number_text(row.refused_count, locale),
    }


def summed(reading: Reading, ref: str) -> Table | None:
    """Return what would be posted by account, each leading to its lines."""
    found: dict[str, list[Line]] = {}
    accounts = {each.cost.account.code: each.cost.account for each in reading.fresh}
    for each in reading.fresh:
        found.setdefault(each.cost.account.code, []).append(each)
    rows = [
        Row(
            cells=[
                named(accounts[code]),
                len(lines),
                Cell(whole_of(lines), href=query({"file": ref, "account": code}) + "#lines"),
            ]
        )
        for code, lines in sorted(found.items())
    ]
    columns = [
        Column(_("Account"), line=1),
        Column(_("Lines"), kind="number", line=2),
        Column(_("Amount"), kind="money", line=1),
    ]
    whole = Cell(whole_of(reading.fresh), href=query({"file": ref}) + "#lines")
    totals = [_("In all"), len(reading.fresh), whole]
    return Table(columns, rows, totals, caption=_("What would be posted"), caption_hidden=False) if rows else None


def whole_of(lines: Sequence[Line]) -> SafeString:
    """Return what lines come to, in each of their currencies."""
    amounts = [each.cost.amount for each in lines]
    return amounts_told(
        total((one for one in amounts if one.currency == currency), currency)
        for currency in sorted({one.currency for one in amounts})
    )


def lines_part(reading: Reading, asked: QueryDict) -> Part | None:
    """Return the lines that would be posted, those of one account or those that were posted before if asked."""
    account, of_known = asked.get("account", ""), asked.get("show") == KNOWN
    lines = reading.known if of_known else reading.fresh
    lines = [each for each in lines if account in {"", each.cost.account.code}]
    if not lines:
        return None
    first, pager = paged(asked, "first", len(lines))
    language = get_language() or "en"
    lines_of_business = {each.pk: each.label(language) for each in pillars()}
    columns = [
        Column(_("Line"), kind="number", line=2),
        Column(_("Day"), line=2, short=True),
        Column(_("Account"), line=1),
        Column(_("Supplier"), line=3),
        Column(_("Pillar"), line=0),
        Column(_("Paid from"), line=0),
        Column(_("Amount"), kind="money", line=1),
    ]
    rows = [
        Row(
            cells=[
                each.number,
                medium_day_text(each.cost.day, reader_locale()),
                Cell(named(each.cost.account), note=each.note.told(_) if each.note else ""),
                Cell(each.cost.party, note=" · ".join(filter(None, (each.cost.document, each.cost.note)))),
                lines_of_business.get(each.cost.pillar_id, "") if each.cost.pillar_id else "",
                named(each.cost.paid_from),
                each.cost.amount,
            ]
        )
        for each in lines[first : first + SHOWN]
    ]
    caption = _("Lines that were posted before") if of_known else _("Lines that would be posted")
    totals = [format_html("{}", _("In all")), None, None, None, None, None, whole_of(lines)]
    table = Table(columns, rows, totals, caption=caption, caption_hidden=False)
    back = query({"file": asked.get("file", "")}) if account or of_known else ""
    return Part("lines", table, pager, back and f"{back}#lines")


def refused_part(reading: Reading, asked: QueryDict) -> Part | None:
    """Return the lines that are not posted, with what they say and why."""
    if not reading.refused:
        return None
    first, pager = paged(asked, "refused", len(reading.refused))
    columns = [
        Column(_("Line"), kind="number", line=1),
        *(Column(FIELDS[name], line=line) for name, line in zip(NEEDED, (2, 0, 3), strict=True)),
        Column(_("Why it is refused"), line=1),
    ]
    rows = [Row(cells=[each.number, *each.said, each.why.told(_)]) for each in reading.refused[first : first + SHOWN]]
    return Part("refused", Table(columns, rows, caption=_("Lines that are refused"), caption_hidden=False), pager)


def paged(asked: QueryDict, name: str, count: int) -> tuple[int, Pager]:
    """Return from which line on an address shows lines, and the ways to those before and after."""
    said = asked.get(name, "")
    first = int(said) if said.isascii() and said.isdecimal() and len(said) < PLACES and int(said) < count else 0
    last, values = min(first + SHOWN, count), {each: str(asked[each]) for each in asked}
    return first, Pager(
        first=first + 1,
        last=last,
        total=count,
        previous_href=query(values, **{name: str(max(0, first - SHOWN))}) if first else "",
        next_href=query(values, **{name: str(last)}) if last < count else "",
    )


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
