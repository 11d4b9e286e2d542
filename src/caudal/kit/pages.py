"""What every page and route says of itself: who may come in. One without it fails a test."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from typing import Any, Final, TypeVar, cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.translation import get_language

from caudal.core.errors import Problem, msg
from caudal.kit.access import Actor, Verb, require

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

V = TypeVar("V", bound=Callable[..., Any])


class NotSignedIn(Problem):
    """The page is for people who have signed in, the route for callers with a key."""

    code = "access.not_signed_in"
    status = 401
    message = msg("Nobody is signed in.")
    hint = msg("Sign in, or send an API key as a bearer token.")


@dataclass(frozen=True, slots=True)
class Needs:
    """A noun and the verb that must be granted on it."""

    noun: str
    verb: Verb


@dataclass(frozen=True, slots=True)
class Public:
    """Open to everybody, for a reason."""

    reason: str


def needs(noun: str, verb: Verb = Verb.VIEW) -> Callable[[V], V]:
    """Let a view or route in only for actors to whom the verb on the noun is granted, in some reach.

    Which rows they reach is decided by `for_actor`. A request that may write runs in one transaction, undone when the
    answer's status is 400 or more.
    """

    def decorate(view: V) -> V:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            require(actor_of(request), noun, verb)
            if request.method in SAFE_METHODS:
                return view(request, *args, **kwargs)
            with transaction.atomic():
                answer = view(request, *args, **kwargs)
                if isinstance(answer, HttpResponse) and answer.status_code >= 400:  # noqa: PLR2004  HTTP's own border
                    transaction.set_rollback(True)
                return answer

        guarded.__needs__ = Needs(noun, verb)  # type: ignore[attr-defined]  # read by the architecture tests
        return cast("V", guarded)

    return decorate


def public(reason: str) -> Callable[[V], V]:
    """Mark a view or route as open to everybody, saying why."""

    def decorate(view: V) -> V:
        view.__needs__ = Public(reason)  # type: ignore[attr-defined]  # read by the architecture tests
        return view

    return decorate


def etag_of(*marks: object) -> str:
    """Return the ETag of a fragment that looks the same as long as these marks do, in the active language."""
    told = "\x1f".join(map(str, (get_language(), *marks)))
    return f'"{sha256(told.encode()).hexdigest()[:24]}"'


def unless_known(request: HttpRequest, etag: str, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Answer with 304 and nothing else whoever has the fragment of this ETag already; others with the fragment."""
    known = request.headers.get("If-None-Match", "").removeprefix("W/")  # packing an answer weakens its ETag
    response = HttpResponseNotModified() if known == etag else answer()
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-store"  # the page asks with the ETag that it has, not the browser
    return response


def actor_of(request: HttpRequest) -> Actor:
    """Return who sent a request. Raises NotSignedIn."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        raise NotSignedIn
    return actor
