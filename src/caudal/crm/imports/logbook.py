"""Writing activities by the actions that everybody else uses, linked to all that their rows name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.crm.actions.logging import RECORDS, ActivityDraft, DoneDraft, log_activities
from caudal.crm.actions.restating import restate_activity
from caudal.crm.imports.desks import ANY, Desk, LinkedRowMissing, keys_of
from caudal.crm.imports.planning import NOUNS
from caudal.crm.imports.rows import Row
from caudal.crm.imports.vocabulary import BY_KIND, LABELS, Kind, Reading
from caudal.crm.imports.vocabulary.work import DONE, DROPPED, OPEN
from caudal.crm.models import APPOINTMENTS, Activity, ActivityKind
from caudal.kit.access import Verb
from caudal.kit.names import name_key
from caudal.workspace.queries import company, external_keys

LINKS: Final = {each.links: each for each in BY_KIND[Kind.ACTIVITIES].fields
                if each.reading is Reading.LINK and each.names is not Kind.MEMBERS}  # fmt: skip
"""Fields that name records by key, by the field that names them by what they are called."""
SAID: Final = (("deal", Kind.DEALS), ("lead", Kind.LEADS), ("person", Kind.PEOPLE))
"""Fields that name a record by what it is called."""
_TAIL: Final = " ("
"""What stands behind a name in the exports of HubSpot: `Eva Gil (eva@acme.example)`."""


class PrivateOfNobody(Problem):
    """A private activity is seen by its author alone."""

    code = "import.private_of_nobody"
    status = 409
    message = msg("The activity is private, and whose it is does not say who is a member here.")
    hint = msg("Decide whose it is, or take the mark away.")


@dataclass(slots=True)
class Named:
    """The records that rows of a batch name by what they are called."""

    by_name: dict[Kind, dict[str, list[tuple[UUID, UUID | None]]]] = field(default_factory=dict)
    """Kind → key of a name → records of that name and their companies, those that the source knows first."""

    def find(self, desk: Desk, kind: Kind, names: Iterable[str]) -> None:
        """Look records of a kind up by name."""
        wanted = {name_key(spelling) for name in names for spelling in _spellings(name)}
        found = self.by_name.setdefault(kind, {})
        wanted -= found.keys()
        if not wanted:
            return
        model = RECORDS[NOUNS[kind]]
        columns = ["pk", "name_key", *(["company_id"] if kind in {Kind.DEALS, Kind.PEOPLE} else [])]
        rows = list(model.for_actor(desk.actor).filter(name_key__in=wanted).order_by("pk").values_list(*columns))
        own = external_keys(desk.source, NOUNS[kind], [row[0] for row in rows])
        for row in sorted(rows, key=lambda each: each[0] not in own):
            found.setdefault(row[1], []).append((row[0], row[2] if len(row) > 2 else None))  # noqa: PLR2004  with a company
        if any(row[0] in own for row in rows):
            for key, listed in found.items():
                known = [each for each in listed if each[0] in own]
                found[key] = known or listed

    def one(self, kind: Kind, name: str, company_id: UUID | None) -> UUID | None:
        """Return the one record of a name, at a company where several are called so; None when none or several are."""
        for spelling in _spellings(name):
            listed = self.by_name.get(kind, {}).get(name_key(spelling), [])
            near = [pk for pk, at in listed if company_id and at == company_id]
            if len(near) == 1 or len(listed) == 1:
                return near[0] if len(near) == 1 else listed[0][0]
        return None


class Activities:
    """Rows of activities. Nobody is mailed or reminded of what moves in."""

    def create(self, desk: Desk, rows: Sequence[Row]) -> list[UUID]:
        """Plan or log activities."""
        drafts = self._drafts(desk, rows)
        made = log_activities(actor=desk.actor, as_of=desk.as_of, activities=drafts, tells_mentions=False)
        return [activity.pk for activity in made]

    def update(self, desk: Desk, row: Row, record: UUID) -> bool:
        """Make an activity say what the row says."""
        before = Activity.one_for(desk.actor, Verb.CHANGE, record).version
        (draft,) = self._drafts(desk, [row])
        after = restate_activity(actor=desk.actor, as_of=desk.as_of, activity_id=record, draft=draft)
        return after.version != before

    def _drafts(self, desk: Desk, rows: Sequence[Row]) -> list[ActivityDraft]:
        named = Named()
        for name, kind in SAID:
            named.find(desk, kind, {str(row.values[name]) for row in rows if row.values.get(name)})
        regarding = {str(row.values["what"]) for row in rows if row.values.get("what")}
        for kind in ANY if regarding else ():
            named.find(desk, kind, regarding)
        settings = company()
        zone = ZoneInfo(settings.zone if settings else "UTC")
        return [self._draft(desk, row, named, zone) for row in rows]

    def _draft(self, desk: Desk, row: Row, named: Named, zone: tzinfo) -> ActivityDraft:
        values = row.values
        owner_id = desk.links(row, owner=Kind.MEMBERS).get("owner_id")
        if values.get("is_private") and owner_id is None:
            raise PrivateOfNobody
        does, due = values["does"], values["due"]
        done = self._done(row, zone, desk.as_of)
        if done and does in {ActivityKind.CALL, ActivityKind.EMAIL, ActivityKind.NOTE} and not values.get("completed"):
            due = None  # the day is the one on which it was done
        is_day = isinstance(due, date) and not isinstance(due, datetime)
        return ActivityDraft(
            does=does,
            subject=values["subject"],
            body=values["body"],
            about=self._about(desk, row, named),
            owner_id=owner_id,
            due_date=due if is_day else None,
            due_at=None if is_day else due,
            minutes=values["minutes"],
            direction=values["direction"],
            is_private=bool(values.get("is_private")),
            done=done,
            is_of_owner=bool(values.get("is_private")),
        )

    def _done(self, row: Row, zone: tzinfo, as_of: datetime) -> DoneDraft | None:
        """When it was done and what came of it; a talk without a state has taken place once its time has come."""
        values = row.values
        told = [_instant(values.get(name), zone) for name in ("completed", "held", "created")]
        ended, held, created = told
        state = values["state"]
        if state == OPEN or (state not in {DONE, DROPPED} and values["does"] == ActivityKind.TASK):
            return None
        if state not in {DONE, DROPPED} and (held is None or held > as_of):
            return None if held is not None or values["does"] in APPOINTMENTS else self._logged(created, as_of)
        wanted = (ended, created, held) if values["does"] == ActivityKind.NOTE else (ended, held, created)
        at = next((each for each in wanted if each is not None and each <= as_of), None) or as_of
        return DoneDraft(done_at=at, outcome=values["outcome"])

    def _logged(self, created: datetime | None, as_of: datetime) -> DoneDraft:
        return DoneDraft(done_at=min(created or as_of, as_of))

    def _about(self, desk: Desk, row: Row, named: Named) -> tuple[Ref, ...]:
        """The records that a row is about: by key, else by name. What is not there is told, or refuses a strict row."""
        found: list[Ref] = []
        keyed = set()
        for name, each in LINKS.items():
            for key in keys_of(row, each):
                kinds = [each.names] if each.names else ANY
                known = [Ref(NOUNS[kind], desk.by_key[kind][key]) for kind in kinds if key in desk.by_key.get(kind, {})]
                found += known[:1]
                keyed |= {name} if known else set()
                if desk.is_strict and not known:
                    raise LinkedRowMissing(kind=LABELS[each.names] if each.names else msg("record"), key=key)
        company_id = None
        if not any(ref.kind == "company" for ref in found):
            company_id = desk.links(row, company=Kind.COMPANIES).get("company_id")
            found += [Ref("company", company_id)] if company_id else []
        for name, kind in (*SAID, ("what", None)):
            text = str(row.values.get(name) or "")
            if text and name not in keyed:
                found += self._named(desk, row, named, text, [kind] if kind else list(ANY), company_id)
        return tuple(dict.fromkeys(found))

    def _named(
        self, desk: Desk, row: Row, named: Named, text: str, kinds: Sequence[Kind], company_id: UUID | None
    ) -> list[Ref]:
        """The record of each name in a cell: as it stands, else of each part between semicolons."""
        refs = []
        for part in [text] if ";" not in text else [text, *filter(None, map(str.strip, text.split(";")))]:
            for kind in kinds:
                pk = named.one(kind, part, company_id)
                if pk:
                    refs.append(Ref(NOUNS[kind], pk))
                    break
            if refs and part is text:
                return refs
        if not refs:
            desk.miss(row, text, LABELS[kinds[0]] if len(kinds) == 1 else msg("record"))
        return refs


def _spellings(name: str) -> list[str]:
    """A name as it stands, and without what stands in parentheses behind it."""
    plain = name.strip()
    head = plain.rpartition(_TAIL)[0] if plain.endswith(")") else ""
    return [plain, head] if head else [plain]


def _instant(told: date | datetime | None, zone: tzinfo) -> datetime | None:
    if told is None or isinstance(told, datetime):
        return told
    return datetime.combine(told, time(), tzinfo=zone)
