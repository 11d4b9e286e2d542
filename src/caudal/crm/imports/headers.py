"""What kind of file this is, and which of its columns is what, by the words of its header."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from caudal.crm.imports.vocabulary import BY_KIND, TABLES, Field, Kind, Reading, Table, header_key, in_words
from caudal.crm.imports.vocabulary.systems import BOOKKEEPING, OPT_OUTS, System, system_of
from caudal.kit.names import name_key

TELLING: Final = 3
PLAIN: Final = 1
QUIET: Final = 0
NAMED: Final = 6
"""What the name of the file adds."""
ENOUGH: Final = 3
LABEL_LENGTH: Final = 80
USER_NAME: Final = "username"


@dataclass(frozen=True, slots=True)
class Recognition:
    """A kind of file, the place of each of its fields, and the columns that are no field of it."""

    table: Table
    places: Mapping[str, int]
    """Field → index of its column, from 0."""
    spares: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Field → columns that are read where the first one is empty: a second address, a mobile number."""
    computed: Mapping[int, str] = field(default_factory=dict)
    """Index → header of the columns that hold what formulas yield: it is computed anew, not taken."""
    kept: Mapping[int, str] = field(default_factory=dict)
    """Index → header of the columns that are kept with each row as they are, each header once."""
    opt_outs: Mapping[int, str] = field(default_factory=dict)
    """Of those, the ones by which somebody wants no mail or call."""
    left: Mapping[int, str] = field(default_factory=dict)
    """Index → header of the columns that are left out."""
    bookkeeping: Mapping[int, str] = field(default_factory=dict)
    """Index → header of the columns that another system keeps for itself; they are left out too."""
    doubles: Mapping[int, str] = field(default_factory=dict)
    """Index → header of columns that repeat the header of a field; they are left out too."""
    system: System | None = None
    readings: Mapping[str, str] = field(default_factory=dict)
    """Field → how its days or numbers are written, where somebody decided that."""

    @property
    def kind(self) -> Kind:
        """What the rows become."""
        return self.table.kind

    def fields(self) -> list[tuple[Field, int]]:
        """Return the fields that the file has, with their places."""
        return [(each, self.places[each.name]) for each in self.table.fields if each.name in self.places]


@dataclass(frozen=True, slots=True)
class Untaken:
    """A file of a system that we know, of a kind that we do not take."""

    system: System


def recognise(header: Sequence[str], file_name: str) -> Recognition | Untaken | None:
    """Say which kind of file has such a header and name; None when no kind does, or two do equally."""
    keys = [header_key(cell) for cell in header]
    known = system_of(header)
    if known is not None and known[2]:
        system, kind, _ = known
        if kind is None:
            return Untaken(system)
        places, _score = places_in(BY_KIND[kind], keys)
        if places.keys() & {"key", "name", "given_name", "family_name", "email", "lead_key", "subject", "body"}:
            return sorted_out(BY_KIND[kind], places, header, system)
    best = _by_words(keys, file_name)
    return sorted_out(*best, header, known[0] if known else None) if best else None


def _called_by_name(places: dict[str, int], keys: Sequence[str]) -> dict[str, int]:
    """The places without the name by which somebody signs in, where their name stands in two parts."""
    if "name" in places and keys[places["name"]] == USER_NAME and {"given_name", "family_name"} <= places.keys():
        return {name: at for name, at in places.items() if name != "name"}
    return places


def _by_words(keys: Sequence[str], file_name: str) -> tuple[Table, dict[str, int]] | None:
    """The kind for which most of the header speaks, and the name of the file."""
    stem = in_words(file_name.rpartition(".")[0])
    hints = {stem} | set(stem.split())
    scored = []
    for table in TABLES:
        places, score = places_in(table, keys)
        is_called = bool(hints & set(table.files))
        needs = (*table.needs, *(table.needs_if_called if is_called else ()))
        if any(needed <= places.keys() for needed in needs):
            scored.append((score + (NAMED if is_called else 0), table, places))
    best = max((score for score, _, _ in scored), default=0)
    winners = [(table, places) for score, table, places in scored if score == best]
    return winners[0] if best >= ENOUGH and len(winners) == 1 else None


def places_in(table: Table, keys: Sequence[str]) -> tuple[dict[str, int], int]:
    """Return the column of each field of a kind, and how much they speak for it. No column is two fields."""
    places: dict[str, int] = {}
    score = 0
    for weight in (TELLING, PLAIN, QUIET):
        for each in table.fields:
            known = {TELLING: each.telling_ranks, PLAIN: each.plain_ranks, QUIET: each.quiet_ranks}[weight]
            if each.name in places:
                continue
            taken = set(places.values())
            free = [(known[key], at) for at, key in enumerate(keys) if key in known and at not in taken]
            if free:
                places[each.name] = min(free)[1]
                score += weight
    return _called_by_name(places, keys), score


def sorted_out(
    table: Table, places: Mapping[str, int], header: Sequence[str], system: System | None, kept: Sequence[str] = ()
) -> Recognition:
    """Return what becomes of every column. `kept` names headers that are kept with each row as they are."""
    keys, labels = [header_key(cell) for cell in header], labels_of(header)
    spares = _spares(table, places, keys)
    taken = {*places.values(), *(at for each in spares.values() for at in each)}
    others = {at: label for at, label in enumerate(labels) if at not in taken}
    used = {keys[at] for at in taken}
    opt_outs = {at: labels[at] for at in opt_outs_of(header)}
    doubles = {at: label for at, label in others.items() if keys[at] and keys[at] in used}
    bookkeeping = {at: label for at, label in others.items() if keys[at] in BOOKKEEPING and label not in kept}
    apart = {*opt_outs, *doubles, *bookkeeping}
    wanted = {at: label for at, label in others.items() if label in kept and at not in doubles}
    return Recognition(
        table,
        dict(places),
        spares,
        kept=wanted | opt_outs,
        opt_outs=opt_outs,
        left={at: label for at, label in others.items() if at not in apart and at not in wanted},
        bookkeeping=bookkeeping,
        doubles={at: label for at, label in doubles.items() if at not in wanted},
        system=system,
    )


def keeping(found: Recognition) -> Recognition:
    """Return the same with the columns kept that would be left out, but for bookkeeping and repeated ones."""
    return replace(found, kept={**found.kept, **found.left}, left={})


def without_computed(found: Recognition, headings: Collection[str]) -> Recognition:
    """Return the same without the columns of formulas, which are called by one of some headings in small letters."""
    others = {**found.kept, **found.left}
    computed = {at: label for at, label in others.items() if label.casefold() in headings}
    if not computed:
        return found
    kept, left = ({at: label for at, label in part.items() if at not in computed} for part in (found.kept, found.left))
    return replace(found, kept=kept, left=left, computed=computed)


def opt_outs_of(header: Sequence[str]) -> set[int]:
    """Return which columns say that somebody wants no mail or call: whatever is decided about others, they are kept."""
    return {at for at, cell in enumerate(header) if cell and header_key(cell) in OPT_OUTS}


def column_keys(header: Sequence[str]) -> list[str]:
    """Return what each column is known by in another file, wherever it stands; the same headers are numbered.

    >>> column_keys(["Deal Stage *", "Имя", "phone", "Phone"])
    ['dealstage', 'имя', 'phone', 'phone 2']
    """
    seen: dict[str, int] = {}
    keys = []
    for cell in header:
        plain = name_key(cell)
        key = header_key(cell) if plain.isascii() else plain
        seen[key] = seen.get(key, 0) + 1
        keys.append(key if seen[key] == 1 else f"{key} {seen[key]}")
    return keys


def labels_of(header: Sequence[str]) -> list[str]:
    """Return what each column is called; a repeated or empty header is told apart by its number."""
    seen: set[str] = set()
    labels = []
    for at, cell in enumerate(header):
        label = " ".join(cell.split())[:LABEL_LENGTH]
        if not label or label in seen:
            label = f"{label} {at + 1}".strip()
        seen.add(label)
        labels.append(label)
    return labels


def _spares(table: Table, places: Mapping[str, int], keys: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Further columns of addresses and numbers, in the order of their words, that no other field has."""
    taken = set(places.values())
    used = {keys[at] for at in taken}
    found = {}
    for each in table.fields:
        if each.name in places and (each.reading is Reading.EMAIL or each.name == "phone"):
            ranks = {**{word: len(each.telling) + at for word, at in each.plain_ranks.items()}, **each.telling_ranks}
            spare = sorted(
                (ranks[key], at) for at, key in enumerate(keys) if key in ranks and at not in taken and key not in used
            )
            if spare:
                found[each.name] = tuple(at for _, at in spare)
                taken |= set(found[each.name])
    return found
