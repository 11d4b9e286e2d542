"""Every context's `api` room under `/api/v1`."""

from typing import Any, Final

from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security import APIKeyCookie, HttpBearer

from caudal import __version__
from caudal.core.errors import Problem, msg
from caudal.kit.access import Actor, ActorKind
from caudal.kit.idempotency import HEADER
from caudal.kit.pages import NotSignedIn
from caudal.kit.problems import CONTENT_TYPE, BadInput, conflict_of, problem_response
from caudal.kit.rooms import rooms

WRITES: Final = ("post", "put", "patch", "delete")


class NoSuchRoute(Problem):
    """Nothing answers at this address."""

    code = "route.not_found"
    status = 404
    message = msg("There is nothing at this address.")
    hint = msg("See /api/v1/openapi.json for what there is.")


class RequestRefused(Problem):
    """The framework could not read the request."""

    code = "request.unreadable"
    status = 400
    message = msg("The request could not be read: {said}")


class BearerKey(HttpBearer):
    """`Authorization: Bearer caudal_…`: an API key."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:  # noqa: ARG002  read by the middleware
        """Return the key's actor."""
        actor: Actor | None = getattr(request, "actor", None)
        return actor if actor is not None and actor.kind is ActorKind.KEY else None


class SignedIn(APIKeyCookie):
    """The session of a member, for the pages' own calls; writes carry the CSRF token."""

    param_name = "session"

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:  # noqa: ARG002  the session's cookie
        """Return the member's actor."""
        actor: Actor | None = getattr(request, "actor", None)
        return actor if actor is not None and actor.kind is ActorKind.STAFF else None


class CaudalApi(NinjaAPI):
    """Ninja's API with what all our routes share written into the description."""

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """Return the description, with the problem every route may answer and the key every write takes."""
        schema = super().get_openapi_schema(**kwargs)
        problem = {"description": "A problem (RFC 9457)", "content": {CONTENT_TYPE: {"schema": PROBLEM_SCHEMA}}}
        for path in schema["paths"].values():
            for method, operation in path.items():
                operation["responses"]["default"] = problem
                if method in WRITES:
                    operation.setdefault("parameters", []).append(IDEMPOTENCY_PARAMETER)
        return schema


PROBLEM_SCHEMA: Final = {
    "type": "object",
    "required": ["type", "code", "status", "title"],
    "properties": {
        "type": {"type": "string"},
        "code": {"type": "string"},
        "status": {"type": "integer"},
        "title": {"type": "string"},
        "hint": {"type": "string"},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
IDEMPOTENCY_PARAMETER: Final = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "Makes the write safe to repeat: the same key gives the same answer and one effect.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


def mounted() -> CaudalApi:
    """Return the API with every context's routes."""
    api = CaudalApi(
        title="Caudal", version=__version__, docs_url=None, auth=[BearerKey(), SignedIn()], urls_namespace="api"
    )
    for module in rooms("api"):
        api.add_router("", module.router, tags=[module.__name__.split(".")[-2]])
    api.add_exception_handler(Problem, lambda _request, problem: problem_response(problem))
    api.add_exception_handler(ValidationError, lambda _request, error: problem_response(_bad_input(error)))
    api.add_exception_handler(AuthenticationError, lambda _request, _error: problem_response(NotSignedIn()))
    api.add_exception_handler(Http404, lambda _request, _error: problem_response(NoSuchRoute()))
    api.add_exception_handler(HttpError, lambda _request, error: problem_response(_refused(error)))
    api.add_exception_handler(IntegrityError, _conflict)
    return api


def _refused(error: HttpError) -> RequestRefused:
    problem = RequestRefused(said=str(error))
    problem.status = error.status_code
    return problem


def _bad_input(error: ValidationError) -> BadInput:
    return BadInput({".".join(str(part) for part in each["loc"][1:]): each["msg"] for each in error.errors})


def _conflict(_request: HttpRequest, error: IntegrityError) -> HttpResponse:
    problem = conflict_of(error)
    if problem is None:
        raise error
    return problem_response(problem)
