"""Pages of webhooks: endpoints, what was sent to each and what came back, with ways to send it once more."""

import json
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final, get_args

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caudal.core.ids import Ref
from caudal.kit.access import Actor, Verb
from caudal.kit.pages import actor_of, needs
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound, VersionConflict
from caudal.kit.world import now
from caudal.ui.tables import Cell, Column, Row, Table
from caudal.workspace import actions, queries
from caudal.workspace.forms import WebhookForm
from caudal.workspace.models import Ending, Webhook, WebhookMessage
from caudal.workspace.queries.webhooks import Which

STATES: Final[dict[str, tuple[str | Promise, str]]] = {
    "waiting": (gettext_lazy("waiting"), "idle"),
    "received": (gettext_lazy("received"), "good"),
    "failed": (gettext_lazy("failed"), "bad"),
}
TABS: Final[dict[str, str | Promise]] = {
    "all": gettext_lazy("Everything"),
    "waiting": gettext_lazy("Waiting"),
    "received": gettext_lazy("Received"),
    "failed": gettext_lazy("Failed"),
}


@needs("webhook", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def webhook_list(request: HttpRequest) -> HttpResponse:
    """List the webhooks, and add one; its secret is shown once."""
    actor = actor_of(request)
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            webhook, secret = actions.add_webhook(actor=actor, as_of=now(), **form.values())
        except BadInput as refused:
            take(form, refused)
        else:
            return shown(request, webhook, WebhookForm(webhook=webhook), secret=secret)
    listed = queries.webhooks(actor)
    context = {
        "title": _("Webhooks"),
        "table": table_of(listed) if listed else None,
        "form": form,
        "is_open": form.is_bound or not listed,
    }
    refused_status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "workspace/webhook_list.html", context, status=refused_status)


@needs("webhook", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def webhook_page(request: HttpRequest, webhook_id: str) -> HttpResponse:
    """Show a webhook with what was sent there, and change where or what is sent."""
    actor = actor_of(request)
    webhook = found(actor, webhook_id, lock=request.method == "POST")
    if request.method != "POST":
        return shown(request, webhook, WebhookForm(webhook=webhook))
    form = WebhookForm(request.POST, webhook=webhook)
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.change_webhook(actor=actor, as_of=now(), webhook=webhook, expected_version=version, **form.values())
        except VersionConflict as conflict:
            form.renew(str(conflict.params["version"]))
            form.add_error(None, _("Somebody changed this meanwhile. Look at it again; the button goes ahead with it."))
        except BadInput as refused:
            take(form, refused)
        else:
            messages.success(request, _("Saved: %(name)s") % {"name": webhook.name})
            return redirect("workspace:webhook", webhook.ref)
    return shown(request, webhook, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@needs("webhook", Verb.CHANGE)
@require_POST
def webhook_do(request: HttpRequest, webhook_id: str) -> HttpResponse:
    """Do to a webhook what a button says: test, rotate, stop, resume, replay, remove."""
    actor, as_of = actor_of(request), now()
    webhook = found(actor, webhook_id, lock=True)
    said: dict[str, Any] = {"actor": actor, "as_of": as_of, "webhook": webhook}
    try:
        match request.POST.get("do"):
            case "ping":
                actions.ping_webhook(**said)
                messages.success(request, _("A ping is on its way. Load the page again in some seconds."))
            case "rotate":
                secret = actions.rotate_secret(**said)
                return shown(request, webhook, WebhookForm(webhook=webhook), secret=secret)
            case "stop":
                actions.stop_webhook(**said)
                messages.success(request, _("Nothing is sent to %(name)s any more.") % {"name": webhook.name})
            case "resume":
                actions.resume_webhook(**said, missed=request.POST.get("missed") == "yes")
                messages.success(request, _("Facts are sent to %(name)s again.") % {"name": webhook.name})
            case "replay":
                message = Ref.parse(request.POST.get("message", ""), WebhookMessage.kind)
                tell(request, actions.replay_message(**said, message_id=message.id))
            case "replay_failed":
                tell(request, actions.replay_failed(**said, since=instant(request.POST.get("since", ""))))
            case "remove":
                actions.remove_webhook(**said)
                messages.success(request, _("Taken away: %(name)s") % {"name": webhook.name})
                return redirect("workspace:webhooks")
            case _:
                raise NotFound(kind="button", id=request.POST.get("do", ""))
    except actions.WebhookStopped as refused:
        messages.error(request, refused.told(gettext))
    return redirect("workspace:webhook", webhook.ref)


def tell(request: HttpRequest, count: int) -> None:
    """Say how many messages are sent once more."""
    words = ngettext("%(count)s message is sent once more.", "%(count)s messages are sent once more.", count)
    messages.success(request, words % {"count": count})


def found(actor: Actor, webhook_id: str, *, lock: bool = False) -> Webhook:
    """Return the webhook of a page. Raises NotFound."""
    return queries.webhook(actor, Ref.parse(webhook_id, Webhook.kind).id, Verb.CHANGE, lock=lock)


def instant(text: str) -> datetime | None:
    """Return the instant that a form names, none where it names none that can be read."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else None


def take(form: WebhookForm, refused: BadInput) -> None:
    """Show a refusal beside the fields that it names."""
    for name, said in refused.fields.items():
        form.add_error(name, gettext(said))


def shown(
    request: HttpRequest, webhook: Webhook, form: WebhookForm, *, secret: str = "", status: int = 200
) -> HttpResponse:
    """Answer with the page of a webhook."""
    asked = request.GET.get("show", "")
    which: Which = next((each for each in get_args(Which) if each == asked), "all")
    sent = queries.webhook_messages(webhook, which, cursor=request.GET.get("cursor") or None)
    message = one_message(webhook, request.GET.get("message", ""))
    context = {
        "title": webhook.name,
        "crumbs": [(_("Webhooks"), reverse("workspace:webhooks"))],
        "webhook": webhook,
        "form": form,
        "secret": secret,
        "why": Ending(webhook.ended_why).label if webhook.ended_why else "",
        "owner": queries.actor_names({webhook.owner}).get(webhook.owner, webhook.owner),
        "tabs": [(label, f"?show={each}", each == which) for each, label in TABS.items()],
        "which": which,
        "table": messages_table(sent.rows, which, message) if sent.rows else None,
        "next_href": f"?show={which}&cursor={sent.next}" if sent.next else "",
        "message": message,
        "message_state": STATES[message.state] if message else None,
        "body": json.dumps(json.loads(message.body), indent=2, ensure_ascii=False) if message else "",
        "has_failed": which in {"all", "failed"} and queries.has_failed(webhook),
        "moments": queries.moments(webhook.ref),
    }
    return render(request, "workspace/webhook.html", context, status=status)


def one_message(webhook: Webhook, public_id: str) -> WebhookMessage | None:
    """Return the message that the address names, with its tries. Raises NotFound."""
    if not public_id:
        return None
    return queries.webhook_message(webhook, Ref.parse(public_id, WebhookMessage.kind).id)


def table_of(listed: list[queries.Standing]) -> Table:
    """Return the webhooks with how they stand."""
    rows = [
        Row(
            cells=[
                each.webhook.name,
                state_of(each.webhook),
                each.waiting,
                each.received,
                each.failed,
            ],
            href=reverse("workspace:webhook", args=[each.webhook.ref]),
        )
        for each in listed
    ]
    columns = [
        Column(_("Sent to")),
        Column(_("State"), kind="state"),
        Column(_("Waiting"), kind="number"),
        Column(_("Received"), kind="number"),
        Column(_("Failed"), kind="number"),
    ]
    return Table(columns=columns, rows=rows, caption=_("Webhooks"))


def state_of(webhook: Webhook) -> Cell:
    """Return whether facts get through to an endpoint."""
    if webhook.ended_at is not None:
        return Cell(_("switched off"), tone="bad")
    if webhook.failing_since is not None:
        return Cell(_("failing"), tone="warn")
    return Cell(_("on"), tone="good")


def messages_table(rows: Any, which: str, current: WebhookMessage | None) -> Table:
    """Return what was sent, newest first, with what came back last."""
    listed = []
    for each in rows:
        word, tone = STATES[each.state]
        last = queries.last_try(each)
        answer = (str(last.status) if last.status else last.error.partition(":")[0]) if last else ""
        listed.append(
            Row(
                cells=[each.event, Cell(word, tone=tone), answer or None, each.made_at, len(each.all_tries.all())],
                href=f"?show={which}&message={each.ref}#message",
                current=current is not None and each.pk == current.pk,
            )
        )
    columns = [
        Column(_("Fact")),
        Column(_("State"), kind="state"),
        Column(_("Last answer")),
        Column(_("When"), kind="date"),
        Column(_("Tries"), kind="number"),
    ]
    return Table(columns=columns, rows=listed, caption=_("Messages"))
