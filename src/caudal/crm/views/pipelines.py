"""Pages of pipelines and their stages: what they are, and the ways to add, change and take out one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from caudal.core.ids import Ref
from caudal.crm import actions, queries
from caudal.crm.forms import PipelineForm, StageGoneForm, StageSettingsForm
from caudal.crm.forms.choices import id_of
from caudal.crm.models import Pipeline, Stage
from caudal.crm.queries import Laid
from caudal.crm.views.ends import answered
from caudal.crm.views.forming import FormPage, onwards, sent, show
from caudal.kit.access import Actor, Verb, may
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ui.tables import Cell, Column, Row, Table


@dataclass(frozen=True, slots=True)
class PipelineShown:
    """A pipeline with its stages, and what can be done about it."""

    name: str
    note: str
    table: Table
    board_href: str
    edit_href: str
    new_href: str


@needs("pipeline")
@require_GET
def pipeline_list(request: HttpRequest) -> HttpResponse:
    """Show every pipeline with its stages."""
    actor = actor_of(request)
    context = {
        "title": _("Pipelines"),
        "pipelines": [shown(each, actor) for each in queries.laid_out(actor)],
        "new_href": reverse("crm:pipeline_new") if may(actor, Pipeline.kind, Verb.CREATE) else "",
    }
    return render(request, "crm/pipelines.html", context)


def shown(laid: Laid, actor: Actor) -> PipelineShown:
    """Return a pipeline as the page shows it."""
    pipeline = laid.pipeline
    labels = dict(queries.criteria())
    changes = may(actor, Stage.kind, Verb.CHANGE)
    rows = [
        Row(
            cells=[
                Cell(each.stage.name, href=reverse("crm:stage_edit", args=[each.stage.ref]) if changes else ""),
                each.stage.probability,
                each.stage.get_forecast_category_display(),
                Cell(each.stage.days_to_rot, void=each.stage.days_to_rot is None),
                ", ".join(str(labels[name]) for name in each.stage.needed if name in labels) or Cell(void=True),
                each.count,
            ],
            id=str(each.stage.ref),
        )
        for each in laid.stages
    ]
    columns = [
        Column(_("Stage")),
        Column(_("Probability"), "percent"),
        Column(_("Forecast category")),
        Column(_("Stale after"), "number", unit=_("days")),
        Column(_("Needed to move on")),
        Column(_("Open deals"), "number"),
    ]
    pillar = pipeline.pillar.label(get_language() or "en") if pipeline.pillar else ""
    default = _("new deals take it") if pipeline.is_default else ""
    return PipelineShown(
        name=pipeline.name,
        note=" · ".join(each for each in (pillar if pillar != pipeline.name else "", default) if each),
        table=Table(columns=columns, rows=rows, caption=pipeline.name),
        board_href=f"{reverse('crm:board')}?pipeline={pipeline.ref}",
        edit_href=reverse("crm:pipeline_edit", args=[pipeline.ref]) if changes else "",
        new_href=reverse("crm:stage_new", args=[pipeline.ref]) if may(actor, Stage.kind, Verb.CREATE) else "",
    )


def page_of(title: str, submit: str, action: str, **more: Any) -> FormPage:
    """Return what stands around a form about a pipeline or a stage."""
    back = reverse("crm:pipelines")
    return FormPage(title=title, submit=submit, action=action, cancel=back, crumbs=[(_("Pipelines"), back)], **more)


@needs("pipeline", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def pipeline_new(request: HttpRequest) -> HttpResponse:
    """Add a pipeline."""
    actor = actor_of(request)
    form = PipelineForm(sent(request), actor=actor)
    lead = _("It begins with four stages, which you change to what you do.")
    page = page_of(_("New pipeline"), _("Add"), reverse("crm:pipeline_new"), lead=lead)
    return answered(
        request,
        page,
        form,
        lambda: actions.start_pipeline(actor=actor, as_of=now(), **form.values()),
        lambda made: _("Added: %(name)s") % {"name": made.name},
    )


@needs("pipeline", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def pipeline_edit(request: HttpRequest, pipeline_id: str) -> HttpResponse:
    """Change a pipeline."""
    actor = actor_of(request)
    pipeline = queries.pipeline(actor, Ref.parse(pipeline_id, Pipeline.kind).id)
    form = PipelineForm(sent(request), actor=actor, pipeline=pipeline)
    others = [(_("delete it"), reverse("crm:pipeline_delete", args=[pipeline.ref]))]
    title = _("Edit %(name)s") % {"name": pipeline.name}
    page = page_of(title, _("Save"), reverse("crm:pipeline_edit", args=[pipeline.ref]), others=others)
    return answered(
        request,
        page,
        form,
        lambda: actions.change_pipeline(
            actor=actor,
            as_of=now(),
            pipeline_id=pipeline.pk,
            expected_version=form.cleaned_data["version"],
            **form.values(),
        ),
        lambda changed: _("Saved: %(name)s") % {"name": changed.name},
    )


@needs("pipeline", Verb.DELETE)
@require_http_methods(["GET", "POST"])
def pipeline_delete(request: HttpRequest, pipeline_id: str) -> HttpResponse:
    """Take out a pipeline that no deal went through."""
    actor = actor_of(request)
    pipeline = queries.pipeline(actor, Ref.parse(pipeline_id, Pipeline.kind).id)
    if request.method == "POST":
        actions.delete_pipeline(actor=actor, as_of=now(), pipeline_id=pipeline.pk)
        messages.success(request, _("Deleted: %(name)s") % {"name": pipeline.name})
        return onwards(request, reverse("crm:pipelines"))
    page = page_of(
        _("Delete “%(name)s”?") % {"name": pipeline.name},
        _("Delete"),
        reverse("crm:pipeline_delete", args=[pipeline.ref]),
        lead=_("Its stages go with it. A pipeline that deals went through cannot be deleted."),
        danger=True,
    )
    return show(request, page)


@needs("stage", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def stage_new(request: HttpRequest, pipeline_id: str) -> HttpResponse:
    """Add a stage to a pipeline."""
    actor = actor_of(request)
    pipeline = queries.pipeline(actor, Ref.parse(pipeline_id, Pipeline.kind).id)
    form = StageSettingsForm(sent(request), actor=actor, others=queries.stages_of(actor, pipeline))
    title = _("New stage of %(pipeline)s") % {"pipeline": pipeline.name}
    page = page_of(title, _("Add"), reverse("crm:stage_new", args=[pipeline.ref]))
    return answered(
        request,
        page,
        form,
        lambda: actions.add_stage(actor=actor, as_of=now(), pipeline_id=pipeline.pk, **form.values()),
        lambda made: _("Added: %(name)s") % {"name": made.name},
    )


@needs("stage", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def stage_edit(request: HttpRequest, stage_id: str) -> HttpResponse:
    """Change a stage, and where it stands."""
    actor = actor_of(request)
    stage = queries.stage(actor, Ref.parse(stage_id, Stage.kind).id, Verb.CHANGE)
    form = StageSettingsForm(sent(request), actor=actor, others=beside(actor, stage), stage=stage)
    page = page_of(
        _("Edit %(name)s") % {"name": stage.name},
        _("Save"),
        reverse("crm:stage_edit", args=[stage.ref]),
        others=[(_("delete it"), reverse("crm:stage_delete", args=[stage.ref]))],
    )
    return answered(
        request,
        page,
        form,
        lambda: actions.change_stage(
            actor=actor,
            as_of=now(),
            stage_id=stage.pk,
            expected_version=form.cleaned_data["version"],
            **form.values(),
        ),
        lambda changed: _("Saved: %(name)s") % {"name": changed.name},
    )


def beside(actor: Actor, stage: Stage) -> Sequence[Stage]:
    """Return the other stages of a stage's pipeline, in order."""
    return [each for each in queries.stages_of(actor, stage.pipeline) if each.pk != stage.pk]


@needs("stage", Verb.DELETE)
@require_http_methods(["GET", "POST"])
def stage_delete(request: HttpRequest, stage_id: str) -> HttpResponse:
    """Take out a stage, after asking where its open deals go."""
    actor = actor_of(request)
    stage = queries.stage(actor, Ref.parse(stage_id, Stage.kind).id, Verb.DELETE)
    count = queries.open_in(actor, [stage]).get(stage.pk, 0)
    binned = queries.binned_in(stage)
    form = StageGoneForm(sent(request), actor=actor, stage=stage, others=beside(actor, stage), count=count + binned)
    lead = _("No open deal is in it.")
    if count:
        lead = ngettext("%(count)s open deal is in it.", "%(count)s open deals are in it.", count) % {"count": count}
    if binned:
        more = ngettext(
            "%(count)s more is in the recycle bin and goes with them.",
            "%(count)s more are in the recycle bin and go with them.",
            binned,
        )
        lead = f"{lead} {more % {'count': binned}}"
    kept = _("Deals that were won or lost in it keep it in their history.")
    page = page_of(
        _("Delete “%(name)s”?") % {"name": stage.name},
        _("Delete"),
        reverse("crm:stage_delete", args=[stage.ref]),
        lead=f"{lead} {kept}",
        danger=True,
    )
    return answered(
        request,
        page,
        form,
        lambda: actions.delete_stage(
            actor=actor,
            as_of=now(),
            stage_id=stage.pk,
            to_stage_id=id_of(form.cleaned_data.get("to"), Stage.kind),
            expected_version=form.cleaned_data["version"],
        ),
        lambda _count: _("Deleted: %(name)s") % {"name": stage.name},
    )
