"""What customer relations show elsewhere: lines of the rail, how their facts read, and related records."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import TextChoices
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from caudal.core.ids import Ref
from caudal.crm import events, queries
from caudal.crm.events.profiles import ProfileChanged, ProfileDeleted, ProfileSaved
from caudal.crm.models import ActivityKind, ActivityOutcome, CloseReason, Deal, DisqualifyReason, Outcome
from caudal.crm.panels.lines import lines_of_deal
from caudal.crm.panels.subjects import CONSENT_PANELS, SUBJECT_WORDS
from caudal.kit.access import Actor, Verb, may, policies
from caudal.kit.outbox import RecordedFact
from caudal.kit.panels import (
    FactWords,
    FirstPage,
    KindWords,
    NavItem,
    OperationPage,
    Panel,
    RecordPage,
    RequestWords,
    page_of,
)
from caudal.kit.records import in_sight
from caudal.kit.traces import RecordPutBack, RecordWithdrawn
from caudal.ui.formats import due_text, reader_locale
from caudal.workspace.queries import files_beside


def said(text: Promise) -> Callable[[RecordedFact], str]:
    """Return a fact's words that need nothing of the fact."""
    return lambda _fact: str(text)


def captured(fact: RecordedFact) -> str:
    """Tell that a lead came, and from where if that is known."""
    channel = fact.data.get("channel")
    return _("captured the lead from %(channel)s") % {"channel": channel} if channel else _("captured the lead")


def touched(fact: RecordedFact) -> str:
    """Tell that somebody showed interest again."""
    channel = fact.data.get("channel")
    return _("noted interest again, from %(channel)s") % {"channel": channel} if channel else _("noted interest again")


def met(fact: RecordedFact) -> str:
    """Tell on which channel somebody met us."""
    channel, campaign = fact.data["channel"], fact.data["campaign"]
    if campaign:
        return _("noted a touch on %(channel)s: %(campaign)s") % {"channel": channel, "campaign": campaign}
    return _("noted a touch on %(channel)s") % {"channel": channel}


def merged(fact: RecordedFact) -> str:
    """Tell which tag is now this one."""
    return _("merged the tag %(tag)s into this one") % {"tag": fact.data["label"]}


def considered(fact: RecordedFact) -> str:
    """Tell whom else the buyer considers."""
    return _("noted that they consider %(competitor)s too") % {"competitor": fact.data["label"]}


def considered_no_more(fact: RecordedFact) -> str:
    """Tell whom the buyer does not consider."""
    return _("noted that they do not consider %(competitor)s") % {"competitor": fact.data["label"]}


def disqualified(fact: RecordedFact) -> str:
    """Tell that a lead was given up, and why."""
    return _("disqualified the lead: %(reason)s") % {"reason": reason_words(DisqualifyReason, fact.data["reason"])}


def converted(fact: RecordedFact) -> str:
    """Tell what a lead became."""
    return _("converted the lead into a deal") if fact.data.get("deal") else _("converted the lead into a person")


def undone(fact: RecordedFact) -> str:
    """Tell that a lead is open again, and how much of what it had become went."""
    count = len(fact.data["removed"])
    words = ngettext(
        "took the conversion back; %(count)s record went into the recycle bin",
        "took the conversion back; %(count)s records went into the recycle bin",
        count,
    )
    return words % {"count": count} if count else _("took the conversion back; what it made stays")


def opened(fact: RecordedFact) -> str:
    """Tell where a deal began."""
    return _("opened the deal in %(stage)s") % {"stage": fact.data["stage_name"]}


def lines_said(fact: RecordedFact) -> str:
    """Tell of how many lines a deal is made now."""
    count = fact.data["count"]
    if not count:
        return _("took all lines out of the deal")
    return ngettext("made the deal of %(count)s line", "made the deal of %(count)s lines", count) % {"count": count}


def moved(fact: RecordedFact) -> str:
    """Tell from where to where a deal went."""
    return _("moved the deal from %(before)s to %(after)s") % {
        "before": fact.data["stage_name_before"],
        "after": fact.data["stage_name"],
    }


def won(fact: RecordedFact) -> str:
    """Tell that a deal was won, and what decided it."""
    reason = fact.data.get("reason")
    return (
        _("won the deal: %(reason)s") % {"reason": reason_words(CloseReason, reason)} if reason else _("won the deal")
    )


def lost(fact: RecordedFact) -> str:
    """Tell that a deal was lost, and what decided it."""
    reason = fact.data.get("reason")
    return (
        _("lost the deal: %(reason)s") % {"reason": reason_words(CloseReason, reason)} if reason else _("lost the deal")
    )


def reopened(fact: RecordedFact) -> str:
    """Tell that a deal is open again, and what it was before."""
    return (
        _("reopened the deal, which was won")
        if fact.data["outcome_before"] == Outcome.WON
        else _("reopened the deal, which was lost")
    )


ONE: Final = {
    ActivityKind.CALL: gettext_lazy("a call"),
    ActivityKind.EMAIL: gettext_lazy("an e-mail"),
    ActivityKind.MEETING: gettext_lazy("a meeting"),
    ActivityKind.DEMO: gettext_lazy("a demo"),
    ActivityKind.VISIT: gettext_lazy("a visit"),
    ActivityKind.NOTE: gettext_lazy("a note"),
    ActivityKind.TASK: gettext_lazy("a task"),
}
"""An activity inside a sentence."""
ACTIVITY_ICONS: Final[Mapping[str, str]] = {
    ActivityKind.CALL: "phone",
    ActivityKind.EMAIL: "mail",
    ActivityKind.MEETING: "people",
    ActivityKind.DEMO: "chart",
    ActivityKind.VISIT: "company",
    ActivityKind.NOTE: "note",
    ActivityKind.TASK: "task",
}


def activity(done: Promise) -> Callable[[RecordedFact], str]:
    """Return the words of a fact about an activity: what became of it, its kind and what came of it."""

    def words(fact: RecordedFact) -> str:
        outcome = fact.data.get("outcome")
        told = str(done) % {"activity": ONE.get(fact.data["does"], fact.data["does"])}
        return f"{told}: {reason_words(ActivityOutcome, outcome)}" if outcome else told

    return words


def reason_words(choices: type[TextChoices], value: str) -> str:
    """Return a reason inside a sentence; a value that is no longer a choice speaks for itself."""
    label = str(dict(choices.choices).get(value, value))
    return label[:1].lower() + label[1:]


FACT_WORDS: Final = (
    *SUBJECT_WORDS,
    FactWords(events.CompanyAdded.name, said(gettext_lazy("added the company")), "company"),
    FactWords(events.CompanyChanged.name, said(gettext_lazy("changed the company")), "edit"),
    FactWords(events.CompanyDeleted.name, said(gettext_lazy("deleted the company")), "trash"),
    FactWords(events.PersonAdded.name, said(gettext_lazy("added the person")), "person"),
    FactWords(events.PersonChanged.name, said(gettext_lazy("changed the person")), "edit"),
    FactWords(events.PersonDeleted.name, said(gettext_lazy("deleted the person")), "trash"),
    FactWords(events.LeadCaptured.name, captured, "lead"),
    FactWords(events.LeadTouched.name, touched, "lead"),
    FactWords(events.TouchNoted.name, met, "globe"),
    FactWords(events.ChannelAdded.name, said(gettext_lazy("added the channel")), "globe"),
    FactWords(events.ChannelChanged.name, said(gettext_lazy("changed the channel")), "edit"),
    FactWords(events.ChannelDeleted.name, said(gettext_lazy("deleted the channel")), "trash"),
    FactWords(events.TagAdded.name, said(gettext_lazy("added the tag")), "tag"),
    FactWords(events.TagChanged.name, said(gettext_lazy("changed the tag")), "edit"),
    FactWords(events.TagsMerged.name, merged, "tag"),
    FactWords(events.TagDeleted.name, said(gettext_lazy("deleted the tag")), "trash"),
    FactWords(events.CompetitorAdded.name, said(gettext_lazy("added the competitor")), "target"),
    FactWords(events.CompetitorChanged.name, said(gettext_lazy("changed the competitor")), "edit"),
    FactWords(events.CompetitorDeleted.name, said(gettext_lazy("deleted the competitor")), "trash"),
    FactWords(events.CompetitorSeen.name, considered, "target"),
    FactWords(events.CompetitorGone.name, considered_no_more, "target"),
    FactWords(events.CompaniesKeptApart.name, said(gettext_lazy("kept two lookalikes apart")), "company"),
    FactWords(events.LeadChanged.name, said(gettext_lazy("changed the lead")), "edit"),
    FactWords(events.LeadConverted.name, converted, "check"),
    FactWords(events.ConversionUndone.name, undone, "undo"),
    FactWords(events.MappingChanged.name, said(gettext_lazy("changed what leads become")), "edit"),
    FactWords(ProfileSaved.name, said(gettext_lazy("saved the profile of imports")), "list"),
    FactWords(ProfileChanged.name, said(gettext_lazy("changed the profile of imports")), "edit"),
    FactWords(ProfileDeleted.name, said(gettext_lazy("deleted the profile of imports")), "trash"),
    FactWords(events.LeadDisqualified.name, disqualified, "close"),
    FactWords(events.LeadReopened.name, said(gettext_lazy("opened the lead again")), "refresh"),
    FactWords(events.LeadDeleted.name, said(gettext_lazy("deleted the lead")), "trash"),
    FactWords(events.PipelineAdded.name, said(gettext_lazy("added the pipeline")), "columns"),
    FactWords(events.PipelineChanged.name, said(gettext_lazy("changed the pipeline")), "edit"),
    FactWords(events.PipelineDeleted.name, said(gettext_lazy("deleted the pipeline")), "trash"),
    FactWords(events.StageChanged.name, said(gettext_lazy("changed the stage")), "edit"),
    FactWords(events.StageDeleted.name, said(gettext_lazy("deleted the stage")), "trash"),
    FactWords(events.DealOpened.name, opened, "deal"),
    FactWords(events.DealChanged.name, said(gettext_lazy("changed the deal")), "edit"),
    FactWords(events.DealLinesSet.name, lines_said, "list"),
    FactWords(events.DealMoved.name, moved, "arrow-right"),
    FactWords(events.DealWon.name, won, "check"),
    FactWords(events.DealLost.name, lost, "close"),
    FactWords(events.DealReopened.name, reopened, "refresh"),
    FactWords(events.DealDeleted.name, said(gettext_lazy("deleted the deal")), "trash"),
    FactWords(events.ActivityPlanned.name, activity(gettext_lazy("planned %(activity)s")), "calendar"),
    FactWords(events.ActivityLogged.name, activity(gettext_lazy("logged %(activity)s")), "note"),
    FactWords(events.ActivityCompleted.name, activity(gettext_lazy("finished %(activity)s")), "check"),
    FactWords(events.ActivityReopened.name, activity(gettext_lazy("opened %(activity)s again")), "refresh"),
    FactWords(events.ActivityChanged.name, activity(gettext_lazy("changed %(activity)s")), "edit"),
    FactWords(events.ActivityRescheduled.name, activity(gettext_lazy("moved %(activity)s to another time")), "clock"),
    FactWords(events.ActivityReassigned.name, activity(gettext_lazy("handed over %(activity)s")), "person"),
    FactWords(events.ActivityDeleted.name, activity(gettext_lazy("deleted %(activity)s")), "trash"),
    FactWords(RecordPutBack.name, said(gettext_lazy("undid an import that had changed it")), "undo"),
    FactWords(RecordWithdrawn.name, said(gettext_lazy("undid the import that had brought it")), "undo"),
    FactWords(events.RecordRestored.name, said(gettext_lazy("took it out of the recycle bin")), "undo"),
)

RELATED: Final = 5
TEMPLATE: Final = "crm/related.html"


def deals_of_company(ref: Ref, actor: Actor, _as_of: datetime) -> Mapping[str, Any] | None:
    """Return the newest deals with a company."""
    return related_deals(actor, queries.DealFilters(company_id=ref.id))


def deals_of_person(ref: Ref, actor: Actor, _as_of: datetime) -> Mapping[str, Any] | None:
    """Return the newest deals with a person."""
    return related_deals(actor, queries.DealFilters(person_id=ref.id))


def deals_beside(ref: Ref, actor: Actor, _as_of: datetime) -> Mapping[str, Any] | None:
    """Return the newest other deals with the company of a deal."""
    company_id = queries.deal(actor, ref.id).company_id
    return related_deals(actor, queries.DealFilters(company_id=company_id), without=ref) if company_id else None


def related_deals(
    actor: Actor, filters: queries.DealFilters, *, without: Ref | None = None
) -> Mapping[str, Any] | None:
    """Return deals as a panel shows them, None when there are none."""
    page = queries.deals(actor, filters, limit=RELATED + 1)
    rows = [deal_row(deal) for deal in page.rows if deal.ref != without][:RELATED]
    return {"rows": rows} if rows else None


def deal_row(deal: Deal) -> dict[str, Any]:
    """Return a deal as a line of a panel."""
    close = getattr(deal, "close", None)
    won = close is not None and close.outcome == Outcome.WON
    return {
        "name": deal.name,
        "href": page_of(deal.ref),
        "amount": deal.amount,
        "state": close.get_outcome_display() if close else deal.stage.name,
        "tone": "accent" if close is None else "good" if won else "bad",
        "note": deal.owner.name if deal.owner else "",
    }


def people_of_company(ref: Ref, actor: Actor, _as_of: datetime) -> Mapping[str, Any] | None:
    """Return people at a company."""
    page = queries.people(actor, company_id=ref.id, limit=RELATED)
    rows = [{"name": each.name, "href": page_of(each.ref), "note": each.job_title or each.email} for each in page.rows]
    where = urlencode({"where": f'company = "{ref}"'})
    more = f"{reverse('crm:people')}?{where}" if page.next else ""
    return {"rows": rows, "more_href": more, "more": _("All people there")} if rows else None


def family_of_company(ref: Ref, actor: Actor, _as_of: datetime) -> Mapping[str, Any] | None:
    """Return the companies above and below one, and those that look as if they belonged there."""
    company = queries.company(actor, ref.id)
    around = queries.family(actor, company)
    covers = policies()["company"].covering(actor, Verb.CHANGE)
    may_change = covers(company.owner_id, company.pk)
    alike = [
        {
            "id": str(each.company.ref),
            "name": each.company.name,
            "href": page_of(each.company.ref),
            "why": LIKENESS[each.likeness],
            "may_take": covers(each.company.owner_id, each.company.pk),
        }
        for each in queries.lookalikes(actor, company)
    ]
    if not (around.above or around.parts or alike):
        return None
    return {
        "above": [{"name": each.name, "href": page_of(each.ref)} for each in reversed(around.above)],
        "name": company.name,
        "parts": [{"name": each.name, "href": page_of(each.ref)} for each in around.parts],
        "alike": alike,
        "action": reverse("crm:company_family", args=[ref]) if may_change else "",
        "has_parent": company.parent_id is not None,
    }


def namesakes_of_person(ref: Ref, actor: Actor, _as_of: datetime) -> Mapping[str, Any] | None:
    """Return other people with an address of a person."""
    rows = [
        {"name": each.name, "href": page_of(each.ref), "note": each.email or ""}
        for each in queries.namesakes_by_address(actor, queries.person(actor, ref.id))
    ]
    return {"rows": rows} if rows else None


def touches_of(ref: Ref, actor: Actor, _as_of: datetime) -> Mapping[str, Any] | None:
    """Return where somebody met us, first to last, and the way to note another time."""
    rows = [
        {
            "channel": each.channel.name,
            "campaign": each.campaign,
            "at": each.touched_at,
            "href": each.source_url if each.source_url.startswith(("https://", "http://")) else "",
        }
        for each in queries.touches(actor, ref)
    ]
    # A touch of a deal is one of those who buy.
    may_note = ref.kind != "deal" and ref in in_sight({ref}, actor, Verb.CHANGE)
    new_href = reverse(f"crm:{ref.kind}_touch", args=[ref]) if may_note else ""
    return {"rows": rows, "new_href": new_href} if rows or new_href else None


def competitors_of_deal(ref: Ref, actor: Actor, _as_of: datetime) -> Mapping[str, Any] | None:
    """Return whom else the buyer considers, and the way to say so."""
    may_change = ref in in_sight({ref}, actor, Verb.CHANGE)
    rows = [
        {
            "name": each.competitor.name,
            "note": each.competitor.note,
            "lost": getattr(each, "lost", False),
            "gone_href": reverse("crm:deal_competitor_gone", args=[ref, each.competitor.ref]) if may_change else "",
        }
        for each in queries.competitors_of(actor, ref.id)
    ]
    new_href = reverse("crm:deal_competitor", args=[ref]) if may_change else ""
    return {"rows": rows, "new_href": new_href} if rows or new_href else None


LIKENESS: Final[Mapping[queries.Likeness, str | Promise]] = {
    queries.Likeness.SAME: gettext_lazy("The same name: it may be the same company."),
    queries.Likeness.NAME: gettext_lazy("The same name, another web domain."),
    queries.Likeness.DOMAIN: gettext_lazy("The same web domain."),
}


def activities_of(ref: Ref, actor: Actor, as_of: datetime) -> Mapping[str, Any] | None:
    """Return the line to log an activity with, and what is planned about a record."""
    if not may(actor, "activity", Verb.CREATE):
        return None
    planned = queries.next_steps(actor, ref)
    changeable = queries.changeable(actor, planned)
    zone = timezone.get_current_timezone()
    rows = [
        {
            "name": each.name,
            "href": page_of(each.ref),
            "icon": ACTIVITY_ICONS.get(each.does, "task"),
            "due": due_text(each.due_date, each.due_at, reader_locale(), zone, now=as_of),
            "late": queries.is_overdue(each, as_of=as_of),
            "owner": each.owner.name if each.owner else "",
            "done_href": reverse("crm:activity_done", args=[each.ref]) if each.pk in changeable else "",
        }
        for each in planned
    ]
    return {"about": str(ref), "here": page_of(ref), "rows": rows}


FILE_BEARERS: Final = ("activity", "company", "deal", "lead", "person")

PANELS: Final = (
    *CONSENT_PANELS,
    Panel("company", 5, gettext_lazy("Family"), "crm/family.html", family_of_company),
    Panel("person", 5, gettext_lazy("Others with this address"), TEMPLATE, namesakes_of_person),
    Panel("deal", 2, gettext_lazy("Line items"), "crm/_lines.html", lines_of_deal, beside=False),
    Panel("deal", 20, gettext_lazy("Competitors"), "crm/competitors.html", competitors_of_deal),
    *(
        Panel(kind, 30, gettext_lazy("Where they met us"), "crm/touches.html", touches_of)
        for kind in ("company", "person", "lead", "deal")
    ),
    *(
        Panel(kind, 1, gettext_lazy("Activities"), "crm/_activities.html", activities_of, beside=False)
        for kind in ("deal", "lead", "company", "person")
    ),
    *(Panel(kind, 40, gettext_lazy("Files"), "workspace/_files.html", files_beside) for kind in FILE_BEARERS),
    Panel("company", 10, gettext_lazy("Deals"), TEMPLATE, deals_of_company),
    Panel("company", 20, gettext_lazy("People"), TEMPLATE, people_of_company),
    Panel("person", 10, gettext_lazy("Deals"), TEMPLATE, deals_of_person),
    Panel("deal", 10, gettext_lazy("Other deals of the company"), TEMPLATE, deals_beside),
)

RECORD_PAGES: Final = (
    RecordPage("activity", "crm:activity"),
    RecordPage("company", "crm:company"),
    RecordPage("person", "crm:person"),
    RecordPage("lead", "crm:lead"),
    RecordPage("deal", "crm:deal"),
    RecordPage("import_profile", "crm:import_profile"),
)

OPERATION_PAGES: Final = tuple(OperationPage(f"crm.{name}", "crm:import") for name in ("import", "rehearsal"))

KIND_WORDS: Final = (
    KindWords("deal", lambda count: ngettext("a deal", "%(count)s deals", count) % {"count": count}, "crm:deals"),
    KindWords("lead", lambda count: ngettext("a lead", "%(count)s leads", count) % {"count": count}, "crm:leads"),
    KindWords(
        "company",
        lambda count: ngettext("a company", "%(count)s companies", count) % {"count": count},
        "crm:companies",
    ),
    KindWords("person", lambda count: ngettext("a person", "%(count)s people", count) % {"count": count}, "crm:people"),
    KindWords(
        "activity",
        lambda count: ngettext("an activity", "%(count)s activities", count) % {"count": count},
        "crm:day",
    ),
)

REQUEST_WORDS: Final = (RequestWords(queries.REOPEN, gettext_lazy("Reopen the deal")),)

NAVIGATION: Final = (
    NavItem("work", gettext_lazy("My day"), "crm:day", 10, "activity", key="d"),
    NavItem("sell", gettext_lazy("Board"), "crm:board", 10, "deal"),
    NavItem("sell", gettext_lazy("Deals"), "crm:deals", 20, "deal", key="e"),
    NavItem("sell", gettext_lazy("Leads"), "crm:leads", 30, "lead", key="l"),
    NavItem("sell", gettext_lazy("Companies"), "crm:companies", 40, "company", key="c"),
    NavItem("sell", gettext_lazy("People"), "crm:people", 50, "person", key="o"),
    NavItem("sell", gettext_lazy("Competitors"), "crm:competitors", 60, "competitor"),
    NavItem("settings", gettext_lazy("Pipelines"), "crm:pipelines", 25, "pipeline"),
    NavItem("settings", gettext_lazy("Conversion of leads"), "crm:mapping", 27, "mapping"),
    NavItem("settings", gettext_lazy("Channels"), "crm:channels", 30, "channel"),
    NavItem("settings", gettext_lazy("Tags"), "crm:tags", 31, "tag"),
    NavItem("settings", gettext_lazy("Imports"), "crm:imports", 80, "operation", Verb.CREATE),
    NavItem("settings", gettext_lazy("Bulk edits"), "crm:bulk_edits", 82, "bulk_edit"),
    NavItem("settings", gettext_lazy("Erased people"), "crm:erasures", 95, "subject"),
    NavItem("settings", gettext_lazy("Recycle bin"), "crm:bin", 90, "bin"),
)

FIRST_PAGES: Final = (FirstPage("rep", "crm:day"), FirstPage("success", "crm:day"))
