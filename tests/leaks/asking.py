"""Asking: requests straight to the handler, each as somebody, and what an answer gives away."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage import default_storage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory, override_settings

from caudal.workspace.queries import remembering_own_fields
from tests.leaks.scene import TOKEN, Scene

MIDDLEWARE: Final = [
    "csp.middleware.CSPMiddleware",
    "tests.leaks.asking.Seated",
    "django_htmx.middleware.HtmxMiddleware",
    "caudal.ui.middleware.ProblemMiddleware",
]
"""What lies between a request and its view, less coming in: who asks is told by the test."""


class Seated:
    """Puts there who asks, as the middleware of accounts and of the workspace do after looking it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.actor, request.user, request.company = request.seat
        request._dont_enforce_csrf_checks = True
        request.session = SessionStore()
        request._messages = default_storage(request)
        with remembering_own_fields():
            return self.get_response(request)


class Asker:
    """Sends requests as people of a scene."""

    def __init__(self, scene: Scene, company: Any) -> None:
        self.scene, self.company, self.count = scene, company, 0
        self.factory, self.handler = RequestFactory(), BaseHandler()
        self.handler.load_middleware()

    def __call__(self, who: str, method: str, address: str, body: Any = None) -> "Answer":
        """Return the answer to a request."""
        self.count += 1
        is_json = address.startswith("/api/")
        data = json.dumps({} if body is None else body) if is_json else body or {}
        sent: dict[str, Any] = {"content_type": "application/json"} if is_json else {}
        if method == "GET":
            request = self.factory.get(address, headers={"Accept-Encoding": "identity"})
        elif is_json:
            request = self.factory.generic(method, address, data, headers={"If-Match": "*"}, **sent)
        else:
            request = self.factory.post(address, data)
        user = self.scene.users[who] or AnonymousUser()
        request.seat = (self.scene.actors[who], user, self.company)  # type: ignore[attr-defined]  # `Seated` reads it
        return Answer(self.handler.get_response(request))


class Answer:
    """Status and text of an answer."""

    def __init__(self, response: Any) -> None:
        self.status: int = response.status_code
        whole = b"".join(response) if isinstance(response, StreamingHttpResponse) else response.content
        self.text = whole.decode(errors="replace") + response.get("Location", "")

    def tokens(self) -> set[int]:
        """Return the numbers of the planted rows that the answer speaks of."""
        return {int(word or amount) for word, amount in TOKEN.findall(self.text)}


@contextmanager
def straight() -> Iterator[None]:
    """Let requests go straight to the views for a while."""
    with override_settings(MIDDLEWARE=MIDDLEWARE):
        yield
