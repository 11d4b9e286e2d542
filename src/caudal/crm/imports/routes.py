"""In which pipelines the deals of files go, and through which stages."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from caudal.core.errors import msg
from caudal.crm.actions.pipelines import StageDraft
from caudal.crm.imports.choices import Choices
from caudal.crm.imports.findings import Tally
from caudal.crm.imports.surveys import Survey
from caudal.crm.imports.vocabulary import OTHERWISE, OUTCOMES, STAGES, Kind, in_words
from caudal.crm.models import Outcome, Pipeline, Stage
from caudal.kit.names import name_key
from caudal.kit.records import NOT_DELETED
from caudal.workspace.queries import externals_of

PIPELINE: Final = "pipeline"
ENDED: Final = (("closed won", Outcome.WON), ("closed lost", Outcome.LOST))


@dataclass(frozen=True, slots=True)
class Route:
    """A pipeline of deals: one that is there, or one to make, and the stages to add to it."""

    name: str
    """As the files write it; nothing where they name none."""
    id: UUID | None
    stages: tuple[StageDraft, ...]


def routes_of(source: str, surveys: Iterable[Survey], tally: Tally, choices: Choices) -> dict[str, Route]:
    """Decide where the deals of each pipeline go, and say which stages are new. Without deals there is no route.

    Deals go into the pipeline that the source had before; else into the one of the same name, or where the files name
    none into the first with every stage of theirs; else into a new one. A stage that somebody chose is in a pipeline.
    """
    spelled: dict[str, dict[str, str]] = {}
    names: dict[str, str] = {}
    declared: dict[str, dict[str, StageDraft]] = {}
    where = ""
    listed = list(surveys)
    for survey in listed:
        for (pipeline, stage), draft in survey.declared.items():
            key = name_key(pipeline)
            names.setdefault(key, pipeline)
            declared.setdefault(key, {}).setdefault(stage_key(stage), draft)
            spelled.setdefault(key, {}).setdefault(stage_key(stage), stage)
    for survey in listed:
        if survey.kind is not Kind.DEALS:
            continue
        where = where or survey.name
        for pipeline, stage in sorted(survey.stages):
            decided = choices.stage(pipeline, stage)
            if decided in choices.pipelines:
                continue
            key = name_key(pipeline)
            names.setdefault(key, pipeline)
            words = spelled.setdefault(key, {})
            if stage and not decided and outcome_of(stage) is None:
                words.setdefault(stage_key(stage), stage)
    own = externals_of(source, PIPELINE)
    return {
        key: _route(source, names.get(key, ""), words, own.get(key), declared.get(key, {}), tally, where)
        for key, words in spelled.items()
    }


def outcome_of(word: str) -> Outcome | None:
    """Return how a deal ended that is said to be in this stage, None while it is open.

    >>> outcome_of("Closed Lost to Competition"), outcome_of("closedwon"), outcome_of("Demo")
    (Outcome.LOST, Outcome.WON, None)
    """
    plain = in_words(word)
    return OUTCOMES.get(plain) or next((outcome for start, outcome in ENDED if plain.startswith(start)), None)


def stage_key(name: str) -> str:
    """Return what makes two names the same stage."""
    return name_key(in_words(name)) or name_key(name)


def _route(
    source: str,
    name: str,
    spelled: dict[str, str],
    own: UUID | None,
    declared: Mapping[str, StageDraft],
    tally: Tally,
    where: str,
) -> Route:
    stages = _stages()
    chosen = own if own in stages else next(_candidates(name, spelled, stages), None)
    missing = spelled.keys() - (stages[chosen] if chosen else set())
    said = tuple(draft for key, draft in declared.items() if key in missing)
    guessed = tuple(
        StageDraft(spelled[key], probability)
        for probability, key in sorted((STAGES.get(key, OTHERWISE), key) for key in missing - declared.keys())
    )
    if guessed:
        tally.note(
            "import.stages",
            msg("The stages {stages} are in no pipeline; they were added to the pipeline of {source}."),
            file=where,
            hint=msg("Look at their probabilities: they are customary ones."),
            stages=", ".join(draft.name for draft in guessed),
            source=name or source,
        )
    return Route(name, chosen, (*said, *guessed))


def _stages() -> dict[UUID, set[str]]:
    rows = Stage.objects.filter(NOT_DELETED).order_by("pipeline", "position").values_list("pipeline_id", "name")
    stages: dict[UUID, set[str]] = {}
    for pipeline_id, name in rows:
        stages.setdefault(pipeline_id, set()).add(stage_key(name))
    return stages


def _candidates(name: str, spelled: dict[str, str], stages: dict[UUID, set[str]]) -> Iterator[UUID]:
    """Pipelines of this name; without one, those that have every stage, the default ones first."""
    rows = Pipeline.objects.filter(NOT_DELETED, pk__in=stages).order_by("-is_default", "position", "pk")
    for pk, called in rows.values_list("pk", "name"):
        if name_key(called) == name_key(name) if name else spelled.keys() <= stages[pk]:
            yield pk
