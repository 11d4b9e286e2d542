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
from caudal.crm.imports.choices import Choices, choices_of, tell_unsaid
from caudal.crm.imports.decisions import Decisions
from caudal.crm.imports.findings import Tally
from caudal.crm.imports.names import Directory, Match, spelling
from caudal.crm.imports.routes import Route, outcome_of, routes_of
from caudal.crm.imports.surveys import Mention, Survey
from caudal.crm.imports.vocabulary import LABELS, Kind, Reading
from caudal.crm.models import Company
from caudal.kit.access import Actor
from caudal.kit.names import name_key
from caudal.workspace.queries import externals_of, member_addresses, member_directory

NAMED: Final = (Kind.MEMBERS, Kind.PRODUCTS, Kind.COMPANIES)
"""Kinds that other rows name."""
ENDING: Final = frozenset({"status", "is_won", "is_closed", "won_at", "lost_at"})
"""Fields of deals that say how they ended."""
NOUNS: Final[Mapping[Kind, str]] = {
    Kind.MEMBERS: "member",
    Kind.PRODUCTS: "product",
    Kind.COMPANIES: "company",
    Kind.PEOPLE: "person",
    Kind.LEADS: "lead",
    Kind.PIPELINES: "stage",
    Kind.DEALS: "deal",
    Kind.ACTIVITIES: "activity",
}
"""What our rows of each kind are called in ids, policies and external ids."""


@dataclass(frozen=True, slots=True)
class Known:
    """A row that is here already."""

    id: UUID
    name: str
    is_own: bool
    """Whether the source of this import knows it."""


@dataclass(slots=True)
class Plan:
    """What was decided."""

    surveys: list[Survey]
    choices: Choices
    matches: dict[Kind, dict[str, Match]] = field(default_factory=dict)
    refused: dict[Kind, set[str]] = field(default_factory=dict)
    """Names as written that are not taken for any row."""
    spelled: dict[Kind, dict[str, str]] = field(default_factory=dict)
    """New names, by key."""
    shown: dict[Kind, dict[str, str]] = field(default_factory=dict)
    """How names are written that are not new, by key."""
    unreadable: set[tuple[str, str]] = field(default_factory=set)
    """File and field of columns whose cells are not taken."""
    addresses: dict[str, str] = field(default_factory=dict)
    """E-mail address of a member → key of the name."""
    routes: dict[str, Route] = field(default_factory=dict)
    """Key of a pipeline's name in the files → where its deals go; nothing for deals without one."""

    def match(self, kind: Kind, written: str) -> str | None:
        """Return the key of the row that a name means, None if it was refused."""
        if kind is Kind.MEMBERS and (known := self.addresses.get(written.casefold())):
            return known
        return None if written in self.refused[kind] else self.matches[kind][written].key

    def display(self, kind: Kind, key: str) -> str:
        """Return how a name is written."""
        return self.spelled[kind].get(key) or self.shown[kind].get(key) or key


def make_plan(actor: Actor, source: str, surveys: Sequence[Survey], tally: Tally, decided: Decisions) -> Plan:
    """Decide what nobody decided yet, and say what was decided."""
    plan = Plan(list(surveys), choices_of(decided, tally))
    tell_unsaid(decided, surveys, tally)
    for survey in surveys:
        _tell_columns(survey, tally)
        if survey.kind is Kind.DEALS:
            _tell_standing(survey, tally)
        plan.unreadable |= {(survey.name, name) for name in _unclear(survey, tally)}
    for kind in NAMED:
        _settle_names(plan, kind, known_rows(actor, source, kind), tally)
    plan.routes = routes_of(source, surveys, tally, plan.choices)
    return plan


def _tell_standing(survey: Survey, tally: Tally) -> None:
    """Say that no column tells where deals stand, or how they ended: then all are open."""
    places = survey.recognition.places.keys()
    if places & ENDING or any(outcome_of(stage) for _, stage in survey.stages):
        return
    if "stage" not in places:
        tally.note(
            "import.no_stage",
            msg("No column says in which stage the deals are or how they ended; all came in open, in the first one."),
            file=survey.name,
        )
    elif "closed" in places:
        tally.note(
            "import.no_end",
            msg("No column says how deals ended; those with a day of closing came in open, as expected to close then."),
            file=survey.name,
        )


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


COLUMNS: Final = (
    (
        "kept",
        "import.custom_columns",
        msg("These columns have no place of their own and are kept with each row: {columns}."),
    ),
    (
        "left",
        "import.columns_left",
        msg("These columns have no place of their own and are left out: {columns}."),
    ),
    (
        "computed",
        "import.computed_columns",
        msg("These columns hold what formulas yield; they are left out, because it is computed here anew: {columns}."),
    ),
    (
        "bookkeeping",
        "import.bookkeeping",
        msg("These columns are the other system's own and are left out: {columns}."),
    ),
    (
        "opt_outs",
        "import.opt_outs",
        msg("These columns say who wants no mail or call; they are kept as they are and sign nobody up: {columns}."),
    ),
)
"""Part of a recognition → what is told of its columns."""


def _tell_columns(survey: Survey, tally: Tally) -> None:
    found = survey.recognition
    if found.system:
        tally.note(
            "import.system",
            msg("These are {kind} of {system}."),
            file=survey.name,
            kind=LABELS[found.kind],
            system=found.system.value,
        )
    for part, code, message in COLUMNS:
        columns = [label for at, label in getattr(found, part).items() if part != "kept" or at not in found.opt_outs]
        if columns:
            tally.note(code, message, file=survey.name, columns=", ".join(columns))
    if found.doubles:
        tally.choice(
            "import.column_twice",
            msg("These columns repeat a header; the first of each was taken: {columns}."),
            file=survey.name,
            count=len(found.doubles),
            columns=", ".join(found.doubles.values()),
        )


def _unclear(survey: Survey, tally: Tally) -> Iterator[str]:
    """Report columns whose numbers or days can be read in two ways; yield those that are refused for it."""
    header = {each.name: survey.header(each.name) for each, _ in survey.recognition.fields()}
    decided = survey.recognition.readings
    for name, numbers in survey.numbers.items():
        if (
            not numbers.is_clear
            and name not in decided
            and not tally.choice(
                "import.number_style",
                msg("Numbers of the column {column} can be read in two ways; they were read like {example}."),
                file=survey.name,
                count=max(numbers.unclear, numbers.points + numbers.commas),
                column=header[name],
                example="1,234.50" if numbers.style == "point" else "1.234,50",
            )
        ):
            yield name
    for name, days in survey.days.items():
        if (
            not days.is_clear
            and name not in decided
            and not tally.choice(
                "import.day_order",
                msg("Days of the column {column} can be read in two ways; they were read as {example}."),
                file=survey.name,
                count=days.unclear + min(days.days_first, days.months_first),
                column=header[name],
                example="31/12/2026" if survey.day_order(name) == "day_first" else "12/31/2026",
            )
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
    if kind is Kind.MEMBERS:
        plan.addresses = _addresses(plan.surveys)
    spoken = [
        each
        for each in _spoken_of(plan.surveys, kind)
        if each[2].casefold() not in plan.addresses
        and not (each[1] == "owner" and name_key(each[2]) in plan.choices.owners)
    ]
    plan.shown[kind] = directory.shown
    plan.matches[kind] = directory.match(sorted({name for _, _, name, _ in spoken}))
    plan.spelled[kind] = spelling(plan.matches[kind])
    plan.refused[kind] = set()
    for survey, _, name, mention in spoken:
        if not _tell_match(plan, kind, survey, name, mention, tally):
            plan.refused[kind].add(name)
    _tell_new(plan, kind, spoken, tally)


def _addresses(surveys: Iterable[Survey]) -> dict[str, str]:
    """By which name each address of a member is known: files often name members by their addresses."""
    known = {address.casefold(): name_key(name) for address, name in member_addresses()}
    said = {address: name_key(name) for each in surveys for address, name in each.addresses.items() if address}
    return known | said


def _spoken_of(surveys: Iterable[Survey], kind: Kind) -> Iterator[tuple[Survey, str, str, Mention]]:
    """Every name by which files speak of rows of a kind, besides the names of those rows themselves."""
    for survey in surveys:
        for each, _ in survey.recognition.fields():
            if each.names is kind and each.name != "name" and each.reading is Reading.NAME:
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
