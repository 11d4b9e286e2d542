"""Routes of webhooks, and the journal of facts for those who rather come and ask."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from caudal.kit.access import Verb
from caudal.kit.bodies import Body, PageQuery, row_id, tag, version_of
from caudal.kit.outbox import Place, end_of_journal, journal
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.workspace import actions, queries
from caudal.workspace.models import URL_MAX, Webhook, WebhookMessage
from caudal.workspace.queries.webhooks import Which

router = Router()

EVENTS: Any = Field(default=[], max_length=500, examples=[["crm.deal_won"]], description="None of them means all.")


class WebhookIn(Body):
    """Where facts are sent, and which of them."""

    url: Annotated[str, Field(min_length=1, max_length=URL_MAX, examples=["https://example.com/caudal"])]
    events: Annotated[list[str], EVENTS]
    description: Annotated[str, Field(default="", max_length=200)]


class WebhookChange(Body):
    """What to change; what is left out stays."""

    url: Annotated[str, Field(default="", min_length=1, max_length=URL_MAX)]
    events: Annotated[list[str], EVENTS]
    description: Annotated[str, Field(default="", max_length=200)]


class WebhookOut(Schema):
    """An address to which facts are sent, and how it stands."""

    id: str
    version: int
    url: str
    events: list[str]
    description: str
    owner: str
    failing_since: datetime | None
    ended_at: datetime | None
    ended_why: str | None


class WebhookMade(WebhookOut):
    """A new webhook with its secret, which is not shown again."""

    secret: str


class SecretOut(Schema):
    """A new secret, which is not shown again."""

    secret: str


class MessagesQuery(PageQuery):
    """Which messages: all, or those that are in a state."""

    state: Which = "all"


class TryOut(Schema):
    """One time that a message was sent."""

    at: datetime
    status: int | None
    millis: int
    answer: str
    error: str


class MessageOut(Schema):
    """A fact on its way to an endpoint."""

    id: str
    webhook_id: str
    """What the receiver is told in the header of that name, in every try."""
    type: str
    state: str
    made_at: datetime
    next_try_at: datetime | None
    body: str
    tries: list[TryOut]


class MessagesOut(Schema):
    """A page of messages, newest first."""

    items: list[MessageOut]
    next: str | None


class ResumeIn(Body):
    """Whether what happened meanwhile is sent, too."""

    missed: bool = True


class ReplayIn(Body):
    """Since when what failed is sent once more; ever, if nothing is said."""

    since: datetime | None = None


class CountOut(Schema):
    """How many messages are sent once more."""

    count: int


class EventsQuery(Body):
    """Behind which cursor; nothing for the beginning, `now` for the end. And which facts."""

    after: Annotated[str, Field(max_length=80)] = ""
    types: Annotated[str, Field(max_length=4_000, examples=["crm.deal_won,crm.deal_lost"])] = ""
    """Names with commas between them; all, if there are none."""
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class EventOut(Schema):
    """A fact as webhooks send it."""

    type: str
    timestamp: datetime
    data: dict[str, Any]


class EventsOut(Schema):
    """Facts in the order of the journal, and the cursor behind them, which is there also when nothing happened."""

    items: list[EventOut]
    next: str
    is_last: bool


@router.get("/webhooks", response=list[WebhookOut])
@needs("webhook")
def list_webhooks(request: HttpRequest) -> list[WebhookOut]:
    """List the webhooks, oldest first."""
    return [webhook_out(each.webhook) for each in queries.webhooks(actor_of(request))]


@router.post("/webhooks", response={201: WebhookMade})
@needs("webhook", Verb.CREATE)
def add_webhook(request: HttpRequest, body: WebhookIn) -> Status[WebhookMade]:
    """Send facts to another address from now on."""
    webhook, secret = actions.add_webhook(actor=actor_of(request), as_of=now(), **body.dict())
    return Status(201, WebhookMade(**webhook_out(webhook).dict(), secret=secret))


@router.get("/events", response=EventsOut)
@needs("event")
def list_events(request: HttpRequest, query: Query[EventsQuery]) -> EventsOut:
    """Return what happened behind a cursor. None is ever skipped; one may have to wait for a long transaction."""
    actor = actor_of(request)
    if query.after == "now":
        return EventsOut(items=[], next=str(end_of_journal()), is_last=True)
    names = [each.strip() for each in query.types.split(",") if each.strip()]
    found = journal(Place.parse(query.after), names=names, limit=query.limit)
    items = [EventOut(**body) for _fact, body in queries.seen_facts(found.facts, actor)]
    return EventsOut(items=items, next=str(found.end), is_last=found.is_last)


@router.get("/webhooks/{webhook_id}", response=WebhookOut)
@needs("webhook")
def get_webhook(request: HttpRequest, response: HttpResponse, webhook_id: str) -> WebhookOut:
    """Return a webhook."""
    webhook = queries.webhook(actor_of(request), row_id(Webhook.kind, webhook_id))
    tag(response, webhook)
    return webhook_out(webhook)


@router.patch("/webhooks/{webhook_id}", response=WebhookOut)
@needs("webhook", Verb.CHANGE)
def change_webhook(request: HttpRequest, response: HttpResponse, webhook_id: str, body: WebhookChange) -> WebhookOut:
    """Change where facts are sent, or which; If-Match says which version was read."""
    changed = actions.change_webhook(
        actor=actor_of(request),
        as_of=now(),
        webhook=found_for(request, webhook_id, Verb.CHANGE),
        expected_version=version_of(request, required=True),
        **body.dict(exclude_unset=True),
    )
    tag(response, changed)
    return webhook_out(changed)


@router.delete("/webhooks/{webhook_id}", response={204: None})
@needs("webhook", Verb.DELETE)
def remove_webhook(request: HttpRequest, webhook_id: str) -> Status[None]:
    """Take a webhook away, with what waited for it."""
    webhook = found_for(request, webhook_id, Verb.DELETE)
    actions.remove_webhook(actor=actor_of(request), as_of=now(), webhook=webhook, expected_version=version_of(request))
    return Status(204, None)


@router.post("/webhooks/{webhook_id}/secret", response=SecretOut)
@needs("webhook", Verb.CHANGE)
def rotate_secret(request: HttpRequest, webhook_id: str) -> SecretOut:
    """Sign with another secret from now on; the old one signs beside it for a day."""
    webhook = found_for(request, webhook_id, Verb.CHANGE)
    return SecretOut(secret=actions.rotate_secret(actor=actor_of(request), as_of=now(), webhook=webhook))


@router.post("/webhooks/{webhook_id}/ping", response={201: MessageOut})
@needs("webhook", Verb.CHANGE)
def ping_webhook(request: HttpRequest, webhook_id: str) -> Status[MessageOut]:
    """Send a message about nothing."""
    webhook = found_for(request, webhook_id, Verb.CHANGE)
    return Status(201, message_out(actions.ping_webhook(actor=actor_of(request), as_of=now(), webhook=webhook)))


@router.post("/webhooks/{webhook_id}/end", response=WebhookOut)
@needs("webhook", Verb.CHANGE)
def stop_webhook(request: HttpRequest, webhook_id: str) -> WebhookOut:
    """Send nothing there until it is resumed."""
    webhook = found_for(request, webhook_id, Verb.CHANGE)
    return webhook_out(actions.stop_webhook(actor=actor_of(request), as_of=now(), webhook=webhook))


@router.post("/webhooks/{webhook_id}/resumption", response=WebhookOut)
@needs("webhook", Verb.CHANGE)
def resume_webhook(request: HttpRequest, webhook_id: str, body: ResumeIn) -> WebhookOut:
    """Send facts there again, with what happened meanwhile or without."""
    webhook = found_for(request, webhook_id, Verb.CHANGE)
    said: dict[str, Any] = body.dict()
    return webhook_out(actions.resume_webhook(actor=actor_of(request), as_of=now(), webhook=webhook, **said))


@router.get("/webhooks/{webhook_id}/messages", response=MessagesOut)
@needs("webhook")
def list_messages(request: HttpRequest, webhook_id: str, query: Query[MessagesQuery]) -> MessagesOut:
    """List what was sent there, newest first, with what came back."""
    webhook = queries.webhook(actor_of(request), row_id(Webhook.kind, webhook_id))
    found = queries.webhook_messages(webhook, query.state, cursor=query.cursor, limit=query.limit)
    return MessagesOut(items=[message_out(each) for each in found.rows], next=found.next)


@router.post("/webhooks/{webhook_id}/messages/{message_id}/replay", response=CountOut)
@needs("webhook", Verb.CHANGE)
def replay_message(request: HttpRequest, webhook_id: str, message_id: str) -> CountOut:
    """Send one message once more, whatever became of it."""
    webhook = found_for(request, webhook_id, Verb.CHANGE)
    message = queries.webhook_message(webhook, row_id(WebhookMessage.kind, message_id))
    said: dict[str, Any] = {"actor": actor_of(request), "as_of": now(), "webhook": webhook}
    return CountOut(count=actions.replay_message(**said, message_id=message.pk))


@router.post("/webhooks/{webhook_id}/replay", response=CountOut)
@needs("webhook", Verb.CHANGE)
def replay_failed(request: HttpRequest, webhook_id: str, body: ReplayIn) -> CountOut:
    """Send everything once more that failed since an instant, or ever."""
    webhook = found_for(request, webhook_id, Verb.CHANGE)
    count = actions.replay_failed(actor=actor_of(request), as_of=now(), webhook=webhook, since=body.since)
    return CountOut(count=count)


def found_for(request: HttpRequest, webhook_id: str, verb: Verb) -> Webhook:
    """Return a webhook within the actor's reach, locked. Raises NotFound."""
    return queries.webhook(actor_of(request), row_id(Webhook.kind, webhook_id), verb, lock=True)


def webhook_out(webhook: Webhook) -> WebhookOut:
    """Return a webhook as the API tells it."""
    return WebhookOut(
        id=str(webhook.ref),
        version=webhook.version,
        url=webhook.url,
        events=webhook.events,
        description=webhook.description,
        owner=webhook.owner,
        failing_since=webhook.failing_since,
        ended_at=webhook.ended_at,
        ended_why=webhook.ended_why,
    )


def message_out(message: WebhookMessage) -> MessageOut:
    """Return a message as the API tells it."""
    return MessageOut(
        id=str(message.ref),
        webhook_id=message.fact_ref,
        type=message.event,
        state=message.state,
        made_at=message.made_at,
        next_try_at=message.due_at,
        body=message.body,
        tries=[
            TryOut(at=each.at, status=each.status, millis=each.millis, answer=each.answer, error=each.error)
            for each in message.all_tries.all()
        ],
    )
