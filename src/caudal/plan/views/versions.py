"""Versions of the plan: those that were adopted, those that are being written, and what is approved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from caudal.core.ids import Ref
from caudal.core.periods import CalendarPeriod, Grain
from caudal.kit.access import Actor, Verb, may
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.plan.models import DraftDecision, DraftState, PlanDraft, PlanVersion, Purpose
from caudal.plan.queries import (
    adopted_version,
    adopted_versions,
    decisions_of,
    drafts_of,
    plan_of,
)
from caudal.plan.views.first import Tab, month_text
from caudal.ui.tables import Cell, Column, Row, Table, query
from caudal.workspace.queries import actor_names, hands_of

TONES: Mapping[str, str] = {DraftState.DRAFT: "idle", DraftState.PROPOSED: "warn", DraftState.APPROVED: "good"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A version that can be compared."""

    id: str
    label: str
    chosen: bool = False


@needs("plan")
@require_GET
def version_list(request: HttpRequest) -> HttpResponse:
    """List what was adopted, what is being written, and what is approved."""
    actor = actor_of(request)
    purpose = request.GET.get("purpose") or None
    every = drafts_of(actor)
    drafts = [draft for draft in every if purpose in {None, draft.purpose}]
    adopted = adopted_versions(actor) if purpose in {None, Purpose.PLAN} else []
    decisions = decisions_of(every)
    names = actor_names({row.changed_by for row in drafts} | {row.created_by for row in adopted})
    written = [draft for draft in drafts if draft.state != DraftState.APPROVED]
    approved = [draft for draft in drafts if draft.state == DraftState.APPROVED]
    counts = adopted_version(actor)
    return render(
        request,
        "plan/versions.html",
        {
            "title": _("Versions"),
            "now": now(),
            "tabs": tabs(request.GET.dict(), every),
            "waiting": waiting(actor, every, decisions),
            "tables": [
                (heading, table)
                for heading, table in (
                    (_("Being written"), draft_table(written, decisions, names, caption=_("Drafts"))),
                    (_("Approved"), draft_table(approved, decisions, names, caption=_("Approved"))),
                    (_("Adopted"), adopted_table(adopted, counts, names)),
                )
                if table.rows
            ],
            "may_begin": may(actor, "plan_draft", Verb.CREATE),
            "counts": counts,
            "choices": choices(actor) if len(every) + len(adopted) > 1 else [],
            "other_choices": choices(actor, str(next(iter([*every, *adopted[1:]])).ref))
            if len(every) + len(adopted) > 1
            else [],
        },
    )


@needs("plan")
@require_GET
def version_page(request: HttpRequest, version_id: str) -> HttpResponse:
    """Show a plan that was adopted, by whom and when, and lead to what can be done with it."""
    actor = actor_of(request)
    version = PlanVersion.one_for(actor, Verb.VIEW, Ref.parse(version_id, PlanVersion.kind).id)
    current = adopted_version(actor)
    counts = current is not None and current.pk == version.pk
    plan = plan_of(actor, version.pk)
    return render(
        request,
        "plan/version.html",
        {
            "title": version.name,
            "now": now(),
            "crumbs": [(_("Plan"), "/"), (_("Versions"), reverse("plan:versions"))],
            "version": version,
            "counts": counts,
            "month": month_text(CalendarPeriod.of(Grain.MONTH, version.starts_on)),
            "who": actor_names({version.created_by}).get(version.created_by, "Caudal"),
            "targets": len(plan.targets),
            "compare": "" if counts else comparison_address(str(version.ref), ""),
            "may_begin": may(actor, "plan_draft", Verb.CREATE),
            "text": version.text,
        },
    )


def tabs(asked: dict[str, str], drafts: Iterable[PlanDraft]) -> list[Tab]:
    """Return all purposes and each of them."""
    chosen = asked.get("purpose") or None
    count = {key: sum(draft.purpose == key for draft in drafts) for key in Purpose.values}
    found = [Tab(_("All"), query(asked, purpose=None), chosen is None)]
    labels = {Purpose.PLAN: _("Plans"), Purpose.BUDGET: _("Budgets"), Purpose.FORECAST: _("Forecasts")}
    return found + [
        Tab(f"{label} ({count[key]})" if count[key] else label, query(asked, purpose=key), chosen == key)
        for key, label in labels.items()
    ]


def waiting(
    actor: Actor, drafts: Iterable[PlanDraft], decisions: Mapping[UUID, Sequence[DraftDecision]]
) -> list[PlanDraft]:
    """Return what waits for the reader's word."""
    if not may(actor, "plan_approval", Verb.CREATE):
        return []
    hands = hands_of(actor)
    return [
        draft
        for draft in drafts
        if draft.state == DraftState.PROPOSED
        and draft.proposed_by not in hands
        and all(each.decided_by != actor.id for each in decisions[draft.pk])
    ]


def draft_table(
    drafts: Iterable[PlanDraft],
    decisions: Mapping[UUID, Sequence[DraftDecision]],
    names: Mapping[str, str],
    *,
    caption: str,
) -> Table:
    """Return drafts as a table."""
    return Table(
        columns=[
            Column(_("Name")),
            Column(_("Purpose")),
            Column(_("State"), kind="state"),
            Column(_("First month"), line=0),
            Column(_("Changed by"), line=0),
            Column(_("Last change"), kind="date", line=0),
        ],
        rows=[
            Row(
                [
                    draft.name,
                    draft.get_purpose_display(),
                    Cell(state_words(draft, decisions[draft.pk]), tone=TONES[draft.state]),
                    month_text(CalendarPeriod.of(Grain.MONTH, draft.starts_on)),
                    names.get(draft.changed_by, "Caudal"),
                    draft.changed_at,
                ],
                href=reverse("plan:draft", args=[draft.ref]),
            )
            for draft in drafts
        ],
        caption=caption,
    )


def adopted_table(versions: Iterable[PlanVersion], counts: PlanVersion | None, names: Mapping[str, str]) -> Table:
    """Return the plans that were adopted as a table, the one that counts marked."""
    return Table(
        columns=[
            Column(_("Name")),
            Column(_("Size")),
            Column(_("State"), kind="state"),
            Column(_("First month"), line=0),
            Column(_("Adopted by"), line=0),
            Column(_("Adopted"), kind="date", line=0),
        ],
        rows=[
            Row(
                [
                    version.name,
                    version.version_name or Cell(void=True),
                    Cell(_("counts"), tone="accent")
                    if counts is not None and version.pk == counts.pk
                    else Cell(_("counted earlier"), tone="idle"),
                    month_text(CalendarPeriod.of(Grain.MONTH, version.starts_on)),
                    names.get(version.created_by, "Caudal"),
                    version.created_at,
                ],
                href=reverse("plan:version", args=[version.ref]),
            )
            for version in versions
        ],
        caption=_("Adopted plans"),
    )


def state_words(draft: PlanDraft, decisions: Sequence[DraftDecision]) -> str:
    """Say where a draft stands; of a proposal, how many have approved it."""
    if draft.state != DraftState.PROPOSED:
        return str(draft.get_state_display())
    return _("Proposed, %(count)s of 2 approved") % {"count": sum(each.granted for each in decisions)}


def choices(actor: Actor, chosen: str = "") -> list[Choice]:
    """Return what can be compared, the plan that counts first."""
    counts = adopted_version(actor)
    found = [Choice("", _("The plan that counts: %(name)s") % {"name": counts.name}, not chosen)] if counts else []
    found += [
        Choice(str(draft.ref), f"{draft.name} · {draft.get_purpose_display()}", chosen == str(draft.ref))
        for draft in drafts_of(actor)
    ]
    return found + [
        Choice(
            str(version.ref),
            _("%(name)s, adopted on %(day)s") % {"name": version.name, "day": version.created_at.date().isoformat()},
            chosen == str(version.ref),
        )
        for version in adopted_versions(actor)
        if counts is None or version.pk != counts.pk
    ]


def comparison_address(before: str, after: str) -> str:
    """Return where two versions are compared; without an id it is the plan that counts."""
    return reverse("plan:comparison") + query({}, a=before, b=after)
