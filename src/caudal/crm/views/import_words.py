"""Deciding what the stages and owners of files mean: each as the files write it, with the rows that say it."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from caudal.core.errors import msg
from caudal.crm import actions
from caudal.crm.imports.choices import Taken, our_stages
from caudal.crm.imports.decisions import NOBODY, Decisions
from caudal.crm.imports.glimpses import uploads_of
from caudal.crm.imports.profiles import content_of, decisions_by, fit_of, headed, profile_of
from caudal.crm.imports.waiting import ask_for_another
from caudal.crm.models import ImportProfile, Outcome
from caudal.crm.views.imports import crumbs, href, import_for
from caudal.kit.access import Actor, Verb
from caudal.kit.pages import actor_of, needs
from caudal.kit.problems import BadInput
from caudal.kit.world import now
from caudal.workspace.queries import member_directory

if TYPE_CHECKING:
    from caudal.workspace.models import Operation

Option = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """A word of the files, and what it may mean."""

    name: str
    text: str
    rows: str
    chosen: str
    options: tuple[Option, ...]


@needs("operation", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def import_words(request: HttpRequest, operation_id: str) -> HttpResponse:
    """Show stages and owners as the files write them, and rehearse again as it was decided."""
    actor = actor_of(request)
    operation = import_for(actor, operation_id, Verb.VIEW)
    stages, owners = questions(operation, "stages"), questions(operation, "owners")
    problem, status = "", HTTPStatus.OK
    if request.method == "POST":
        try:
            said = dict(operation.params["decisions"])
            said |= {
                "stages": answers(request, said["stages"], stages),
                "owners": answers(request, said["owners"], owners),
            }
            decided = Decisions.from_json(said)
            if "save" in request.POST:
                decided = kept_in_profile(request, actor, operation, decided)
            return redirect(href(ask_for_another(actor=actor, as_of=now(), operation=operation, decisions=decided)))
        except BadInput as refused:
            problem, status = (
                "; ".join(f"{word}: {_(told)}" for word, told in refused.fields.items()),
                HTTPStatus.UNPROCESSABLE_ENTITY,
            )
    context: dict[str, Any] = {
        "title": _("What stages and owners mean"),
        "crumbs": [*crumbs(), (operation.title, href(operation))],
        "ref": str(operation.ref),
        "back": href(operation),
        "problem": problem,
        "profile": changeable_profile(actor, Decisions.from_json(operation.params["decisions"])),
        "parts": [(_("Stages"), stages), (_("Owners"), owners)],
    }
    return render(request, "crm/import_words.html", context, status=status)


def changeable_profile(actor: Actor, decided: Decisions) -> ImportProfile | None:
    """Return the profile by which files are read, if there is one and the actor may change what it says."""
    known = profile_of(actor, decided)
    return ImportProfile.for_actor(actor, Verb.CHANGE).filter(pk=known.pk).first() if known else None


def kept_in_profile(request: HttpRequest, actor: Actor, operation: "Operation", decided: Decisions) -> Decisions:
    """Let the profile by which the files are read say what was decided, and return that as the profile says it."""
    profile = changeable_profile(actor, decided)
    if profile is None:
        return decided
    tables = headed(uploads_of(operation))
    content = content_of(tables, decided)
    saved = actions.change_profile(actor=actor, as_of=now(), profile_id=profile.pk, content=content)
    messages.success(request, _("Saved: %(name)s") % {"name": saved.name})
    return decisions_by(fit_of(saved, tables))


def questions(operation: "Operation", part: str) -> list[Question]:
    """Return the words of a part, each with what it may mean, in two queries."""
    options = _stages() if part == "stages" else _members()
    found = []
    for number, word in enumerate(operation.result.get(part) or []):
        first = ("", _taken(word["taken"], part))
        rows = ngettext("%(count)s row", "%(count)s rows", word["count"]) % {"count": word["count"]}
        found.append(Question(f"{part[:-1]}.{number}", word["text"], rows, word["chosen"], (first, *options)))
    return found


def answers(request: HttpRequest, before: dict[str, str], asked: list[Question]) -> dict[str, str]:
    """Return what the form decides of words; others stay as they were. Raises BadInput."""
    chosen = {each.text: request.POST.get(each.name, each.chosen) for each in asked}
    wrong = [each.text for each in asked if chosen[each.text] not in dict(each.options)]
    if wrong:
        raise BadInput(dict.fromkeys(wrong, msg("That is not one of the answers.")))
    return {word: to for word, to in {**before, **chosen}.items() if to}


def _taken(taken: str, part: str) -> str:
    """What a word is taken for while nobody decides."""
    words = {
        Taken.KNOWN: _("The stage of this name") if part == "stages" else _("The member of this name"),
        Taken.NEW: _("A new stage") if part == "stages" else _("A new member, who cannot sign in yet"),
        Taken.WON: _("Won, as the word says"),
        Taken.LOST: _("Lost, as the word says"),
        Taken.NOBODY: _("Nobody: no member has this key"),
        Taken.UNCLEAR: _("Refused: it may be several"),
        Taken.DECIDED: _("What the word says by itself"),
    }
    return words[Taken(taken)]


def _stages() -> list[Option]:
    ends = [(each.value, str(each.label)) for each in Outcome]
    return [*ends, *((str(pk), name) for pk, name in our_stages())]


def _members() -> list[Option]:
    return [(NOBODY, _("Nobody")), *((str(pk), name) for pk, name in member_directory())]
