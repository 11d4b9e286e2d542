"""The mapping by which leads become people, companies and deals: its lines, what may go where, what a lead brings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from caudal.core.errors import msg
from caudal.crm.models import ConversionMapping, Lead
from caudal.kit.access import Actor
from caudal.kit.own_fields import PREFIX, FieldType, OwnField, held
from caudal.workspace.queries import fill_own_fields, own_fields

SOURCES: Final[Mapping[str, str]] = {
    "name": "text",
    "company_name": "text",
    "email": "email",
    "phone": "phone",
    "channel": "text",
    "pillar": "pillar",
    "owner": "owner",
    "tags": "tags",
}
"""The fields of every lead, and what they hold."""
TARGETS: Final[Mapping[str, Mapping[str, str]]] = {
    "person": {
        "name": "text",
        "email": "email",
        "phone": "phone",
        "job_title": "text",
        "city": "text",
        "owner": "owner",
        "tags": "tags",
    },
    "company": {"name": "text", "phone": "phone", "sector": "text", "city": "text", "owner": "owner", "tags": "tags"},
    "deal": {"amount": "money", "expected_close_date": "date", "pillar": "pillar", "owner": "owner", "tags": "tags"},
}
"""The fields of what a lead becomes that its own may go to, by kind."""
NEEDED: Final = ("person", "name")
"""Nobody becomes a person without a name."""
IN_WORDS: Final = frozenset({"text", "email", "phone", "url", "choice"})
"""What any text can hold."""


@dataclass(frozen=True, slots=True, order=True)
class MappingLine:
    """A field of the lead, and the field of what it becomes that takes it."""

    source: str
    kind: str
    target: str


USUAL: Final = (
    MappingLine("name", "person", "name"),
    MappingLine("email", "person", "email"),
    MappingLine("phone", "person", "phone"),
    MappingLine("owner", "person", "owner"),
    MappingLine("tags", "person", "tags"),
    MappingLine("company_name", "company", "name"),
    MappingLine("owner", "company", "owner"),
    MappingLine("pillar", "deal", "pillar"),
    MappingLine("owner", "deal", "owner"),
    MappingLine("tags", "deal", "tags"),
)
"""What goes where until somebody says otherwise; own fields of the same key and kind of value go along."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A field, and what it holds."""

    name: str
    holds: str
    own: OwnField | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that carries nothing any more, and why."""

    line: MappingLine
    why: str


@dataclass(frozen=True, slots=True)
class Brought:
    """What a lead brings to one kind of record: values by their fields, own ones apart, and what did not fit."""

    values: Mapping[str, Any]
    custom: Mapping[str, Any]
    left: tuple[str, ...]
    """Fields of the lead whose value does not fit where it should go: it stays on the lead."""


def mapping_row() -> ConversionMapping | None:
    """Return the company's own mapping, if it has one."""
    return ConversionMapping.objects.filter(deleted_at=None).first()


def mapping_lines(row: ConversionMapping | None) -> tuple[MappingLine, ...]:
    """Return the lines of a mapping; without one, the usual ones."""
    if row is not None:
        return tuple(MappingLine(each["source"], each["kind"], each["target"]) for each in row.lines)
    alike = [
        MappingLine(source.name, kind, target.name)
        for kind in TARGETS
        for target in targets_of(kind)
        for source in sources()
        if source.own and target.own and source.name == target.name and fits(source, target)
    ]
    return (*USUAL, *alike)


def sources() -> list[Slot]:
    """Return the fields of leads, own ones too."""
    return [*(Slot(name, holds) for name, holds in SOURCES.items()), *_own("lead")]


def targets_of(kind: str) -> list[Slot]:
    """Return the fields of a kind that leads may fill, own ones too."""
    return [*(Slot(name, holds) for name, holds in TARGETS[kind].items()), *_own(kind)]


def fits(source: Slot, target: Slot) -> bool:
    """Say whether what one field holds can stand in another."""
    if target.holds == "text":
        return source.holds in IN_WORDS
    if source.holds != target.holds or source.own is None or target.own is None:
        return source.holds == target.holds
    return _alike(source.own, target.own)


def broken(lines: Sequence[MappingLine]) -> list[Broken]:
    """Return the lines that carry nothing any more: a field is gone, or holds something else than it did."""
    known = {each.name: each for each in sources()}
    places = {(kind, each.name): each for kind in TARGETS for each in targets_of(kind)}
    found = []
    for line in lines:
        source, target = known.get(line.source), places.get((line.kind, line.target))
        if source is None:
            found.append(Broken(line, msg("The field of the lead is gone.")))
        elif target is None:
            found.append(Broken(line, msg("The field that should take it is gone.")))
        elif not fits(source, target):
            found.append(Broken(line, msg("The two fields do not hold the same any more.")))
    return found


def brought(lead: Lead, kind: str, lines: Sequence[MappingLine], actor: Actor) -> Brought:
    """Return what a lead brings to the record of a kind that it becomes. Broken lines carry nothing."""
    own = {each.name: each for each in sources() if each.own}
    values: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    whence: dict[str, str] = {}
    for line in lines:
        if line.kind != kind:
            continue
        value = _value(lead, line.source, own.get(line.source))
        if value in (None, "", [], ()):
            continue
        if line.target.startswith(PREFIX):
            custom[line.target.removeprefix(PREFIX)] = value
            whence[line.target] = line.source
        else:
            values[f"{line.target}_id" if line.target in {"owner", "pillar"} else line.target] = value
    wrong = fill_own_fields(own_fields(kind, retired=True), actor, custom, {}).wrong if custom else {}
    return Brought(
        values=values,
        custom={key: value for key, value in custom.items() if f"{PREFIX}{key}" not in wrong},
        left=tuple(sorted(whence[name] for name in wrong if name in whence)),
    )


def _value(lead: Lead, source: str, slot: Slot | None) -> Any:
    if source in {"owner", "pillar"}:
        return getattr(lead, f"{source}_id")
    if source in SOURCES:
        return getattr(lead, source)
    if slot is None or slot.own is None:
        return None
    several = slot.own.type is FieldType.SEVERAL
    return lead.custom.get(slot.own.key) if several else held(slot.own, lead.custom)


def _own(kind: str) -> list[Slot]:
    """Own fields that are stored: what a formula yields is computed again for what the lead becomes."""
    return [Slot(each.name, each.type.value, each) for each in own_fields(kind) if not each.computed]


def _alike(source: OwnField, target: OwnField) -> bool:
    """Say whether every value of one own field is one of another, which holds the same kind of values."""
    match target.type:
        case FieldType.CHOICE | FieldType.SEVERAL:
            return set(source.options) <= set(target.options)
        case FieldType.NUMBER:
            return source.decimals <= target.decimals
        case FieldType.MONEY:
            return source.currency == target.currency
        case FieldType.LINK:
            return source.link_kind == target.link_kind
    return True
