"""Asks the index as somebody types, for an administrator and a rep, and prints the times; run by `bench.finding`."""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from bench.setting_up import attached  # isort: split

from django.db import connection, transaction

from caudal.crm.actions import LeadDraft, capture_leads
from caudal.crm.models import Deal, Lead
from caudal.kit.access import Actor
from caudal.kit.outbox import drain
from caudal.kit.outbox.handlers import handlers, subscriptions
from caudal.kit.search.finding import Rank, find
from caudal.kit.search.index import HANDLER, refresh
from caudal.kit.search.words import folded
from caudal.kit.world import now
from caudal.workspace.models import Member, Role
from caudal.workspace.queries import actor_of_member, company

SAMPLE: Final = 40
BATCH: Final = 1000
ROUNDS: Final = 5


@attached()
def main() -> None:
    """Print, for each way to ask and each of the two, the median, the 95th and the worst in milliseconds."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE kit_search_entry, kit_search_spelling, crm_lead, crm_deal, crm_person, crm_company")
    chance, own = random.Random(7), company()  # noqa: S311  the same questions every time
    assert own is not None
    people = {
        role: actor_of_member(Member.objects.filter(role=role).order_by("pk")[0], own)
        for role in (Role.ADMIN, Role.REP)
    }
    leads = sample(chance, Lead)
    deals = sample(chance, Deal)
    ways: dict[str, list[str]] = {
        **{f"letters of a name: {length}": [folded(each.name)[:length] for each in leads] for length in (1, 2, 3, 4)},
        "given and family name": [" ".join(each.name.split()[:2]) for each in leads],
        "family name, one letter wrong": [wrong(chance, folded(each.name.split()[1])) for each in leads],
        "whole name, one letter wrong": [wrong(chance, folded(each.name)) for each in leads],
        "e-mail address": [each.email or each.name for each in leads],
        "a shared domain": [(each.email or "@gmail.com").partition("@")[2] for each in leads],
        "phone number at home": [each.phone[4:] or each.name for each in leads],
        "name of a deal": [each.name for each in deals],
        "public id": [str(each.ref) for each in deals],
        "nothing there": [f"xq{number}zzj" for number in range(SAMPLE)],
    }
    for texts in ways.values():
        for person in people.values():
            timed(person, texts[:3])
    found = {way: {str(role): timed(person, texts) for role, person in people.items()} for way, texts in ways.items()}
    answers = {
        "sample": SAMPLE,
        "ways": found,
        "forgiving": forgiving(people[Role.ADMIN], chance, leads),
        "keeping": keeping(people[Role.ADMIN]),
    }
    json.dump(answers, sys.stdout)


def keeping(actor: Actor) -> dict[str, float]:
    """Return how long leads take to be captured, with and without a follower, and to be taken by the index."""
    times: dict[str, list[float]] = {"without": [], "capture": [], "inside": [], "follow": []}
    for number in range(ROUNDS):
        drafts = [LeadDraft(name=f"Zoraida Quirós {number} {n}", captured_at=now()) for n in range(BATCH)]
        with undone():
            heard = handlers().pop(HANDLER)  # type: ignore[attr-defined]  # the registry itself
            subscriptions.cache_clear()
            times["without"].append(
                seconds(lambda drafts=drafts: capture_leads(actor=actor, as_of=now(), leads=drafts))
            )
            handlers()[HANDLER] = heard  # type: ignore[index]  # the registry itself
            subscriptions.cache_clear()
        with undone():
            times["capture"].append(
                seconds(lambda drafts=drafts: capture_leads(actor=actor, as_of=now(), leads=drafts))
            )
            refs = [lead.ref for lead in Lead.objects.order_by("-pk")[:BATCH]]
            with undone():
                times["inside"].append(seconds(lambda refs=refs: refresh(refs)))
            times["follow"].append(seconds(lambda: drain(HANDLER, as_of=now())))
    return {"batch": BATCH, **{name: statistics.median(each) for name, each in times.items()}}


@contextmanager
def undone() -> Iterator[None]:
    """Take back what the block writes."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def seconds(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def sample(chance: random.Random, model: type[Lead] | type[Deal]) -> list[Lead] | list[Deal]:
    """Return some rows from all over a table."""
    total = model.objects.count()
    ids = model.objects.order_by("pk").values_list("pk", flat=True)
    places = sorted(chance.sample(range(0, total, max(1, total // 2000)), SAMPLE))
    return list(model.objects.filter(pk__in=[ids[place] for place in places]))  # type: ignore[return-value]  # one model, one list


def wrong(chance: random.Random, word: str) -> str:
    """Return a word with one letter dropped, doubled, swapped or replaced."""
    at = chance.randrange(1, len(word) - 1)
    changes: tuple[Callable[[], str], ...] = (
        lambda: word[:at] + word[at + 1 :],
        lambda: word[:at] + word[at] + word[at:],
        lambda: word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        lambda: word[:at] + "q" + word[at + 1 :],
    )
    return chance.choice(changes)()


def timed(actor: Actor, texts: list[str]) -> dict[str, float]:
    """Ask each question, and return the spread of the times."""
    times = []
    for text in texts:
        begun = time.perf_counter()
        find(actor, text)
        times.append((time.perf_counter() - begun) * 1000)
    times.sort()
    return {"p50": statistics.median(times), "p95": times[int(len(times) * 0.95)], "worst": times[-1]}


def forgiving(actor: Actor, chance: random.Random, leads: list[Lead]) -> dict[str, float]:
    """Return how often a mistyped whole name leads to its lead, and how many other names come with it."""
    hit, others = 0, 0
    for lead in leads:
        groups = find(actor, wrong(chance, folded(lead.name)), kinds={"lead"})
        refs = [each.ref for group in groups for each in group.hits if each.rank is Rank.TYPO or each.ref == lead.ref]
        hit += lead.ref in refs
        others += len(refs) - (lead.ref in refs)
    return {"found": hit / len(leads), "others": others / len(leads)}


if __name__ == "__main__":
    main()
