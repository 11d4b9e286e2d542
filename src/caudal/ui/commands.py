"""Pages and deeds by a few letters of their names, in whichever language one thinks of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from caudal.kit.access import Actor, may
from caudal.kit.panels import NavItem, navigation
from caudal.kit.search.findable import Command, commands
from caudal.kit.search.words import chunks, words_of
from caudal.ui.navigation import SECTION_KEYS, SECTION_LABELS, Section


@dataclass(frozen=True, slots=True)
class Offer:
    """A page to go to or a thing to do, as the bar shows it."""

    label: str
    href: str
    icon: str
    keys: str = ""
    note: str = ""
    posts: tuple[str, str] | None = None
    language: str = ""


def pages_offered(actor: Actor, text: str = "") -> list[Offer]:
    """Return the pages of the rail that the actor may open and whose name fits a text, in the order of the rail."""
    order = {section.value: place for place, section in enumerate(Section)}
    items = [item for item in navigation() if may(actor, item.noun, item.verb)]
    fitting = [item for item in items if fits(text, spoken_page(item))]
    shown = []
    for item in sorted(fitting, key=lambda item: order[item.section]):
        if href := address(item.url_name):
            section = Section(item.section)
            keys = item.key or (SECTION_KEYS[section] if item == first_of(items, section) else "")
            offer = Offer(
                str(item.label), href, section.value, f"g {keys}" if keys else "", str(SECTION_LABELS[section])
            )
            shown.append(offer)
    return shown


def first_of(items: list[NavItem], section: Section) -> NavItem | None:
    """Return the entry to which the key of a section leads."""
    return next((item for item in items if item.section == section), None)


def commands_offered(actor: Actor, text: str = "", *, are_pages: bool = False) -> list[Offer]:
    """Return the commands that the actor may give and that fit a text: what can be done, or further pages."""
    return [
        Offer(str(each.label), href, each.icon, posts=each.posts, language=each.language)
        for each in commands()
        if each.is_page == are_pages
        and (not each.noun or may(actor, each.noun, each.verb))
        and fits(text, spoken_command(each))
        and (href := address(each.url_name, *each.args))
    ]


def fits(text: str, spoken: tuple[frozenset[str], ...]) -> bool:
    """Say whether every word of a text begins some word by which a thing is called in one language or another."""
    typed = list(chunks(text))
    return any(all(any(word.startswith(each) for word in words) for each in typed) for words in spoken)


@cache
def spoken_page(item: NavItem) -> tuple[frozenset[str], ...]:
    """Return the words for a page, language by language."""
    return tuple(in_each_language(item.label, SECTION_LABELS[Section(item.section)]))


@cache
def spoken_command(command: Command) -> tuple[frozenset[str], ...]:
    """Return the words for a command, language by language."""
    return tuple(in_each_language(command.label, *command.words))


def in_each_language(*labels: object) -> Iterator[frozenset[str]]:
    """Yield the folded words of some labels as each language has them."""
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            yield frozenset(word for label in labels for word in words_of(str(label)))


def address(url_name: str, *args: str) -> str:
    """Return where a name leads, or nothing where its page is not served."""
    try:
        return reverse(url_name, args=args)
    except NoReverseMatch:
        return ""
