"""The steps of an import, and its batches: rows are read, told from those that are known, and written."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import DataError, IntegrityError
from django.utils import translation
from django.utils.translation import gettext

from caudal.catalog.actions import add_product
from caudal.core.errors import Problem, msg
from caudal.crm.actions.drafts import CompanyDraft
from caudal.crm.actions.parties import add_companies, change_company
from caudal.crm.actions.pipelines import StageDraft, add_pipeline, add_stages
from caudal.crm.imports.conversions import convert, give_up, tells_conversions
from caudal.crm.imports.desks import Desk, Lane
from caudal.crm.imports.findings import Tally
from caudal.crm.imports.planning import NAMED, NOUNS, Plan, ids_by_name, known_rows
from caudal.crm.imports.routes import PIPELINE, Route
from caudal.crm.imports.rows import Refusal, Row, RowReader
from caudal.crm.imports.surveys import Survey
from caudal.crm.imports.teams import Placing, Post, set_up_teams
from caudal.crm.imports.vocabulary import BY_KIND, OTHERWISE, TABLES, Kind
from caudal.crm.imports.writers import WRITERS
from caudal.crm.models import Pipeline, Stage
from caudal.kit.access import Actor
from caudal.kit.actions import action
from caudal.kit.names import name_key
from caudal.kit.problems import BadInput, Conflict, conflict_of
from caudal.kit.records import NOT_DELETED
from caudal.kit.traces import tracing
from caudal.workspace.actions import add_member, keep_externals
from caudal.workspace.queries import External, company, externals, externals_of

BATCH: Final = 500
"""Rows that are taken in one transaction."""

PARENTS: Final = frozenset({"parent", "parent_key"})
AGAIN: Final = frozenset({"parents", "conversions"})
"""Steps that go through rows a second time: they were read, counted, and what is wrong with them told, before."""
Keep = Callable[[int, int, "Mapping[str, Counts]"], bool]
"""Moves the cursor behind a line, says how many rows that was and the counts after them; False means stop."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows of a file."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0

    def plus(self, **more: int) -> "Counts":
        """Return the counts with more of some."""
        return replace(self, **{name: getattr(self, name) + count for name, count in more.items()})

    def to_json(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the work."""

    what: Literal["teams", "new", "rows", "parents", "pipeline", "conversions"]
    kind: Kind
    survey: Survey | None = None


@dataclass(slots=True)
class Job:
    """An import that was planned."""

    actor: Actor
    as_of: datetime
    source: str
    zone: str
    currency: str
    plan: Plan
    tally: Tally
    counts: dict[str, Counts] = field(default_factory=dict)
    placing: Placing | None = None
    batch: UUID | None = None
    """By what all that it writes is taken back; nothing for a rehearsal, which undoes itself."""

    def steps(self) -> list[Step]:
        """Return the steps in their order: whoever is named comes before those who name them.

        They follow from the files alone, so that the cursor of an interrupted import means the same step.
        """
        steps = []
        for table in TABLES:
            files = [found for found in self.plan.surveys if found.kind is table.kind]
            if table.kind is Kind.MEMBERS and files:
                steps.append(Step("teams", table.kind))
            if table.kind in NAMED:
                steps.append(Step("new", table.kind))
            goes_on_pipelines = table.kind in {Kind.PIPELINES, Kind.DEALS} and files
            if goes_on_pipelines and not any(step.what == "pipeline" for step in steps):
                steps.append(Step("pipeline", table.kind))
            steps += [Step("rows", table.kind, found) for found in files]
            steps += [
                Step("parents", table.kind, found) for found in files if PARENTS & found.recognition.places.keys()
            ]
        for found in self.plan.surveys:
            if tells_conversions(found):
                steps.append(Step("conversions", found.kind, found))
        return steps

    def batches(self, step: Step, after: int, keep: Keep) -> Iterator[tuple[int, bool]]:
        """Do a step from behind a line on; yield, after each transaction, rows taken and whether to go on."""
        if step.survey is None:
            yield 0, self._whole(step, keep)
        else:
            yield from self._rows(step, step.survey, after, keep)

    @action
    def _whole(self, step: Step, keep: Keep) -> bool:
        """Do a step that is one transaction."""
        with tracing(self.batch):
            if step.what == "teams":
                self._set_up_teams(self.tally)
            elif step.what == "pipeline":
                self._set_up_pipelines()
            else:
                self._add_new(step.kind)
        return keep(0, 0, self.counts)

    def _rows(self, step: Step, survey: Survey, after: int, keep: Keep) -> Iterator[tuple[int, bool]]:
        reader = RowReader(survey, self.plan, self.tally, ZoneInfo(self.zone), self.currency)
        if step.what in AGAIN:
            reader.tally = Tally()
        desk = self._desk(step.kind)
        batch, lines, last = [], 0, after
        for line in survey.lines():
            if line.number <= after:
                continue
            lines, last = lines + 1, line.number
            row = reader.read(line)
            if isinstance(row, Refusal):
                self._count(step, survey, refused=1)
            else:
                if step.what == "rows":
                    self._note_gaps(step, survey, row)
                batch.append(row)
            if lines == BATCH:
                yield self._take(step, survey, desk, batch, lines, last, keep)
                batch, lines = [], 0
        if lines:
            yield self._take(step, survey, desk, batch, lines, last, keep)

    def _take(
        self, step: Step, survey: Survey, desk: Desk, rows: list[Row], lines: int, last: int, keep: Keep
    ) -> tuple[int, bool]:
        """Write rows in one transaction; if the database or an action refuses one of them, find out which."""
        done = 0 if step.what in AGAIN else lines
        ids, adopted = {kind: dict(known) for kind, known in desk.ids.items()}, set(desk.adopted)
        told = self.tally.snapshot()
        try:
            counts, goes_on = self._write(step, survey, desk, rows, keep, last, done)
        except (Problem, DataError, IntegrityError) as error:
            desk.ids, desk.adopted = ids, adopted
            self.tally.go_back(told)
            if len(rows) <= 1:
                return self._give_up(step, survey, desk, rows, done, last, keep, error)
            half = len(rows) // 2
            first = self._take(step, survey, desk, rows[:half], half, rows[half - 1].line, keep)
            rest = self._take(step, survey, desk, rows[half:], lines - half, last, keep) if first[1] else (0, False)
            return first[0] + rest[0], rest[1]
        self.counts[survey.name] = counts
        return done, goes_on

    def _give_up(
        self,
        step: Step,
        survey: Survey,
        desk: Desk,
        rows: list[Row],
        done: int,
        last: int,
        keep: Keep,
        error: Problem | DataError | IntegrityError,
    ) -> tuple[int, bool]:
        """Refuse the one row that is to blame, and move on."""
        for row in rows:
            problem = _problem_of(error)
            self.tally.problem(problem, file=survey.name, line=row.line)
            self.tally.refuse(problem, file=survey.name, line=row.line)
            self._count(step, survey, refused=1)
        if not rows:
            raise error
        counts, goes_on = self._write(step, survey, desk, [], keep, last, done)
        self.counts[survey.name] = counts
        return done, goes_on

    @action
    def _write(
        self, step: Step, survey: Survey, desk: Desk, rows: list[Row], keep: Keep, last: int, done: int
    ) -> tuple[Counts, bool]:
        with tracing(self.batch):
            if step.what == "parents":
                counts = self.counts.get(survey.name, Counts())
                self._link_parents(desk, rows)
            elif step.what == "conversions":
                counts = self.counts.get(survey.name, Counts())
                convert(desk, survey, rows, ZoneInfo(self.zone), self.tally)
                give_up(desk, survey, rows, ZoneInfo(self.zone), self.tally)
            else:
                counts = self._write_rows(step.kind, survey, desk, rows)
        return counts, keep(last, done, {**self.counts, survey.name: counts})

    def _write_rows(self, kind: Kind, survey: Survey, desk: Desk, rows: list[Row]) -> Counts:
        noun, writer = NOUNS[kind], WRITERS[kind]
        known = externals(self.source, noun, [row.key for row in rows])
        desk.look_up(rows, BY_KIND[kind], survey.name, self.tally)
        adopted = desk.people_of(row for row in rows if row.key not in known) if kind is Kind.PEOPLE else {}
        fresh, changed, unchanged = [], [], 0
        for row in rows:
            record = (
                known[row.key].record if row.key in known else desk.adopt(kind, _own_name(row), adopted.get(row.key))
            )
            if row.key in known and known[row.key].digest == row.digest:
                unchanged += 1
            elif record is None:
                fresh.append(row)
            else:
                changed.append((row, record))
        waiting = {row.key for row in rows if self._waits(desk, kind, row) or desk.lacks(row)}
        made = writer.create(desk, fresh) if fresh else []
        differing = sum(writer.update(desk, row, record) for row, record in changed)
        waiting |= desk.missed
        keep_externals(
            source=self.source,
            kind=noun,
            externals=[
                External(row.key, record, "" if row.key in waiting else row.digest)
                for row, record in [*zip(fresh, made, strict=True), *changed]
            ],
        )
        same = unchanged + len(changed) - differing
        counts = self.counts.get(survey.name, Counts())
        return counts.plus(created=len(fresh), updated=differing, unchanged=same)

    def _waits(self, desk: Desk, kind: Kind, row: Row) -> bool:
        """Say whether a company's parent comes later in the file: until then the row is not all written."""
        parent = row.names.get("parent")
        by_key = row.keys.get("parent", "") if desk.linked(row, "parent", kind) is None else ""
        return kind is Kind.COMPANIES and bool(by_key or (parent is not None and parent not in desk.ids[kind]))

    def _link_parents(self, desk: Desk, rows: list[Row]) -> None:
        noun = NOUNS[Kind.COMPANIES]
        named = [row for row in rows if row.names.get("parent") or row.keys.get("parent")]
        desk.look_up(named, BY_KIND[Kind.COMPANIES], "", Tally())
        known = externals(self.source, noun, [row.key for row in named])
        waiting = [(row, known[row.key].record) for row in named if row.key in known and not known[row.key].digest]
        for row, record in waiting:
            parent = desk.links(row, parent=Kind.COMPANIES).get("parent_id")
            if parent is not None and parent != record:
                change_company(actor=self.actor, as_of=self.as_of, company_id=record, parent_id=parent)
        keep_externals(
            source=self.source,
            kind=noun,
            externals=[External(row.key, record, "" if desk.lacks(row) else row.digest) for row, record in waiting],
        )

    def _desk(self, kind: Kind) -> Desk:
        desk = Desk(self.actor, self.as_of, self.source, self.plan, is_strict=self.tally.is_strict)
        for each in NAMED:
            rows = known_rows(self.actor, self.source, each)
            desk.ids[each] = ids_by_name(rows)
            desk.adoptable[each] = ids_by_name(row for row in rows if not row.is_own)
        choices = self.plan.choices
        desk.ids[Kind.MEMBERS] |= {str(pk): pk for pk in choices.owners.values() if pk}
        for key, pipeline in choices.pipelines.items():
            desk.chosen[key] = Lane(pipeline, UUID(key), UUID(key), {key: UUID(key)})
        if kind is Kind.MEMBERS:
            if self.placing is None:
                self._set_up_teams(Tally())
            desk.placing = self.placing
        if kind in {Kind.PIPELINES, Kind.DEALS}:
            for key, pipeline_id in externals_of(self.source, PIPELINE).items():
                rows_ = Stage.objects.filter(NOT_DELETED, pipeline=pipeline_id).order_by("position", "pk")
                desk.lanes[key] = Lane.of(pipeline_id, rows_.values_list("name", "pk"))
        return desk

    def _set_up_teams(self, tally: Tally) -> None:
        posts = []
        for survey in self.plan.surveys:
            if survey.kind is Kind.MEMBERS:
                reader = RowReader(survey, self.plan, Tally(), ZoneInfo(self.zone), self.currency)
                for line in survey.lines():
                    row = reader.read(line)
                    if isinstance(row, Row):
                        region = str(row.values.get("team") or "")
                        posts.append(Post(_own_name(row), row.names.get("manager"), region, survey.name, row.line))
        members = ids_by_name(known_rows(self.actor, self.source, Kind.MEMBERS))
        shown = self.plan.shown[Kind.MEMBERS] | self.plan.spelled[Kind.MEMBERS]
        self.placing = set_up_teams(
            actor=self.actor, as_of=self.as_of, posts=posts, names=shown, members=members, tally=tally
        )

    def _set_up_pipelines(self) -> None:
        """Make the pipelines of the deals what was planned, and remember them as the source's own."""
        made = [External(key, self._pipeline(route), "") for key, route in sorted(self.plan.routes.items())]
        keep_externals(source=self.source, kind=PIPELINE, externals=made)

    def _pipeline(self, route: Route) -> UUID:
        if route.id is not None:
            if route.stages:
                add_stages(actor=self.actor, as_of=self.as_of, pipeline_id=route.id, stages=route.stages)
            return route.id
        settings = company()
        with translation.override(settings.language if settings else "en"):
            stages = route.stages or (StageDraft(gettext("Open"), OTHERWISE),)
        taken = set(Pipeline.objects.filter(NOT_DELETED).values_list("name", flat=True))
        wanted = (route.name or self.source)[:100]
        names = (wanted, *(f"{wanted} {number}" for number in range(2, len(taken) + 3)))
        name = next(each for each in names if each not in taken)
        last = len(taken)
        return add_pipeline(actor=self.actor, as_of=self.as_of, name=name, stages=stages, position=last).pk

    def _add_new(self, kind: Kind) -> None:
        """Add the rows that files name and none has; a further import finds them by their names."""
        here = ids_by_name(known_rows(self.actor, self.source, kind))
        new = {key: name for key, name in sorted(self.plan.spelled[kind].items()) if key not in here}
        made: list[UUID]
        if kind is Kind.COMPANIES:
            drafts = [CompanyDraft(name=name) for name in new.values()]
            made = [row.pk for row in add_companies(actor=self.actor, as_of=self.as_of, companies=drafts)]
        elif kind is Kind.PRODUCTS:
            made = [add_product(actor=self.actor, as_of=self.as_of, name=name).pk for name in new.values()]
        else:
            made = [
                add_member(actor=self.actor, as_of=self.as_of, name=name, email=name if "@" in name else None).pk
                for name in new.values()
            ]
        externals = [External(key, record, "") for key, record in zip(new, made, strict=True)]
        keep_externals(source=self.source, kind=NOUNS[kind], externals=externals)

    def _note_gaps(self, step: Step, survey: Survey, row: Row) -> None:
        """Say what a deal does not say, once for all of them."""
        if step.kind is not Kind.DEALS:
            return
        if row.names.get("company") is None and not row.keys.get("company"):
            self.tally.note(
                "import.deal_without_company",
                msg("Deals that name no company came in without one."),
                file=survey.name,
                line=row.line,
            )
        if row.values["opened_at"] is None:
            self.tally.note(
                "import.deal_without_opening",
                msg("Deals that do not say when they were opened came in without that day."),
                file=survey.name,
                line=row.line,
            )

    def _count(self, step: Step, survey: Survey, **more: int) -> None:
        if step.what == "rows":
            self.counts[survey.name] = self.counts.get(survey.name, Counts()).plus(**more)


def _own_name(row: Row) -> str:
    return name_key(str(row.values.get("name") or ""))


def _problem_of(error: Problem | DataError | IntegrityError) -> Problem:
    """The problem that a refusal of one row is, told without the number it had among others."""
    if isinstance(error, BadInput):
        said = Problem()
        said.code, said.message = error.code, next(iter(error.fields.values()), error.message)
        return said
    if isinstance(error, Problem):
        return error
    known = conflict_of(error) if isinstance(error, IntegrityError) else None
    return known or Conflict(said=msg("The database refuses the row."))
