"""The left rail: contexts say which pages they offer, the rail shows those that the reader may open."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from caudal.kit.panels import NavItem


class Section(StrEnum):
    """The eight places of the rail, in their order."""

    PLAN = "plan"
    WORK = "work"
    SELL = "sell"
    BILL = "bill"
    BOOKS = "books"
    GROW = "grow"
    MEASURE = "measure"
    SETTINGS = "settings"


SECTION_LABELS = {
    Section.PLAN: _("Plan"),
    Section.WORK: _("Work"),
    Section.SELL: _("Sell"),
    Section.BILL: _("Bill"),
    Section.BOOKS: _("Books"),
    Section.GROW: _("Grow"),
    Section.MEASURE: _("Measure"),
    Section.SETTINGS: _("Settings"),
}
SECTION_KEYS = {
    Section.PLAN: "p",
    Section.WORK: "w",
    Section.SELL: "s",
    Section.BILL: "b",
    Section.BOOKS: "k",
    Section.GROW: "r",
    Section.MEASURE: "m",
    Section.SETTINGS: ",",
}


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the rail as the template shows it."""

    label: str
    href: str
    key: str
    current: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A section of the rail with the entries that this reader sees."""

    section: Section
    label: str
    href: str
    key: str
    current: bool
    links: tuple[Link, ...]

    @property
    def icon(self) -> str:
        return self.section.value


def rail(items: Iterable[NavItem], *, path: str, may_open: Callable[[NavItem], bool]) -> tuple[Group, ...]:
    """Group `items`, already in order, into the sections of the rail, leaving out what the reader may not open.

    `path` is the page being shown: the entry whose address is its longest prefix is the current one.
    """
    visible = [(item, href) for item in items if (href := address(item)) and may_open(item)]
    current = max((href for _item, href in visible if is_under(path, href)), key=len, default=None)
    groups = []
    for section in Section:
        links = tuple(
            Link(str(item.label), href, item.key, current=href == current)
            for item, href in visible
            if item.section == section
        )
        if links:
            groups.append(
                Group(
                    section=section,
                    label=str(SECTION_LABELS[section]),
                    href=links[0].href,
                    key=SECTION_KEYS[section],
                    current=any(link.current for link in links),
                    links=links,
                )
            )
    return tuple(groups)


def address(item: NavItem) -> str:
    """Return the item's address, or nothing where its page is not served (an app switched off)."""
    try:
        return reverse(item.url_name)
    except NoReverseMatch:
        return ""


def is_under(path: str, href: str) -> bool:
    """Say whether `path` is the page at `href` or one below it; the root holds only itself."""
    return path == href or (href != "/" and path.startswith(href.rstrip("/") + "/"))
