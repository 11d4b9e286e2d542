"""Routes of profiles: what was decided about the columns of files, kept, known again, applied."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from caudal.crm import actions, queries
from caudal.crm.api.imports import ImportOut, called, import_out
from caudal.crm.imports.decisions import Decisions
from caudal.crm.imports.glimpses import uploads_of
from caudal.crm.imports.profiles import content_of, fits, headed
from caudal.crm.imports.running import OPERATION
from caudal.crm.imports.sights import require_sight
from caudal.crm.imports.waiting import REHEARSAL, ask_for_profile
from caudal.crm.models import ImportProfile, ProfileSharing
from caudal.crm.queries import ProfileContent
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, row_id, version_of
from caudal.kit.bodies import tag as etag
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()


class ProfileColumnOut(Schema):
    """A column: the key that it is known by, its header, the field that it becomes, and how it is written."""

    key: str
    label: str
    to: str
    reading: str


class ProfileTableOut(Schema):
    """A table: what its file was called, what its rows become, and its columns."""

    name: str
    kind: str
    columns: list[ProfileColumnOut]


class ProfileWordOut(Schema):
    """What a word of files means: an answer, and what the row that it names was called."""

    to: str
    called: str


class ProfileOut(Schema):
    """A profile of imports."""

    id: str
    version: int
    name: str
    sharing: str
    changed_at: datetime
    tables: list[ProfileTableOut]
    stages: dict[str, ProfileWordOut]
    owners: dict[str, ProfileWordOut]
    keeps_columns: bool


class ProfileIn(Body):
    """The rehearsal or import whose decisions are kept, under which name, and who uses it."""

    name: str
    import_id: str
    sharing: ProfileSharing = ProfileSharing.EVERYBODY


class ProfileChange(Body):
    """What to change about a profile; what is left out stays."""

    name: Annotated[str, Field(default="")]
    sharing: Annotated[ProfileSharing, Field(default=ProfileSharing.EVERYBODY)]


class ProfileApplied(Body):
    """The profile by which files are read; none lets their own words say it."""

    profile_id: Annotated[str, Field(default="")]


class TableFitOut(Schema):
    """A table beside the one that the profile knows: what it has more, and less."""

    name: str
    more: list[str]
    less: list[str]


class ProfileFitOut(Schema):
    """A profile that fits files, and how."""

    id: str
    name: str
    is_exact: bool
    tables: list[TableFitOut]


@router.get("/import-profiles", response=list[ProfileOut])
@needs("import_profile", Verb.VIEW)
def list_import_profiles(request: HttpRequest) -> list[ProfileOut]:
    """List the profiles that one may use, by name."""
    return [_profile(each) for each in queries.import_profiles(actor_of(request))]


@router.post("/import-profiles", response={201: ProfileOut})
@needs("import_profile", Verb.CREATE)
def create_import_profile(request: HttpRequest, response: HttpResponse, body: ProfileIn) -> Status[ProfileOut]:
    """Keep what was decided about the files of a rehearsal or an import as a profile."""
    actor = actor_of(request)
    operation = called(actor, body.import_id, Verb.VIEW, REHEARSAL, OPERATION)
    tables = headed(uploads_of(operation))
    require_sight(actor, operation, (each.recognition.kind if each.recognition else "" for each in tables))
    content = content_of(tables, Decisions.from_json(operation.params["decisions"]))
    profile = actions.save_profile(actor=actor, as_of=now(), name=body.name, content=content, sharing=body.sharing)
    etag(response, profile)
    return Status(201, _profile(profile))


@router.get("/import-profiles/{profile_id}", response=ProfileOut)
@needs("import_profile", Verb.VIEW)
def get_import_profile(request: HttpRequest, response: HttpResponse, profile_id: str) -> ProfileOut:
    """Return a profile."""
    profile = queries.import_profile(actor_of(request), row_id(ImportProfile.kind, profile_id))
    etag(response, profile)
    return _profile(profile)


@router.patch("/import-profiles/{profile_id}", response=ProfileOut)
@needs("import_profile", Verb.CHANGE)
def change_import_profile(
    request: HttpRequest, response: HttpResponse, profile_id: str, body: ProfileChange
) -> ProfileOut:
    """Call a profile otherwise, or say who uses it; If-Match says which version was read."""
    values: Any = body.dict(exclude_unset=True)
    profile = actions.change_profile(
        actor=actor_of(request),
        as_of=now(),
        profile_id=row_id(ImportProfile.kind, profile_id),
        expected_version=version_of(request, required=True),
        **values,
    )
    etag(response, profile)
    return _profile(profile)


@router.delete("/import-profiles/{profile_id}", response={204: None})
@needs("import_profile", Verb.DELETE)
def delete_import_profile(request: HttpRequest, profile_id: str) -> Status[None]:
    """Take a profile away; what was imported by it stays."""
    actions.delete_profile(
        actor=actor_of(request),
        as_of=now(),
        profile_id=row_id(ImportProfile.kind, profile_id),
        expected_version=version_of(request),
    )
    return Status(204, None)


@router.get("/imports/{import_id}/profiles", response=list[ProfileFitOut])
@needs("operation", Verb.VIEW)
def list_fitting_profiles(request: HttpRequest, import_id: str) -> list[ProfileFitOut]:
    """List the profiles that fit the files of an import, the best first, with the columns that differ."""
    actor = actor_of(request)
    operation = called(actor, import_id, Verb.VIEW, REHEARSAL, OPERATION)
    profiles = queries.import_profiles(actor)
    tables = headed(uploads_of(operation)) if profiles else []
    return [
        ProfileFitOut(
            id=str(fit.profile.ref),
            name=fit.profile.name,
            is_exact=fit.is_exact,
            tables=[
                TableFitOut(name=each.table.name, more=list(each.more), less=list(each.less)) for each in fit.tables
            ],
        )
        for fit in fits(profiles, tables)
    ]


@router.post("/imports/{import_id}/profile", response={201: ImportOut})
@needs("operation", Verb.CREATE)
def apply_import_profile(request: HttpRequest, import_id: str, body: ProfileApplied) -> Status[ImportOut]:
    """Have the same files rehearsed again as a profile says, or as their own words do."""
    actor = actor_of(request)
    operation = called(actor, import_id, Verb.VIEW, REHEARSAL)
    profile = queries.import_profile(actor, row_id(ImportProfile.kind, body.profile_id)) if body.profile_id else None
    asked = ask_for_profile(actor=actor, as_of=now(), operation=operation, profile=profile)
    return Status(201, import_out(actor, asked))


def _profile(row: ImportProfile) -> ProfileOut:
    content = ProfileContent.of(row)
    return ProfileOut(
        id=str(row.ref),
        version=row.version,
        name=row.name,
        sharing=row.sharing,
        changed_at=row.changed_at,
        tables=[
            ProfileTableOut(
                name=each.name,
                kind=each.kind,
                columns=[
                    ProfileColumnOut(key=column.key, label=column.label, to=column.to, reading=column.reading)
                    for column in each.columns
                ],
            )
            for each in content.tables
        ],
        stages={word: ProfileWordOut(to=each.to, called=each.called) for word, each in content.stages.items()},
        owners={word: ProfileWordOut(to=each.to, called=each.called) for word, each in content.owners.items()},
        keeps_columns=content.keeps_columns,
    )
