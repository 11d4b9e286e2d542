"""What is handed over to somebody who asks what is known of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from caudal.core.ids import Ref
from caudal.crm.models import Erasure
from caudal.crm.queries.subjects import Subject, as_json
from caudal.kit.access import Actor, Verb, require
from caudal.kit.letters import letters_to
from caudal.kit.outbox import RecordedFact, timeline
from caudal.kit.records import plain
from caudal.kit.subjects import held
from caudal.workspace.queries import actor_names, files_about, known_elsewhere

FACTS_MAX: Final = 100_000
INNER: Final = ("version", "name_key", "open_email", "phone_keys", "deleted_by", "created_by", "changed_by", "id")
"""Columns that say nothing of the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything that is known of one person, as plain values, in sections."""

    name: str
    asked_by: str
    asked_at: datetime
    sections: dict[str, list[dict[str, Any]]]
    files: Mapping[str, str]
    """The files that are kept with them: where each lies beside the sections, and the hash of its bytes."""

    def json(self) -> dict[str, Any]:
        """Return it as one object."""
        head = {"name": self.name, "asked_by": self.asked_by, "asked_at": self.asked_at.isoformat()}
        return head | {name: rows for name, rows in self.sections.items() if rows}


def dossier(found: Subject, *, actor: Actor, as_of: datetime) -> Dossier:
    """Return what is handed over about a person."""
    deals = [
        {"name": each.name, "amount": each.amount and each.amount.to_json(), "opened_at": each.opened_at}
        for each in found.deals
    ]
    about = [*found.refs, *(each.ref for each in found.activities)]
    kept = {f"files/{place:03}-{each.file.name}": each for place, each in enumerate(files_about(about), start=1)}
    sections: dict[str, Iterable[dict[str, Any]]] = {
        "people": (as_json(each, besides=INNER) for each in found.people),
        "leads": (as_json(each, besides=INNER) for each in found.leads),
        "deals": deals,
        "activities": (as_json(each, besides=INNER) for each in found.activities),
        "touches": ({**as_json(each, besides=INNER), "channel": each.channel.name} for each in found.touches),
        "consents": (as_json(each, besides=INNER) for each in found.consents),
        "letters": (
            {"to": each.recipient, "subject": each.subject, "text": each.text, "posted_at": each.posted_at}
            for each in letters_to(found.addresses)
        ),
        "other_systems": (
            {"system": source, "kind": ref.kind, "key": key}
            for ref in found.refs
            for source, key in known_elsewhere(ref.kind, ref.id)
        ),
        "files": [
            {"name": each.file.name, "kept_with": str(each.subject), "bytes": each.file.size_bytes, "lies_in": place}
            for place, each in kept.items()
        ],
        **{each.name: each.told(found.refs) for each in held()},
        "history": _history(found.refs),
    }
    files = {place: each.file.sha256 for place, each in kept.items()}
    plainly = {name: [deeply(row) for row in rows] for name, rows in sections.items()}
    return Dossier(name=found.record.name, asked_by=actor.name, asked_at=as_of, sections=plainly, files=files)


def deeply(value: Any) -> Any:
    """Return a value as JSON can carry it, whatever stands inside."""
    if isinstance(value, dict):
        return {name: deeply(each) for name, each in value.items() if each not in (None, "", [], {})}
    if isinstance(value, list | tuple):
        return [deeply(each) for each in value]
    return plain(value)


def erasures(actor: Actor) -> list[Erasure]:
    """Return who was erased, without saying who it was, the last first."""
    require(actor, "subject", Verb.VIEW)
    return list(Erasure.objects.order_by("-erased_at", "-pk")[:200])


def _history(refs: Iterable[Ref]) -> list[dict[str, Any]]:
    facts: dict[Any, RecordedFact] = {fact.id: fact for ref in refs for fact in timeline(ref, limit=FACTS_MAX)}
    names = actor_names({fact.actor for fact in facts.values()})
    return [
        {
            "at": fact.occurred_at,
            "fact": fact.name,
            "by": names.get(fact.actor, "Caudal"),
            "said": dict(fact.data),
            "personal": dict(fact.personal or {}),
        }
        for fact in sorted(facts.values(), key=lambda fact: (fact.occurred_at, fact.id))
    ]
