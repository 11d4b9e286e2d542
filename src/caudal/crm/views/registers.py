"""Registers that records name: channels and competitors, each a list with a form to add, change and delete."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from caudal.core.ids import Ref
from caudal.crm import actions, queries
from caudal.crm.forms.registers import ChannelForm, CompetitorForm, EntryForm, TagForm
from caudal.crm.models import TAGGED, Channel, Competitor, Tag
from caudal.crm.views.forming import FormPage, attempt, onwards, sent, show
from caudal.crm.views.nouns import BY_KIND
from caudal.crm.views.tags import bearing_href
from caudal.kit.access import Actor, Verb, may
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ui.tables import Cell, Column, Row, Table

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Register:
    """A kind of entry: how it is listed, written and called."""

    kind: str
    url_name: str
    plural: str | Promise
    new: str | Promise
    empty: str | Promise
    form: type[EntryForm]
    rows: Callable[[Actor], Sequence[Any]]
    load: Callable[..., Any]
    columns: Callable[[], Sequence[Column]]
    cells: Callable[[Any], Sequence[Any]]
    add: Callable[..., Any]
    change: Callable[..., Any]
    delete: Callable[..., None]
    delete_note: str | Promise = ""
    """What deleting one means."""
    ways: Callable[[Any], Sequence[tuple[str, str]]] = lambda _row: ()
    """What else whoever may delete one can do with it, as words and address."""

    @property
    def href(self) -> str:
        """The address of the list."""
        return reverse(f"crm:{self.url_name}")

    def page(self, name: str, row: Any = None) -> str:
        """Return the address of a page about an entry, or of the form that adds one."""
        return reverse(f"crm:{self.kind}_{name}", args=[row.ref] if row is not None else [])


def listing_of(register: Register) -> View:
    """Return the view that lists a register."""

    @needs(register.kind)
    @require_GET
    def listed(request: HttpRequest) -> HttpResponse:
        actor = actor_of(request)
        may_change = may(actor, register.kind, Verb.CHANGE)
        rows = [
            Row(
                cells=[Cell(row.name, href=register.page("edit", row) if may_change else ""), *register.cells(row)],
                id=str(row.ref),
            )
            for row in register.rows(actor)
        ]
        table = Table(columns=[Column(_("Name")), *register.columns()], rows=rows, caption=str(register.plural))
        context = {
            "title": register.plural,
            "table": table,
            "empty": register.empty,
            "new": register.new,
            "new_href": register.page("new") if may(actor, register.kind, Verb.CREATE) else "",
        }
        return render(request, "crm/register.html", context)

    return listed


def entering(register: Register) -> View:
    """Return the view that adds an entry."""

    @needs(register.kind, Verb.CREATE)
    @require_http_methods(["GET", "POST"])
    def enter(request: HttpRequest) -> HttpResponse:
        actor = actor_of(request)
        form = register.form(sent(request), actor=actor)
        page = FormPage(
            title=str(register.new),
            submit=_("Add"),
            action=register.page("new"),
            cancel=register.href,
            crumbs=[(register.plural, register.href)],
        )
        return written(
            request, page, form, lambda as_of: register.add(actor=actor, as_of=as_of, **form.values()), register.href
        )

    return enter


def amending(register: Register) -> View:
    """Return the view that changes an entry."""

    @needs(register.kind, Verb.CHANGE)
    @require_http_methods(["GET", "POST"])
    def amend(request: HttpRequest, record_id: str) -> HttpResponse:
        actor = actor_of(request)
        row = register.load(actor, Ref.parse(record_id, register.kind).id, Verb.CHANGE)
        form = register.form(sent(request), actor=actor, record=row)
        page = FormPage(
            title=_("Edit %(name)s") % {"name": row.name},
            submit=_("Save"),
            action=register.page("edit", row),
            cancel=register.href,
            crumbs=[(register.plural, register.href)],
            others=[*register.ways(row), (_("delete it"), register.page("delete", row))]
            if may(actor, register.kind, Verb.DELETE)
            else (),
        )

        def change(as_of: datetime) -> Any:
            return register.change(
                actor=actor,
                as_of=as_of,
                expected_version=form.cleaned_data["version"],
                **{f"{register.kind}_id": row.pk},
                **form.values(),
            )

        return written(request, page, form, change, register.href)

    return amend


def removing(register: Register) -> View:
    """Return the view that deletes an entry, after naming it."""

    @needs(register.kind, Verb.DELETE)
    @require_http_methods(["GET", "POST"])
    def remove(request: HttpRequest, record_id: str) -> HttpResponse:
        actor = actor_of(request)
        row = register.load(actor, Ref.parse(record_id, register.kind).id, Verb.DELETE)
        if request.method != "POST":
            page = FormPage(
                title=_("Delete “%(name)s”?") % {"name": row.name},
                submit=_("Delete"),
                action=register.page("delete", row),
                cancel=register.href,
                lead=register.delete_note,
                danger=True,
                crumbs=[(register.plural, register.href)],
            )
            return show(request, page)
        register.delete(actor=actor, as_of=now(), **{f"{register.kind}_id": row.pk})
        messages.success(request, _("Deleted: %(name)s") % {"name": row.name})
        return onwards(request, register.href)

    return remove


def written(
    request: HttpRequest, page: FormPage, form: EntryForm, act: Callable[[datetime], Any], back: str
) -> HttpResponse:
    """Show a form, or write what it says and lead back."""
    if request.method != "POST":
        return show(request, page, form)
    if not form.is_valid():
        return show(request, page, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    as_of = now()
    row, problem = attempt(form, lambda: act(as_of))
    if problem:
        return show(request, page, form, problem.status)
    messages.success(request, _("Saved: %(name)s") % {"name": row.name})
    return onwards(request, back)


CHANNELS: Final = Register(
    kind=Channel.kind,
    url_name="channels",
    plural=gettext_lazy("Channels"),
    new=gettext_lazy("New channel"),
    empty=gettext_lazy("Channels are where interest comes from. A lead that names a new one adds it here by itself."),
    form=ChannelForm,
    rows=queries.channels,
    load=queries.channel,
    columns=lambda: (Column(_("Kind")), Column(_("Touches"), "number")),
    cells=lambda channel: (channel.get_sort_display(), channel.touch_count),
    add=actions.add_channel,
    change=actions.change_channel,
    delete=actions.delete_channel,
)
COMPETITORS: Final = Register(
    kind=Competitor.kind,
    url_name="competitors",
    plural=gettext_lazy("Competitors"),
    new=gettext_lazy("New competitor"),
    empty=gettext_lazy("Whom else your buyers consider. Add them here, then name them on deals and in losses."),
    form=CompetitorForm,
    rows=queries.competitors,
    load=queries.competitor,
    columns=lambda: (
        Column(_("Web domain")),
        Column(_("Note")),
        Column(_("Seen in deals"), "number"),
        Column(_("Lost to them"), "number"),
    ),
    cells=lambda competitor: (competitor.domain or None, competitor.note or None, competitor.seen, competitor.taken),
    add=actions.add_competitor,
    change=actions.change_competitor,
    delete=actions.delete_competitor,
)


def counted_tags(actor: Actor) -> list[Tag]:
    """Return the tags by name, each with how many rows of each kind bear it (`borne`)."""
    counts = queries.tagged_counts(actor)
    found = queries.tags(actor)
    for tag in found:
        tag.borne = {kind: by_name.get(tag.name, 0) for kind, by_name in counts.items()}
    return found


def tag_cells(tag: Tag) -> list[Cell]:
    """Return a tag as it looks, and how many rows bear it, of each kind with the way to them."""
    counts = [Cell(count, href=bearing_href(kind, tag.name) if count else "") for kind, count in tag.borne.items()]
    return [Cell([(tag.name, tag.tone)]), Cell(sum(tag.borne.values())), *counts]


TAGS: Final = Register(
    kind=Tag.kind,
    url_name="tags",
    plural=gettext_lazy("Tags"),
    new=gettext_lazy("New tag"),
    empty=gettext_lazy(
        "Tags put leads, people, companies and deals together in your own ways. Type one on a record, and it is here."
    ),
    form=TagForm,
    rows=counted_tags,
    load=queries.tag,
    columns=lambda: (
        Column(_("Looks like"), "tags"),
        Column(_("Records"), "number"),
        *(Column(BY_KIND[model.kind].plural, "number") for model in TAGGED),
    ),
    cells=tag_cells,
    add=actions.add_tag,
    change=actions.change_tag,
    delete=actions.delete_tag,
    delete_note=gettext_lazy("Everything that bears it loses it, for good. To keep it under another name, merge it."),
    ways=lambda tag: [(_("merge it into another one"), reverse("crm:tag_merge", args=[tag.ref]))],
)
REGISTERS: Final = (CHANNELS, TAGS, COMPETITORS)
