"""The bell, the pages behind it, and how a member wishes to be told."""

from http import HTTPStatus
from typing import Any, Final, get_args

from django.contrib import messages
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.kit.access import Verb
from caudal.kit.pages import actor_of, needs, public, unless_known
from caudal.kit.world import now
from caudal.workspace import actions, queries
from caudal.workspace.forms import NoticeForm
from caudal.workspace.models import Member, NoticeSort, Notification
from caudal.workspace.queries.notices import Which

PANEL: Final = 8
TABS: Final[dict[Which, Any]] = {
    "unread": gettext_lazy("Unread"),
    "read": gettext_lazy("Read"),
    "all": gettext_lazy("All"),
}


class LinkUnreadable(Problem):
    """The link of a letter is not one of ours."""

    code = "unsubscribe.unreadable"
    status = 404
    message = msg("This link is not whole.")
    hint = msg("Sign in and choose how you are told under your own settings.")


@needs("notification")
@require_GET
def notification_list(request: HttpRequest) -> HttpResponse:
    """List what the reader was told, newest first: what is unread, what is read, or everything."""
    actor, as_of = actor_of(request), now()
    asked = request.GET.get("show", "")
    which: Which = next((each for each in get_args(Which) if each == asked), "unread")
    found = queries.notifications(actor, which, cursor=request.GET.get("cursor") or None)
    context = {
        "title": _("Notifications"),
        "tabs": [(label, f"?show={each}", each == which) for each, label in TABS.items()],
        "which": which,
        "news": queries.told(actor, found.rows, as_of=as_of),
        "next_href": f"?show={which}&cursor={found.next}" if found.next else "",
        "until": as_of.isoformat(),
    }
    return render(request, "workspace/notification_list.html", context)


@needs("notification")
@require_GET
def bell(request: HttpRequest) -> HttpResponse:
    """Show how many things wait, unless the page shows that already."""
    waiting = queries.bell(actor_of(request))
    place = "bell-above" if request.GET.get("at") == "bell-above" else "bell"
    shown = {"bell": waiting, "id": place}
    return unless_known(request, waiting.etag, lambda: render(request, "ui/_bell.html", shown))


@needs("notification")
@require_GET
def panel(request: HttpRequest) -> HttpResponse:
    """Show the newest unread notifications, over whatever page the reader is on."""
    actor, as_of = actor_of(request), now()
    found = queries.notifications(actor, "unread", limit=PANEL)
    context = {
        "news": queries.told(actor, found.rows, as_of=as_of),
        "more": found.next is not None,
        "until": as_of.isoformat(),
    }
    return render(request, "workspace/_notice_panel.html", context)


@needs("notification", Verb.CHANGE)
@require_POST
def notification(request: HttpRequest, notification_id: str) -> HttpResponse:
    """Note that one was read, or is to be read again; go to what it is about, or back."""
    actor, as_of = actor_of(request), now()
    row_id = Ref.parse(notification_id, Notification.kind).id
    unread = request.POST.get("do") == "unread"
    row = actions.read_notification(actor=actor, as_of=as_of, notification_id=row_id, unread=unread)
    if request.POST.get("do") == "open":
        [said] = queries.told(actor, [row], as_of=as_of)
        return redirect(said.href or reverse("workspace:notifications"))
    return redirect(back(request))


@needs("notification", Verb.CHANGE)
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Note that everything was read that the page showed or could have shown."""
    count = actions.read_notifications(actor=actor_of(request), as_of=now())
    if count:
        messages.success(request, _("Everything is read."))
    return redirect(back(request))


@needs("notification", Verb.CHANGE)
@require_POST
def follow(request: HttpRequest, record_id: str) -> HttpResponse:
    """Let the reader hear what happens to a record, or no more."""
    hears = request.POST.get("hears", request.GET.get("hears", "1")) == "1"
    actions.follow_record(actor=actor_of(request), as_of=now(), record=Ref.parse(record_id), hears=hears)
    words = _("You hear from now on what happens here.") if hears else _("You hear no more of what happens there.")
    messages.success(request, words)
    return redirect(back(request))


@needs("notification", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def notice_settings(request: HttpRequest) -> HttpResponse:
    """Let a member say how to be told of each sort, and when."""
    actor = actor_of(request)
    member_id = actor.member
    if member_id is None:
        raise actions.NotAMember(actor=actor.name)
    form = NoticeForm(
        request.POST if request.method == "POST" else None,
        plan=queries.digest_plan(member_id),
        ways=queries.ways_of([member_id])[member_id],
    )
    if request.method == "POST" and form.is_valid():
        actions.choose_ways(actor=actor, as_of=now(), ways=form.ways(), **form.timing())
        messages.success(request, _("You are told like this from now on."))
        return redirect("workspace:notice_settings")
    context = {
        "title": _("How you are told"),
        "crumbs": [(_("Notifications"), reverse("workspace:notifications"))],
        "form": form,
        "sorts": [form[f"way_{sort}"] for sort in NoticeSort.values],
        "timing": [form[name] for name in NoticeForm.TIMING],
        "address": queries.member(actor, member_id).email,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "workspace/notice_settings.html", context, status=status)


@csrf_exempt
@public("the signed link of a letter says who asks; mail programs press it without signing in")
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Offer to send no more of the letters that the link came with, and do so when asked, by a button or one click."""
    try:
        member, what = actions.whose_letters(token)
    except BadSignature as error:
        raise LinkUnreadable from error
    done = request.method == "POST"
    if done:
        actions.unsubscribe(as_of=now(), member_id=Ref.parse(member, Member.kind).id, what=what)
    labels = dict(NoticeSort.choices)
    context = {
        "title": _("No more of these letters") if done else _("No more of these letters?"),
        "done": done,
        "what": str(labels[what]) if what in labels else "",
        "settings_href": reverse("workspace:notice_settings"),
    }
    return render(request, "workspace/unsubscribe.html", context)


def back(request: HttpRequest) -> str:
    """Return the page that the reader came from, if it is one of ours."""
    target = request.POST.get("next", request.GET.get("next", ""))
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if ours else reverse("workspace:notifications")
