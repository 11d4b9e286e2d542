"""Listing the stages and owners that files say, with how many rows say them and what they are taken for."""

from collections.abc import Mapping

from caudal.crm.imports.choices import Taken, Word, owner_words, stage_words
from caudal.crm.imports.decisions import Decisions, stage_name
from caudal.crm.imports.planning import Plan
from caudal.crm.imports.routes import outcome_of, stage_key
from caudal.crm.imports.surveys import tidy_key
from caudal.crm.imports.vocabulary import Kind
from caudal.kit.names import name_key
from caudal.workspace.queries import externals


def stages_said(plan: Plan, decisions: Decisions) -> tuple[Word, ...]:
    """Return every stage that deals say, the most frequent first."""
    found: dict[str, Word] = {}
    for pipeline, stage, count in stage_words(plan.surveys):
        written = stage_name(pipeline, stage)
        key = name_key(written)
        before = found.get(key)
        taken = Taken.DECIDED if plan.choices.stage(pipeline, stage) else _stage_taken(plan, pipeline, stage)
        text, rows = (before.text, before.count + count) if before else (written, count)
        found[key] = Word(text, rows, taken, _chosen(decisions.stages, key))
    return _by_count(found)


def owners_said(plan: Plan, decisions: Decisions, source: str) -> tuple[Word, ...]:
    """Return every owner that rows name, the most frequent first; of keys those alone that nobody knows."""
    found: dict[str, Word] = {}
    listed = list(owner_words(plan.surveys))
    known = externals(source, "member", [text for text, is_key, _ in listed if is_key])
    for text, is_key, count in listed:
        key = name_key(text)
        is_decided = key in plan.choices.owners
        if is_key and text in known and not is_decided:
            continue
        taken = Taken.DECIDED if is_decided else Taken.NOBODY if is_key else _owner_taken(plan, text)
        before = found.get(key)
        found[key] = Word(text, count + (before.count if before else 0), taken, _chosen(decisions.owners, key))
    return _by_count(found)


def _stage_taken(plan: Plan, pipeline: str, stage: str) -> Taken:
    if outcome := outcome_of(stage):
        return Taken(outcome.value)
    route = plan.routes[name_key(pipeline)]
    return Taken.NEW if stage_key(stage) in {stage_key(draft.name) for draft in route.stages} else Taken.KNOWN


def _owner_taken(plan: Plan, text: str) -> Taken:
    key = plan.match(Kind.MEMBERS, text)
    if key is None:
        return Taken.UNCLEAR
    return Taken.NEW if key in plan.spelled[Kind.MEMBERS] else Taken.KNOWN


def _chosen(said: Mapping[str, str], key: str) -> str:
    return next((to for word, to in said.items() if name_key(tidy_key(word)) == key), "")


def _by_count(found: dict[str, Word]) -> tuple[Word, ...]:
    return tuple(sorted(found.values(), key=lambda each: (-each.count, each.text)))
