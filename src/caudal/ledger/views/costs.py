"""The form of a cost, beside profit and loss."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from caudal.core.periods import day_in
from caudal.kit.access import Verb, may
from caudal.kit.forms import kept
from caudal.kit.pages import actor_of
from caudal.kit.world import now
from caudal.ledger import actions, queries
from caudal.ledger.forms import CostForm
from caudal.workspace.queries import company, pillars


def form_of(request: HttpRequest) -> CostForm | None:
    """Return the form of a cost with what was typed into it, or nothing for whoever only looks."""
    return CostForm(request.POST or None, **offered(request)) if may_post(request) else None


def may_post(request: HttpRequest) -> bool:
    """Say whether somebody may post."""
    return may(actor_of(request), "entry", Verb.CREATE)


def offered(request: HttpRequest) -> dict[str, Any]:
    """Return what the form of a cost offers."""
    actor, own = actor_of(request), company()
    return {
        "chart": queries.chart(actor),
        "pillars": pillars(),
        "today": day_in(now(), ZoneInfo(actor.zone)),
        "currency": own.currency if own else "",
    }


def posted(request: HttpRequest, form: CostForm) -> HttpResponse | None:
    """Post the cost that was typed and lead to its month; nothing where it is refused."""

    def post() -> str:
        row = actions.post_cost(actor=actor_of(request), as_of=now(), cost=form.cost())
        messages.success(request, _("The cost was posted."))
        return f"{reverse('ledger:income')}?period={row.day:%Y-%m}"

    onwards = kept(form, post)
    return redirect(onwards) if onwards else None
