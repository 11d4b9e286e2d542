"""Chance that repeats: generators named by a seed and words, and decks that keep shares exact."""

import random
from collections.abc import Mapping
from hashlib import sha256
from typing import Generic, TypeVar

T = TypeVar("T")


def seed_of(seed: int, *words: object) -> int:
    """Return a number of 64 bits that a seed and some words always give, on every machine."""
    text = ":".join(map(str, (seed, *words)))
    return int.from_bytes(sha256(text.encode()).digest()[:8])


def chance(seed: int, *words: object) -> random.Random:
    """Return a generator of its own for a seed and some words."""
    return random.Random(seed_of(seed, *words))  # noqa: S311  repeatable on purpose


class Deck(Generic[T]):
    """Cards drawn without putting them back, shuffled anew when the last is gone.

    A share of the deck is the share of the draws, exactly after each round: a small company tells the same story as a
    large one, where drawing with luck alone would not.
    """

    def __init__(self, luck: random.Random, cards: Mapping[T, int]) -> None:
        self.luck, self.cards = luck, cards
        self.left: list[T] = []

    def draw(self) -> T:
        """Return the next card."""
        if not self.left:
            self.left = [card for card, count in self.cards.items() for _ in range(count)]
            self.luck.shuffle(self.left)
        return self.left.pop()
