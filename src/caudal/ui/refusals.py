"""The pages of refusals: what happened, why, and the way out, with the rail around them."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caudal.core.errors import Problem
from caudal.kit.problems import CONTENT_TYPE, wants_json


@dataclass(frozen=True, slots=True)
class Refusal:
    """How one HTTP status reads when nothing more precise is known."""

    code: str
    title: str | Promise
    message: str | Promise
    hint: str | Promise


BARE: Final = "ui/bare.html"
REFUSALS: Final = {
    HTTPStatus.BAD_REQUEST: Refusal(
        "page.bad_request",
        _("Not understood"),
        _("This request could not be read."),
        _("Go back, reload the page and try again."),
    ),
    HTTPStatus.FORBIDDEN: Refusal(
        "page.forbidden",
        _("Not allowed"),
        _("Your role does not include this page."),
        _("Ask an administrator of your company for the right to it."),
    ),
    HTTPStatus.NOT_FOUND: Refusal(
        "page.not_found",
        _("Not found"),
        _("There is nothing at this address, or nothing that you may see."),
        _("It may have been moved or deleted. Search for it, or ask the colleague who sent the link."),
    ),
    HTTPStatus.CONFLICT: Refusal(
        "page.conflict",
        _("Already there"),
        _("This would contradict something that exists already."),
        _("Open the existing record, or change what makes them the same."),
    ),
    HTTPStatus.GONE: Refusal(
        "page.gone",
        _("No longer valid"),
        _("What was at this address has had its time."),
        _("Ask whoever sent it for a new one."),
    ),
    HTTPStatus.PRECONDITION_FAILED: Refusal(
        "page.changed_meanwhile",
        _("Changed meanwhile"),
        _("Somebody changed this record while you were editing it. Nothing was overwritten."),
        _("Open it again, look at what is new, and make your change on top of it."),
    ),
    HTTPStatus.TOO_MANY_REQUESTS: Refusal(
        "page.too_many_requests",
        _("Too many attempts"),
        _("Too many requests came from here in a short time."),
        _("Wait a minute and try again."),
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: Refusal(
        "page.failed",
        _("Our mistake"),
        _("Something failed on our side. Nothing of what you sent was kept half-done."),
        _("Try again; if it fails again, give the code below to whoever runs this system."),
    ),
}


def refuse(request: HttpRequest, status: int) -> HttpResponse:
    """Answer with the page of a status, in words of its own; a program gets them as a problem."""
    if wants_json(request):
        said = words_of(status)
        body = {"type": f"urn:caudal:problem:{said['code']}", "fields": {}} | {
            name: said[name] for name in ("code", "status", "hint")
        }
        return JsonResponse(body | {"title": said["message"]}, status=status, content_type=CONTENT_TYPE)
    return render(request, "ui/problem.html", words_of(status) | {"layout": layout_of(request)}, status=status)


def words_of(status: int) -> dict[str, object]:
    said = REFUSALS.get(HTTPStatus(status), REFUSALS[HTTPStatus.BAD_REQUEST])
    return {
        "title": said.title,
        "message": said.message,
        "hint": said.hint,
        "code": said.code,
        "status": int(status),
        "request_id": structlog.contextvars.get_contextvars().get("request", ""),
    }


def layout_of(request: HttpRequest) -> str:
    """Return the frame of a refusal: the rail leads nowhere for somebody who has not come in."""
    return "ui/page.html" if getattr(request, "actor", None) else BARE


def refuse_with(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Answer with the page of a problem: its message, its hint, its code."""
    status = HTTPStatus(problem.status)
    title = REFUSALS[status].title if status in REFUSALS else REFUSALS[HTTPStatus.BAD_REQUEST].title
    context = {
        "title": title,
        "message": problem.said(problem.message, gettext),
        "hint": problem.said(problem.hint, gettext),
        "fields": {name: gettext(said) for name, said in problem.fields.items()},
        "code": problem.code,
        "status": problem.status,
        "layout": layout_of(request),
    }
    return render(request, "ui/problem.html", context, status=problem.status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django passes it
    return refuse(request, HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django passes it
    return refuse(request, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django passes it
    return refuse(request, HTTPStatus.NOT_FOUND)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer after our own mistake, also when what failed is what every page asks for, such as the database."""
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    try:
        return refuse(request, status)
    except Exception:  # noqa: BLE001  whatever it is, the reader gets a page; the first error is the one in the log
        return HttpResponse(render_to_string("ui/problem.html", words_of(status) | {"layout": BARE}), status=status)
