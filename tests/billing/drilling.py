"""How a test follows sums: amounts on a page as readers see them, and whether what one leads to makes it."""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

from typing_extensions import override

AMOUNT: Final = re.compile(r"(?<![\w.,])([−+]?)€?(\d[\d,]*\.\d\d)(?![\w%.])")
SHARE: Final = re.compile(r"(?<![\w.,])(\d[\d,]*(?:\.\d+)?)%")
NUMBER: Final = re.compile(r"−?\d[\d,]*(?:\.\d+)?")
VOID: Final = {"input", "br", "img", "meta", "link", "use", "line", "rect", "path", "hr", "col", "circle"}
UNREAD: Final = {"script", "style", "svg", "form", "figcaption", "summary", "option", "title"}
"""What holds no published sum: what is typed, and drawings, which have a table beside them."""
FIRST: Final = 3
LAST: Final = 1
"""So many rows at the beginning and at the end of a table are followed, its totals among them."""
TOGETHER: Final = (2, 3)
"""So many tables may make a sum together: earned less spent; liabilities, equity and assets."""
PREFIXES: Final = (
    "/invoice",
    "/payments",
    "/outstanding",
    "/customers/",
    "/billing/",
    "/revenue/",
    "/recurring",
    "/books/",
)
"""The pages that are read for sums of their own; others only have to say the amount again."""


@dataclass(slots=True, eq=False)
class Node:
    """An element of a page."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    parent: "Node | None" = None
    children: "list[Node | str]" = field(default_factory=list)
    sums: list[Decimal] | None = None
    """What the columns of a table come to, once that was asked."""

    @property
    def text(self) -> str:
        """What is read in it."""
        if self.tag in UNREAD or self.has("timeline"):
            return ""
        return "".join(each if isinstance(each, str) else each.text for each in self.children)

    def has(self, name: str) -> bool:
        """Say whether it bears a class."""
        return name in self.attrs.get("class", "").split()

    def all(self, wanted: "Callable[[Node], bool]") -> "Iterator[Node]":
        """Go through the elements in it that are wanted, in their order."""
        for each in self.children:
            if isinstance(each, Node) and each.tag not in UNREAD and not each.has("timeline"):
                if wanted(each):
                    yield each
                yield from each.all(wanted)

    def up(self, wanted: "Callable[[Node], bool]") -> "Node | None":
        """Return the nearest element around it, or itself, that is wanted."""
        found: Node | None = self
        while found is not None and not wanted(found):
            found = found.parent
        return found


class Reading(HTMLParser):
    """Builds the elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.root = self.at = Node("root")

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Node(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.children.append(made)
        if tag not in VOID:
            self.at = made

    @override
    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.at.children.append(Node(tag, {name: value or "" for name, value in attrs}, self.at))

    @override
    def handle_endtag(self, tag: str) -> None:
        found = self.at.up(lambda each: each.tag == tag)
        if found is not None and found.parent is not None:
            self.at = found.parent

    @override
    def handle_data(self, data: str) -> None:
        self.at.children.append(data)


@dataclass(frozen=True, slots=True)
class Shown:
    """An amount where it stands."""

    amount: Decimal
    node: Node

    @property
    def link(self) -> str | None:
        """Where it leads by itself."""
        found = self.node.up(lambda each: each.tag == "a")
        return found.attrs.get("href") if found else None

    @property
    def row(self) -> Node | None:
        """The row of a table that it stands in."""
        return self.node.up(lambda each: each.tag == "tr")

    @property
    def is_like_others(self) -> bool:
        """Say whether it stands in the middle of a long table, whose rows are all made in one way."""
        table = self.node.up(lambda each: each.tag == "tbody")
        if table is None:
            return False
        rows = list(table.all(lambda each: each.tag == "tr"))
        return self.row in rows[FIRST:-LAST]

    @property
    def is_noted(self) -> bool:
        """Say whether it stands in the note of a cell, or is what the amounts in that note come to."""
        cell = self.node.up(lambda each: each.tag == "td")
        note = next(cell.all(lambda each: each.has("table-note")), None) if cell else None
        return self.node.has("table-note") or (note is not None and sum(amounts_in(note.text)) == self.amount)

    @property
    def label(self) -> str:
        """What it is called: the caption of its table, or the term beside it."""
        table = self.node.up(lambda each: each.tag == "table")
        if table is not None:
            return " ".join(next(table.all(lambda each: each.tag == "caption")).text.split())
        term = self.node.up(lambda each: each.tag == "dd" or each.has("figure-value"))
        if term is None or term.parent is None:
            return ""
        before = term.parent.children[: term.parent.children.index(term)]
        return next((" ".join(each.text.split()) for each in reversed(before) if isinstance(each, Node)), "")


def read(html: str) -> Node:
    """Return what a page says, without what frames all pages."""
    parsed = Reading()
    parsed.feed(html[html.index('<div class="content ') :])
    return next(parsed.root.all(lambda each: each.has("content")))


def amounts_in(text: str) -> list[Decimal]:
    """Return the amounts in a text."""
    return [Decimal(f"{'-' if sign == '−' else ''}{digits.replace(',', '')}") for sign, digits in AMOUNT.findall(text)]


def shown_in(node: Node) -> Iterator[Shown]:
    """Go through the amounts on a page that are not nothing."""
    for each in node.children:
        if isinstance(each, str):
            yield from (Shown(amount, node) for amount in amounts_in(each) if amount)
        elif each.tag not in UNREAD and not each.has("timeline"):
            yield from shown_in(each)


def shares_in(node: Node) -> Iterator[Shown]:
    """Go through the shares on a page, in per cent."""
    for each in node.children:
        if isinstance(each, str):
            yield from (Shown(Decimal(digits.replace(",", "")), node) for digits in SHARE.findall(each))
        elif each.tag not in UNREAD and not each.has("timeline"):
            yield from shares_in(each)


def numbers_of(scope: Node) -> list[Decimal]:
    """Return the amounts and counts in the last cells of the tables of a part of a page."""
    found = []
    for table in scope.all(lambda each: each.tag == "table"):
        cells, totals = rows_of(table)
        for row in [*cells, *([totals] if totals else [])]:
            text = row[-1].text.replace("−", "-")
            found += [Decimal(each.replace(",", "")) for each in NUMBER.findall(text)[:1]]
    return found


def divides(scope: Node, wanted: Decimal, *, per: int = 1) -> bool:
    """Say whether a number is one of those of a part of a page over another one, as exactly as it is written."""
    pairs = itertools.permutations(numbers_of(scope), 2)
    return any(below and round(above * per / below, places_of(wanted)) == wanted for above, below in pairs)


def places_of(number: Decimal) -> int:
    """Return how many decimals a number is written with."""
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def rows_of(table: Node) -> tuple[list[list[Node]], list[Node]]:
    """Return the cells of the rows of a table, and of its totals."""
    rows = [row for row in table.all(lambda each: each.tag == "tr") if row.parent and row.parent.tag == "tbody"]
    cells = [list(row.all(lambda each: each.tag in {"td", "th"})) for row in rows if not row.has("table-totals")]
    totals = [list(row.all(lambda each: each.tag in {"td", "th"})) for row in rows if row.has("table-totals")]
    return cells, totals[0] if totals else []


def column_sums(table: Node) -> list[Decimal]:
    """Return what the amounts of each column come to, but for columns that come to nothing."""
    if table.sums is None:
        cells, _ = rows_of(table)
        columns = [
            sum((amount for row in cells for amount in amounts_in(row[place].text)), Decimal(0))
            for place in range(len(cells[0]) if cells else 0)
        ]
        table.sums = [each for each in columns if each]
    return table.sums


def makes(scope: Node, amount: Decimal) -> bool:
    """Say whether the rows of a part of a page make an amount: a column, debit less credit, or its tables together.

    An amount may stand with the other sign: what a customer owes is a debit, revenue a credit.
    """
    tables = [sums for table in scope.all(lambda each: each.tag == "table") if (sums := column_sums(table))]
    wanted = {amount, -amount}
    if any(each in wanted for sums in tables for each in sums):
        return True
    if any(one - other in wanted for sums in tables for one, other in itertools.combinations(sums, 2)):
        return True
    for beside in scope.all(lambda each: each.tag == "dl" and each.has("invoice-sums")):
        net, *taxes, gross = [each for dd in beside.all(lambda each: each.tag == "dd") for each in amounts_in(dd.text)]
        if makes_document(tables, net, taxes, gross) and amount.copy_abs() in {net, gross, *taxes}:
            return True
    if len(tables) not in TOGETHER:
        return False
    signed = [[Decimal(0), *sums, *(-each for each in sums)] for sums in tables]
    return any(sum(some) in wanted for some in itertools.product(*signed))


def makes_document(sums: Sequence[Sequence[Decimal]], net: Decimal, taxes: Sequence[Decimal], gross: Decimal) -> bool:
    """Say whether the lines of a document make it before tax, and taxes the rest."""
    return gross == net + sum(taxes) and any(net in table for table in sums)


def at_fragment(page: Node, fragment: str) -> Node | None:
    """Return the part of a page that an address names, all of it without a name."""
    return next(page.all(lambda each: each.attrs.get("id") == fragment), None) if fragment else page


def joined(path: str, href: str) -> tuple[str, str]:
    """Return the address that a link of a page leads to, and the part of it."""
    parts = urlsplit(urljoin(path, href))
    return parts._replace(fragment="").geturl(), parts.fragment
