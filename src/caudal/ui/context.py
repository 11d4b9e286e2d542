"""What the page shell knows on every page: scheme, language, rail, and whose company this is."""

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_info

from caudal.kit.access import Actor, may
from caudal.kit.panels import navigation
from caudal.kit.world import now
from caudal.ui.navigation import Group, rail

SCHEMES = ("auto", "light", "dark")
SCHEME_COOKIE = "caudal_scheme"


@dataclass(frozen=True, slots=True)
class Language:
    """One language that the reader can choose, named in itself."""

    code: str
    name: str
    current: bool


@dataclass(frozen=True, slots=True)
class Company:
    """Whose data these are. `workspace` gives it to the pages as the context variable `company`."""

    name: str
    environment: str = ""
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Bell:
    """How much waits under the bell, and where that is read. `workspace` gives it to the pages as `bell`."""

    count: int
    etag: str
    url: str
    """Draws the bell anew, if it looks otherwise than under this ETag."""
    page_url: str
    panel_url: str

    @property
    def headers(self) -> str:
        """The headers of the next question, as htmx takes them."""
        return json.dumps({"If-None-Match": self.etag})


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame around a page."""

    scheme: str
    language: str
    languages: tuple[Language, ...]
    groups: tuple[Group, ...]
    path: str


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give templates the `shell`, and `now` for what is told relative to it."""
    scheme = request.COOKIES.get(SCHEME_COOKIE, "auto")
    language = (get_language() or "en").split("-")[0]
    actor: Actor | None = getattr(request, "actor", None)
    return {
        "shell": Shell(
            scheme=scheme if scheme in SCHEMES else "auto",
            language=language,
            languages=tuple(
                Language(code, get_language_info(code)["name_local"].capitalize(), current=code == language)
                for code, _name in settings.LANGUAGES
            ),
            groups=rail(
                navigation(),
                path=request.path,
                may_open=lambda item: actor is not None and may(actor, item.noun, item.verb),
            ),
            path=request.get_full_path(),
        ),
        "reader": actor,
        "now": now(),
    }
