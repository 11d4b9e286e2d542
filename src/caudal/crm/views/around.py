"""What stands around a record and is written beside it: touches, competitors, the family of a company."""

from collections.abc import Callable
from datetime import UTC, datetime, time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.crm import actions, queries
from caudal.crm.forms.registers import SeenForm, TouchForm
from caudal.crm.models import Company, Competitor, Deal
from caudal.crm.views.ends import answered, page_of
from caudal.crm.views.nouns import COMPANY, DEAL, Noun
from caudal.kit.access import Verb
from caudal.kit.names import name_key
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now


class NoSuchChoice(Problem):
    """The page asked for something that cannot be done with two companies."""

    code = "family.no_such_choice"
    status = 422
    message = msg("Say whether it is part of the other company, or another one.")


@needs("channel")
@require_GET
def channel_names(request: HttpRequest) -> HttpResponse:
    """Answer with the names of channels, for whoever types one."""
    text = name_key(request.GET.get("q", ""))
    names = [name for name in queries.channel_names(actor_of(request)) if text in name_key(name)]
    return JsonResponse([{"value": name, "label": name} for name in names], safe=False)


def touching(noun: Noun) -> Callable[..., HttpResponse]:
    """Return the view that notes a touch of a lead, a person or a company."""

    @needs(noun.kind, Verb.CHANGE)
    @require_http_methods(["GET", "POST"])
    def touch(request: HttpRequest, record_id: str) -> HttpResponse:
        actor, as_of = actor_of(request), now()
        record = noun.load(actor, Ref.parse(record_id, noun.kind).id, Verb.CHANGE)
        form = TouchForm(request.POST or None, actor=actor)
        page = page_of(
            noun,
            record,
            "touch",
            title=_("How %(name)s met us") % {"name": record.name},
            submit=_("Note it"),
        )

        def note() -> object:
            said = form.cleaned_data
            draft = actions.TouchDraft(
                channel=said["channel"],
                campaign=said["campaign"],
                source_url=said["source_url"],
                touched_at=_instant(said["day"], as_of),
                **{f"{noun.kind}_id": record.pk},
            )
            return actions.note_touch(actor=actor, as_of=as_of, touch=draft)

        return answered(request, page, form, note, lambda _row: _("Noted."))

    return touch


@needs("deal", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def competitor_seen(request: HttpRequest, record_id: str) -> HttpResponse:
    """Say whom else the buyer of a deal considers."""
    actor = actor_of(request)
    deal = queries.deal(actor, Ref.parse(record_id, Deal.kind).id, Verb.CHANGE)
    form = SeenForm(request.POST or None, actor=actor)
    page = page_of(DEAL, deal, "competitor", title=_("Who else is considered"), submit=_("Add"))

    def see() -> object:
        competitor_id = Ref.parse(form.cleaned_data["competitor"], Competitor.kind).id
        return actions.see_competitor(actor=actor, as_of=now(), deal_id=deal.pk, competitor_id=competitor_id)

    return answered(request, page, form, see, lambda _row: _("Added."))


@needs("deal", Verb.CHANGE)
@require_POST
def competitor_gone(request: HttpRequest, record_id: str, competitor_id: str) -> HttpResponse:
    """Take a competitor out of a deal."""
    actor, deal_ref = actor_of(request), Ref.parse(record_id, Deal.kind)
    actions.unsee_competitor(
        actor=actor,
        as_of=now(),
        deal_id=deal_ref.id,
        competitor_id=Ref.parse(competitor_id, Competitor.kind).id,
    )
    messages.success(request, _("Taken out."))
    return redirect(DEAL.href(deal_ref))


@needs("company", Verb.CHANGE)
@require_POST
def company_family(request: HttpRequest, record_id: str) -> HttpResponse:
    """Decide what two companies that look alike are: one part of the other, or two."""
    actor, as_of = actor_of(request), now()
    company, other = Ref.parse(record_id, Company.kind), Ref.parse(request.POST.get("other", ""), Company.kind)
    choice = request.POST.get("choice", "")
    if choice == "part":
        actions.change_company(actor=actor, as_of=as_of, company_id=company.id, parent_id=other.id)
        messages.success(request, _("It is part of the other company now."))
    elif choice == "whole":
        actions.change_company(actor=actor, as_of=as_of, company_id=other.id, parent_id=company.id)
        messages.success(request, _("The other company is part of it now."))
    elif choice == "apart":
        actions.keep_apart(actor=actor, as_of=as_of, company_id=company.id, other_id=other.id)
        messages.success(request, _("They are kept apart, and you are not asked again."))
    else:
        raise NoSuchChoice
    return redirect(COMPANY.href(company))


def _instant(day: object, as_of: datetime) -> datetime:
    """Return noon of the reader's day, or now."""
    if not day:
        return as_of
    noon = datetime.combine(day, time(12), tzinfo=timezone.get_current_timezone())  # type: ignore[arg-type]  # a date field gives dates
    return min(noon.astimezone(UTC), as_of)
