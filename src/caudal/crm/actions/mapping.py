"""Saying which field of a lead goes where."""

from collections.abc import Sequence
from datetime import datetime

from caudal.core.errors import Problem, msg
from caudal.crm.events import MappingChanged
from caudal.crm.models import ConversionMapping
from caudal.crm.queries.mapping import (
    NEEDED,
    TARGETS,
    MappingLine,
    fits,
    mapping_lines,
    mapping_row,
    sources,
    targets_of,
)
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.records import plain


class NobodyWithoutName(Problem):
    """People have names."""

    code = "mapping.name_missing"
    status = 422
    message = msg("No field of the lead becomes the name of the person.")
    hint = msg("Let one do so: nobody is added without a name.")


@action
def change_mapping(
    *, actor: Actor, as_of: datetime, lines: Sequence[MappingLine], expected_version: int | None = None
) -> ConversionMapping:
    """Let these lines say what leads become from now on; what was converted before stays as it is.

    Raises BadInput, which names every line that does not fit, NobodyWithoutName, VersionConflict.
    """
    require(actor, ConversionMapping.kind, Verb.CHANGE)
    _check(lines)
    written = [{"source": each.source, "kind": each.kind, "target": each.target} for each in lines]
    row = mapping_row()
    before = [*map(_told, mapping_lines(row))]
    if row is None:
        row = ConversionMapping.stamped(actor=actor, as_of=as_of, lines=written)
        row.save(force_insert=True)
    else:
        row = ConversionMapping.one_for(actor, Verb.CHANGE, row.pk, lock=True)
        row.change(actor=actor, as_of=as_of, expected_version=expected_version, lines=written)
    after = [*map(_told, lines)]
    if before != after:
        changes = {"lines": (plain(before), plain(after))}
        publish(MappingChanged(subject=row.ref, changes=changes), actor=actor, occurred_at=as_of)
    return row


def _check(lines: Sequence[MappingLine]) -> None:
    known = {each.name: each for each in sources()}
    places = {(kind, each.name): each for kind in TARGETS for each in targets_of(kind)}
    wrong: dict[str, str] = {}
    taken: set[tuple[str, str]] = set()
    for line in lines:
        place, name = (line.kind, line.target), f"{line.kind}.{line.target}"
        if place not in places or line.source not in known:
            wrong[name] = msg("There is no such field.")
        elif not fits(known[line.source], places[place]):
            wrong[name] = msg("This field holds something else than the field of the lead.")
        elif place in taken:
            wrong[name] = msg("Two fields of the lead cannot go to one place.")
        taken.add(place)
    if wrong:
        raise BadInput(wrong)
    if NEEDED not in taken:
        raise NobodyWithoutName


def _told(line: MappingLine) -> str:
    return f"{line.source} > {line.kind}.{line.target}"
