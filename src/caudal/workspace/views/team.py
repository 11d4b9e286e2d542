"""Pages of the workspace: coming in by a link, the team, keys."""

from datetime import UTC, datetime, time
from http import HTTPStatus
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.kit.access import Verb, may
from caudal.kit.pages import actor_of, needs, public
from caudal.kit.panels import first_page
from caudal.kit.world import now
from caudal.ui.tables import Cell, Column, Row, Table
from caudal.workspace import actions
from caudal.workspace.forms import KeyForm, LeavingForm, MemberForm, PasswordForm, last_day
from caudal.workspace.models import AccessLink, ApiKey, LinkPurpose, Member
from caudal.workspace.queries import active_members, open_link

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@public("the link's token is the proof of who may come in")
@require_http_methods(["GET", "POST"])
def come_in(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button on GET, so that a mail scanner spends no link; let its bearer in on POST."""
    link = open_link(token, as_of=now())
    form = _password_form(request, link)
    if request.method == "POST" and (form is None or form.is_valid()):
        member = actions.accept_link(
            as_of=now(), token=token, password=form.cleaned_data["password"] if form is not None else None
        )
        login(request, member, backend=BACKEND)
        return redirect(first_page([member.role]))
    return render(
        request,
        "workspace/come_in.html",
        {"title": _("Welcome, %(name)s") % {"name": link.member.name}, "form": form, "link": link},
    )


@needs("member")
@require_GET
def member_list(request: HttpRequest) -> HttpResponse:
    """List the team."""
    actor = actor_of(request)
    may_change = may(actor, "member", Verb.CHANGE)
    members = Member.for_actor(actor).select_related("team").order_by("name", "pk")
    rows = [
        Row(
            cells=[
                each.name,
                each.email,
                each.get_role_display(),
                each.team.name if each.team else None,
                each.get_span_display() if each.span else _("As far as the role"),
                last_day(each.access_ends_at, ZoneInfo(actor.zone)),
                sign_in_cell(each),
            ],
            id=str(each.ref),
            href=reverse("workspace:member_edit", args=[each.ref]) if may_change else "",
        )
        for each in members
    ]
    table = Table(
        columns=[
            Column(_("Name")),
            Column(_("E-mail")),
            Column(_("Role")),
            Column(_("Team")),
            Column(_("Sees")),
            Column(_("Last day"), kind="date"),
            Column(_("Sign-in"), kind="state"),
        ],
        rows=rows,
        caption=_("The team"),
    )
    return render(
        request,
        "workspace/member_list.html",
        {"title": _("Team"), "table": table, "may_add": may(actor, "member", Verb.CREATE)},
    )


def sign_in_cell(member: Member) -> Cell:
    """Say whether somebody comes in."""
    if member.can_sign_in:
        return Cell(_("Active"), tone="good")
    return Cell(_("No sign-in") if member.is_active else _("Has left"), tone="idle")


@needs("member", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Add somebody to the team and show the link that lets them in."""
    actor, as_of = actor_of(request), now()
    form = MemberForm(request.POST or None, actor=actor)
    if request.method != "POST" or not form.is_valid():
        return render(request, "workspace/invite.html", {"title": _("Invite somebody"), "form": form})
    member = actions.add_member(actor=actor, as_of=as_of, **form.values())
    token = actions.invite_member(actor=actor, as_of=as_of, member=member)
    return shown_link(request, member, token)


@needs("member", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def member_edit(request: HttpRequest, member_id: str) -> HttpResponse:
    """Change what somebody of the team is called, may do and sees, and how long they come in."""
    actor = actor_of(request)
    member = Member.one_for(actor, Verb.CHANGE, Ref.parse(member_id, Member.kind).id)
    form = MemberForm(request.POST or None, actor=actor, member=member)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            version = form.cleaned_data["version"]
            try:
                actions.change_member(
                    actor=actor, as_of=now(), member=member, expected_version=version, **form.values()
                )
            except Problem as problem:
                form.add_error(None, problem.told(gettext))
            else:
                messages.success(request, _("Saved: %(name)s") % {"name": member.name})
                return redirect("workspace:members")
    return member_page(request, member, form, status)


def member_page(request: HttpRequest, member: Member, form: MemberForm, status: int) -> HttpResponse:
    """Answer with the page of somebody of the team."""
    context = {
        "title": member.name,
        "crumbs": [(_("Team"), reverse("workspace:members"))],
        "form": form,
        "member": member,
        "leaving": LeavingForm(member=member),
    }
    return render(request, "workspace/member.html", context, status=status)


@needs("member", Verb.CREATE)
@require_POST
def member_invite(request: HttpRequest, member_id: str) -> HttpResponse:
    """Make another link by which somebody comes in, and show it once."""
    actor = actor_of(request)
    member = Member.one_for(actor, Verb.CHANGE, Ref.parse(member_id, Member.kind).id)
    try:
        token = actions.invite_member(actor=actor, as_of=now(), member=member)
    except Problem as problem:
        messages.error(request, problem.told(gettext))
        return redirect("workspace:member_edit", member.ref)
    return shown_link(request, member, token)


def shown_link(request: HttpRequest, member: Member, token: str) -> HttpResponse:
    """Show the link that lets somebody in, once."""
    address = request.build_absolute_uri(reverse("workspace:come_in", args=[token]))
    context = {"title": _("%(name)s is invited") % {"name": member.name}, "address": address}
    return render(request, "workspace/invited.html", context)


@needs("member", Verb.CHANGE)
@require_POST
def member_leave(request: HttpRequest, member_id: str) -> HttpResponse:
    """End somebody's access; their open work goes to whom the form names, or to nobody yet."""
    actor = actor_of(request)
    member = Member.one_for(actor, Verb.CHANGE, Ref.parse(member_id, Member.kind).id, lock=True)
    named = request.POST.get("successor", "")
    try:
        successor = Member.one_for(actor, Verb.VIEW, Ref.parse(named, Member.kind).id) if named else None
        actions.deactivate_member(actor=actor, as_of=now(), member=member, successor=successor)
    except Problem as problem:
        messages.error(request, problem.told(gettext))
        return redirect("workspace:member_edit", member.ref)
    messages.success(request, _("%(name)s may not sign in any more.") % {"name": member.name})
    return redirect("workspace:members")


@needs("member", Verb.CHANGE)
@require_POST
def member_return(request: HttpRequest, member_id: str) -> HttpResponse:
    """Let somebody come in again."""
    actor = actor_of(request)
    member = Member.one_for(actor, Verb.CHANGE, Ref.parse(member_id, Member.kind).id, lock=True)
    try:
        actions.reactivate_member(actor=actor, as_of=now(), member=member)
    except Problem as problem:
        messages.error(request, problem.told(gettext))
    else:
        messages.success(request, _("%(name)s may sign in again.") % {"name": member.name})
    return redirect("workspace:member_edit", member.ref)


@needs("key")
@require_GET
def key_list(request: HttpRequest) -> HttpResponse:
    """List the keys that still open something."""
    keys = ApiKey.for_actor(actor_of(request)).filter(revoked_at=None).order_by("-created_at", "pk")
    return render(request, "workspace/key_list.html", {"title": _("API keys"), "keys": keys})


@needs("key", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def key_new(request: HttpRequest) -> HttpResponse:
    """Issue a key and show its token, once."""
    form = KeyForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "workspace/key_new.html", {"title": _("New API key"), "form": form})
    values = form.cleaned_data
    expires = values["expires_date"] and datetime.combine(values["expires_date"], time(), tzinfo=UTC)
    key, token = actions.issue_key(
        actor=actor_of(request),
        as_of=now(),
        name=values["name"],
        role=values["role"],
        scopes=tuple(values["scopes"]),
        expires_at=expires or None,
    )
    return render(request, "workspace/key_shown.html", {"title": key.name, "token": token})


@needs("key", Verb.CHANGE)
@require_POST
def key_revoke(request: HttpRequest, key_id: str) -> HttpResponse:
    """Stop a key from opening anything."""
    actor = actor_of(request)
    key = ApiKey.one_for(actor, Verb.CHANGE, Ref.parse(key_id, "key").id)
    actions.revoke_key(actor=actor, as_of=now(), key=key)
    messages.success(request, _("The key %(name)s opens nothing any more.") % {"name": key.name})
    return redirect("workspace:keys")


def _password_form(request: HttpRequest, link: AccessLink) -> PasswordForm | None:
    return PasswordForm(request.POST or None) if link.purpose == LinkPurpose.INVITATION else None


@needs("member")
@require_GET
def member_names(request: HttpRequest) -> HttpResponse:
    """Answer with the names of everybody who works here, for whoever mentions one."""
    actor_of(request)
    return JsonResponse([name for _pk, name in active_members()], safe=False)
