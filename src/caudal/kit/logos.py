"""Logos: small pictures for the head of documents and pages; drawings only of what draws and nothing that acts.

A PNG or JPEG is told by its first bytes like any file. An SVG is a program's text, so every element and attribute of it
must be one that draws, and what it points at must be inside itself.
"""

import re
from pathlib import PurePosixPath
from typing import BinaryIO, Final
from xml.parsers import expat

from caudal.core.errors import Problem, msg
from caudal.kit.media import FileDiffers, FileEmpty, FileKindRefused, checked_media

LOGO_BYTES_MAX: Final = 500_000
SVG: Final = "image/svg+xml"
PICTURES: Final = (".png", ".jpg", ".jpeg")
_DEPTH_MAX: Final = 64
_NAMESPACE: Final = "http://www.w3.org/2000/svg "
_DRAWS: Final = frozenset(
    {
        "svg",
        "g",
        "defs",
        "symbol",
        "use",
        "title",
        "desc",
        "metadata",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "textPath",
        "linearGradient",
        "radialGradient",
        "stop",
        "clipPath",
        "mask",
        "pattern",
        "marker",
        "style",
    }
)
_OUTSIDE: Final = re.compile(
    r"url\(\s*['\"]?(?!#)|@import|image(-set)?\(|expression\(|javascript:|data:|\\", re.IGNORECASE
)


class LogoRefused(Problem):
    """The file is no logo."""

    code = "logo.refused"
    status = 422
    message = msg("“{name}” is not taken as a logo: it has to be a PNG, JPEG or SVG file of at most {limit} KB.")
    hint = msg("Save it smaller, or in one of these formats.")


class DrawingActs(Problem):
    """The drawing does more than draw."""

    code = "logo.drawing_acts"
    status = 422
    message = msg("“{name}” is not taken as a logo: it holds “{part}”, which does more than draw.")
    hint = msg("Save it as a plain SVG, with text as paths, or as a PNG.")


def checked_logo(name: str, file: BinaryIO, size_bytes: int) -> str:
    """Return what a logo is to be served as. Raises LogoRefused, DrawingActs, FileDiffers, FileEmpty."""
    ending = PurePosixPath(name).suffix.lower()
    if size_bytes > LOGO_BYTES_MAX or ending not in {*PICTURES, ".svg"}:
        raise LogoRefused(name=name, limit=LOGO_BYTES_MAX // 1000)
    if ending in PICTURES:
        try:
            return checked_media(name, file, size_bytes)
        except FileKindRefused as refused:
            raise LogoRefused(name=name, limit=LOGO_BYTES_MAX // 1000) from refused
    if not size_bytes:
        raise FileEmpty(name=name)
    file.seek(0)
    _Drawing(name).read(file.read(LOGO_BYTES_MAX + 1))
    file.seek(0)
    return SVG


class _Drawing:
    """Reads a drawing element by element, and refuses the first thing that is not one of those that draw."""

    def __init__(self, name: str) -> None:
        self.name, self.depth = name, 0
        self.text: list[str] = []

    def read(self, content: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self.begun
        parser.EndElementHandler = self.ended
        parser.CharacterDataHandler = self.text.append
        parser.StartDoctypeDeclHandler = self.declared
        parser.ProcessingInstructionHandler = self.instructed
        try:
            parser.Parse(content, True)
        except expat.ExpatError as error:
            raise FileDiffers(name=self.name) from error

    def begun(self, element: str, attributes: dict[str, str]) -> None:
        self.weigh()
        self.depth += 1
        plain = element.removeprefix(_NAMESPACE)
        if self.depth == 1 and plain != "svg":
            raise FileDiffers(name=self.name)
        if plain not in _DRAWS or self.depth > _DEPTH_MAX:
            raise DrawingActs(name=self.name, part=plain.rpartition(" ")[2])
        for attribute, value in attributes.items():
            bare = attribute.rpartition(" ")[2].lower()
            points = bare in {"href", "src"} and not value.strip().startswith("#")
            if bare.startswith("on") or points or _OUTSIDE.search(value):
                raise DrawingActs(name=self.name, part=bare)

    def ended(self, _element: str) -> None:
        self.weigh()
        self.depth -= 1

    def weigh(self) -> None:
        said = "".join(self.text)
        self.text.clear()
        if _OUTSIDE.search(said):
            raise DrawingActs(name=self.name, part=said.strip()[:40])

    def declared(self, *_declaration: object) -> None:
        raise DrawingActs(name=self.name, part="DOCTYPE")

    def instructed(self, target: str, _data: str) -> None:
        raise DrawingActs(name=self.name, part=target)
