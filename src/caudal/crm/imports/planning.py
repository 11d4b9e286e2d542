"""Deciding everything that concerns more than one row before any row is written.

Which rows the names mean, which names are new, how days and numbers are written, and in which pipeline the deals go.
What is decided depends on the files and on the rows that are there, never on the order of the rows in a file; an import
that was interrupted decides the same when it goes on.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from caudal.catalog.queries import every_product
from caudal.core.errors import Finding, Place, Severity, msg
from caudal.crm.actions.pipelines import StageDraft
from caudal.crm.imports.findings import Tally
from caudal.crm.imports.headers import in_words
from caudal.crm.imports.names import Directory, Match, spelling
from caudal.crm.imports.reading import Mention, Survey
from caudal.crm.imports.vocabulary import LABELS, OTHERWISE, OUTCOMES, STAGES, Kind, Reading
from caudal.crm.models import Company, Pipeline, Stage
from caudal.kit.access import Actor
from caudal.kit.names import name_key
from caudal.kit.records import NOT_DELETED
from caudal.workspace.queries import externals_of, member_directory

NAMED: Final = (Kind.MEMBERS, Kind.PRODUCTS, Kind.COMPANIES)
"""Kinds that other rows name."""
NOUNS: Final[Mapping[Kind, str]] = {
    Kind.MEMBERS: "member",
    Kind.PRODUCTS: "product",
    Kind.COMPANIES: "company",
    Kind.PEOPLE: "person",
    Kind.LEADS: "lead",
    Kind.DEALS: "deal",
}
"""What our rows of each kind are called in ids, policies and external ids."""
PIPELINE: Final = "pipeline"


@dataclass(frozen=True, slots=True)
class Known:
    """A row that is here already."""

    id: UUID
    name: str
    is_own: bool
    """Whether the source of this import knows it."""


@dataclass(frozen=True, slots=True)
class Route:
    """The pipeline of the deals: one that is there, or one to make, and the stages to add to it."""

    id: UUID | None
    stages: tuple[StageDraft, ...]


@dataclass(slots=True)
class Plan:
    """What was decided."""

    surveys: list[Survey]
    matches: dict[Kind, dict[str, Match]] = field(default_factory=dict)
    refused: dict[Kind, set[str]] = field(default_factory=dict)
    """Names as written that are not taken for any row."""
    spelled: dict[Kind, dict[str, str]] = field(default_factory=dict)
    """New names, by key."""
    shown: dict[Kind, dict[str, str]] = field(default_factory=dict)
    """How names are written that are not new, by key."""
    unreadable: set[tuple[str, str]] = field(default_factory=set)
    """File and field of columns whose cells are not taken."""
    route: Route | None = None

    def match(self, kind: Kind, written: str) -> str | None:
        """Return the key of the row that a name means, None if it was refused."""
        return None if written in self.refused[kind] else self.matches[kind][written].key

    def display(self, kind: Kind, key: str) -> str:
        """Return how a name is written."""
        return self.spelled[kind].get(key) or self.shown[kind].get(key) or key


def make_plan(actor: Actor, source: str, surveys: Sequence[Survey], tally: Tally) -> Plan:
    """Decide, and say what was decided."""
    plan = Plan(list(surveys))
    for survey in surveys:
        _tell_columns(survey, tally)
        plan.unreadable |= {(survey.name, name) for name in _unclear(survey, tally)}
    for kind in NAMED:
        _settle_names(plan, kind, known_rows(actor, source, kind), tally)
    if any(survey.kind is Kind.DEALS for survey in surveys):
        plan.route = _route(source, surveys, tally)
    return plan


def known_rows(actor: Actor, source: str, kind: Kind) -> list[Known]:
    """Return the rows of a kind that the actor sees, those of the source first, then by name and id."""
    own = set(externals_of(source, NOUNS[kind]).values())
    if kind is Kind.MEMBERS:
        rows = member_directory()
    elif kind is Kind.PRODUCTS:
        rows = [(each.pk, each.name) for each in every_product(actor)]
    else:
        rows = list(Company.for_actor(actor).order_by("name_key", "pk").values_list("pk", "name"))
    return sorted((Known(pk, name, pk in own) for pk, name in rows), key=lambda row: not row.is_own)


def ids_by_name(rows: Iterable[Known]) -> dict[str, UUID]:
    """Return the row that each name stands for; one that the source knows goes before others of its name."""
    found: dict[str, UUID] = {}
    for row in rows:
        found.setdefault(name_key(row.name), row.id)
    return found


def _tell_columns(survey: Survey, tally: Tally) -> None:
    others = survey.recognition.others.values()
    if others:
        tally.note(
            "import.custom_columns",
            msg("These columns have no place of their own and are kept with each row: {columns}."),
            file=survey.name,
            columns=", ".join(others),
        )


def _unclear(survey: Survey, tally: Tally) -> Iterator[str]:
    """Report columns whose numbers or days can be read in two ways; yield those that are refused for it."""
    header = {each.name: survey.layout.header[place] for each, place in survey.recognition.fields()}
    for name, numbers in survey.numbers.items():
        if not numbers.is_clear and not tally.choice(
            "import.number_style",
            msg("Numbers of the column {column} can be read in two ways; they were read like {example}."),
            file=survey.name,
            count=max(numbers.unclear, numbers.points + numbers.commas),
            column=header[name],
            example="1,234.50" if numbers.style == "point" else "1.234,50",
        ):
            yield name
    for name, days in survey.days.items():
        if not days.is_clear and not tally.choice(
            "import.day_order",
            msg("Days of the column {column} can be read in two ways; they were read as {example}."),
            file=survey.name,
            count=days.unclear + min(days.days_first, days.months_first),
            column=header[name],
            example="31/12/2026" if days.order == "day_first" else "12/31/2026",
        ):
            yield name


def _settle_names(plan: Plan, kind: Kind, known: Sequence[Known], tally: Tally) -> None:
    directory = Directory(forgives_typing=kind is not Kind.MEMBERS)
    own = {name_key(row.name) for row in known if row.is_own}
    for row in known:
        if row.is_own or name_key(row.name) not in own:
            directory.add(row.name, is_another=True)
    for survey in plan.surveys:
        if survey.kind is kind:
            for name, mention in survey.mentions["name"].items():
                directory.add(name)
                if mention.count > 1 and "key" in survey.recognition.places:
                    directory.shared.add(name_key(name))
    spoken = list(_spoken_of(plan.surveys, kind))
    plan.shown[kind] = directory.shown
    plan.matches[kind] = directory.match(sorted({name for _, _, name, _ in spoken}))
    plan.spelled[kind] = spelling(plan.matches[kind])
    plan.refused[kind] = set()
    for survey, _, name, mention in spoken:
        if not _tell_match(plan, kind, survey, name, mention, tally):
            plan.refused[kind].add(name)
    _tell_new(plan, kind, spoken, tally)


def _spoken_of(surveys: Iterable[Survey], kind: Kind) -> Iterator[tuple[Survey, str, str, Mention]]:
    """Every name by which files speak of rows of a kind, besides the names of those rows themselves."""
    for survey in surveys:
        for each, _ in survey.recognition.fields():
            if each.names is kind and each.name != "name":
                for name, mention in survey.mentions[each.name].items():
                    yield survey, each.name, name, mention


def _tell_match(plan: Plan, kind: Kind, survey: Survey, name: str, mention: Mention, tally: Tally) -> bool:
    match = plan.matches[kind][name]
    if match.key is None:
        tally.tell(
            Finding(
                "import.ambiguous_name",
                msg("“{name}” may be any of these {kind}: {found}. Rows that say so are refused."),
                Severity.ERROR,
                Place(survey.name, mention.lines[0]),
                msg("Write the name as one of them has it."),
                {"name": name, "kind": LABELS[kind], "found": ", ".join(plan.display(kind, k) for k in match.keys)},
            ),
            count=mention.count,
            lines=tuple(mention.lines),
        )
        return False
    if match.is_exact:
        return True
    return tally.choice(
        "import.near_name",
        msg("“{name}” was taken for “{taken}”."),
        file=survey.name,
        lines=tuple(mention.lines),
        count=mention.count,
        name=name,
        taken=plan.display(kind, match.key),
    )


def _tell_new(plan: Plan, kind: Kind, spoken: Iterable[tuple[Survey, str, str, Mention]], tally: Tally) -> None:
    told: set[str] = set()
    for survey in plan.surveys:
        new = sorted(
            {
                key
                for where, _, name, _ in spoken
                if where is survey and (key := plan.match(kind, name)) in plan.spelled[kind] and key and key not in told
            }
        )
        told |= set(new)
        if new:
            tally.note(
                "import.named_only",
                msg("Added, because they are named here and nowhere else: {many} {kind} ({names})."),
                file=survey.name,
                many=len(new),
                kind=LABELS[kind],
                names=", ".join([*(plan.spelled[kind][key] for key in new[:5]), *(["…"] if len(new) > 5 else [])]),  # noqa: PLR2004  a handful of examples
            )


def _route(source: str, surveys: Iterable[Survey], tally: Tally) -> Route:
    """The pipeline that the source had before, else the first with every stage of the files, else a new one."""
    spelled: dict[str, str] = {}
    where = ""
    for survey in surveys:
        if survey.kind is Kind.DEALS:
            where = where or survey.name
            for word in sorted(survey.mentions.get(Reading.STAGE.value, {})):
                if in_words(word) not in OUTCOMES:
                    spelled.setdefault(name_key(in_words(word)), word)
    rows = Stage.objects.filter(NOT_DELETED).order_by("pipeline", "position").values_list("pipeline_id", "name")
    stages: dict[UUID, set[str]] = {}
    for pipeline_id, name in rows:
        stages.setdefault(pipeline_id, set()).add(stage_key(name))
    own = externals_of(source, PIPELINE).get("")
    ordered = Pipeline.objects.filter(NOT_DELETED, pk__in=stages).order_by("-is_default", "position", "pk")
    fitting = [pk for pk in ordered.values_list("pk", flat=True) if spelled.keys() <= stages[pk]]
    chosen = own if own in stages else next(iter(fitting), None)
    missing = spelled.keys() - (stages[chosen] if chosen else set())
    drafts = tuple(
        StageDraft(spelled[key], probability)
        for probability, key in sorted((STAGES.get(key, OTHERWISE), key) for key in missing)
    )
    if drafts:
        tally.note(
            "import.stages",
            msg("The stages {stages} are in no pipeline; they were added to the pipeline of {source}."),
            file=where,
            hint=msg("Look at their probabilities: they are customary ones."),
            stages=", ".join(draft.name for draft in drafts),
            source=source,
        )
    return Route(chosen, drafts)


def stage_key(name: str) -> str:
    """Return what makes two names the same stage."""
    return name_key(in_words(name))
