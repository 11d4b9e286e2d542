"""The history of a draft's text: what each save changed, two of them beside each other, and who wrote which line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from caudal.core.ids import Ref
from caudal.core.plans import Came, LineChange
from caudal.kit.access import Verb, may
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.plan.actions import change_draft
from caudal.plan.models import DraftState, DraftText, PlanDraft
from caudal.plan.queries import changes_between, draft_called, lines_of, text_numbered, texts_of
from caudal.plan.views.editing import whole
from caudal.ui.tables import query
from caudal.workspace.queries import actor_names


@dataclass(frozen=True, slots=True)
class Saved:
    """One text in the list."""

    number: int
    who: str
    at: datetime
    href: str
    before: bool
    after: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines that somebody wrote, one after the other, with when and since which text."""

    who: str
    at: datetime
    number: int
    lines: Sequence[tuple[int, str]]


@needs("plan_draft")
@require_GET
def draft_texts(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Show two texts of a draft beside each other, or who wrote which line of one."""
    actor = actor_of(request)
    draft = draft_called(actor, Ref.parse(draft_id, PlanDraft.kind).id)
    texts = texts_of(draft)
    after = whole(request.GET.get("b")) or (texts[0].number if texts else 0)
    before = whole(request.GET.get("a")) or max(after - 1, 1)
    names = actor_names({each.written_by for each in texts})
    lines = request.GET.get("show") == "lines"
    last = texts[0].number if texts else 0
    context = {
        "title": _("History of the text"),
        "now": now(),
        "crumbs": [
            (_("Plan"), "/"),
            (_("Versions"), reverse("plan:versions")),
            (draft.name, reverse("plan:draft", args=[draft.ref])),
        ],
        "draft": draft,
        "saved": [saved(each, names.get(each.written_by, "Caudal"), before, after) for each in texts],
        "before": before,
        "after": after,
        "shows_lines": lines,
        "by_change": query(request.GET.dict(), show=None),
        "by_line": query(request.GET.dict(), show="lines"),
        "may_return": draft.state == DraftState.DRAFT and after != last and may(actor, "plan_draft", Verb.CHANGE),
    }
    if texts and lines:
        context["passages"] = passages(draft, after, names)
    elif texts:
        changes = changes_between(draft, before, after)
        context["changes"] = changes
        context |= {"came": count(changes, Came.ADDED), "went": count(changes, Came.REMOVED)}
    return render(request, "plan/draft_texts.html", context)


@needs("plan_draft", Verb.CHANGE)
@require_POST
def draft_return(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Make an earlier text the text of the draft again; it becomes one more text, and none is lost."""
    actor = actor_of(request)
    draft = draft_called(actor, Ref.parse(draft_id, PlanDraft.kind).id, Verb.CHANGE)
    text = text_numbered(draft, whole(request.POST.get("number")) or 0)
    change_draft(actor=actor, as_of=now(), draft_id=draft.pk, text=text.text)
    messages.success(request, _("The text is that of save %(number)s again.") % {"number": text.number})
    return redirect("plan:draft_texts", draft.ref)


def saved(text: DraftText, who: str, before: int, after: int) -> Saved:
    """Return a text as the list shows it, leading to what it changed."""
    href = query({}, a=str(max(text.number - 1, 1)), b=str(text.number))
    return Saved(text.number, who, text.written_at, href, text.number == before, text.number == after)


def count(changes: Sequence[Sequence[LineChange]], came: Came) -> int:
    """Return how many lines came, or went."""
    return sum(line.came is came for passage in changes for line in passage)


def passages(draft: PlanDraft, number: int, names: Mapping[str, str]) -> list[Passage]:
    """Return the lines of a text in passages of one save each."""
    found: list[tuple[DraftText, list[tuple[int, str]]]] = []
    for line in lines_of(draft, number):
        if not found or found[-1][0].number != line.written.number:
            found.append((line.written, []))
        found[-1][1].append((line.number, line.text))
    return [Passage(names.get(text.written_by, "Caudal"), text.written_at, text.number, lines) for text, lines in found]
