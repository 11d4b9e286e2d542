"""Whether a page speaks one language: what a reader sees of it, and which of that belongs to the other language."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.conf import settings

SEEN: Final = """() => {
  const found = new Set();
  const keep = (text) => { const said = (text || "").replace(/\\s+/g, " ").trim(); if (said) found.add(said); };
  const foreign = "script, style, template, code, pre, textarea, [lang]:not(html)";
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent && !parent.closest(foreign)) keep(walker.currentNode.data);
  }
  for (const each of document.querySelectorAll("[title], [aria-label]")) {
    if (each.closest(foreign)) continue;
    for (const name of ["title", "aria-label"]) keep(each.getAttribute(name));
  }
  return [...found];
}"""
"""What can be read or heard, hidden menus included; what somebody writes in a sheet is theirs."""

SMALL_WORDS: Final = {
    # In a page of one language, small words that only the other one has.
    "en": re.compile(r"\b(el|los|las|del|que|con|para|por|una|más|sin|está|hay)\b", re.IGNORECASE),
    "es": re.compile(r"\b(the|of|and|with|is|are|was|were|by|from|to|this|that|your|you|not|for|it)\b", re.IGNORECASE),
}
SPELT_ALIKE: Final = frozenset({"El Salvador"})
"""What is the same in both languages."""


def misspoken(language: str, texts: Iterable[str], data: str) -> list[str]:
    """Return the texts of a page that are in the other language, leaving alone what people typed themselves."""
    suspect = (text for text in texts if SMALL_WORDS[language].search(text) or text in of_the_other(language))
    return [
        text
        for text in suspect
        if text not in data
        and (SMALL_WORDS[language].search(without(text, typed_in(data))) or text in of_the_other(language))
    ]


@cache
def typed_in(data: str) -> frozenset[str]:
    """The values that people typed, and what is spelt alike."""
    return frozenset(data.splitlines()) | SPELT_ALIKE


def without(text: str, typed: frozenset[str]) -> str:
    """Return a text without the values in it that somebody typed: “Edit” of “Edit Enseñar el producto”."""
    words, kept, place = text.split(" "), [], 0
    while place < len(words):
        ends = range(len(words), place + 1, -1)
        end = next((end for end in ends if " ".join(words[place:end]).strip("“”«»¿?.:") in typed), None)
        if end is None:
            kept.append(words[place])
        place = end or place + 1
    return " ".join(kept)


@cache
def of_the_other(language: str) -> frozenset[str]:
    """Whole messages that belong to the other language. Those in small letters may be names of fields and values."""
    pairs = [
        (entry.id, str(entry.string))
        for place in settings.LOCALE_PATHS
        for entry in catalogue(Path(place) / "es" / "LC_MESSAGES" / "django.po")
        if isinstance(entry.id, str) and entry.id[:1].isupper()
    ]
    english, spanish = {first for first, _ in pairs}, {second for _, second in pairs}
    return frozenset(english - spanish if language == "es" else spanish - english)


def catalogue(path: Path) -> list[Message]:
    with path.open("rb") as file:
        return list(read_po(file, locale="es"))
