"""What pages do with a form that was sent: carry it out as a whole, or say in it what stood in the way."""

from collections.abc import Callable
from http import HTTPStatus

from django import forms
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from caudal.core.errors import Problem
from caudal.kit.problems import conflict_of


def refuse(form: forms.Form, problem: Problem) -> None:
    """Show a refusal beside the fields that it names, or above the form."""
    for name, text in problem.fields.items():
        form.add_error(name if name in form.fields else None, gettext(text))
    if not problem.fields:
        form.add_error(None, problem.told(gettext))


def kept(form: forms.Form, act: Callable[[], str], *, refused: Callable[[forms.Form, Problem], None] = refuse) -> str:
    """Do what a form asks for as a whole, and return where to go on; a refusal is told in the form."""
    if not form.is_valid():
        return ""
    try:
        with transaction.atomic():
            return act()
    except IntegrityError as error:
        conflict = conflict_of(error)
        if conflict is None:
            raise
        refused(form, conflict)
    except Problem as problem:
        refused(form, problem)
    return ""


def status_of(*said: forms.Form | None) -> HTTPStatus:
    """Return what a page with these forms answers."""
    wrong = any(form is not None and form.errors for form in said)
    return HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
