"""Forms as pages and as dialogs over a page; a refusal is told in the form, and nothing typed is lost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from caudal.core.errors import Problem
from caudal.crm.forms.records import ActorForm
from caudal.kit.problems import conflict_of
from caudal.kit.records import NotFound, VersionConflict


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that somebody else changed, or that we want to change: what it says now, what was typed."""

    name: str
    label: str
    now: str
    typed: str
    who: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """What stands around a form."""

    title: str
    submit: str | Promise
    cancel: str
    action: str
    lead: str | Promise = ""
    danger: bool = False
    crumbs: Sequence[tuple[object, str]] = ()
    conflicts: Sequence[Conflict] = ()
    watch: str = ""
    """Where the form asks what others change while it is open."""
    others: Sequence[tuple[str, str]] = ()
    """Other ways on, as words and address."""


def show(request: HttpRequest, page: FormPage, form: Any = None, status: int = HTTPStatus.OK) -> HttpResponse:
    """Answer with a form: the dialog alone to the script that asked for it, else a page."""
    alone = request.method == "GET" and request.headers.get("hx-request") == "true"
    context = {
        "layout": "crm/dialog.html" if alone else "ui/page.html",
        "title": page.title,
        "crumbs": page.crumbs,
        "page": page,
        "form": form,
        "next": wanted_next(request),
    }
    return render(request, "crm/form.html", context, status=status)


def attempt(form: ActorForm, act: Callable[[], Any]) -> tuple[Any, Problem | None]:
    """Do what a form asks for; what refuses it becomes words of the form, and is returned."""
    try:
        return act(), None
    except NotFound:
        raise
    except (Problem, IntegrityError) as refused:
        problem = conflict_of(refused) if isinstance(refused, IntegrityError) else refused
        if problem is None:
            raise
        if isinstance(problem, VersionConflict):
            form.renew(str(problem.params["version"]))
            form.add_error(None, _("Somebody changed this meanwhile. Look at it again; the button goes ahead with it."))
        else:
            form.take(problem, gettext)
        return None, problem


def sent(request: HttpRequest) -> QueryDict | None:
    """Return what a form was sent with, None when it is only to be shown."""
    return request.POST if request.method == "POST" else None


def wanted_next(request: HttpRequest) -> str:
    """Return the page of ours that the sender wants to come back to, if it named one."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""


def onwards(request: HttpRequest, otherwise: str) -> HttpResponse:
    """Lead to the page that the sender came from, or to another."""
    return redirect(wanted_next(request) or otherwise)
