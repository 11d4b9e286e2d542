"""Running an import: as an operation that can be watched, left, resumed where it was, and cancelled.

The files are kept in the file store first, so that whoever goes on with the work can read them. The rows are taken in
batches; each is one transaction, which also moves the cursor of the operation, so a batch is done or it is not.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.languages import get_official_languages
from babel.localedata import locale_identifiers
from django.db import transaction
from django.utils.translation import gettext

from caudal.core.errors import Problem, Severity, Translate, msg
from caudal.core.ids import Ref
from caudal.core.tables import DayOrder
from caudal.crm.imports.batches import Counts, Job
from caudal.crm.imports.choices import Word
from caudal.crm.imports.decisions import Decisions
from caudal.crm.imports.findings import Found, Tally, findings_to_json
from caudal.crm.imports.glimpses import columns_said
from caudal.crm.imports.locks import alone
from caudal.crm.imports.planning import NOUNS, make_plan
from caudal.crm.imports.surveys import Seen, survey
from caudal.crm.imports.uploads import CHUNK, StoredUpload, Upload, unpacked
from caudal.crm.imports.words import owners_said, stages_said
from caudal.kit.access import Actor, Verb, require
from caudal.kit.failpoints import failpoint
from caudal.kit.problems import BadInput
from caudal.workspace.actions import finish_operation, progress_operation, start_operation, store_file, take_operation
from caudal.workspace.queries import company, file_with, unfinished_operations

if TYPE_CHECKING:
    from caudal.workspace.models import Operation

OPERATION: Final = "crm.import"
_LOCALES: Final = frozenset(name.lower() for name in locale_identifiers())


class NothingToImport(Problem):
    """There is no file to read."""

    code = "import.no_files"
    status = 422
    message = msg("There is no CSV or XLSX file in {place}.")


class NoCompany(Problem):
    """Nobody's installation has nowhere to put rows."""

    code = "import.no_company"
    status = 409
    message = msg("There is no company here yet.")
    hint = msg("Make one first: caudal init.")


@dataclass(frozen=True, slots=True)
class Options:
    """How an import is done."""

    source: str
    """What the other system is called; with its keys it tells rows that were imported before."""
    zone: str = ""
    """Where the days of the files begin; the company's zone without one."""
    is_strict: bool = False
    """Refuse rows for which a choice would have to be made."""
    is_dry_run: bool = False
    """Do all of it and then undo it."""
    decisions: Decisions = field(default_factory=Decisions)
    """What was decided about the files."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file."""

    name: str
    kind: str
    rows: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class Report:
    """What became of an import."""

    source: str
    state: str
    """Done or cancelled."""
    files: tuple[FileReport, ...]
    findings: tuple[Found, ...]
    stages: tuple[Word, ...] = ()
    """Stages as the files write them, and what they were taken for."""
    owners: tuple[Word, ...] = ()
    refused: tuple[Found, ...] = ()
    """Each row that is not taken, by its line, and why."""
    batch: str = ""
    """By what it is undone; nothing for a dry run."""
    columns: Mapping[str, Any] = field(default_factory=dict)
    """What the columns of each table say."""

    @property
    def has_errors(self) -> bool:
        """Whether anything was refused."""
        return any(each.finding.severity is Severity.ERROR for each in self.findings)

    def stored(self) -> dict[str, Any]:
        """Return the report as its operation keeps it: with findings that can be told in any language."""
        told = {"found": findings_to_json(self.findings), "refused": findings_to_json(self.refused)}
        return {**self.to_json(), **told, "columns": self.columns}

    def to_json(self, translate: Translate | None = None) -> dict[str, Any]:
        """Return the report as plain values, its findings told in the language of `translate`."""
        files = [
            {"file": each.name, "kind": each.kind, "rows": each.rows, **each.counts.to_json()} for each in self.files
        ]
        totals = {name: sum(row[name] for row in files) for name in ("rows", *Counts().to_json())}  # type: ignore[misc]  # numbers under these names
        return {
            "source": self.source,
            "state": self.state,
            "batch": self.batch,
            "files": files,
            "findings": [each.to_json(translate) for each in self.findings],
            "totals": totals,
            "stages": [each.to_json() for each in self.stages],
            "owners": [each.to_json() for each in self.owners],
        }


@dataclass(slots=True)
class _Run:
    """One import under way."""

    actor: Actor
    options: Options
    clock: Callable[[], datetime]
    watch: Callable[[int, int], None]


def import_files(
    *,
    actor: Actor,
    uploads: Sequence[Upload],
    options: Options,
    clock: Callable[[], datetime],
    watch: Callable[[int, int], None] = lambda _done, _total: None,
) -> Report:
    """Import files, or go on with an import of the same files that was interrupted, and report what became of it.

    `clock` says what time it is and `watch` is told rows done and rows in all after each batch. Raises NoCompany,
    ImportRunning, NotAllowed, NothingToImport.
    """
    if not uploads:
        raise NothingToImport(place=options.source)
    if company() is None:
        raise NoCompany
    require(actor, "operation", Verb.CREATE)
    _check_zone(options.zone)
    run = _Run(actor, options, clock, watch)
    with alone():
        if not options.is_dry_run:
            operation = _operation(run, uploads)
            return _work(run, operation, [StoredUpload(*each) for each in operation.params["files"]])
        with transaction.atomic():
            operation = start_operation(actor=actor, as_of=clock(), name=OPERATION, title=options.source, params={})
            report = _work(run, operation, uploads)
            transaction.set_rollback(True)
        return report


def go_on_with(*, actor: Actor, operation: "Operation", clock: Callable[[], datetime]) -> None:
    """Do an import that was asked for, or go on with it where it was. What refuses it is told in its row.

    Raises ImportRunning.
    """
    params = operation.params
    options = Options(
        source=str(params["source"]),
        zone=str(params["zone"]),
        is_strict=bool(params["is_strict"]),
        decisions=Decisions.from_json(params["decisions"]),
    )
    run = _Run(actor, options, clock, lambda _done, _total: None)
    with alone(), suppress(Problem):
        _work(run, operation, [StoredUpload(*each) for each in params["files"]])


def params_of(options: Options, uploads: Sequence[Upload]) -> dict[str, Any]:
    """Return what an operation keeps of what was asked for: by it an interrupted import is known again."""
    return {
        "source": options.source,
        "zone": options.zone,
        "is_strict": options.is_strict,
        "decisions": options.decisions.to_json(),
        "files": [[upload.name, _fingerprint(upload)] for upload in uploads],
    }


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadInput({"zone": msg("Time zones are named like Europe/Madrid.")}) from error


def _operation(run: _Run, uploads: Sequence[Upload]) -> "Operation":
    """The operation of an import of these files that did not end, else a new one. Others that did not end are given up.

    The lock says that nobody is at work on any of them.
    """
    wanted = params_of(run.options, uploads)
    found = None
    for operation in unfinished_operations(run.actor, OPERATION):
        if operation.state == "waiting":
            continue  # a worker will take it
        if operation.params == wanted and found is None and operation.cancel_asked_at is None:
            found = operation
        else:
            error = gettext("It was interrupted, and another import began.")
            finish_operation(actor=run.actor, operation=operation, as_of=run.clock(), result={}, error=error)
    if found is not None:
        return found
    for upload in uploads:
        store(run.actor, run.clock(), upload)
    title = gettext("Import of {source}").format(source=run.options.source)
    return start_operation(actor=run.actor, as_of=run.clock(), name=OPERATION, title=title[:200], params=wanted)


def _work(run: _Run, operation: "Operation", uploads: Sequence[Upload]) -> Report:
    """Take the operation up where its cursor stands and bring it to an end."""
    taken = take_operation(operation=operation, as_of=run.clock(), worker_is_gone=True)
    cursor: Mapping[str, Any] = taken.cursor
    try:
        settings = company()
        if settings is None:
            raise NoCompany
        tally, seen = Tally(run.options.is_strict), Seen()
        usual = usual_order(settings.language, settings.country)
        surveys = [
            found
            for upload in unpacked(uploads, tally)
            for found in survey(upload, tally, seen, run.options.decisions, usual)
        ]
        for kind in {found.kind for found in surveys}:
            require(run.actor, NOUNS[kind], Verb.CREATE)
        plan = make_plan(run.actor, run.options.source, surveys, tally, run.options.decisions)
        if cursor:
            kept = Tally.from_json(cursor["findings"], is_strict=run.options.is_strict)
            tally = kept.refused_again(cursor.get("refused", []))
        job = Job(
            actor=run.actor,
            as_of=taken.created_at,
            source=run.options.source,
            zone=run.options.zone or settings.zone,
            currency=settings.currency,
            plan=plan,
            tally=tally,
            counts={name: Counts(**counts) for name, counts in cursor.get("counts", {}).items()},
            batch=None if run.options.is_dry_run else taken.pk,
        )
        goes_on = _steps(run, job, taken)
        state = "done" if goes_on else "cancelled"
        report = _report(run, job, state)
    except Problem as problem:
        finish_operation(actor=run.actor, operation=taken, as_of=run.clock(), result={}, error=problem.told(gettext))
        raise
    finish_operation(actor=run.actor, operation=taken, as_of=run.clock(), result=report.stored())
    return report


@dataclass(slots=True)
class _Progress:
    """Where an import stands; what the cursor of its operation says."""

    run: _Run
    job: Job
    operation: "Operation"
    total: int
    done: int
    step: int = 0

    def keep(self, line: int, taken: int, counts: Mapping[str, Counts]) -> bool:
        """Move the cursor, in the transaction of the batch; False when somebody asked to stop."""
        cursor = {
            "step": self.step,
            "line": line,
            "findings": self.job.tally.to_json(),
            "refused": findings_to_json(self.job.tally.refused.values()),
            "counts": {name: each.to_json() for name, each in counts.items()},
        }
        return progress_operation(
            operation=self.operation,
            as_of=self.run.clock(),
            done=self.done + taken,
            cursor=cursor,
            total=self.total,
        )

    def advance(self, taken: int) -> None:
        """Tell the watcher of rows whose transaction has ended."""
        self.done += taken
        self.run.watch(self.done, self.total)


def _steps(run: _Run, job: Job, operation: "Operation") -> bool:
    """Do what is left to do; return False when somebody asked to stop."""
    cursor, steps = operation.cursor, job.steps()
    total = sum(found.rows for found in job.plan.surveys)
    progress = _Progress(run, job, operation, total, operation.done)
    progress.advance(0)
    for number in range(cursor.get("step", 0), len(steps)):
        progress.step = number
        after = cursor.get("line", 0) if number == cursor.get("step") else 0
        for taken, goes_on in job.batches(steps[number], after, progress.keep):
            progress.advance(taken)
            failpoint("import.after_batch")
            if not goes_on:
                return False
    return True


def _report(run: _Run, job: Job, state: str) -> Report:
    files = tuple(
        FileReport(found.name, found.kind.value, found.rows, job.counts.get(found.name, Counts()))
        for found in job.plan.surveys
    )
    decided = run.options.decisions
    return Report(
        run.options.source,
        state,
        files,
        tuple(job.tally),
        stages_said(job.plan, decided),
        owners_said(job.plan, decided, run.options.source),
        tuple(job.tally.refused.values()),
        str(Ref("operation", job.batch)) if job.batch else "",
        columns_said(job.plan.surveys),
    )


def usual_order(language: str, country: str) -> DayOrder:
    """Return in which order days are written where a company is: by its language there, else as its country does.

    >>> [str(usual_order(*each)) for each in (("es", "ES"), ("en", "US"), ("en", "ES"), ("en", ""))]
    ['day_first', 'month_first', 'day_first', 'month_first']
    """
    spoken = (language, *(get_official_languages(country) if country else ()))
    names = [f"{each}_{country}" for each in spoken if country] + [language]
    locale = next(Locale.parse(name) for name in names if name.lower() in _LOCALES)
    pattern = locale.date_formats["short"].pattern.lower()
    return DayOrder.MONTH_FIRST if pattern.index("m") < pattern.index("d") else DayOrder.DAY_FIRST


def _fingerprint(upload: Upload) -> str:
    digest = hashlib.sha256()
    with upload.opened() as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def store(actor: Actor, as_of: datetime, upload: Upload) -> UUID:
    """Keep a file that was given to us, unless it is kept already, and return its id."""
    known = file_with(actor, upload.name, _fingerprint(upload))
    if known is not None:
        return known
    with upload.opened() as file:
        chunks = iter(lambda: file.read(CHUNK), b"")
        stored = store_file(actor=actor, as_of=as_of, name=upload.name, media_type="text/csv", chunks=chunks)
    return stored.pk
