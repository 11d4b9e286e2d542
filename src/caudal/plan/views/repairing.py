"""The least to change: found at once or by a worker, with its proof, its diff and what it does to the chances."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caudal.core.checks import CannotRepair
from caudal.core.plans import Plan
from caudal.kit.access import Verb, may
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.plan.actions import (
    REPAIR_SEARCH,
    PlanRefused,
    RepairChoice,
    apply_repair,
    draft_repair,
    start_repair_search,
)
from caudal.plan.adapters import minimiser
from caudal.plan.queries import (
    LeastChange,
    NoPlan,
    RepairAsked,
    RepairReport,
    Shift,
    asked_report,
    interval,
    read_text,
    rebased_text,
    repair_diff,
    repair_kept,
    repaired_text,
    shifts,
)
from caudal.plan.views.checking import address, reading_asked
from caudal.plan.views.lines import language
from caudal.plan.views.outlook import goal_words
from caudal.workspace.queries import operations

_LATEST = 20
"""Among so many searches of one's own the one for this page is looked for."""


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a diff, and what happens to it."""

    text: str
    sign: str


@dataclass(frozen=True, slots=True)
class Way:
    """A way to mend the plan: its changes in words, its diff, and what it does to the chances once that was asked."""

    number: int
    words: Sequence[str]
    diff: Sequence[DiffLine]
    clean: bool
    broken: Sequence[str]
    chances_href: str
    chances: "Chances | None"
    mistakes: Sequence[str]

    @property
    def part(self) -> str:
        """The id of the part of the page that says what it does to the chances."""
        return f"chances-{self.number}"


@dataclass(frozen=True, slots=True)
class ChanceLine:
    """What a change does to the chance of a target."""

    label: str
    before: str
    after: str
    word: str
    tone: str
    because: Sequence[str]


@dataclass(frozen=True, slots=True)
class Chances:
    """The number that is asked for first, and the others whose chances are different."""

    first: ChanceLine | None
    others: Sequence[ChanceLine]


@dataclass(frozen=True, slots=True)
class Keepable:
    """A target that may give way, or be kept as it is."""

    id: str
    label: str
    range: str
    kept: bool


@needs("plan")
@require_http_methods(["GET", "POST"])
def repair_page(request: HttpRequest) -> HttpResponse:
    """Offer the least to change; sent, it is searched for, or one offer becomes the plan or a draft."""
    actor = actor_of(request)
    sent = request.POST if request.method == "POST" else request.GET
    try:
        asked = RepairAsked.of(
            actor, reading=reading_asked(sent), checks=sent.get("checks") or "all", locked=sent.getlist("lock")
        )
    except NoPlan:
        return redirect("plan:findings")
    if request.method == "POST":
        return _carried_out(request, asked, sent)
    context = {
        "title": _("The least to change"),
        "crumbs": [(_("Plan"), "/"), (_("Does it add up?"), address("plan:findings", reading=asked.reading.value))],
        "asked": asked,
        "here": repair_address(asked),
        "may_apply": may(actor, "plan", Verb.CREATE),
        "may_draft": may(actor, "plan_draft", Verb.CREATE),
    }
    try:
        found = repair_kept(asked, minimiser())
    except CannotRepair as refused:
        return render(request, "plan/repair.html", {**context, "refused": refused.told(_), "keepable": _kept(asked)})
    if found is None:
        return _searched(request, asked, context)
    return render(request, "plan/repair.html", {**context, **_offers(asked, found, sent.get("chances", ""))})


def repair_address(asked: RepairAsked, **more: str) -> str:
    """Return the page of what is asked."""
    return address("plan:repair", reading=asked.reading.value, checks=asked.checks, lock=asked.locked, **more)


def _carried_out(request: HttpRequest, asked: RepairAsked, sent: QueryDict) -> HttpResponse:
    actor, deed = actor_of(request), sent.get("do", "adopt")
    if deed == "find":
        if not asked.is_quick:
            start_repair_search(actor=actor, as_of=now(), asked=asked)
        return redirect(repair_address(asked))
    take = sent.get("take", "1")
    choice = RepairChoice(
        sha256=sent.get("sha256", ""),
        reading=asked.reading,
        checks=asked.checks,
        take=int(take) if take.isdecimal() else 1,
        locked=asked.locked,
        rebase=bool(sent.get("rebase")),
    )
    if deed == "draft":
        name = _("%(plan)s, repaired") % {"plan": asked.version.name}
        draft = draft_repair(actor=actor, as_of=now(), choice=choice, minimiser=minimiser(), name=name)
        messages.success(request, _("Begun: %(name)s") % {"name": draft.name})
        return redirect("plan:draft", draft.ref)
    try:
        adopted = apply_repair(actor=actor, as_of=now(), choice=choice, minimiser=minimiser())
    except PlanRefused as refused:
        messages.error(request, refused.told(_))
        return redirect(repair_address(asked))
    messages.success(request, _("%(plan)s was changed. Earlier versions are kept.") % {"plan": adopted.name})
    return redirect("plan:futures")


def _searched(request: HttpRequest, asked: RepairAsked, context: dict[str, Any]) -> HttpResponse:
    """Answer where a worker has to find it: how far it is, why it was not found, or the button that starts it."""
    searches = operations(actor_of(request), (REPAIR_SEARCH,), limit=_LATEST)
    search = next((one for one in searches if one.params["key"] == asked.key), None)
    if search is not None and search.error:
        context |= {"refused": search.error, "keepable": _kept(asked)}
    elif search is not None and search.finished_at is None:
        context |= {"search": search, "found_so_far": search.cursor}
    else:
        context |= {"unsearched": True}
    return render(request, "plan/repair.html", context)


def _offers(asked: RepairAsked, found: LeastChange, chances: str) -> dict[str, Any]:
    report, text = asked_report(asked, found), asked.version.text
    rebased = [rebased_text(text, asked.plan, one.rebase) for one in report.rebases]
    return {
        "report": report,
        "ways": [_way(asked, report, number, played=chances == str(number)) for number in _numbers(report)],
        "rebases": [
            (number, one, _diff(repair_diff(text, mended, "plan.toml")))
            for number, (one, mended) in enumerate(zip(report.rebases, rebased, strict=True), 1)
        ],
        "keepable": _keepable(asked, found),
    }


def _numbers(report: RepairReport) -> range:
    return range(1, len(report.offers) + 1)


def _way(asked: RepairAsked, report: RepairReport, number: int, *, played: bool) -> Way:
    offer, text = report.offers[number - 1], asked.version.text
    mended = repaired_text(text, asked.plan, offer.proposal)
    # What it does to the chances, and whether the file can be read then, is asked for one way at a time: it takes long.
    after, mistakes = _plan_in(asked, mended) if played else (None, [])
    return Way(
        number,
        offer.words,
        _diff(repair_diff(text, mended, "plan.toml")),
        offer.clean,
        offer.proposal.broken,
        repair_address(asked, chances=str(number)),
        chances_of(shifts(asked.plan, after)) if after is not None else None,
        mistakes,
    )


def _plan_in(asked: RepairAsked, text: str) -> tuple[Plan | None, list[str]]:
    """Read a text as the plan that counts would be, or say why it could not be."""
    read = read_text(text)
    if read.plan is None:
        return None, [finding.told(_) for finding in read.findings]
    name = asked.version.version_name
    return read.plan.in_version(name) if name else read.plan, []


def chances_of(found: Sequence[Shift]) -> Chances:
    """Return shifts as pages tell them: the headline also where nothing happens to it."""
    told = [_chance_line(shift) for shift in found]
    return Chances(told[0] if told else None, told[1:])


def _chance_line(shift: Shift) -> ChanceLine:
    word, tone = (
        (_("as before"), "idle")
        if not shift.is_news
        else (_("more likely"), "good")
        if shift.is_better
        else (_("less likely"), "warn")
    )
    return ChanceLine(
        _("%(what)s of %(goal)s") % {"what": shift.node.label.told(language()), "goal": goal_words(shift.node)},
        shift.before_words,
        shift.after_words,
        word,
        tone,
        shift.because,
    )


def _keepable(asked: RepairAsked, found: LeastChange) -> list[Keepable]:
    """The targets among which the repair chooses, and those that it was told to keep."""
    among = {name for core in found.cores for name in core.targets} | set(asked.locked)
    return [
        Keepable(target.id, target.label.told(language()), interval(target), target.id in asked.locked)
        for target in asked.plan.targets
        if target.id in among
    ]


def _kept(asked: RepairAsked) -> list[Keepable]:
    """The targets that were kept, to let one of them go."""
    return [
        Keepable(target.id, target.label.told(language()), interval(target), kept=True)
        for target in asked.plan.targets
        if target.id in asked.locked
    ]


def _diff(text: str) -> list[DiffLine]:
    signs = {"+": "added", "-": "removed", "@": "place"}
    return [
        DiffLine(line, signs.get(line[:1], "kept")) for line in text.splitlines() if not line.startswith(("---", "+++"))
    ]
