"""Every context's `api` room under `/api/v1`."""

import json
from copy import deepcopy
from typing import Any, Final

from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.security import APIKeyCookie, HttpBearer
from typing_extensions import override

from caudal import __version__
from caudal.core.errors import Problem, msg
from caudal.kit.access import Actor, ActorKind
from caudal.kit.collisions import changes_told
from caudal.kit.idempotency import HEADER
from caudal.kit.pages import NotSignedIn
from caudal.kit.problems import CONTENT_TYPE, BadInput, conflict_of, problem_response
from caudal.kit.records import VersionConflict
from caudal.kit.rooms import rooms

WRITES: Final = ("post", "put", "patch", "delete")
REFUSALS: Final = frozenset({400, 401, 403, 404, 422, 503})
"""With what any route may refuse: unreadable, nobody known, not allowed, not there, wrong values, too much at once."""
REFUSED_WRITES: Final = frozenset({409, 412, 428})
"""And a write: against what is there, made from an older version, or from none."""


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

    @override
    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return the key's actor."""
        actor: Actor | None = getattr(request, "actor", None)
        return actor if actor is not None and actor.kind is ActorKind.KEY else None


class SignedIn(APIKeyCookie):
    """The session of a member, for the pages' own calls; writes carry the CSRF token."""

    param_name = "session"

    @override
    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        """Return the member's actor."""
        actor: Actor | None = getattr(request, "actor", None)
        return actor if actor is not None and actor.kind is ActorKind.STAFF else None


class CaudalApi(NinjaAPI):
    """Ninja's API with what all our routes share written into the description."""

    @override
    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name of a route's function: programs are generated with it."""
        return operation.view_func.__name__

    @override
    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """Return the description, with the problems a route may answer and the key every write takes."""
        schema = super().get_openapi_schema(**kwargs)
        problem = {"description": "A problem (RFC 9457)", "content": {CONTENT_TYPE: {"schema": PROBLEM_SCHEMA}}}
        for address, path in schema["paths"].items():
            for method, operation in path.items():
                _name_body(operation, schema["components"]["schemas"])
                for status in sorted(REFUSALS | (REFUSED_WRITES if method in WRITES else frozenset())):
                    operation["responses"].setdefault(status, problem)
                if method in WRITES:
                    operation.setdefault("parameters", []).append(IDEMPOTENCY_PARAMETER)
                if method in WRITES and "{" in address:
                    operation["parameters"].append(VERSION_PARAMETER)
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
        "changes": {
            "type": "array",
            "description": "Of 412: what changed since the version that If-Match names, field by field.",
            "items": {"type": "object"},
        },
    },
}
IDEMPOTENCY_PARAMETER: Final = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "Makes the write safe to repeat: the same key gives the same answer and one effect.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
VERSION_PARAMETER: Final = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "description": "The ETag of the record that the change was made from, or * to go over whatever is there. "
    "Routes that change what a record says refuse a change without it (428).",
    "schema": {"type": "string", "pattern": r'^(\*|(W/)?"?[0-9]{1,9}"?)$'},
}


def _name_body(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Put the body that a route describes by itself, because it reads it by itself, among those that have names."""
    if "requestBody" not in operation:
        return
    # What the route says is said again by the next description, and stays as it is.
    operation["requestBody"] = deepcopy(operation["requestBody"])
    for content in operation["requestBody"].get("content", {}).values():
        described = content["schema"]
        if "$defs" in described:
            text = json.dumps(described).replace("#/$defs/", "#/components/schemas/")
            named = json.loads(text)
            schemas.update(named.pop("$defs"))
            schemas[named["title"]] = named
            content["schema"] = {"$ref": f"#/components/schemas/{named['title']}"}


def mounted() -> CaudalApi:
    """Return the API with every context's routes."""
    api = CaudalApi(
        title="Caudal", version=__version__, docs_url=None, auth=[BearerKey(), SignedIn()], urls_namespace="api"
    )
    for module in rooms("api"):
        api.add_router("", module.router, tags=[module.__name__.split(".")[-2]])
    for kind in (Problem, ValidationError, AuthenticationError, Http404, HttpError, IntegrityError):
        api.add_exception_handler(kind, answer)
    return api


def answer(_request: HttpRequest, raised: Exception | type[Exception]) -> HttpResponse:
    """Return the problem that an exception amounts to."""
    match raised:
        case Problem():
            more = {"changes": changes_told(raised)} if isinstance(raised, VersionConflict) else {}
            return problem_response(raised, **more)
        case ValidationError():
            return problem_response(_bad_input(raised))
        case AuthenticationError():
            return problem_response(NotSignedIn())
        case Http404():
            return problem_response(NoSuchRoute())
        case HttpError():
            return problem_response(_refused(raised))
        case IntegrityError() if problem := conflict_of(raised):
            return problem_response(problem)
    raise raised


def _refused(error: HttpError) -> RequestRefused:
    problem = RequestRefused(said=str(error))
    problem.status = error.status_code
    return problem


def _bad_input(error: ValidationError) -> BadInput:
    return BadInput({".".join(str(part) for part in each["loc"][1:]): each["msg"] for each in error.errors})
