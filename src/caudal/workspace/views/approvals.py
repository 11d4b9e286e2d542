"""What waits for a second person, and the buttons of the one who decides."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.kit.access import Actor, Verb
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of, request_words
from caudal.kit.records import in_sight
from caudal.kit.world import now
from caudal.workspace import actions
from caudal.workspace.forms import DecisionForm
from caudal.workspace.models import Approval
from caudal.workspace.queries import actor_names, approval_to_decide, hands_of, open_approvals


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question as the page shows it; without a form where the reader asked it."""

    id: str
    request: str
    record: str
    href: str
    amount: Money | None
    asked_by: str
    asked_at: datetime
    reason: str
    form: DecisionForm | None


@needs("approval")
@require_GET
def approval_list(request: HttpRequest) -> HttpResponse:
    """List what waits for a second person, oldest first."""
    return show(request)


@needs("approval", Verb.CHANGE)
@require_POST
def approval_decide(request: HttpRequest, approval_id: str) -> HttpResponse:
    """Agree or refuse."""
    actor, ref = actor_of(request), Ref.parse(approval_id, Approval.kind)
    approval = approval_to_decide(actor, ref.id)
    form = decision_form(ref, request)
    if not form.is_valid():
        return show(request, form)
    granted = form.cleaned_data["decision"] == DecisionForm.AGREE
    actions.decide_approval(
        actor=actor, as_of=now(), approval=approval, granted=granted, note=form.cleaned_data["note"]
    )
    words = _("You agreed: %(request)s. It is done in a moment.") if granted else _("You refused: %(request)s.")
    messages.success(request, words % {"request": request_words(approval.request)})
    return redirect("workspace:approvals")


def show(request: HttpRequest, refused: DecisionForm | None = None) -> HttpResponse:
    """Answer with the page; a form that was refused stands in its place with what was typed."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    context = {"title": _("Approvals"), "waiting": waiting(actor_of(request), refused), "now": now()}
    return render(request, "workspace/approval_list.html", context, status=status)


def waiting(actor: Actor, refused: DecisionForm | None = None) -> list[Waiting]:
    """Return the open questions that an actor may see, in words."""
    rows = open_approvals(actor)
    records = in_sight({row.subject for row in rows}, actor)
    names, own = actor_names({row.created_by for row in rows}), hands_of(actor)
    found = []
    for row in rows:
        form = refused if refused and refused.prefix == str(row.ref) else decision_form(row.ref)
        found.append(
            Waiting(
                id=str(row.ref),
                request=request_words(row.request),
                record=records.get(row.subject, ""),
                href=page_of(row.subject),
                amount=row.amount,
                asked_by=names.get(row.created_by, row.created_by),
                asked_at=row.created_at,
                reason=row.reason,
                form=None if row.created_by in own else form,
            )
        )
    return found


def decision_form(ref: Ref, request: HttpRequest | None = None) -> DecisionForm:
    """Return the form that decides a question; each has names of its own on the page that shows several."""
    return DecisionForm(request.POST if request else None, prefix=str(ref))
