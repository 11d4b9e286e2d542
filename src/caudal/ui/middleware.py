"""Refusals become pages, or problem+json where a program asked."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url

from caudal.core.errors import Problem
from caudal.kit.pages import SAFE_METHODS, NotSignedIn
from caudal.kit.problems import conflict_of, problem_response, wants_json
from caudal.ui.refusals import refuse_with


class ProblemMiddleware:
    """Answers a raised `Problem`; whoever is not signed in is asked to, and comes back to the page they wanted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, raised: Exception) -> HttpResponse | None:
        """Return the answer to a refusal, or nothing for what is no refusal."""
        problem = conflict_of(raised) if isinstance(raised, IntegrityError) else raised
        if not isinstance(problem, Problem):
            return None
        if wants_json(request):
            return problem_response(problem)
        if isinstance(problem, NotSignedIn):
            # What was typed is not lost: the browser's back button leads to the filled form.
            wanted = request.get_full_path() if request.method in SAFE_METHODS else request.headers.get("Referer", "/")
            return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': wanted})}")
        return refuse_with(request, problem)
