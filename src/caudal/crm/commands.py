"""Commands of customer relations."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import click
from django.utils import translation
from django.utils.translation import gettext, ngettext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from caudal.core.errors import Severity
from caudal.crm.imports import Decisions, Options, PathUpload, Report, import_files
from caudal.crm.imports.leaving import lay_out, pack
from caudal.crm.imports.profiles import content_of, decisions_by, fit_called, headed, keep, known_again
from caudal.crm.imports.refusals import refused_tables
from caudal.crm.imports.undoing import KINDS, REASONS, import_called, undo_import
from caudal.crm.imports.uploads import SUFFIXES
from caudal.crm.imports.vocabulary import LABELS, Kind, in_words
from caudal.kit.access import SYSTEM
from caudal.kit.postgres.attached import attached
from caudal.kit.world import now
from caudal.workspace.queries import company

PACKED: Final = frozenset({".zip"})
COLOURS: Final = {Severity.ERROR: "red", Severity.CHOICE: "yellow", Severity.NOTE: "dim"}


def _two_sides(_context: click.Context, _option: click.Parameter, said: tuple[str, ...]) -> dict[str, str]:
    """Read what is said of words: each, an equals sign, its meaning, in which there is no such sign."""
    decided = {}
    for each in said:
        word, _sign, meaning = (part.strip() for part in each.rpartition("="))
        if not word or not meaning:
            raise click.BadParameter(gettext("“{text}” is not WORD=MEANING.").format(text=each))
        decided[word] = meaning
    return decided


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path, exists=True), required=False)
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Do all of it, say what would happen, and undo it.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--strict", "is_strict", is_flag=True, help="Refuse rows for which a choice would have to be made.")
@click.option("--source", default="", help="What the other system is called. Default: the name of the folder or file.")
@click.option("--zone", default="", help="Where the days of the files begin. Default: the company's time zone.")
@click.option(
    "--refused",
    "refused_into",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder for the rows that are refused: a CSV file for each table, with place and reason, to be mended.",
)
@click.option("--keep-columns", "keeps_columns", is_flag=True, help="Keep columns without a place of their own.")
@click.option(
    "--stage",
    "stages",
    multiple=True,
    metavar="WORD=MEANING",
    callback=_two_sides,
    help="What a stage of the files means: won, lost, or a stage of ours by name. Again for each stage.",
)
@click.option(
    "--owner",
    "owners",
    multiple=True,
    metavar="WORD=MEANING",
    callback=_two_sides,
    help="Whom an owner of the files means: a member by name or e-mail address, or nobody. Again for each owner.",
)
@click.option("--profile", metavar="NAME", default="", help="Read the files as this profile says.")
@click.option(
    "--no-profile", "is_anew", is_flag=True, help="Read the files by their words, also if a profile knows them."
)
@click.option("--save-profile", "saved_as", metavar="NAME", default="", help="Keep what is decided under this name.")
@click.option("--undo", "undone", metavar="ID", default="", help="Undo the import of this id, or the “last” one.")
@click.pass_context
def import_command(
    context: click.Context,
    *,
    path: Path | None,
    is_dry_run: bool,
    as_json: bool,
    is_strict: bool,
    source: str,
    zone: str,
    refused_into: Path | None,
    keeps_columns: bool,
    stages: dict[str, str],
    owners: dict[str, str],
    profile: str,
    is_anew: bool,
    saved_as: str,
    undone: str,
) -> None:
    """Import companies, people, deals and more from CSV and XLSX files, a folder or a ZIP of them; or undo that."""
    if undone and path is None:
        undo(undone, is_dry_run=is_dry_run, as_json=as_json)
        return
    if path is None or undone:
        raise click.UsageError(gettext("Give files to import, or an import to undo."))
    if is_dry_run and saved_as:
        raise click.UsageError(gettext("A dry run writes nothing, no profile either."))
    options = Options(
        source=source or source_of(path),
        zone=zone,
        is_strict=is_strict,
        is_dry_run=is_dry_run,
        decisions=Decisions(stages=stages, owners=owners, keeps_columns=keeps_columns),
    )
    began = now()
    with attached(), in_the_language_of_the_company(), watched(is_quiet=as_json) as watch:
        given = uploads(path)
        if not is_anew:
            options = replace(options, decisions=decided_by(profile, given, options.decisions))
        report = import_files(actor=SYSTEM, uploads=given, options=options, clock=now, watch=watch)
        if saved_as:
            keep_as(saved_as, given, options.decisions)
        if refused_into is not None:
            give_back(refused_into, path, report, options.decisions)
        seconds = (now() - began).total_seconds()
        if as_json:
            body = {**report.to_json(gettext), "dry_run": is_dry_run, "seconds": round(seconds, 1)}
            click.echo(json.dumps(body, ensure_ascii=False, indent=2))
        else:
            show(report, seconds=seconds, is_dry_run=is_dry_run)
    if report.has_errors:
        context.exit(1)


def decided_by(profile: str, given: Sequence[PathUpload], said: Decisions) -> Decisions:
    """Return what a profile decides about files, or the one that has just their columns, besides what is said.

    Raises NoSuchProfile, ProfileDoesNotFit.
    """
    if not profile:
        return known_again(SYSTEM, given, said)
    return decisions_by(fit_called(SYSTEM, profile, headed(given)), said)


def keep_as(name: str, given: Sequence[PathUpload], decided: Decisions) -> None:
    """Keep what was decided about files as the company's profile of a name, instead of what it said before."""
    keep(actor=SYSTEM, as_of=now(), name=name, content=content_of(headed(given), decided))


def undo(said: str, *, is_dry_run: bool, as_json: bool) -> None:
    """Undo an import, or say what that would do, and print what becomes of the records."""
    with attached(), in_the_language_of_the_company(), watched(is_quiet=as_json) as watch:
        batch = import_called(SYSTEM, said)
        found = undo_import(actor=SYSTEM, batch=batch, clock=now, is_dry_run=is_dry_run, watch=watch)
        if as_json:
            body = {"batch": str(batch.ref), "dry_run": is_dry_run, **found.to_json()}
            click.echo(json.dumps(body, ensure_ascii=False, indent=2))
            return
        console = Console()
        table = Table(box=None, pad_edge=False)
        table.add_column(gettext("Records"))
        for heading in (gettext("Removed"), gettext("As before the import"), gettext("Kept")):
            table.add_column(heading, justify="right")
        for kind, words in KINDS.items():
            counts = [group.get(kind, 0) for group in (found.removed, found.put_back, found.kept)]
            if any(counts):
                table.add_row(gettext(words), *map(str, counts))
        console.print(table)
        for each in found.listed:
            told = gettext(REASONS[each["reason"]]).format(name=each["by"] or gettext("another record"))
            console.print(f"{each['ref']}  {told}", markup=False, highlight=False, soft_wrap=True)
        if is_dry_run:
            console.print(gettext("This was a dry run: nothing was written."))


def give_back(folder: Path, path: Path, report: Report, decisions: Decisions) -> None:
    """Write the refused rows of files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in refused_tables(uploads(path), decisions, report.refused):
        (folder / table.name).write_bytes(table.content)


def source_of(path: Path) -> str:
    """Return what a source is called that has no other name: its folder or file, in words."""
    return in_words(path.absolute().stem if path.is_file() else path.absolute().name).replace(" ", "-")[:80] or "files"


def uploads(path: Path) -> list[PathUpload]:
    """Return the files to import: this one, or those of this folder, by name."""
    if path.is_file():
        return [PathUpload(path)]
    return [
        PathUpload(file)
        for file in sorted(path.iterdir())
        if file.is_file() and file.suffix.lower() in SUFFIXES | PACKED
    ]


@contextmanager
def in_the_language_of_the_company() -> Iterator[None]:
    """Speak the company's language, for there is no member to ask."""
    settings = company()
    with translation.override(settings.language if settings else "en"):
        yield


@contextmanager
def watched(*, is_quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Show how far the import is, on a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=is_quiet or not console.is_terminal, transient=True) as progress:
        task = progress.add_task(gettext("Rows"), total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def show(report: Report, *, seconds: float, is_dry_run: bool) -> None:
    """Print what became of each file, then the findings, the gravest first."""
    console = Console()
    table = Table(box=None, pad_edge=False)
    for heading in (gettext("File"), gettext("Becomes")):
        table.add_column(heading, overflow="fold")
    for heading in (gettext("Rows"), gettext("New"), gettext("Changed"), gettext("As before"), gettext("Refused")):
        table.add_column(heading, justify="right")
    for file in report.files:
        counts = (file.rows, file.counts.created, file.counts.updated, file.counts.unchanged, file.counts.refused)
        table.add_row(file.name, gettext(LABELS[Kind(file.kind)]), *(str(count) for count in counts))
    console.print(table)
    console.print()
    words = {Severity.ERROR: gettext("error"), Severity.CHOICE: gettext("choice"), Severity.NOTE: gettext("note")}
    for found in report.findings:
        finding = found.finding
        count = "" if found.count == 1 else ngettext("{n} row", "{n} rows", found.count).format(n=f"{found.count:,}")
        told = " ".join(filter(None, (str(finding.place), count and f"({count})", found.told(gettext))))
        console.print(f"[{COLOURS[finding.severity]}]{words[finding.severity]}[/]", end="  ")
        console.print(told, markup=False, highlight=False, soft_wrap=True)
    console.print()
    console.print(gettext("It took {seconds} s.").format(seconds=f"{seconds:.1f}"), highlight=False)
    if is_dry_run:
        console.print(gettext("This was a dry run: nothing was written."))
    elif report.batch:
        console.print(gettext("Undo it by: {command}").format(command=f"caudal import --undo {report.batch}"),
                      highlight=False, soft_wrap=True)  # fmt: skip
    if report.state == "cancelled":
        console.print(gettext("It was cancelled before its end; what it wrote stays."))


@click.command("export")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
def export_command(*, path: Path, as_json: bool) -> None:
    """Write everything that can be imported again into a folder, or a ZIP where the name ends so."""
    with attached(), in_the_language_of_the_company():
        rows = pack(SYSTEM, now(), path) if path.suffix.lower() in PACKED else lay_out(SYSTEM, now(), path)
        if as_json:
            click.echo(json.dumps({"path": str(path), "rows": rows}, ensure_ascii=False, indent=2))
            return
        console = Console()
        for name, count in rows.items():
            console.print(f"{count:>9,}  {name}.csv", highlight=False)
