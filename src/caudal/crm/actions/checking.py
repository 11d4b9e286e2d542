"""What every draft and change goes through: words tidied, addresses read, owners and references within reach."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator, validate_email
from django.db import connection
from django.db.models import CharField, Field, Model, TextField

from caudal.core.errors import Problem, msg
from caudal.core.money import Money
from caudal.crm.models import TAG_LENGTH
from caudal.kit.access import Actor, NotAllowed, Verb, policies
from caudal.kit.names import name_key
from caudal.kit.own_fields import OwnField
from caudal.kit.problems import BadInput
from caudal.kit.records import Record
from caudal.workspace.queries import fill_own_fields, own_fields

NO_NUL: Final = ProhibitNullCharactersValidator()
PHONE_LENGTH: Final = 40
TAGS_MOST: Final = 50


class OwnerOutOfReach(Problem):
    """The owner is somebody whose rows the actor does not look after."""

    code = "owner.out_of_reach"
    status = 403
    message = msg("{actor} may not give a {noun} to this member.")
    hint = msg("Ask a manager of the member's team, or an administrator.")


class OwnerStays(Problem):
    """Somebody with whom a row is shared says whose it is to be."""

    code = "owner.stays"
    status = 403
    message = msg("{actor} may change this {noun}, but not say whose it is: it is only shared.")
    hint = msg("Ask its owner, or a manager of the owner's team.")


@dataclass(slots=True)
class Reader:
    """Reads fields of many rows and keeps what is wrong with them, to refuse all of it at once."""

    many: bool = False
    wrong: dict[str, str] = field(default_factory=dict)
    known: dict[str, tuple[OwnField, ...]] = field(default_factory=dict)
    """Fields of the company's own, by kind of record."""

    def name(self, text: str, place: str = "name", row: int = 0) -> str:
        """Return a name without surplus space; it must say something."""
        tidy = " ".join(text.split())
        if not tidy:
            self.refuse(place, msg("This needs a name."), row)
        return tidy

    def fits(self, model: type[Model], values: Mapping[str, Any], row: int = 0) -> None:
        """Check that the columns can hold the values: lengths of words, sizes of numbers and amounts."""
        for name, value in values.items():
            if value in (None, ""):
                continue
            column, held = (f"{name}_minor", value.minor) if isinstance(value, Money) else (name, value)
            for check in _validators(model, column):
                try:
                    check(held)
                except ValidationError as error:
                    self.refuse(name, " ".join(error.messages), row)

    def email(self, text: str | None, place: str = "email", row: int = 0) -> str | None:
        """Return an address in small letters, None for an empty one."""
        tidy = (text or "").strip().lower()
        if not tidy:
            return None
        try:
            validate_email(tidy)
        except ValidationError:
            self.refuse(place, msg("This is not an e-mail address."), row)
        return tidy

    def emails(self, texts: Iterable[str], place: str = "other_emails", row: int = 0) -> list[str]:
        """Return addresses in small letters, without empty ones."""
        return [read for text in texts if (read := self.email(text, place, row))]

    def phones(self, texts: Iterable[str], place: str = "other_phones", row: int = 0) -> list[str]:
        """Return numbers as they were typed, without empty ones."""
        tidy = [text for typed in texts if (text := " ".join(typed.split()))]
        for text in tidy:
            self.words(text, place, row)
            if len(text) > PHONE_LENGTH:
                self.refuse(place, msg("A phone number has at most 40 signs."), row)
        return tidy

    def tags(self, texts: Iterable[str], place: str = "tags", row: int = 0) -> list[str]:
        """Return tags without surplus space and empty ones, each once however it is spelled."""
        tidy = [text for typed in texts if (text := " ".join(typed.split()))]
        found = {name_key(text): self.tag(text, place, row) for text in reversed(tidy)}
        if len(found) > TAGS_MOST:
            self.refuse(place, msg("A record bears at most 50 tags."), row)
        return list(found.values())

    def tag(self, text: str, place: str, row: int = 0) -> str:
        """Check the name of a tag. Lists of tags are written with commas and semicolons between them."""
        self.words(text, place, row)
        if len(text) > TAG_LENGTH or len(name_key(text)) > TAG_LENGTH:
            self.refuse(place, msg("A tag has at most 40 signs."), row)
        if set(text) & set(",;") or not name_key(text):
            self.refuse(place, msg("A tag has letters or digits, and neither comma nor semicolon."), row)
        return text

    def words(self, text: str, place: str, row: int = 0) -> None:
        """Check a text of any length."""
        if "\0" in text:
            self.refuse(place, str(NO_NUL.message), row)

    def choice(self, value: str, values: Iterable[str], place: str, row: int = 0) -> str:
        """Return one of a closed set of values."""
        if value not in set(values):
            self.refuse(place, msg("This is not one of the choices."), row)
        return value

    def own(
        self, kind: str, actor: Actor, given: Mapping[str, Any], stored: Mapping[str, Any] | None = None, row: int = 0
    ) -> dict[str, Any]:
        """Return the own fields of a row with those that are given in their places."""
        if not given:
            return dict(stored or {})
        if kind not in self.known:
            self.known[kind] = own_fields(kind, retired=True)
        found = fill_own_fields(self.known[kind], actor, given, stored or {})
        for place, said in found.wrong.items():
            self.refuse(place, said, row)
        return found.values

    def refuse(self, place: str, said: str, row: int = 0) -> None:
        """Keep what is wrong with a field: `name`, or `3.name` for the fourth of many rows."""
        self.wrong.setdefault(f"{row}.{place}" if self.many else place, said)

    def finish(self) -> None:
        """Refuse, with BadInput, everything that is wrong."""
        if self.wrong:
            raise BadInput(self.wrong)


def owner_within(actor: Actor, noun: str, verb: Verb, owner_id: UUID | None) -> UUID | None:
    """Return the owner that a row gets. Raises NotAllowed, OwnerOutOfReach.

    Whoever may only make rows of their own becomes the owner of a row that names none.
    """
    whose = policies()[noun].whose(actor, verb)
    if whose is None or owner_id in whose:
        return owner_id
    if not whose:
        raise NotAllowed(actor=actor.name, verb=verb.value, noun=noun)
    if owner_id is None:
        return actor.member
    raise OwnerOutOfReach(actor=actor.name, noun=noun)


def owner_stays(actor: Actor, row: Any) -> OwnerStays | None:
    """Return what refuses another owner of a row: a share lets its holder change the row, not give or take it."""
    covered = policies()[row.kind].covers(actor, Verb.CHANGE, row.owner_id)
    return None if covered else OwnerStays(actor=actor.name, noun=row.kind)


def hand_over(actor: Actor, row: Any, values: Mapping[str, Any]) -> None:
    """Check the owner that a row within reach gets, if values name another. Raises OwnerStays, OwnerOutOfReach."""
    if values.get("owner_id", row.owner_id) == row.owner_id:
        return
    refused = owner_stays(actor, row)
    if refused is not None:
        raise refused
    owner_within(actor, row.kind, Verb.CHANGE, values["owner_id"])


def same_address(email: str) -> None:
    """Wait for whoever is writing somebody with the same address, until the end of the transaction."""
    if email:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"address {email.strip().lower()}"]
            )


def reach_references(
    model: type[Record], fields: Sequence[str], actor: Actor, values: Sequence[Any]
) -> dict[str, dict[UUID, Any]]:
    """Return, by field and id, the rows that drafts or changes name. Raises NotFound for one out of sight."""
    return {
        each: model.related_for(each, actor, [found for value in values if (found := _named(value, f"{each}_id"))])
        for each in fields
    }


@cache
def _validators(model: type[Model], column: str) -> tuple[Callable[[Any], None], ...]:
    found = model._meta.get_field(column)
    if not isinstance(found, Field):
        return ()
    return (NO_NUL, *found.validators) if isinstance(found, CharField | TextField) else tuple(found.validators)


def _named(value: Any, name: str) -> UUID | None:
    found: UUID | None = value.get(name) if isinstance(value, dict) else getattr(value, name)
    return found
