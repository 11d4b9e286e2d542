"""Profiles: knowing files again by their columns, and reading them as it was decided before.

Columns are known by their words, whatever their order. A table that has the columns of a profile and no others is
read by it at once; one that has some more or less is offered it, with what differs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.crm import queries
from caudal.crm.actions import change_profile, save_profile
from caudal.crm.imports.choices import ENDS, our_stages
from caudal.crm.imports.decisions import KEEP, LEAVE, NOBODY, READINGS, Decisions, Origin, TableDecision
from caudal.crm.imports.findings import Tally
from caudal.crm.imports.headers import Recognition, column_keys, labels_of, opt_outs_of, places_in
from caudal.crm.imports.reading import tables_in
from caudal.crm.imports.uploads import Upload, unpacked
from caudal.crm.imports.vocabulary import BY_KIND, Kind, header_key
from caudal.crm.models import ImportProfile, ProfileSharing
from caudal.crm.queries import Meaning, ProfileColumn, ProfileContent, ProfileTable
from caudal.kit.access import Actor, ActorKind, Verb
from caudal.kit.names import name_key
from caudal.workspace.queries import member_directory

NEAR: Final = 2
"""A profile is near a table when they share at least one of so many of all their columns."""


class ProfileDoesNotFit(Problem):
    """None of the tables has the columns that a profile is about."""

    code = "profile.does_not_fit"
    status = 409
    message = msg("The profile “{name}” does not fit: no table has at least half of its columns. It reads {columns}.")
    hint = msg("Choose another profile, or decide about the columns and save that.")


@dataclass(frozen=True, slots=True)
class Headed:
    """A table of files that are at hand: its name, its header, and what it is taken for by its words."""

    name: str
    header: tuple[str, ...]
    recognition: Recognition | None


@dataclass(frozen=True, slots=True)
class TableFit:
    """A table beside the one of a profile that is most like it."""

    table: Headed
    of: ProfileTable
    more: tuple[str, ...]
    """Headers that the profile does not know."""
    less: tuple[str, ...]
    """Headers that the table does not have."""

    @property
    def is_exact(self) -> bool:
        """Whether they have the same columns."""
        return not (self.more or self.less)


@dataclass(frozen=True, slots=True)
class Fit:
    """How a profile fits files."""

    profile: ImportProfile
    tables: tuple[TableFit, ...]
    """Those of the files that it knows, or nearly."""

    @property
    def is_exact(self) -> bool:
        """Whether every table that it knows has just its columns."""
        return all(each.is_exact for each in self.tables)


def headed(uploads: Sequence[Upload]) -> list[Headed]:
    """Return the tables of files with their headers."""
    tally = Tally()
    return [
        Headed(layout.called(upload), layout.header, recognition)
        for upload in unpacked(uploads, tally)
        for layout, recognition in tables_in(upload, tally, Decisions())
    ]


def fits(profiles: Iterable[ImportProfile], tables: Sequence[Headed]) -> list[Fit]:
    """Return the profiles that fit tables, the best first: with the same columns, then with the fewest others."""
    found = [Fit(row, tuple(_fits_of(ProfileContent.of(row), tables))) for row in profiles]
    fitting = [each for each in found if each.tables]
    return sorted(
        fitting,
        key=lambda each: (
            -sum(table.is_exact for table in each.tables),
            sum(len(table.more) + len(table.less) for table in each.tables),
            -len(each.tables),
            each.profile.name_key,
        ),
    )


def at_once(found: Sequence[Fit]) -> Fit | None:
    """Return the profile that is applied without asking, as far as it fits exactly: the best one, if it does at all."""
    if not found:
        return None
    exact = tuple(each for each in found[0].tables if each.is_exact)
    return replace(found[0], tables=exact) if exact else None


def known_again(actor: Actor, uploads: Sequence[Upload], besides: Decisions | None = None) -> Decisions:
    """Return what the profile decides that has just the columns of files, as far as there is one.

    Whoever has the machine is known by the company's profiles alone.
    """
    rows = queries.import_profiles(actor)
    if actor.kind is ActorKind.SYSTEM:
        rows = [row for row in rows if row.sharing == ProfileSharing.EVERYBODY]
    found = at_once(fits(rows, headed(uploads))) if rows else None
    return decisions_by(found, besides) if found else besides or Decisions()


def decisions_by(fit: Fit, besides: Decisions | None = None) -> Decisions:
    """Return what a profile decides about files. What was decided besides goes before it.

    A stage or a member that is there no more is named by what it was called: that is told as not heeded.
    """
    content, own = ProfileContent.of(fit.profile), besides or Decisions()
    stages = _here(content.stages, {str(pk) for pk, _ in our_stages()} | ENDS)
    owners = _here(content.owners, {str(pk) for pk, _ in member_directory()} | {NOBODY})
    said = {name_key(word) for word in (*own.stages, *own.owners)}
    return Decisions(
        tables={each.table.name: _decision(fit.profile.name, each) for each in fit.tables} | dict(own.tables),
        stages={word: to for word, to in stages.items() if name_key(word) not in said} | dict(own.stages),
        owners={word: to for word, to in owners.items() if name_key(word) not in said} | dict(own.owners),
        keeps_columns=content.keeps_columns or own.keeps_columns,
        profile=str(fit.profile.ref),
        usual=frozenset({*stages, *owners} - {*own.stages, *own.owners}),
    )


def fit_called(actor: Actor, name: str, tables: Sequence[Headed]) -> Fit:
    """Return how the company's profile of a name fits. Raises NoSuchProfile, ProfileDoesNotFit."""
    return fit_of(queries.profile_called(actor, name), tables)


def fit_of(profile: ImportProfile, tables: Sequence[Headed]) -> Fit:
    """Return how a profile fits. Raises ProfileDoesNotFit."""
    found = fits([profile], tables)
    if not found:
        read = [each.label for table in ProfileContent.of(profile).tables for each in table.columns if each.to != LEAVE]
        raise ProfileDoesNotFit(name=profile.name, columns=", ".join([*read[:8], *(["…"] if len(read) > 8 else [])]))  # noqa: PLR2004  a handful
    return found[0]


def content_of(tables: Sequence[Headed], decided: Decisions) -> ProfileContent:
    """Return what a profile says that keeps what was decided about files, what their words decided included."""
    stages, members = dict(_called(our_stages())), dict(_called(member_directory()))
    return ProfileContent(
        tables=tuple(_tables_of(tables, decided)),
        stages={word: Meaning(to, stages.get(to, "")) for word, to in decided.stages.items()},
        owners={word: Meaning(to, members.get(to, "")) for word, to in decided.owners.items()},
        keeps_columns=decided.keeps_columns,
    )


def keep(*, actor: Actor, as_of: datetime, name: str, content: ProfileContent) -> ImportProfile:
    """Keep what was decided as the company's profile of a name, instead of what it said before if there is one.

    Raises NotAllowed, BadInput.
    """
    known = [
        row
        for row in ImportProfile.for_actor(actor, Verb.CHANGE)
        if (row.sharing, row.name_key) == (ProfileSharing.EVERYBODY, name_key(name))
    ]
    if known:
        return change_profile(actor=actor, as_of=as_of, profile_id=known[0].pk, content=content)
    return save_profile(actor=actor, as_of=as_of, name=name, content=content)


def _fits_of(content: ProfileContent, tables: Sequence[Headed]) -> Iterator[TableFit]:
    for table in tables:
        keys, labels = column_keys(table.header), labels_of(table.header)
        found = []
        for each in content.tables:
            theirs = {column.key: column.label for column in each.columns}
            shared = theirs.keys() & set(keys)
            if len(shared) * NEAR < len(theirs.keys() | set(keys)):
                continue
            more = tuple(label for key, label in zip(keys, labels, strict=True) if key not in theirs)
            found.append(
                TableFit(table, each, more, tuple(label for key, label in theirs.items() if key not in shared))
            )
        if found:
            yield min(found, key=lambda fit: (len(fit.more) + len(fit.less), fit.of.name != table.name))


def _decision(profile: str, fit: TableFit) -> TableDecision:
    """What a profile decides about a table. Columns that it does not know are what their words say, if that is free."""
    header, table = fit.table.header, fit.of
    if not table.kind or table.kind not in set(Kind):
        return TableDecision("", {}, origin=Origin(profile))
    kind = BY_KIND[Kind(table.kind)]
    fields = {each.name for each in kind.fields} | {KEEP, LEAVE}
    known = {column.key: column for column in table.columns}
    keys, labels = column_keys(header), labels_of(header)
    columns: dict[str, str] = {}
    readings: dict[str, str] = {}
    gone = []
    for key, label in zip(keys, labels, strict=True):
        if key in known and known[key].to not in fields:
            gone.append(label)
        elif key in known:
            columns[label] = known[key].to
            if known[key].reading in READINGS:
                readings[label] = known[key].reading
    words = ["" if label in columns else header_key(cell) for cell, label in zip(header, labels, strict=True)]
    for name, at in places_in(kind, words)[0].items():
        if name not in columns.values():
            columns[labels[at]] = name
    missing = tuple(column.label for column in table.columns if column.label in fit.less and column.to != LEAVE)
    return TableDecision(table.kind, columns, readings, Origin(profile, missing, fit.more, tuple(gone)))


def _tables_of(tables: Sequence[Headed], decided: Decisions) -> Iterator[ProfileTable]:
    for table in tables:
        decision = decided.tables.get(table.name)
        if decision is None and table.recognition is None:
            continue  # nobody said that it is to be left out
        recognition = decision.recognition(table.header) if decision else table.recognition
        fields = {place: name for name, place in recognition.places.items()} if recognition else {}
        kept = (recognition.kept.keys() if recognition else set()) | opt_outs_of(table.header)
        readings = decision.readings if decision else {}
        columns = tuple(
            ProfileColumn(key, label, fields.get(at, KEEP if at in kept else LEAVE), readings.get(label, ""))
            for at, (key, label) in enumerate(zip(column_keys(table.header), labels_of(table.header), strict=True))
        )
        yield ProfileTable(table.name, recognition.kind.value if recognition else "", columns)


def _here(words: Mapping[str, Meaning], known: Iterable[str]) -> dict[str, str]:
    there = set(known)
    return {word: each.to if each.to in there else each.called or each.to for word, each in words.items()}


def _called(rows: Iterable[tuple[object, str]]) -> Iterator[tuple[str, str]]:
    for pk, name in rows:
        yield str(pk), name


def profile_of(actor: Actor, decided: Decisions) -> ImportProfile | None:
    """Return the profile that decisions come from, if it is there still and the actor sees it."""
    if not decided.profile:
        return None
    return ImportProfile.for_actor(actor).filter(pk=Ref.parse(decided.profile, ImportProfile.kind).id).first()
