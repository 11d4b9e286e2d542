"""Collects translatable strings of each room into its Spanish catalogue, and compiles it.

Every room of the package keeps its own catalogue (`<room>/locale/es/LC_MESSAGES/django.po`). In Python the marks are
`_()`, `gettext()`, `gettext_lazy()`, `ngettext()` and, in the pure core, `msg()`; in templates, Django's own tags.

    bin/messages             collect, keep what is translated, compile
    bin/messages --compile   only compile
    bin/messages --check     say what is missing, stale or does not fit its placeholders; exit 1 if anything is
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent / "src" / "caudal"
KEYWORDS = DEFAULT_KEYWORDS | {
    "msg": None,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)[^{}]*\}")


def main(arguments: list[str]) -> int:
    rooms = sorted(path for path in ROOT.iterdir() if (path / "__init__.py").exists())
    if "--check" in arguments:
        findings = [finding for room in rooms for finding in check(room)]
        sys.stdout.write("".join(f"{finding}\n" for finding in findings))
        return 1 if findings else 0
    for room in rooms:
        if "--compile" not in arguments:
            update(room)
        compile_catalogue(room)
    return 0


def catalogue_path(room: Path) -> Path:
    return room / "locale" / "es" / "LC_MESSAGES" / "django.po"


def messages(room: Path) -> Iterator[tuple[str, int, str | tuple[str, ...], list[str], str | None]]:
    for path in sorted(room.rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or "locale" in path.parts or "static" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        source = text if path.suffix == ".py" else flush_left(templatize(text, origin=str(path)))
        found = extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS, comment_tags=("Translators:",))
        for line, message, comments, context in found:
            yield path.relative_to(ROOT).as_posix(), line, message, comments, context


def flush_left(source: str) -> str:
    """Take the indentation away that the template had: to Python's tokenizer it would mean blocks."""
    return "".join(line.lstrip(" \t") for line in source.splitlines(keepends=True))


def collected(room: Path) -> Catalog:
    catalogue = Catalog(locale="es", domain="django", project="Caudal", charset="utf-8", fuzzy=False)
    for place, _line, message, comments, context in messages(room):
        catalogue.add(message, locations=[(place, None)], auto_comments=comments, context=context)
    return catalogue


def read(room: Path) -> Catalog | None:
    path = catalogue_path(room)
    if not path.exists():
        return None
    with path.open("rb") as file:
        return read_po(file, locale="es", domain="django")


def update(room: Path) -> None:
    fresh, path = collected(room), catalogue_path(room)
    if not len(fresh):
        path.unlink(missing_ok=True)
        return
    catalogue = read(room) or Catalog(locale="es", domain="django", project="Caudal", charset="utf-8", fuzzy=False)
    catalogue.update(fresh, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.header_comment = "# Spanish catalogue of this room."
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
    # Dates and versions in the header would make every run a change.
    kept = [
        line
        for line in buffer.getvalue().decode().splitlines(keepends=True)
        if not line.startswith(('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', '"Last-Translator'))
    ]
    path.write_text("".join(kept), encoding="utf-8")


def compile_catalogue(room: Path) -> None:
    catalogue = read(room)
    if catalogue is None:
        return
    with catalogue_path(room).with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)


def check(room: Path) -> Iterator[str]:
    catalogue, fresh = read(room), collected(room)
    known = {} if catalogue is None else {(entry.id, entry.context): entry for entry in catalogue if entry.id}
    wanted = {(entry.id, entry.context) for entry in fresh if entry.id}
    for key in sorted(wanted - known.keys(), key=str):
        yield f"{room.name}: not in the catalogue, run bin/messages: {key[0]!r}"
    for key in sorted(known.keys() - wanted, key=str):
        yield f"{room.name}: no longer in the code, run bin/messages: {key[0]!r}"
    for key in sorted(wanted & known.keys(), key=str):
        yield from fits(room, known[key])


def fits(room: Path, entry: object) -> Iterator[str]:
    identifiers = entry.id if isinstance(entry.id, tuple) else (entry.id,)
    strings = entry.string if isinstance(entry.string, tuple) else (entry.string,)
    if not all(strings):
        yield f"{room.name}: no Spanish for {entry.id!r}"
        return
    allowed = {mark for identifier in identifiers for mark in PLACEHOLDER.findall(identifier)}
    for string in strings:
        if set(PLACEHOLDER.findall(string)) - allowed:
            yield f"{room.name}: the placeholders of {string!r} differ from those of {entry.id!r}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
