"""What every page knows of the company: its name, and whether the data are real."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from caudal.kit.access import Actor
from caudal.kit.panels import is_page_of
from caudal.ui.context import Company
from caudal.workspace.models import Environment
from caudal.workspace.queries import bell, company


def whose(request: HttpRequest) -> dict[str, Any]:
    """Give templates `company`, the ways to sign out and to search, and the record that a page shows."""
    own = getattr(request, "company", None) or company()
    actor: Actor | None = getattr(request, "actor", None)
    signed_in = actor is not None
    return {
        "company": own and Company(name=own.name, demo=own.environment == Environment.DEMO),
        "sign_out_url": reverse("account_logout") if signed_in else "",
        "search_url": reverse("workspace:search") if signed_in else "",
        "command_url": reverse("workspace:search_bar") if signed_in else "",
        "opened_url": reverse("workspace:record_opened") if signed_in else "",
        "bell": bell(actor) if actor is not None and actor.member else None,
        "opened_record": record_shown(request) if signed_in else "",
    }


def record_shown(request: HttpRequest) -> str:
    """Return the public id of the record whose own page was asked for, or nothing."""
    match = request.resolver_match
    if match is None or "record_id" not in match.kwargs:
        return ""
    ref = str(match.kwargs["record_id"])
    return ref if is_page_of(match.view_name, ref) else ""
