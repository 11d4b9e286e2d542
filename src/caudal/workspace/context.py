"""What every page knows of the company: its name, and whether the data are real."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from caudal.ui.context import Company
from caudal.workspace.models import Environment
from caudal.workspace.queries import company


def whose(request: HttpRequest) -> dict[str, Any]:
    """Give templates `company` and the way to sign out."""
    own = getattr(request, "company", None) or company()
    signed_in = getattr(request, "actor", None) is not None
    return {
        "company": own and Company(name=own.name, demo=own.environment == Environment.DEMO),
        "sign_out_url": reverse("account_logout") if signed_in else "",
    }
