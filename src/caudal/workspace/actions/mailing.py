"""Telling by mail: at once what somebody wished for, and the digest of what they have not read.

Letters have business keys, so that a job that runs twice sends nothing twice. What they say is asked for at the moment
of writing, through the reader's own door and in the reader's language.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from caudal.kit.access import Actor
from caudal.kit.actions import action
from caudal.kit.letters import Letter, post
from caudal.workspace.models import DigestPlan, Member, Notification, Rhythm
from caudal.workspace.queries import Told, actor_of_member, company, for_digest, to_be_mailed, told

LATE: Final = timedelta(days=1)
"""What is older is not told at once any more: the digest has it, or the bell."""
DIGEST_DAYS: Final = {Rhythm.DAILY: 2, Rhythm.WEEKLY: 8}
"""How far back a digest looks: a day more than its rhythm, so that a missed one loses nothing."""
DIGEST_MOST: Final = 40
SALT: Final = "workspace.unsubscribe"


@action
def post_notices(*, as_of: datetime) -> int:
    """Post a letter for everything that members wished to be told at once and have not read; return how many."""
    rows = to_be_mailed(since=as_of - LATE, until=as_of)
    own = company()
    letters = []
    for row in rows:
        actor = actor_of_member(row.member, own)
        with translation.override(actor.language), timezone.override(ZoneInfo(actor.zone)):
            [said] = told(actor, [row], as_of=as_of)
            if row.member.email and not said.hidden:
                letters.append(_notice_letter(row, said, row.member.email))
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=as_of)
    return post(letters, as_of=as_of)


@action
def post_digests(*, as_of: datetime) -> int:
    """Post the digest of every member whose hour has come and who has unread news; return how many.

    One a day at most, by the day in the member's zone. A digest without news is not sent.
    """
    own = company()
    found = [
        (member, actor_of_member(member, own))
        for member in Member.objects.filter(deleted_at=None, deactivated_at=None).exclude(email=None).order_by("pk")
    ]
    return sum(_digest(member, actor, as_of) for member, actor in found)


def whose_letters(token: str) -> tuple[str, str]:
    """Return the public id of the member who asks for no more letters, and which. Raises signing.BadSignature."""
    member, what = signing.loads(token, salt=SALT)
    return str(member), str(what)


def _digest(member: Member, actor: Actor, as_of: datetime) -> int:
    local = as_of.astimezone(ZoneInfo(actor.zone))
    plan = DigestPlan.objects.select_for_update().filter(member=member).first() or DigestPlan(member=member)
    if not _is_due(plan, local):
        return 0
    DigestPlan.objects.update_or_create(member=member, defaults={"digested_on": local.date()})
    rows = for_digest(member.pk, since=as_of - timedelta(days=DIGEST_DAYS[Rhythm(plan.rhythm)]))
    with translation.override(actor.language), timezone.override(ZoneInfo(actor.zone)):
        said = [each for each in told(actor, rows, as_of=as_of) if not each.hidden]
        if not said:
            return 0
        letter = _digest_letter(member, said, local.date())
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=as_of)
    return post([letter], as_of=as_of)


def _is_due(plan: DigestPlan, local: datetime) -> bool:
    if plan.rhythm == Rhythm.NEVER or local.hour < plan.hour or plan.digested_on == local.date():
        return False
    return plan.rhythm == Rhythm.DAILY or local.weekday() == plan.weekday


def _notice_letter(row: Notification, said: Told, to: str) -> Letter:
    subject = f"{said.who} {said.words}" if said.who else said.words
    place = said.about or said.name
    return _letter(
        key=f"notification {row.pk}",
        to=to,
        subject=f"{subject}: {place}" if place else subject,
        template="workspace/letters/notice",
        context={"each": said, "href": settings.BASE_URL + (said.href or reverse("workspace:notifications"))},
        unsubscribe=(str(row.member.ref), row.sort),
    )


def _digest_letter(member: Member, said: Sequence[Told], day: date) -> Letter:
    count = len(said)
    title = ngettext("%(count)s thing that you have not read", "%(count)s things that you have not read", count)
    return _letter(
        key=f"digest {member.pk} {day}",
        to=member.email or "",
        subject=title % {"count": count},
        template="workspace/letters/digest",
        context={"news": said[:DIGEST_MOST], "more": max(count - DIGEST_MOST, 0)},
        unsubscribe=(str(member.ref), "digest"),
    )


def _letter(
    *, key: str, to: str, subject: str, template: str, context: dict[str, object], unsubscribe: tuple[str, str]
) -> Letter:
    token = signing.dumps(list(unsubscribe), salt=SALT)
    stop = settings.BASE_URL + reverse("workspace:unsubscribe", args=[token])
    values = context | {
        "subject": subject,
        "base": settings.BASE_URL,
        "bell": settings.BASE_URL + reverse("workspace:notifications"),
        "settings": settings.BASE_URL + reverse("workspace:notice_settings"),
        "stop": stop,
        "hello": _("This is what happened while you were away."),
    }
    return Letter(
        key=key,
        to=to,
        subject=subject,
        text=render_to_string(f"{template}.txt", values).strip() + "\n",
        html=render_to_string(f"{template}.html", values),
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )
