"""Writing one field of many records: what the single changes check, checked of all of them in a few queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from caudal.core.errors import msg
from caudal.crm import queries
from caudal.crm.actions.bulk.edits import Edit, How
from caudal.crm.actions.bulk.writing import By, Verdict, write_changes
from caudal.crm.actions.checking import TAGS_MOST, Reader, owner_stays, owner_within
from caudal.crm.actions.deals import StaysAsWon
from caudal.crm.actions.deriving import of_company, of_person
from caudal.crm.actions.lines import AmountFollowsLines
from caudal.crm.actions.parties import InsideItself
from caudal.crm.actions.tags import known_tags, named_tags
from caudal.crm.actions.touches import named_channels
from caudal.crm.models import Company, Deal, DealLine, Person
from caudal.kit.access import Actor, Verb
from caudal.kit.given import given
from caudal.kit.names import name_key
from caudal.kit.own_fields import NO_SUCH_RECORD, PREFIX, FieldType, OwnField, filled
from caudal.kit.problems import BadInput
from caudal.kit.records import Record, in_sight
from caudal.kit.shapes import ShapeField
from caudal.workspace.queries import home_country


@dataclass(slots=True)
class Setting:
    """Sets a field of many records, or adds tags to theirs, or takes some off."""

    edit: Edit
    actor: Actor
    found: ShapeField
    value: Any
    named: Mapping[UUID, Any] = field(default_factory=dict)
    """The records that the value names."""

    @classmethod
    def of(cls, edit: Edit, actor: Actor) -> "Setting":
        """Read and check what is true of every record. Raises NotForMany, BadInput, NotFound, OwnerOutOfReach."""
        found = edit.shape_field(actor)
        value = given(found, edit.value)
        self = cls(edit, actor, found, value)
        if found.own is not None:
            _own_fits(found.own, value, actor)
            return self
        reader = Reader()
        if found.argument == "tags":
            self.value = spelled(reader.tags(value))
            if edit.how is not How.SET and not self.value:
                reader.refuse(found.name, msg("Name at least one tag."))
        else:
            reader.fits(edit.model, {found.argument: value})
        if found.money and value is not None and value.minor < 0:
            reader.refuse(found.name, msg("The amount of a deal is not negative."))
        reader.finish()
        if found.link:
            self.named = edit.model.related_for(found.argument.removesuffix("_id"), actor, [value] if value else [])
        if found.argument == "owner_id":
            owner_within(actor, edit.kind, Verb.CHANGE, value)
        return self

    def ready(self, by: By) -> None:
        """Let what the value names come into being: tags and channels that nobody has named yet."""
        if self.found.argument == "tags" and self.edit.how is not How.REMOVE:
            [self.value] = named_tags(by.actor, by.as_of, [self.value])
        if self.found.argument == "channel" and self.value:
            self.value = named_channels(by.actor, by.as_of, [self.value])[name_key(self.value)].name

    def judge(self, rows: Sequence[Any]) -> list[Verdict]:
        """Say of each row what is to be written, or what refuses it."""
        home = home_country() if self.edit.kind in {"company", "person"} else ""
        verdicts = [self._verdict(row, home) for row in rows]
        refuse_deals([each for each in verdicts if "amount" in each.values])
        self._refuse_families([each for each in verdicts if each.values.get("parent_id")])
        return verdicts

    def write(self, verdicts: Sequence[Verdict], by: By) -> None:
        """Write what was judged."""
        write_changes(verdicts, by)

    def _verdict(self, row: Any, home: str) -> Verdict:
        own = self.found.own
        if own is not None:
            read = filled([own], {own.key: self._own(own, row.custom)}, row.custom)
            wrong = read.wrong.get(f"{PREFIX}{own.key}")
            if wrong:
                return Verdict(row, problem=BadInput({self.found.name: wrong}))
            return Verdict(row, changed(row, {"custom": read.values}))
        if self.found.argument == "tags":
            tags = self._tags(row.tags)
            if len(tags) > TAGS_MOST:
                return Verdict(row, problem=BadInput({"tags": msg("A record bears at most 50 tags.")}))
            return Verdict(row, changed(row, {"tags": tags}))
        values = changed(row, derived(row, {self.found.argument: self.value}, home, self.named))
        return Verdict(row, values, owner_stays(self.actor, row) if "owner_id" in values else None)

    def _own(self, own: OwnField, stored: Mapping[str, Any]) -> Any:
        """Return what a row is to hold in a field of one's own: of several choices, some may come or go."""
        if self.edit.how is How.SET:
            return self.value
        asked = [self.value] if isinstance(self.value, str) else list(self.value or [])
        held = list(stored.get(own.key) or [])
        return [*held, *asked] if self.edit.how is How.ADD else [each for each in held if each not in asked]

    def _tags(self, borne: Sequence[str]) -> list[str]:
        asked = {name_key(tag): tag for tag in self.value}
        match self.edit.how:
            case How.ADD:
                kept = {name_key(tag): tag for tag in borne}
                return [tag for _key, tag in sorted({**asked, **kept}.items())]
            case How.REMOVE:
                return [tag for tag in borne if name_key(tag) not in asked]
        return [tag for _key, tag in sorted(asked.items())]

    def _refuse_families(self, verdicts: Sequence[Verdict]) -> None:
        """Refuse companies that would be part of themselves."""
        if not verdicts:
            return
        parent: Company = self.named[self.value]
        above: Company | None = parent
        seen: set[UUID] = set()
        while above is not None and above.pk not in seen:
            seen.add(above.pk)
            above = above.parent
        for each in verdicts:
            if each.row.pk in seen:
                each.problem = InsideItself(company=each.row.name, parent=parent.name)


def refuse_deals(verdicts: Sequence[Verdict]) -> None:
    """Refuse amounts of deals whose lines say another, and of those that were won for much."""
    deals = [each.row for each in verdicts]
    if not deals:
        return
    counts: dict[UUID, int] = {}
    for deal_id in DealLine.objects.filter(deal__in=deals).values_list("deal_id", flat=True):
        counts[deal_id] = counts.get(deal_id, 0) + 1
    won = queries.staying_as_won(deals)
    for each in verdicts:
        deal: Deal = each.row
        if deal.pk in counts:
            each.problem = AmountFollowsLines(deal=deal.name, count=counts[deal.pk])
        elif deal.pk in won:
            each.problem = StaysAsWon(deal=deal.name, amount=deal.amount)


def changed(row: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those values that a row does not have yet."""
    return {name: value for name, value in values.items() if getattr(row, name) != value}


def derived(row: Record, values: Mapping[str, Any], home: str, named: Mapping[UUID, Any]) -> dict[str, Any]:
    """Return values with the columns that follow from them."""
    if isinstance(row, Company):
        return of_company(values, home=home, before=row)
    if isinstance(row, Person):
        company = named.get(values["company_id"]) if values.get("company_id") else None
        return of_person(values, home=home, company=company, before=row)
    return dict(values)


def spelled(tags: Iterable[str]) -> list[str]:
    """Return names as the tags that there are spell them, without making any."""
    wanted = list(tags)
    known = known_tags(wanted)
    return [known.get(name_key(tag), tag) for tag in wanted]


def _own_fits(own: OwnField, value: Any, actor: Actor) -> None:
    """Refuse, with BadInput, what the field does not hold, and records out of sight."""
    read = filled([own], {own.key: value}, {})
    if own.type is FieldType.LINK and read.links:
        seen = in_sight({ref for _name, ref in read.links}, actor)
        read.wrong |= {name: NO_SUCH_RECORD for name, ref in read.links if ref not in seen}
    if read.wrong:
        raise BadInput(read.wrong)
