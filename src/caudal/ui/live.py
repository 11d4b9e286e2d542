"""Live pages: a region asks every few seconds with what it has, and is given only the fragments that differ.

A fragment is an element with an id; its mark is a digest of what it shows. The region sends its ETag and the marks of
its fragments: the ETag alone answers most questions with 304, the marks say which fragments to send otherwise.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from caudal.kit.pages import unless_known

# Every form has another token every time it is drawn, which is no news.
TOKEN: Final = re.compile(r'<input type="hidden" name="csrfmiddlewaretoken" value="[^"]*">')

KNOWN: Final = "known"
"""What a region calls the marks of its fragments."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of a page that can be sent alone, drawn."""

    id: str
    tag: str
    classes: str
    inner: SafeString
    label: str = ""

    @property
    def mark(self) -> str:
        """The digest of what it shows; nothing for nothing."""
        shown = TOKEN.sub("", self.inner).strip()
        return sha256(shown.encode()).hexdigest()[:12] if shown else ""

    @property
    def html(self) -> SafeString:
        """The element as a page has it."""
        return self.drawn("")

    def drawn(self, more: str) -> SafeString:
        """Return the element with further attributes."""
        label = format_html(' aria-label="{}"', self.label) if self.label else ""
        return format_html(
            '<{0} id="{1}" class="{2}" data-mark="{3}"{4}{5}>{6}</{0}>',
            self.tag,
            self.id,
            self.classes,
            self.mark,
            label,
            more,
            self.inner,
        )


def fragment(
    request: HttpRequest,
    fragment_id: str,
    template: str,
    context: dict[str, Any],
    *,
    tag: str = "div",
    classes: str = "",
    label: str = "",
) -> Fragment:
    """Draw what a template makes of some values as a fragment; of the page around it, it knows nothing."""
    return Fragment(fragment_id, tag, classes, alone(request, template, context), label)


def alone(request: HttpRequest, template: str, context: dict[str, Any]) -> SafeString:
    """Draw a template without asking what every page asks: whose it is, what waits, where one may go."""
    around = {"request": request, "csrf_token": get_token(request)}
    return render_to_string(template, around | context)


def marks_known(request: HttpRequest) -> dict[str, str]:
    """Return the marks of the fragments that the asking region shows, by their ids."""
    pairs = (part.partition(":") for part in request.GET.get(KNOWN, "").split(",") if part)
    return {fragment_id: mark for fragment_id, _colon, mark in pairs}


def answer_live(request: HttpRequest, etag: str, draw: Callable[[], Sequence[Fragment]]) -> HttpResponse:
    """Answer a region: 304 while the ETag holds, else the fragments that differ from what it shows."""
    known = marks_known(request)
    return unless_known(
        request, etag, lambda: HttpResponse(out_of_band(each for each in draw() if known.get(each.id) != each.mark))
    )


def out_of_band(fragments: Iterable[Fragment]) -> SafeString:
    """Return fragments as htmx puts each in the place of the one with its id."""
    parts = [each.drawn(mark_safe(' hx-swap-oob="true"')) for each in fragments]
    return mark_safe("".join(parts))  # noqa: S308  drawn by templates
