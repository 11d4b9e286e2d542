"""What the pages of billing do with a form that was sent, and what they show of what happened."""

from collections.abc import Callable
from http import HTTPStatus

from django import forms
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.kit.outbox import timeline
from caudal.kit.panels import fact_words
from caudal.kit.problems import conflict_of
from caudal.ui.timelines import Moment
from caudal.workspace.queries import actor_names


def kept(form: forms.Form, act: Callable[[], str]) -> str:
    """Do what a form asks for as a whole, and return where to go on; a refusal is told in the form."""
    if not form.is_valid():
        return ""
    try:
        with transaction.atomic():
            return act()
    except IntegrityError as refused:
        conflict = conflict_of(refused)
        if conflict is None:
            raise
        refuse(form, conflict)
    except Problem as problem:
        refuse(form, problem)
    return ""


def refuse(form: forms.Form, problem: Problem) -> None:
    """Show a refusal beside the fields that it names, or above the form."""
    for name, text in problem.fields.items():
        form.add_error(name if name in form.fields else None, gettext(text))
    if not problem.fields:
        form.add_error(None, problem.told(gettext))


def status_of(*said: forms.Form | None) -> HTTPStatus:
    """Return what a page with these forms answers."""
    wrong = any(form is not None and form.errors for form in said)
    return HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


def moments(ref: Ref) -> list[Moment]:
    """Return what happened to a record."""
    facts, words = timeline(ref), fact_words()
    who = actor_names({fact.actor for fact in facts})
    return [
        Moment(
            at=fact.occurred_at,
            words=words[fact.name].words(fact),
            who=who.get(fact.actor, "Caudal"),
            icon=words[fact.name].icon,
        )
        for fact in facts
        if fact.name in words
    ]
