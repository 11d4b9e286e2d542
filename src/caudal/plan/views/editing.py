"""Writing the text of a draft, and what a check says of it while somebody types."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from caudal.core.errors import Problem, Severity
from caudal.core.ids import Ref
from caudal.core.plans import BYTES_MAX, Check, Plan
from caudal.kit.access import Verb
from caudal.kit.pages import actor_of, needs
from caudal.kit.records import NotFound, VersionConflict
from caudal.kit.world import now
from caudal.plan.actions import change_draft
from caudal.plan.forms import EditorForm
from caudal.plan.models import DraftState, PlanDraft
from caudal.plan.queries import Remark, TextReview, draft_called, text_review
from caudal.ui.formats import number_text, reader_locale
from caudal.workspace.queries import actor_names

FIELDS: Final = ("name", "purpose", "note", "text", "starts_on", "version_name")
SHOWN: Final = 40
"""Findings at once; the rest come when these are mended."""
WORDS: Final = {Severity.ERROR: "bad", Severity.CHOICE: "warn", Severity.NOTE: "idle"}


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a check says: how serious, in words, and on which line of the text; 0 where on none."""

    word: str
    tone: str
    told: str
    line: int
    more: str = ""


@needs("plan_draft", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def draft_edit(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Write on a draft; a text with mistakes is kept as well."""
    actor, as_of = actor_of(request), now()
    draft = draft_called(actor, Ref.parse(draft_id, PlanDraft.kind).id, Verb.CHANGE)
    if draft.state != DraftState.DRAFT:
        return redirect("plan:draft", draft.ref)
    initial = {name: getattr(draft, name) for name in (*FIELDS, "version")}
    form = EditorForm(request.POST or None, initial=initial)
    conflict = ""
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            saved = change_draft(
                actor=actor,
                as_of=as_of,
                draft_id=draft.pk,
                expected_version=whole(request.POST.get("over")) or values["version"],
                **{name: values[name] for name in FIELDS},
            )
        except VersionConflict:
            conflict = actor_names({draft.changed_by}).get(draft.changed_by, "Caudal")
        except NotFound:
            raise
        except Problem as refused:
            form.take(refused)
        else:
            messages.success(request, _("Saved: %(name)s") % {"name": saved.name})
            return redirect("plan:draft_edit", draft.ref)
    text = form.data.get("text", draft.text) if form.is_bound else draft.text
    lines = text.count("\n") + 1
    context = {
        "title": draft.name,
        "crumbs": [(_("Plan"), "/"), (_("Versions"), reverse("plan:versions"))],
        "draft": draft,
        "form": form,
        "conflict": conflict,
        "text": text,
        "lines": lines,
        "numbers": "\n".join(map(str, range(1, lines + 1))),
        **review_context(draft, text_review(text[:BYTES_MAX].replace("\r\n", "\n"))),
    }
    wrong = HTTPStatus.CONFLICT if conflict else HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "plan/editor.html", context, status=wrong)


@needs("plan_draft", Verb.CHANGE)
@require_POST
def draft_check(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Say what a check finds in a text that is being typed; nothing is kept."""
    draft = draft_called(actor_of(request), Ref.parse(draft_id, PlanDraft.kind).id, Verb.CHANGE)
    text = request.POST.get("text", "").replace("\r\n", "\n")
    return render(request, "plan/_review.html", review_context(draft, text_review(text)))


def review_context(draft: PlanDraft, found: TextReview) -> dict[str, Any]:
    """Return what a check of a text says, for the template that shows it."""
    said = list(mistakes(found)) + list(contradictions(found))
    return {
        "checked": draft,
        "verdict": verdict(found),
        "said": said[:SHOWN],
        "unsaid": max(len(said) - SHOWN, 0),
        "readable": found.plan is not None,
        "sound": found.review is not None and not found.review.broken,
        "writable": draft.state == DraftState.DRAFT,
    }


def verdict(found: TextReview) -> str:
    """Say in a sentence how a text stands."""
    locale = reader_locale()
    if found.review is None:
        count = sum(finding.severity is Severity.ERROR for finding in found.findings)
        return ngettext("%(count)s mistake in the text.", "%(count)s mistakes in the text.", count) % {
            "count": number_text(count, locale)
        }
    targets, broken = len(found.review.plan.targets), len(found.review.broken)
    whole_words = ngettext("No mistakes, %(count)s target.", "No mistakes, %(count)s targets.", targets) % {
        "count": number_text(targets, locale)
    }
    if not broken:
        nothing = _("Nothing contradicts itself.")
        return f"{whole_words} {nothing}"
    words = ngettext("%(count)s relation cannot hold.", "%(count)s relations cannot hold.", broken)
    return f"{whole_words} {words % {'count': number_text(broken, locale)}}"


def mistakes(found: TextReview) -> Iterator[Said]:
    """Yield what is wrong with the writing, as `caudal plan check` tells it."""
    labels = {Severity.ERROR: _("error"), Severity.CHOICE: _("choice"), Severity.NOTE: _("note")}
    for finding in found.findings:
        yield Said(labels[finding.severity], WORDS[finding.severity], finding.told(_), finding.place.line)


def contradictions(found: TextReview) -> Iterator[Said]:
    """Yield what cannot hold, most serious first."""
    if found.review is None:
        return
    for remark in found.review.broken:
        yield Said(remark.word, remark.tone, remark.statement, line_of(remark, found.review.plan), remark.arithmetic)


def line_of(remark: Remark, plan: Plan) -> int:
    """Return the line of a plan's own check, or of the first target that a standard one is about."""
    own: dict[str, Check] = {check.id: check for check in plan.checks}
    check = own.get(remark.result.check.id)
    if check is not None:
        return check.place.line
    return min((target.place.line for target in remark.result.targets), default=0)


def whole(text: str | None) -> int | None:
    """Read a whole number, if it is one."""
    return int(text) if text and text.isdigit() else None
