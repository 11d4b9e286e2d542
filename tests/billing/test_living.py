"""Weeks and years of whatever may happen in billing, with failures in between: everything holds all the time."""

import os
import random
from datetime import timedelta

import pytest

from caudal.billing import actions
from caudal.billing.adapters import TableTaxes
from caudal.billing.queries import canonical_documents, story
from caudal.kit.world import SetClock, fixed_world, use
from tests.billing.invariants import broken
from tests.billing.living import Life
from tests.billing.selling import NEW_YEAR, Sold, bill, sold
from tests.billing.test_replaying import forget_everything_billed
from tests.world import Shop

__all__ = ["sold"]


def lived(shop: Shop, sold: Sold, *, seed: int, days: int, each_days: float) -> Life:
    """Let a company live, and look at it every few weeks."""
    world = fixed_world(at=NEW_YEAR, seed=seed)
    assert isinstance(world.clock, SetClock)
    life = Life(sold, random.Random(seed), world.clock)  # noqa: S311  a life that can be repeated
    with use(world):
        life.begin(shop)
        for week in range(0, days // 7, 4):
            life.live(NEW_YEAR + timedelta(weeks=min(week + 4, days // 7)), each_days=each_days)
            bill(life.now)
            actions.rebuild_mrr(**life.how)
            assert broken(life.now) == [], f"seed {seed}, week {week}"
    return life


def told_again() -> None:
    """Work everything out again where no document is."""
    told, documents = story(), canonical_documents()
    forget_everything_billed()
    actions.tell_again(told, TableTaxes)
    again = canonical_documents()
    assert [key for key in sorted(documents.keys() | again.keys()) if documents.get(key) != again.get(key)] == []


def test_weeks_of_whatever_may_happen_leave_everything_as_it_should_be(shop: Shop, sold: Sold) -> None:
    life = lived(shop, sold, seed=int(os.environ.get("CAUDAL_SEED", "1")), days=7 * 6, each_days=0.5)
    life.settle_up()
    told_again()


@pytest.mark.lane("scale")
@pytest.mark.parametrize("seed", [int(each) for each in os.environ.get("CAUDAL_SEEDS", "1 2 3").split()])
def test_two_years_of_whatever_may_happen_leave_everything_as_it_should_be(shop: Shop, sold: Sold, seed: int) -> None:
    life = lived(shop, sold, seed=seed, days=730, each_days=0.8)
    life.settle_up()
    told_again()
    print(seed, sum(life.done.values()), dict(life.done), dict(life.refused))  # noqa: T201  the figures
