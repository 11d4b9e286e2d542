"""What the files say of stages and owners, what it is taken for, and what somebody decided that it means."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from caudal.core.errors import msg
from caudal.crm.imports.decisions import NOBODY, Decisions, stage_name
from caudal.crm.imports.findings import Tally
from caudal.crm.imports.surveys import Survey, tidy_key
from caudal.crm.imports.vocabulary import Kind, Reading
from caudal.crm.models import Outcome, Stage
from caudal.kit.names import name_key
from caudal.kit.records import NOT_DELETED
from caudal.workspace.queries import member_addresses, member_directory

ENDS: Final = frozenset(Outcome)


class Taken(StrEnum):
    """What a word is taken for."""

    KNOWN = "known"
    """The row that is called so."""
    NEW = "new"
    WON = "won"
    LOST = "lost"
    NOBODY = "nobody"
    """A key that nobody knows."""
    UNCLEAR = "unclear"
    """It may be several: its rows are refused."""
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Word:
    """A stage or an owner as files write it."""

    text: str
    count: int
    """Rows that say so."""
    taken: str
    chosen: str
    """What somebody decided, as they wrote it; nothing while nobody did."""

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Choices:
    """What was decided, as rows that are here."""

    stages: Mapping[str, str] = field(default_factory=dict)
    """Key of a stage as decisions name it → `won`, `lost`, or the id of a stage."""
    pipelines: Mapping[str, UUID] = field(default_factory=dict)
    """Id of a stage that was chosen → its pipeline."""
    owners: Mapping[str, UUID | None] = field(default_factory=dict)
    """Key of a name, an address or a key → a member, None for nobody."""

    def stage(self, pipeline: str, stage: str) -> str:
        """Return what was decided about a stage; nothing where nothing was."""
        return self.stages.get(name_key(stage_name(pipeline, stage)), "") if stage else ""


def choices_of(decisions: Decisions, tally: Tally) -> Choices:
    """Find the rows that decisions mean. What they name that is not there is told, and counts as not decided."""
    stages, owners = _stages(), _members()
    pipelines = {str(stage): pipeline for each in stages.values() for stage, pipeline in each.items()}
    chosen: dict[str, str] = {}
    for word, to in sorted(decisions.stages.items()):
        found = stages.get(name_key(to), {})
        if to in ENDS:
            chosen[name_key(word)] = to
        elif len(found) == 1:
            chosen[name_key(word)] = str(next(iter(found)))
        elif to:
            _tell(tally, "import.no_such_stage", msg("“{word}” was to be the stage “{to}”, which is not one of ours; "
                                                     "that was not heeded."), word, to)  # fmt: skip
    whom: dict[str, UUID | None] = {}
    for word, to in sorted(decisions.owners.items()):
        meant = owners.get(name_key(to), set())
        if to == NOBODY:
            whom[_owner_key(word)] = None
        elif len(meant) == 1:
            whom[_owner_key(word)] = next(iter(meant))
        elif to:
            _tell(tally, "import.no_such_member", msg("“{word}” was to be “{to}”, who is not one member of ours; that "
                                                      "was not heeded."), word, to)  # fmt: skip
    used = {key: pipelines[key] for key in chosen.values() if key not in ENDS}
    return Choices(chosen, used, whom)


def our_stages() -> list[tuple[UUID, str]]:
    """Return id and name of every stage of ours, as decisions name it, in the order of pipelines and stages."""
    rows = Stage.objects.filter(NOT_DELETED, pipeline__deleted_at=None).select_related("pipeline")
    listed = rows.order_by("-pipeline__is_default", "pipeline__position", "pipeline", "position", "pk")
    return [(each.pk, stage_name(each.pipeline.name, each.name)) for each in listed]


def stage_words(surveys: Iterable[Survey]) -> Iterator[tuple[str, str, int]]:
    """Yield pipeline, stage and rows of every stage that deals say."""
    for survey in surveys:
        if survey.kind is Kind.DEALS:
            for (pipeline, stage), mention in sorted(survey.stages.items()):
                if stage:
                    yield pipeline, stage, mention.count


def owner_words(surveys: Iterable[Survey]) -> Iterator[tuple[str, bool, int]]:
    """Yield what rows call whoever answers for them, whether that is a key, and how many rows say so."""
    for survey in surveys:
        for each, _ in survey.recognition.fields():
            if each.names is Kind.MEMBERS and survey.kind is not Kind.MEMBERS:
                for text, mention in sorted(survey.mentions[each.name].items()):
                    is_key = each.reading is Reading.LINK
                    yield tidy_key(text) if is_key else text, is_key, mention.count


def tell_unsaid(decisions: Decisions, surveys: Iterable[Survey], tally: Tally) -> None:
    """Say which decisions are about words that no file says: they may be misspelt. Those of a profile stay unsaid."""
    listed = list(surveys)
    stages = {name_key(stage_name(pipeline, stage)) for pipeline, stage, _ in stage_words(listed)}
    owners = {_owner_key(text) for text, _, _ in owner_words(listed)}
    unsaid = [word for word in decisions.stages if name_key(word) not in stages]
    unsaid += [word for word in decisions.owners if _owner_key(word) not in owners]
    for word in sorted(set(unsaid) - decisions.usual):
        tally.note(
            "import.decided_unsaid",
            msg("It was decided what “{word}” means, and no row says it."),
            file="",
            word=word,
        )


def _owner_key(word: str) -> str:
    return name_key(tidy_key(word))


def _tell(tally: Tally, code: str, message: str, word: str, to: str) -> None:
    tally.error(code, message, file="", word=word, to=to)


def _stages() -> dict[str, dict[UUID, UUID]]:
    """Our stages and their pipelines, by id, by name, and by pipeline and name."""
    found: dict[str, dict[UUID, UUID]] = {}
    rows = Stage.objects.filter(NOT_DELETED, pipeline__deleted_at=None).order_by("pipeline", "position", "pk")
    for pk, name, pipeline, called in rows.values_list("pk", "name", "pipeline_id", "pipeline__name"):
        for key in {str(pk), name_key(name), name_key(stage_name(called, name))}:
            found.setdefault(key, {})[pk] = pipeline
    return found


def _members() -> dict[str, set[UUID]]:
    """Our members by id, by name and by address."""
    found: dict[str, set[UUID]] = {}
    by_name: dict[str, list[UUID]] = {}
    for pk, name in member_directory():
        by_name.setdefault(name, []).append(pk)
        for key in (str(pk), name_key(name)):
            found.setdefault(key, set()).add(pk)
    for address, name in member_addresses():
        if len(by_name[name]) == 1:
            found.setdefault(name_key(address), set()).add(by_name[name][0])
    return found
