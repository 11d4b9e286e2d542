"""The page of a draft: where it stands, who approved it, what is wrong with it, what happened to it."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from caudal.core.ids import Ref
from caudal.core.periods import CalendarPeriod, Grain
from caudal.kit.access import Actor, Verb, may
from caudal.kit.outbox import RecordedFact, timeline
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import fact_words, page_of
from caudal.kit.problems import BadInput
from caudal.kit.world import now
from caudal.plan.actions import (
    DraftHasMistakes,
    adopt_draft,
    begin_draft,
    decide_draft,
    delete_draft,
    propose_draft,
    take_back_draft,
)
from caudal.plan.forms import DecisionForm, DraftForm, shipped_labels
from caudal.plan.models import DraftDecision, DraftState, Origin, PlanDraft, Purpose
from caudal.plan.queries import adoption_of, decisions_of, draft_called, is_of_scenario, source_called, text_review
from caudal.plan.views.editing import review_context
from caudal.plan.views.first import month_text
from caudal.plan.views.versions import TONES, choices, comparison_address, state_words
from caudal.ui.timelines import Change, Moment
from caudal.workspace.queries import actor_names, hands_of

SHOWN = 50


@needs("plan_draft", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def draft_new(request: HttpRequest) -> HttpResponse:
    """Begin a draft; sent without anything, from the plan that counts."""
    actor = actor_of(request)
    sources = [(each.id, each.label) for each in choices(actor)] + shipped_labels()
    form = DraftForm(
        request.POST if request.method == "POST" else None,
        sources=sources,
        initial={"begun_from": request.GET.get("from", sources[0][0])},
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        draft = begin_draft(
            actor=actor,
            as_of=now(),
            source=source_called(actor, values["begun_from"]),
            name=values["name"],
            purpose=values["purpose"] or Purpose.PLAN,
        )
        messages.success(request, _("Begun: %(name)s") % {"name": draft.name})
        return redirect("plan:draft_edit", draft.ref)
    context = {
        "title": _("Begin a draft"),
        "crumbs": [(_("Plan"), "/"), (_("Versions"), reverse("plan:versions"))],
        "form": form,
    }
    return render(request, "plan/draft_new.html", context, status=422 if form.errors else 200)


@needs("plan_draft")
@require_GET
def draft_page(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Show a draft."""
    return show(request, found(request, draft_id))


@needs("plan_draft", Verb.CHANGE)
@require_POST
def draft_propose(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Ask two others to approve it; one with mistakes comes back with all of them."""
    draft = found(request, draft_id, Verb.CHANGE)
    try:
        propose_draft(actor=actor_of(request), as_of=now(), draft_id=draft.pk)
    except DraftHasMistakes as refused:
        return show(request, draft, refused=refused.told(_))
    messages.success(request, _("Proposed. Two others have to approve it."))
    return redirect("plan:draft", draft.ref)


@needs("plan_draft", Verb.CHANGE)
@require_POST
def draft_take_back(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Make it a draft again."""
    draft = found(request, draft_id, Verb.CHANGE)
    take_back_draft(actor=actor_of(request), as_of=now(), draft_id=draft.pk)
    messages.success(request, _("It is a draft again."))
    return redirect("plan:draft", draft.ref)


@needs("plan_approval", Verb.CREATE)
@require_POST
def draft_decide(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Approve it, or send it back with a reason."""
    draft = found(request, draft_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return show(request, draft, form=form)
    granted = request.POST.get("decision") == "approve"
    try:
        decided = decide_draft(
            actor=actor_of(request),
            as_of=now(),
            draft_id=draft.pk,
            granted=granted,
            note=form.cleaned_data["note"],
        )
    except BadInput as refused:
        form.take(refused)
        return show(request, draft, form=form)
    words = _("Approved by two: it stays as it is from now on.") if decided.state == DraftState.APPROVED else ""
    messages.success(request, words or (_("You approved it.") if granted else _("You sent it back.")))
    return redirect("plan:draft", draft.ref)


@needs("plan", Verb.CREATE)
@require_POST
def draft_adopt(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Make an approved plan the plan that counts."""
    draft = found(request, draft_id)
    adopted = adopt_draft(actor=actor_of(request), as_of=now(), draft_id=draft.pk)
    messages.success(request, _("%(plan)s is the plan from now on.") % {"plan": adopted.name})
    return redirect("plan:first")


@needs("plan_draft", Verb.DELETE)
@require_http_methods(["GET", "POST"])
def draft_delete(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Ask, and throw a draft away."""
    draft = found(request, draft_id, Verb.DELETE)
    if request.method == "POST":
        delete_draft(actor=actor_of(request), as_of=now(), draft_id=draft.pk)
        messages.success(request, _("Deleted: %(name)s") % {"name": draft.name})
        return redirect("plan:versions")
    context = {"title": _("Delete %(name)s?") % {"name": draft.name}, "crumbs": crumbs(draft), "draft": draft}
    return render(request, "plan/draft_deletion.html", context)


def found(request: HttpRequest, draft_id: str, verb: Verb = Verb.VIEW) -> PlanDraft:
    """Return the draft that an address names. Raises NotAnId, NotFound."""
    return draft_called(actor_of(request), Ref.parse(draft_id, PlanDraft.kind).id, verb)


def crumbs(draft: PlanDraft) -> list[tuple[str, str]]:
    """Return the way to what belongs to a draft."""
    return [
        (_("Plan"), "/"),
        (_("Versions"), reverse("plan:versions")),
        (draft.name, reverse("plan:draft", args=[draft.ref])),
    ]


def show(
    request: HttpRequest, draft: PlanDraft, *, refused: str = "", form: DecisionForm | None = None
) -> HttpResponse:
    """Answer with the page."""
    actor = actor_of(request)
    decisions = decisions_of([draft])[draft.pk]
    facts = timeline(draft.ref, limit=SHOWN)
    names = actor_names(
        {fact.actor for fact in facts} | {each.decided_by for each in decisions} | {draft.proposed_by} - {""}
    )
    context = {
        "title": draft.name,
        "now": now(),
        "crumbs": crumbs(draft)[:2],
        "draft": draft,
        "state": state_words(draft, decisions),
        "tone": TONES[draft.state],
        "month": month_text(CalendarPeriod.of(Grain.MONTH, draft.starts_on)),
        "origin": origin_words(draft),
        "origin_href": origin_href(draft),
        "proposer": names.get(draft.proposed_by, "Caudal") if draft.proposed_by else "",
        "decisions": [(names.get(each.decided_by, ""), each) for each in decisions],
        "refused": refused,
        "compare": comparison_address("", str(draft.ref)),
        "moments": [moment(fact, names) for fact in facts],
        **may_do(actor, draft, decisions, form),
        **review_context(draft, text_review(draft.text)),
    }
    wrong = bool(refused or (form and form.errors))
    return render(
        request, "plan/draft.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    )


def may_do(
    actor: Actor, draft: PlanDraft, decisions: Sequence[DraftDecision], form: DecisionForm | None
) -> dict[str, Any]:
    """Return what the reader can do with a draft where it stands."""
    may_write = may(actor, "plan_draft", Verb.CHANGE)
    open_, proposed = draft.state == DraftState.DRAFT, draft.state == DraftState.PROPOSED
    own = draft.proposed_by in hands_of(actor)
    decided = any(each.decided_by == actor.id for each in decisions)
    deciding = proposed and may(actor, "plan_approval", Verb.CREATE) and not own and not decided
    adopted = adoption_of(actor, draft)
    adoptable = draft.state == DraftState.APPROVED and draft.purpose == Purpose.PLAN
    return {
        "may_write": may_write and open_,
        "may_take_back": may_write and proposed,
        "may_delete": open_ and may(actor, "plan_draft", Verb.DELETE),
        "may_begin": may(actor, "plan_draft", Verb.CREATE),
        "may_adopt": adoptable and adopted is None and may(actor, "plan", Verb.CREATE),
        "adopted": adopted,
        "decision": (form or DecisionForm()) if deciding else None,
        "own_proposal": proposed and own,
        "decided": proposed and decided,
    }


def origin_href(draft: PlanDraft) -> str:
    """Return the page of what a draft was begun from, if it has one."""
    if is_of_scenario(draft):
        return reverse("plan:scenario", args=[draft.begun_from])
    return page_of(Ref.parse(draft.begun_from)) if draft.origin in {Origin.ADOPTED, Origin.DRAFT} else ""


def origin_words(draft: PlanDraft) -> str:
    """Say what a draft was begun from."""
    if is_of_scenario(draft):
        return _("A scenario")
    labels = dict(shipped_labels())
    if draft.origin == Origin.SHIPPED:
        return labels.get(draft.begun_from, draft.begun_from)
    return draft.begun_from if draft.origin == Origin.FILE else str(draft.get_origin_display())


def moment(fact: RecordedFact, names: Mapping[str, str]) -> Moment:
    """Return a fact as the history shows it."""
    words = fact_words().get(fact.name)
    note = ((fact.personal or {}).get("note") or (None, None))[1]
    told = fact.name == "plan.draft_changed"
    return Moment(
        at=fact.occurred_at,
        words=words.words(fact) if words else fact.name,
        who=names.get(fact.actor, "Caudal"),
        icon=words.icon if words else "dot",
        body=note or "",
        changes=list(changes(fact)) if told else (),
        erased=fact.erased,
    )


def changes(fact: RecordedFact) -> list[Change]:
    """Return the changed fields of a draft, but for the digest of its text."""
    labels = {
        "name": _("Name"),
        "purpose": _("Purpose"),
        "starts_on": _("First month"),
        "version_name": _("Size"),
    }
    return [
        Change(labels[field], str(before or ""), str(after or "") or _("nothing"))
        for field, (before, after) in fact.data.get("changes", {}).items()
        if field in labels
    ]
