"""Text that was written with marks of the web, as the words that somebody would read."""

import re
from html.parser import HTMLParser
from typing import Final

from typing_extensions import override

_MARKED: Final = re.compile(
    r"</?(?:p|br|div|span|b|strong|i|em|u|a|ul|ol|li|h[1-6]|table|tr|td|html|body|font|img|blockquote|pre|hr|s)\b[^<>]*>",
    re.IGNORECASE,
)
_BLOCKS: Final = frozenset(
    {"p", "div", "ul", "ol", "table", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "section", "hr"}
)
_SILENT: Final = frozenset({"script", "style", "head", "title"})
_DECLARED: Final = re.compile(r"<[!?][^<>]*>")
_STRAY: Final = re.compile(r"<(?!/?[a-z][^<>]*>)", re.IGNORECASE)
_BLANKS: Final = re.compile(r"\n\s*\n\s*(?:\n\s*)*")


def is_marked_up(text: str) -> bool:
    """Say whether a text is written with marks of the web; a lone < or & is none.

    >>> is_marked_up("a < b & c"), is_marked_up("Call <b>Eva</b>")
    (False, True)
    """
    return bool(_MARKED.search(text))


def plain_text(text: str) -> str:
    """Return a text without its marks: paragraphs and items are lines, links keep where they lead. Others stay as is.

    >>> plain_text("<p>Call&nbsp;<b>Eva</b><br>today</p><ul><li>price</li></ul>").splitlines()
    ['Call Eva', 'today', '- price']
    >>> plain_text('See <a href="https://a.example/x">the offer</a>'), plain_text("1 < 2")
    ('See the offer (https://a.example/x)', '1 < 2')
    """
    if not is_marked_up(text):
        return text
    reader = _Reader()
    reader.feed(_tidied(text))
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip()


def _tidied(text: str) -> str:
    """Leave marks that are whole, so that what is broken is read once and not again from each of its beginnings.

    >>> _tidied("<!doctype html>1 < 2 <!-- <b> --><i>so</i> <a href='")
    "1 &lt; 2 <i>so</i> &lt;a href='"
    """
    parts, at = [], 0
    while (begin := text.find("<!--", at)) >= 0 and (end := text.find("-->", begin + 4)) >= 0:
        parts.append(text[at:begin])
        at = end + 3
    parts.append(text[at:])
    return _STRAY.sub("&lt;", _DECLARED.sub("", "".join(parts)))


class _Reader(HTMLParser):
    """Gathers what is to be read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0
        self.link: tuple[str, int] | None = None

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line where a block does, and remember where a link leads."""
        if tag in _SILENT:
            self.silent += 1
        elif tag == "li":
            self._line("- ")
        elif tag in _BLOCKS:
            self._line()
        elif tag == "br":
            self.parts.append("\n")
        elif tag == "a":
            self._end_link()  # a link has no link in it
            self.link = (dict(attrs).get("href") or "", len(self.parts))

    @override
    def handle_endtag(self, tag: str) -> None:
        """End a line where a block does; of a link, say where it leads unless its own words do."""
        if tag in _SILENT:
            self.silent = max(self.silent - 1, 0)
        elif tag in _BLOCKS or tag == "li":
            self._line()
        elif tag == "a":
            self._end_link()

    @override
    def handle_data(self, data: str) -> None:
        """Take words, in which a line break is a space as the web has it."""
        if not self.silent:
            self.parts.append(re.sub(r"\s+", " ", data))

    def _end_link(self) -> None:
        if self.link is None:
            return
        (target, since), self.link = self.link, None
        bare = target.removeprefix("mailto:")
        if target.startswith(("http:", "https:", "mailto:")) and bare not in "".join(self.parts[since:]):
            self.parts.append(f" ({bare})")

    def _line(self, start: str = "") -> None:
        if self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append("\n")
        if start:
            self.parts.append(start)
