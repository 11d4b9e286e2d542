"""What other contexts hold of people whom the CRM knows: it is handed over with the rest, and erased or kept with it.

A context publishes `HELD`, a tuple, in its room `handlers`; whoever answers for the data of people asks here.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from caudal.core.ids import Ref
from caudal.kit.access import Actor
from caudal.kit.rooms import gathered


@dataclass(frozen=True, slots=True)
class Held:
    """What a context holds of people under one name."""

    name: str
    """Its section of what is handed over, and its line in the report of an erasure."""
    words: str | Promise
    """What it is called there."""
    told: Callable[[Collection[Ref]], list[dict[str, Any]]]
    """What is handed over of some people, as plain values."""
    check: Callable[[Collection[Ref]], None]
    """Raises the Problem that is in the way of erasing them now."""
    forget: Callable[[Actor, datetime, Collection[Ref]], list[Ref]]
    """Empties what is theirs in the transaction of the erasure, and returns the records whose past goes with it."""
    kept: Callable[[Collection[Ref]], int]
    """How much of them stays as a law asks for it."""
    tables: frozenset[str] = frozenset()
    """Tables that stay as they are, whatever is written in them."""


def held() -> tuple[Held, ...]:
    """Return what contexts hold, lower contexts first."""
    found: tuple[Held, ...] = gathered("handlers", "HELD")
    return found
