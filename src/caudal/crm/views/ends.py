"""What happens to deals and leads: another stage, won, lost, open again, converted, disqualified, taken."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.crm import actions, queries
from caudal.crm.actions.closing import NeedsSecondPerson
from caudal.crm.forms import ConvertForm, DisqualifyForm, LoseForm, ReopenForm, StageForm, WinForm
from caudal.crm.forms.choices import id_of
from caudal.crm.forms.ends import FillingForm
from caudal.crm.forms.mapping import slot_labels
from caudal.crm.forms.records import ActorForm
from caudal.crm.models import Deal, Lead, Outcome, Stage
from caudal.crm.views.board import answer_board
from caudal.crm.views.forming import FormPage, attempt, onwards, sent, show
from caudal.crm.views.nouns import DEAL, LEAD, Noun
from caudal.kit.access import Actor, Verb
from caudal.kit.pages import actor_of, needs
from caudal.kit.records import VersionConflict
from caudal.kit.world import now
from caudal.ui.formats import money_text, reader_locale


class MovedMeanwhile(Problem):
    """The board that the card was moved on is an old one."""

    code = "board.moved_meanwhile"
    status = 412
    message = msg("“{deal}” was changed by somebody else meanwhile.")
    hint = msg("The board shows it as it is now.")


def page_of(
    noun: Noun,
    row: Any,
    name: str,
    *,
    title: str,
    submit: str,
    lead: str | Promise = "",
    others: Sequence[tuple[str, str]] = (),
) -> FormPage:
    """Return what stands around a form about a record."""
    return FormPage(
        title=title,
        submit=submit,
        action=noun.href(row, name),
        cancel=noun.href(row),
        lead=lead,
        crumbs=[(noun.plural, noun.list_href), (row.name, noun.href(row))],
        others=others,
    )


def answered(
    request: HttpRequest, page: FormPage, form: ActorForm, act: Callable[[], Any], done: Callable[[Any], str]
) -> HttpResponse:
    """Show a form, or do what it asks for, say so and lead back."""
    if request.method != "POST":
        return show(request, page, form)
    if not form.is_valid():
        return show(request, page, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    result, problem = attempt(form, act)
    if problem:
        return show(request, page, form, problem.status)
    messages.success(request, done(result))
    return onwards(request, page.cancel)


@needs("deal", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def deal_stage(request: HttpRequest, record_id: str) -> HttpResponse:
    """Move a deal to another stage; the board asks for itself, drawn anew, in answer."""
    actor = actor_of(request)
    deal = queries.deal(actor, Ref.parse(record_id, Deal.kind).id, Verb.CHANGE)
    from_board = request.method == "POST" and request.headers.get("hx-request") == "true"
    asked = (request.POST if request.method == "POST" else request.GET).get("stage", "")
    wanted = asked if asked.startswith(f"{Stage.kind}_") else ""
    form = StageForm(sent(request), actor=actor, deal=deal, initial={"stage": wanted} if wanted else None)
    if wanted:
        form.ask_for(queries.lacking_for(deal, Ref.parse(wanted, Stage.kind).id, actor, now()), deal)

    def move() -> Deal:
        return actions.move_deal(
            actor=actor,
            as_of=now(),
            deal_id=deal.pk,
            stage_id=Ref.parse(form.cleaned_data["stage"], "stage").id,
            expected_version=form.cleaned_data["version"],
            filling=form.filling(),
        )

    if from_board and form.lacks:  # the board opens the small form, in which the move goes on
        return HttpResponse(status=HTTPStatus.CONFLICT, headers={"x-dialog": f"?stage={wanted}"})
    if from_board and form.is_valid():
        try:
            move()
        except VersionConflict as conflict:
            raise MovedMeanwhile(deal=deal.name) from conflict
        return answer_board(request, deal.pipeline_id)
    page = page_of(
        DEAL,
        deal,
        "stage",
        title=_("Move %(name)s") % {"name": deal.name},
        submit=_("Fill in and move") if form.lacks else _("Move"),
        lead=_("Before it goes on, this is needed:") + " " + said_of(form) if form.lacks else "",
        others=[(_("close it as won"), DEAL.href(deal, "won")), (_("close it as lost"), DEAL.href(deal, "lost"))],
    )
    return answered(
        request,
        page,
        form,
        move,
        lambda moved: _("“%(name)s” is in %(stage)s now.") % {"name": moved.name, "stage": moved.stage.name},
    )


def said_of(form: FillingForm) -> str:
    """Return what a deal lacks, in words."""
    return ", ".join(label for _name, label in form.lacks)


def closing(outcome: Outcome) -> Callable[..., HttpResponse]:
    """Return the view that closes a deal as won or lost."""
    won = outcome == Outcome.WON

    @needs("deal", Verb.CHANGE)
    @require_http_methods(["GET", "POST"])
    def close(request: HttpRequest, record_id: str) -> HttpResponse:
        actor = actor_of(request)
        deal = queries.deal(actor, Ref.parse(record_id, Deal.kind).id, Verb.CHANGE)
        kind = WinForm if won else LoseForm
        form = kind(sent(request), actor=actor, initial={"version": deal.version})
        form.ask_for(queries.lacking(deal, None, actor, now()) if won else (), deal)
        page = page_of(
            DEAL,
            deal,
            outcome.value,
            title=(_("Won: %(name)s") if won else _("Lost: %(name)s")) % {"name": deal.name},
            submit=_("Close as won") if won else _("Close as lost"),
            lead=_("Before it goes on, this is needed:") + " " + said_of(form) if form.lacks else "",
        )

        def do() -> Deal:
            said = form.cleaned_data
            return actions.close_deal(
                actor=actor,
                as_of=now(),
                deal_id=deal.pk,
                outcome=outcome,
                reason=said["reason"],
                note=said["note"],
                competitor_id=id_of(said.get("competitor"), "competitor"),
                expected_version=said["version"],
                filling=form.filling(),
            )

        words = _("“%(name)s” is won.") if won else _("“%(name)s” is lost.")
        return answered(request, page, form, do, lambda closed: words % {"name": closed.name})

    return close


@needs("deal", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def deal_reopen(request: HttpRequest, record_id: str) -> HttpResponse:
    """Open a closed deal again, or ask a second person to agree where that is needed."""
    actor = actor_of(request)
    deal = queries.deal(actor, Ref.parse(record_id, Deal.kind).id, Verb.CHANGE)
    if queries.reopening_asked(deal):
        messages.info(request, _("Reopening “%(name)s” waits for somebody else to agree.") % {"name": deal.name})
        return onwards(request, DEAL.href(deal))
    asking = queries.asks_first(deal) if request.method == "GET" else request.POST.get("ask") == "True"
    form = ReopenForm(sent(request), actor=actor, deal=deal, asking=asking)
    page = reopen_page(deal, asking=asking)
    if request.method != "POST":
        return show(request, page, form)
    if not form.is_valid():
        return show(request, page, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    _done, problem = attempt(form, lambda: reopen(actor, deal, form.cleaned_data))
    if isinstance(problem, NeedsSecondPerson):  # the deal was won, or the threshold set, since the form was drawn
        form = ReopenForm(actor=actor, deal=deal, asking=True, reason=request.POST.get("reason", ""))
        return show(request, reopen_page(deal, asking=True), form, problem.status)
    if problem:
        return show(request, page, form, problem.status)
    words = (
        _("Asked. “%(name)s” opens again as soon as somebody else agrees.")
        if asking
        else _("“%(name)s” is open again.")
    )
    messages.success(request, words % {"name": deal.name})
    return onwards(request, DEAL.href(deal))


def reopen_page(deal: Deal, *, asking: bool) -> FormPage:
    """Return what stands around the form that reopens a deal, or asks for it."""
    if asking:
        amount = money_text(deal.amount.amount, deal.amount.currency.code, reader_locale()) if deal.amount else ""
        refusal = NeedsSecondPerson(deal=deal.name, amount=amount)
        lead = refusal.told(gettext)
    else:
        lead = _("It goes back to %(stage)s, and its end no longer counts. The timeline keeps it.")
        lead %= {"stage": deal.stage.name}
    return page_of(
        DEAL,
        deal,
        "reopening",
        title=_("Reopen %(name)s") % {"name": deal.name},
        submit=_("Ask for approval") if asking else _("Reopen"),
        lead=lead,
    )


def reopen(actor: Actor, deal: Deal, said: dict[str, Any]) -> None:
    """Reopen a deal, or ask for it, as a form says."""
    if said["ask"]:
        actions.ask_to_reopen(actor=actor, as_of=now(), deal_id=deal.pk, reason=said["reason"])
    else:
        actions.reopen_deal(actor=actor, as_of=now(), deal_id=deal.pk, expected_version=said["version"])


@needs("lead", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def lead_convert(request: HttpRequest, record_id: str) -> HttpResponse:
    """Turn a lead into a person, a company if it names one, and a deal if asked."""
    actor = actor_of(request)
    lead = queries.lead(actor, Ref.parse(record_id, Lead.kind).id, Verb.CHANGE)
    form = ConvertForm(sent(request), actor=actor, lead=lead)
    becomes = (
        _("%(name)s becomes a person at %(company)s; whoever is known already is not added twice.")
        if lead.company_name
        else _("%(name)s becomes a person; whoever is known already is not added twice.")
    )
    page = page_of(
        LEAD,
        lead,
        "conversion",
        title=_("Convert %(name)s") % {"name": lead.name},
        submit=_("Convert"),
        lead=becomes % {"name": lead.name, "company": lead.company_name},
    )
    if request.method != "POST":
        return show(request, page, form)
    if not form.is_valid():
        return show(request, page, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    conversion, problem = attempt(form, lambda: convert(request, lead, form.cleaned_data))
    if problem:
        return show(request, page, form, problem.status)
    messages.success(request, _("%(name)s is converted.") % {"name": lead.name})
    if conversion.left:
        labels = slot_labels()
        named = ", ".join(labels.get(("lead", name), name) for name in conversion.left)
        messages.warning(request, _("What did not fit stays on the lead: %(fields)s.") % {"fields": named})
    return onwards(request, DEAL.href(Ref("deal", conversion.deal_id)) if conversion.deal_id else LEAD.href(lead))


def convert(request: HttpRequest, lead: Lead, said: dict[str, Any]) -> Any:
    """Convert a lead as a form says."""
    as_of = now()
    stage_id = id_of(said["stage"], "stage")
    deal = actions.DealDraft(
        name=said["name"],
        opened_at=as_of,
        amount=said["amount"],
        expected_close_date=said["expected_close_date"],
        stages=(actions.StageStep(stage_id=stage_id, entered_at=as_of),) if stage_id else (),
    )
    return actions.convert_lead(
        actor=actor_of(request),
        as_of=as_of,
        conversion=actions.ConversionDraft(
            lead_id=lead.pk, converted_at=as_of, deal=deal if said["with_deal"] else None
        ),
        expected_version=said["version"],
    )


@needs("lead", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def lead_disqualify(request: HttpRequest, record_id: str) -> HttpResponse:
    """Give a lead up, saying why."""
    actor = actor_of(request)
    lead = queries.lead(actor, Ref.parse(record_id, Lead.kind).id, Verb.CHANGE)
    form = DisqualifyForm(sent(request), actor=actor, initial={"version": lead.version})
    page = page_of(
        LEAD,
        lead,
        "disqualification",
        title=_("Disqualify %(name)s") % {"name": lead.name},
        submit=_("Disqualify"),
        lead=gettext_lazy("The lead stays, with the reason, and leaves the list of open ones."),
    )

    def do() -> Lead:
        said = form.cleaned_data
        return actions.disqualify_lead(
            actor=actor,
            as_of=now(),
            lead_id=lead.pk,
            reason=said["reason"],
            note=said["note"],
            expected_version=said["version"],
        )

    return answered(request, page, form, do, lambda given_up: _("%(name)s is disqualified.") % {"name": given_up.name})


@needs("lead", Verb.CHANGE)
@require_POST
def lead_take(request: HttpRequest, record_id: str) -> HttpResponse:
    """Make the reader the owner of a lead that nobody has."""
    actor = actor_of(request)
    lead = queries.lead(actor, Ref.parse(record_id, Lead.kind).id, Verb.CHANGE)
    actions.change_lead(actor=actor, as_of=now(), lead_id=lead.pk, expected_version=lead.version, owner_id=actor.member)
    messages.success(request, _("%(name)s is yours now.") % {"name": lead.name})
    return onwards(request, LEAD.href(lead))
