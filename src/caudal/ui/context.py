"""What the page shell knows on every page: scheme, language, rail, and whose company this is."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_info

from caudal.ui.navigation import Group, offered, rail

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
class Shell:
    """The frame around a page."""

    scheme: str
    language: str
    languages: tuple[Language, ...]
    groups: tuple[Group, ...]
    path: str


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give templates `shell` and, unless an earlier processor did, nothing else."""
    scheme = request.COOKIES.get(SCHEME_COOKIE, "auto")
    language = (get_language() or "en").split("-")[0]
    actor = getattr(request, "actor", None)
    return {
        "shell": Shell(
            scheme=scheme if scheme in SCHEMES else "auto",
            language=language,
            languages=tuple(
                Language(code, get_language_info(code)["name_local"].capitalize(), current=code == language)
                for code, _name in settings.LANGUAGES
            ),
            groups=rail(offered(), path=request.path, may=lambda needs: may(actor, needs)),
            path=request.get_full_path(),
        )
    }


def may(actor: object, needs: tuple[str, str]) -> bool:
    """Say whether the reader holds `needs`; the door itself decides again when the page is opened."""
    can = getattr(actor, "can", None)
    return bool(can(*needs)) if callable(can) else actor is not None
