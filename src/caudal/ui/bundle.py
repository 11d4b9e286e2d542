"""One stylesheet and one script for a page, joined from one small file per component.

No build step: the files of every installed room are read once at the first request (each time in development), put
into their cascade layer or scope, and served under the digest of their content, so browsers keep them for ever.
"""

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.apps import apps
from django.conf import settings

LAYERS = "@layer tokens, elements, components, pages;\n"
OWN = Path(__file__).parent / "static" / "ui"


@dataclass(frozen=True, slots=True)
class Bundle:
    """Joined text with its digest, plain and packed."""

    content_type: str
    body: bytes
    packed: bytes
    digest: str


def stylesheet() -> Bundle:
    """Return the tokens, elements and components, then every room's own style."""
    return joined("css")


def script() -> Bundle:
    """Return the behaviour of the components, then every room's own; each file has its own scope."""
    return joined("js")


def joined(kind: str) -> Bundle:
    """Return the bundle of `kind`, read anew only in development."""
    if settings.DEBUG:
        return read.__wrapped__(kind)
    return read(kind)


@lru_cache(maxsize=2)
def read(kind: str) -> Bundle:
    text = LAYERS + "".join(layers()) if kind == "css" else '"use strict";\n' + "".join(scopes())
    body = text.encode()
    return Bundle(
        content_type="text/css" if kind == "css" else "text/javascript",
        body=body,
        packed=gzip.compress(body, 9, mtime=0),
        digest=hashlib.sha256(body).hexdigest()[:12],
    )


def layers() -> Iterator[str]:
    for layer, paths in (
        ("tokens", [OWN / "tokens.css"]),
        ("elements", [OWN / "elements.css"]),
        ("components", sorted((OWN / "components").glob("*.css"))),
        ("pages", sorted(of_other_rooms("css"))),
    ):
        for path in paths:
            yield f"@layer {layer} {{\n{path.read_text(encoding='utf-8')}}}\n"


def scopes() -> Iterator[str]:
    for path in [*sorted((OWN / "scripts").glob("*.js")), *sorted(of_other_rooms("js"))]:
        yield f"{{\n{path.read_text(encoding='utf-8')}}}\n"


def of_other_rooms(suffix: str) -> Iterator[Path]:
    """Yield `static/<room>/*.<suffix>` of every installed room of Caudal but this one."""
    for app in apps.get_app_configs():
        if app.name.startswith("caudal.") and app.name != "caudal.ui":
            yield from (Path(app.path) / "static" / app.label).glob(f"*.{suffix}")
