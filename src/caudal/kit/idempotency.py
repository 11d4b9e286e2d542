"""`Idempotency-Key` on every write of the API: the answer is stored in the write's own transaction.

Asking again with the same key returns the stored answer and does nothing; with the same key and another request it is
refused. Two at once wait for each other in the database. A refused write leaves nothing, so it may be tried again.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from caudal.core.errors import Problem, msg
from caudal.kit.models import IdempotentRequest
from caudal.kit.pages import SAFE_METHODS
from caudal.kit.problems import problem_response, wants_json
from caudal.kit.world import now

HEADER: Final = "Idempotency-Key"
KEY_LENGTH_MAX: Final = 255
KEPT_HEADERS: Final = ("Content-Type", "Location", "ETag")
REFUSED: Final = 400


class KeyReused(Problem):
    """The key was used before, for another request."""

    code = "idempotency.key_reused"
    status = 422
    message = msg("The Idempotency-Key “{key}” was used before for a different request.")
    hint = msg("Use a new key for a new request.")


class KeyUnreadable(Problem):
    """The key is empty or too long."""

    code = "idempotency.key_unreadable"
    status = 400
    message = msg("An Idempotency-Key has 1 to {longest} visible characters.")


class IdempotencyMiddleware:
    """Runs every write of the API in one transaction, undone when refused, and remembers its answer by key."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        if request.method in SAFE_METHODS or not wants_json(request):
            return self.get_response(request)
        with transaction.atomic():
            answer = self._answer(request)
            if answer.status_code >= REFUSED:
                transaction.set_rollback(True)
        return answer

    def _answer(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get(HEADER)
        actor = getattr(request, "actor", None)
        if key is None or actor is None:
            return self.get_response(request)
        if not (0 < len(key) <= KEY_LENGTH_MAX and key.isprintable()):
            return problem_response(KeyUnreadable(longest=KEY_LENGTH_MAX))
        fingerprint = _fingerprint(request)
        claimed, fresh = IdempotentRequest.objects.get_or_create(
            actor=actor.id, key=key, defaults={"fingerprint": fingerprint, "created_at": now()}
        )
        if not fresh:
            if claimed.fingerprint != fingerprint:
                return problem_response(KeyReused(key=key))
            return _stored(claimed)
        answer = self.get_response(request)
        if answer.streaming:  # a file is made anew each time: it is no write, and may be larger than memory
            claimed.delete()
        elif answer.status_code < REFUSED:
            IdempotentRequest.objects.filter(actor=actor.id, key=key).update(
                status=answer.status_code,
                headers={name: answer[name] for name in KEPT_HEADERS if name in answer},
                body=answer.content,
            )
        return answer


def _fingerprint(request: HttpRequest) -> str:
    parts = (request.method or "", request.get_full_path(), request.headers.get("If-Match", ""))
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + _said(request)).hexdigest()


def _said(request: HttpRequest) -> bytes:
    """What was sent. Of a form with files their digests: they may be larger than memory, and are read once more."""
    if request.method != "POST" or request.content_type != "multipart/form-data":
        return request.body
    fields = [[name, values] for name, values in request.POST.lists()]
    files = []
    for name, given in request.FILES.lists():
        for file in given:
            digest = hashlib.sha256()
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
            files.append([name, file.name, digest.hexdigest()])
    return json.dumps([fields, files]).encode()


def _stored(claimed: IdempotentRequest) -> HttpResponse:
    answer = HttpResponse(bytes(claimed.body or b""), status=claimed.status or 200)
    for name, value in claimed.headers.items():
        answer[name] = value
    answer["Idempotent-Replayed"] = "true"
    return answer
