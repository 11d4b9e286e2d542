"""Who sent this request: the signed-in member, or the key in the Authorization header."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from caudal.kit.access import Actor
from caudal.kit.problems import wants_json
from caudal.kit.world import now
from caudal.workspace.models import ApiKey, Member
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
