"""Profiles of imports: listed, shown, called otherwise, taken away."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from caudal.core.ids import Ref
from caudal.crm import actions, queries
from caudal.crm.forms.profiles import ProfileForm
from caudal.crm.imports.choices import our_stages
from caudal.crm.imports.decisions import KEEP, LEAVE, NOBODY
from caudal.crm.imports.vocabulary import BY_KIND, LABELS, Kind
from caudal.crm.models import ImportProfile, Outcome
from caudal.crm.queries import Meaning, ProfileColumn, ProfileContent, ProfileTable
from caudal.crm.views.forming import FormPage, attempt, onwards, sent, show
from caudal.crm.views.imports import crumbs
from caudal.kit.access import Actor, Verb
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ui.tables import Column, Row, Table
from caudal.workspace.queries import member_directory

WRITTEN: Final[Mapping[str, str]] = {
    "day_first": "31/12/2026",
    "month_first": "12/31/2026",
    "point": "1,234.50",
    "comma": "1.234,50",
}


@needs("import_profile")
@require_GET
def profile_list(request: HttpRequest) -> HttpResponse:
    """List the profiles that the actor may use, by name."""
    rows = []
    for profile in queries.import_profiles(actor_of(request)):
        content = ProfileContent.of(profile)
        what = ", ".join(dict.fromkeys(kind_words(table.kind) for table in content.tables))
        columns = sum(len(table.columns) for table in content.tables)
        rows.append(
            Row((profile.name, what, columns, profile.get_sharing_display(), profile.changed_at), href=href(profile))
        )
    columns_ = (
        Column(_("Profile"), line=1),
        Column(_("What it reads"), line=2),
        Column(_("Columns"), "number"),
        Column(_("Used by")),
        Column(_("Changed"), "date"),
    )
    context = {
        "title": _("Profiles of imports"),
        "crumbs": crumbs(),
        "table": Table(columns_, rows, caption=_("Profiles of imports")),
        "now": now(),
    }
    return render(request, "crm/import_profiles.html", context)


@needs("import_profile")
@require_GET
def profile_page(request: HttpRequest, profile_id: str) -> HttpResponse:
    """Show what a profile says: of every column, and of stages and owners."""
    actor = actor_of(request)
    profile = called(actor, profile_id, Verb.VIEW)
    content = ProfileContent.of(profile)
    ends = {each.value: str(each.label) for each in Outcome}
    stages = ends | {str(pk): name for pk, name in our_stages()}
    owners = {NOBODY: _("Nobody")} | {str(pk): name for pk, name in member_directory()}
    context = {
        "title": profile.name,
        "crumbs": [*crumbs(), (_("Profiles"), reverse("crm:import_profiles"))],
        "profile": profile,
        "ref": str(profile.ref),
        "may_change": ImportProfile.for_actor(actor, Verb.CHANGE).filter(pk=profile.pk).exists(),
        "sharing": profile.get_sharing_display(),
        "keeps_columns": profile.keeps_columns,
        "tables": [(each.name, kind_words(each.kind), columns_table(each)) for each in content.tables],
        "words": [
            (heading, words_table(heading, said, known))
            for heading, said, known in (
                (_("Stages"), content.stages, stages),
                (_("Owners"), content.owners, owners),
            )
            if said
        ],
        "now": now(),
    }
    return render(request, "crm/import_profile.html", context)


@needs("import_profile", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def profile_edit(request: HttpRequest, profile_id: str) -> HttpResponse:
    """Call a profile otherwise, or say who uses it."""
    actor = actor_of(request)
    profile = called(actor, profile_id, Verb.CHANGE)
    form = ProfileForm(sent(request), actor=actor, record=profile)
    page = FormPage(
        title=_("Edit %(name)s") % {"name": profile.name},
        submit=_("Save"),
        action=reverse("crm:import_profile_edit", args=[profile.ref]),
        cancel=href(profile),
        crumbs=[(_("Profiles"), reverse("crm:import_profiles"))],
    )
    if request.method != "POST":
        return show(request, page, form)
    if not form.is_valid():
        return show(request, page, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    as_of = now()
    saved, problem = attempt(
        form,
        lambda: actions.change_profile(
            actor=actor,
            as_of=as_of,
            profile_id=profile.pk,
            expected_version=form.cleaned_data["version"],
            name=form.cleaned_data["name"],
            sharing=form.cleaned_data["sharing"],
        ),
    )
    if problem:
        return show(request, page, form, problem.status)
    messages.success(request, _("Saved: %(name)s") % {"name": saved.name})
    return onwards(request, href(profile))


@needs("import_profile", Verb.DELETE)
@require_http_methods(["GET", "POST"])
def profile_delete(request: HttpRequest, profile_id: str) -> HttpResponse:
    """Take a profile away, after naming it."""
    actor = actor_of(request)
    profile = called(actor, profile_id, Verb.DELETE)
    if request.method != "POST":
        page = FormPage(
            title=_("Delete “%(name)s”?") % {"name": profile.name},
            submit=_("Delete"),
            action=reverse("crm:import_profile_delete", args=[profile.ref]),
            cancel=href(profile),
            lead=_("Files with its columns are read by their own words again. What was imported by it stays."),
            danger=True,
            crumbs=[(_("Profiles"), reverse("crm:import_profiles"))],
        )
        return show(request, page)
    actions.delete_profile(actor=actor, as_of=now(), profile_id=profile.pk)
    messages.success(request, _("Deleted: %(name)s") % {"name": profile.name})
    return onwards(request, reverse("crm:import_profiles"))


def called(actor: Actor, said: str, verb: Verb) -> ImportProfile:
    """Return a profile. Raises NotFound."""
    return queries.import_profile(actor, Ref.parse(said, ImportProfile.kind).id, verb)


def href(profile: ImportProfile) -> str:
    """Return the address of a profile."""
    return reverse("crm:import_profile", args=[profile.ref])


def kind_words(kind: str) -> str:
    """Return what the rows of a table become."""
    return gettext(LABELS[Kind(kind)]) if kind in set(Kind) else _("left out")


def columns_table(table: ProfileTable) -> Table:
    """Return what becomes of the columns of a table."""
    told = [(column.label, became(table.kind, column), WRITTEN.get(column.reading, "")) for column in table.columns]
    if not any(written for _label, _to, written in told):
        return Table((Column(_("Column")), Column(_("Becomes"))), [Row(each[:2]) for each in told], caption=table.name)
    columns = (Column(_("Column")), Column(_("Becomes")), Column(_("Written like")))
    return Table(columns, [Row(each) for each in told], caption=table.name)


def became(kind: str, column: ProfileColumn) -> str:
    """Return what a column becomes, in words."""
    field = BY_KIND[Kind(kind)].field(column.to) if kind in set(Kind) else None
    words = {KEEP: _("Keep as it is"), LEAVE: _("Leave out")}.get(column.to) or (gettext(field.label) if field else "")
    return words or _("a field that is there no more: %(name)s") % {"name": column.to}


def words_table(heading: str, said: Mapping[str, Meaning], known: Mapping[str, str]) -> Table:
    """Return what words mean."""
    rows = [Row((word, known.get(each.to) or _gone(each))) for word, each in sorted(said.items())]
    count = ngettext("%(count)s word", "%(count)s words", len(rows)) % {"count": len(rows)}
    return Table((Column(_("The files say")), Column(_("It means"))), rows, caption=f"{heading}: {count}")


def _gone(meaning: Meaning) -> str:
    """A meaning by name: found when files are read, or told that it is not."""
    if not meaning.called:
        return meaning.to
    return _("there no more: %(name)s") % {"name": meaning.called}
