"""Problems as `application/problem+json` (RFC 9457), in the reader's language."""

from typing import Any, Final

from django.apps import apps
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext

from caudal.core.errors import Finding, Problem, msg

CONTENT_TYPE: Final = "application/problem+json"


class Conflict(Problem):
    """The database refused a row because of a constraint."""

    code = "record.conflict"
    status = 409
    message = msg("{said}")
    hint = msg("Change the value, or open the record that has it.")


class BadInput(Problem):
    """Fields that cannot be taken as they are; `fields` says which and why."""

    code = "input.invalid"
    status = 422
    message = msg("Some fields could not be taken.")
    hint = msg("Correct them and send again.")


def problem_body(problem: Problem) -> dict[str, Any]:
    """Return the JSON object of a problem, told in the active language."""
    return {
        "type": f"urn:caudal:problem:{problem.code}",
        "code": problem.code,
        "status": problem.status,
        "title": problem.said(problem.message, gettext),
        "hint": problem.said(problem.hint, gettext),
        "fields": {name: gettext(said) for name, said in problem.fields.items()},
    } | ({"findings": [_finding(each) for each in found]} if (found := getattr(problem, "findings", ())) else {})


def _finding(found: Finding) -> dict[str, Any]:
    return {
        "code": found.code,
        "line": found.place.line,
        "column": found.place.column,
        "message": found.told(gettext),
    }


def problem_response(problem: Problem, **more: Any) -> HttpResponse:
    """Return the HTTP answer that carries a problem to a program, with more that belongs to it."""
    return JsonResponse(problem_body(problem) | more, status=problem.status, content_type=CONTENT_TYPE)


def wants_json(request: HttpRequest) -> bool:
    """Say whether the sender is a program rather than a page."""
    return request.path.startswith("/api/")


def conflict_of(error: IntegrityError) -> Conflict | None:
    """Return the problem that a violated constraint speaks of: the constraint's own message, if it has one."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if name is None:
        return None
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name:
                return Conflict(said=constraint.get_violation_error_message())
    return None
