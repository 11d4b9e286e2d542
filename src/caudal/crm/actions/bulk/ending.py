"""Giving up many leads, deleting and restoring many records, and taking that back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count

from caudal.core.errors import Problem, msg
from caudal.crm import queries
from caudal.crm.actions.bulk.edits import Edit
from caudal.crm.actions.bulk.writing import By, Verdict, put
from caudal.crm.actions.checking import Reader
from caudal.crm.actions.deals import StaysAsWon
from caudal.crm.actions.leads import LeadClosed
from caudal.crm.actions.parties import InUse
from caudal.crm.actions.restoring import LeadCameBack, NeedsAnother
from caudal.crm.actions.telling import REFERENCES, refs_of, told
from caudal.crm.events import (
    CompanyDeleted,
    DealDeleted,
    LeadDeleted,
    LeadDisqualified,
    LeadReopened,
    PersonDeleted,
    RecordRestored,
)
from caudal.crm.models import (
    Company,
    Deal,
    DisqualifyReason,
    Lead,
    LeadConversion,
    LeadDisqualification,
    Person,
)
from caudal.kit.access import Actor
from caudal.kit.outbox import Fact
from caudal.kit.records import NOT_DELETED

DELETED: Final[Mapping[str, type[Fact]]] = {
    "company": CompanyDeleted,
    "person": PersonDeleted,
    "lead": LeadDeleted,
    "deal": DealDeleted,
}
NAMED_BY: Final[Mapping[str, Sequence[tuple[type[Company] | type[Person] | type[Deal], str]]]] = {
    "company": ((Person, "company"), (Deal, "company"), (Company, "parent")),
    "person": ((Deal, "person"),),
}
"""Which rows keep one from being deleted."""


class NotGivenUp(Problem):
    """The lead was not disqualified, so that there is nothing to take back."""

    code = "lead.not_given_up"
    status = 409
    message = msg("“{lead}” is not disqualified.")


@dataclass(slots=True)
class GivingUp:
    """Disqualifies open leads."""

    reason: str

    @classmethod
    def of(cls, edit: Edit, actor: Actor) -> "GivingUp":
        """Read the reason. Raises NotForMany, BadInput."""
        edit.shape_field(actor)
        reader = Reader()
        reason = reader.choice(str(edit.value or ""), DisqualifyReason.values, "reason")
        reader.finish()
        return cls(reason)

    def ready(self, _by: By) -> None:
        """Nothing has to be there first."""

    def judge(self, rows: Sequence[Lead]) -> list[Verdict]:
        """Say of each lead whether it is open."""
        converted = dict(LeadConversion.objects.filter(lead__in=rows).values_list("lead_id", "converted_at"))
        given_up = dict(LeadDisqualification.objects.filter(lead__in=rows).values_list("lead_id", "disqualified_at"))
        found = []
        for row in rows:
            if row.pk in converted:
                day = f"{converted[row.pk]:%Y-%m-%d}"
                found.append(Verdict(row, problem=LeadClosed(lead=row.name, state=msg("converted"), day=day)))
            elif row.pk in given_up:
                day = f"{given_up[row.pk]:%Y-%m-%d}"
                found.append(Verdict(row, problem=LeadClosed(lead=row.name, state=msg("disqualified"), day=day)))
            else:
                found.append(Verdict(row, {"open_email": None}))
        return found

    def write(self, verdicts: Sequence[Verdict], by: By) -> None:
        """Give them up."""
        LeadDisqualification.objects.bulk_create(
            LeadDisqualification(
                lead=each.row, reason=self.reason, note="", disqualified_at=by.as_of, disqualified_by=by.actor.id
            )
            for each in verdicts
        )
        put(verdicts, by)
        by.publish(told(LeadDisqualified, each.row, {}, reason=self.reason) for each in verdicts)


@dataclass(slots=True)
class Reopening:
    """Opens disqualified leads again."""

    def ready(self, _by: By) -> None:
        """Nothing has to be there first."""

    def judge(self, rows: Sequence[Lead]) -> list[Verdict]:
        """Say of each lead whether it is given up, and its address still free."""
        given_up = set(LeadDisqualification.objects.filter(lead__in=rows).values_list("lead_id", flat=True))
        taken = taken_addresses(rows)
        found = []
        for row in rows:
            if row.pk not in given_up:
                found.append(Verdict(row, problem=NotGivenUp(lead=row.name)))
            elif row.email and row.email in taken:
                found.append(Verdict(row, problem=LeadCameBack(name=row.name)))
            else:
                found.append(Verdict(row, {"open_email": row.email}))
        return found

    def write(self, verdicts: Sequence[Verdict], by: By) -> None:
        """Open them again."""
        rows = [each.row for each in verdicts]
        reasons = dict(LeadDisqualification.objects.filter(lead__in=rows).values_list("lead_id", "reason"))
        LeadDisqualification.objects.filter(lead__in=rows).delete()
        put(verdicts, by)
        by.publish(told(LeadReopened, row, {}, reason_before=reasons[row.pk]) for row in rows)


@dataclass(slots=True)
class Deleting:
    """Puts records into the recycle bin."""

    kind: str
    actor: Actor
    as_of: datetime

    def ready(self, _by: By) -> None:
        """Nothing has to be there first."""

    def judge(self, rows: Sequence[Any]) -> list[Verdict]:
        """Say of each record whether others name it."""
        used = self._users(rows)
        won = queries.staying_as_won(rows) if self.kind == Deal.kind else set()
        found = []
        for row in rows:
            if row.pk in won:
                found.append(Verdict(row, problem=StaysAsWon(deal=row.name, amount=row.amount)))
            elif row.pk in used:
                counts = used[row.pk]
                kinds = ", ".join(counts)
                found.append(Verdict(row, problem=InUse(record=row.name, count=sum(counts.values()), kinds=kinds)))
            else:
                address = {"open_email": None} if self.kind == Lead.kind else {}
                found.append(Verdict(row, {"deleted_at": self.as_of, "deleted_by": self.actor.id, **address}))
        return found

    def write(self, verdicts: Sequence[Verdict], by: By) -> None:
        """Delete them."""
        put(verdicts, by)
        by.publish(told(DELETED[self.kind], each.row, {}, about=refs_of(each.row)) for each in verdicts)

    def _users(self, rows: Sequence[Any]) -> dict[UUID, dict[str, int]]:
        """Return how many rows name each, by their kinds."""
        used: dict[UUID, dict[str, int]] = {}
        for model, column in NAMED_BY.get(self.kind, ()):
            naming = model._default_manager.filter(NOT_DELETED, **{f"{column}__in": rows}).order_by()
            for row_id, count in naming.values_list(f"{column}_id").annotate(count=Count("pk")):
                used.setdefault(row_id, {})[model._meta.model_name or model.kind] = count
        return used


@dataclass(slots=True)
class Restoring:
    """Takes records out of the recycle bin."""

    kind: str

    def ready(self, _by: By) -> None:
        """Nothing has to be there first."""

    def judge(self, rows: Sequence[Any]) -> list[Verdict]:
        """Say of each record whether what it belongs to is there, and its address free."""
        taken = taken_addresses(rows) if self.kind == Lead.kind else set()
        ended = ended_leads(rows) if self.kind == Lead.kind else set()
        gone = gone_parties(rows)
        found = []
        for row in rows:
            missing = next((gone[ref.id] for ref in refs_of(row) if ref.id in gone), None)
            values: dict[str, Any] = {"deleted_at": None, "deleted_by": None}
            if self.kind == Lead.kind and row.email and row.pk not in ended:
                values["open_email"] = row.email
            if missing is not None:
                found.append(Verdict(row, problem=NeedsAnother(name=row.name, other=missing)))
            elif values.get("open_email") in taken and "open_email" in values:
                found.append(Verdict(row, problem=LeadCameBack(name=row.name)))
            else:
                found.append(Verdict(row, values))
        return found

    def write(self, verdicts: Sequence[Verdict], by: By) -> None:
        """Restore them."""
        put(verdicts, by)
        by.publish(told(RecordRestored, each.row, {}, about=refs_of(each.row)) for each in verdicts)


def taken_addresses(rows: Iterable[Lead]) -> set[str]:
    """Return under which of some leads' addresses another lead is open, or comes first among them."""
    listed = [row for row in rows if row.email]
    open_ones = Lead.objects.filter(open_email__in=[row.email for row in listed]).values_list("open_email", flat=True)
    taken = {str(address) for address in open_ones}
    seen: set[str] = set()
    for row in listed:
        address = str(row.email)
        if address in seen:
            taken.add(address)
        seen.add(address)
    return taken


def ended_leads(rows: Sequence[Lead]) -> set[UUID]:
    """Return which of some leads were converted or given up."""
    return {
        *LeadConversion.objects.filter(lead__in=rows).values_list("lead_id", flat=True),
        *LeadDisqualification.objects.filter(lead__in=rows).values_list("lead_id", flat=True),
    }


def gone_parties(rows: Sequence[Any]) -> dict[UUID, str]:
    """Return the companies and people that rows belong to and that are deleted, with their names."""
    models: Mapping[str, type[Company | Person]] = {"company": Company, "person": Person}
    gone: dict[UUID, str] = {}
    for column, kind in REFERENCES.items():
        ids = {found for row in rows if (found := getattr(row, column, None)) is not None}
        if ids:
            gone |= dict(models[kind].objects.exclude(NOT_DELETED).filter(pk__in=ids).values_list("pk", "name"))
    return gone
