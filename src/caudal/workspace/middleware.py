"""Who sent this request: the signed-in member, or the key in the Authorization header."""

from collections.abc import Callable
from http import HTTPStatus
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.kit.access import Actor
from caudal.kit.problems import wants_json
from caudal.kit.world import now
from caudal.workspace.actions import note_reading
from caudal.workspace.models import ApiKey, Member, Role
from caudal.workspace.queries import actor_of_key, actor_of_member, company, hashed, live_key, remembering_own_fields

TOKEN_PARTS = 3


class ActorMiddleware:
    """Puts `request.actor` there (None when nobody is known) and works in the actor's time zone and language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        with remembering_own_fields():
            return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        actor = self._actor(request)
        request.actor = actor  # type: ignore[attr-defined]  # read through kit.pages.actor_of
        if actor is None:
            return self.get_response(request)
        if Role.AUDITOR in actor.roles:
            return self._watched(request, actor)
        return self._in_own_words(request, actor)

    def _watched(self, request: HttpRequest, actor: Actor) -> HttpResponse:
        """Answer an auditor, and write down what was looked at."""
        answer = self._in_own_words(request, actor)
        place = request.resolver_match
        if request.method == "GET" and answer.status_code < HTTPStatus.BAD_REQUEST and place is not None:
            about = [ref for ref in map(ref_in, map(str, place.kwargs.values())) if ref is not None]
            asked = request.GET.urlencode()
            note_reading(actor=actor, as_of=now(), page=place.view_name or place.route, about=about, asked=asked)
        return answer

    def _in_own_words(self, request: HttpRequest, actor: Actor) -> HttpResponse:
        chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
        if isinstance(request.user, Member) and not chosen:
            translation.activate(actor.language)
            request.LANGUAGE_CODE = actor.language
        with timezone.override(ZoneInfo(actor.zone)):
            return self.get_response(request)

    def _actor(self, request: HttpRequest) -> Actor | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if wants_json(request) and scheme.lower() == "bearer":
            key = self._key(token.strip())
            return None if key is None else actor_of_key(key)
        if not isinstance(request.user, Member):
            return None
        if request.user.access_ends_at is not None and request.user.access_ends_at <= now():
            return None
        own = company()
        request.company = own  # type: ignore[attr-defined]  # pages say whose they are, see workspace.context
        return actor_of_member(request.user, own)

    def _key(self, token: str) -> ApiKey | None:
        parts = token.split("_", TOKEN_PARTS - 1)
        if len(parts) != TOKEN_PARTS or parts[0] != "caudal":
            return None
        as_of = now()
        key = live_key(parts[1], hashed(token), as_of=as_of)
        if key is not None and key.used_on != as_of.date():
            ApiKey.objects.filter(pk=key.pk).update(used_on=as_of.date())
        return key


def ref_in(part: str) -> Ref | None:
    """Return the record that a part of an address names, if it names one."""
    try:
        return Ref.parse(part)
    except Problem:
        return None
