"""Routes of what leads become: the mapping that says so."""

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from caudal.crm import actions, queries
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, version_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()


class MappingLineBody(Body):
    """A field of the lead, and the field of what it becomes that takes it: `name`, `custom.size`."""

    source: str
    kind: str
    target: str


class BrokenOut(Schema):
    """A line that carries nothing any more, and why."""

    line: MappingLineBody
    why: str


class ConversionMappingBody(Body):
    """Every line of a mapping."""

    lines: list[MappingLineBody]


class ConversionMappingOut(Schema):
    """The mapping in force; version 0 is the usual one, which nobody has changed."""

    version: int
    lines: list[MappingLineBody]
    broken: list[BrokenOut]


@router.get("/conversion-mapping", response=ConversionMappingOut)
@needs("mapping")
def get_conversion_mapping(request: HttpRequest, response: HttpResponse) -> ConversionMappingOut:
    """Say which field of a lead goes where when it is converted."""
    actor_of(request)
    return _shown(response)


@router.put("/conversion-mapping", response=ConversionMappingOut)
@needs("mapping", Verb.CHANGE)
def change_conversion_mapping(
    request: HttpRequest, response: HttpResponse, body: ConversionMappingBody
) -> ConversionMappingOut:
    """Let these lines say what leads become from now on; each is checked for what its two fields hold."""
    actions.change_mapping(
        actor=actor_of(request),
        as_of=now(),
        lines=[queries.MappingLine(each.source, each.kind, each.target) for each in body.lines],
        expected_version=version_of(request),
    )
    return _shown(response)


def _shown(response: HttpResponse) -> ConversionMappingOut:
    row = queries.mapping_row()
    lines = queries.mapping_lines(row)
    version = row.version if row else 0
    response["ETag"] = f'"{version}"'
    return ConversionMappingOut(
        version=version,
        lines=[_line(each) for each in lines],
        broken=[BrokenOut(line=_line(each.line), why=each.why) for each in queries.broken(lines)],
    )


def _line(line: queries.MappingLine) -> MappingLineBody:
    return MappingLineBody(source=line.source, kind=line.kind, target=line.target)
