"""Seeing what a table holds: how its numbers and days are written, which names it says, which rows it says twice."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import Final

from caudal.core.errors import msg
from caudal.core.tables import DayEvidence, DayOrder, DelimitedLine, NumberEvidence, NumberStyle
from caudal.crm.actions.pipelines import StageDraft
from caudal.crm.imports.decisions import Decisions
from caudal.crm.imports.findings import EXAMPLES, Tally
from caudal.crm.imports.headers import Recognition
from caudal.crm.imports.reading import FOOTER, FOOTER_MAX, Layout, is_lonely, is_whole, rows_of, said, tables_in
from caudal.crm.imports.uploads import Damaged, TooLarge, Upload
from caudal.crm.imports.vocabulary import OTHERWISE, Kind, Reading
from caudal.kit.names import name_key

KEY_LENGTH_MAX: Final = 200
TELLING_APART: Final = (
    *("does", "subject", "body", "due", "due_time", "start", "created", "owner", "owner_key", "direction"),
    *("deal", "deal_key", "lead", "lead_key", "company", "company_key", "person", "person_key"),
    *("what", "what_key", "who_key"),
)
"""All that an activity without an id says, but for what may have come of it since."""
IDENTITIES: Final[Mapping[Kind, tuple[tuple[str, ...], ...]]] = {
    Kind.MEMBERS: (("name",), ("given_name", "family_name")),
    Kind.PRODUCTS: (("sku",), ("name",)),
    Kind.COMPANIES: (("name",),),
    Kind.PEOPLE: (("email",), ("name",), ("given_name", "family_name")),
    Kind.LEADS: (("email",), ("name",), ("given_name", "family_name")),
    Kind.PIPELINES: (("pipeline", "name"),),
    Kind.DEALS: (("name",), ("lead_key",), ("company", "product", "owner", "opened")),
    Kind.ACTIVITIES: (TELLING_APART,),
}
"""What tells rows apart that have no id, in the order in which it is tried."""
_SALESFORCE_ID: Final = re.compile(r"(?:00|01|a0)[0-9A-Za-z]{13}")
_GUID: Final = re.compile(r"\{?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\}?")
_ZOHO_ID: Final = re.compile(r"zcrm_(\d+)")
_CAPITALS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_INSIDE: Final = re.compile(r"(?P<stage>.+?) \((?P<pipeline>.+)\)")


@dataclass(slots=True)
class Mention:
    """How often a column says a name, and where first."""

    count: int = 0
    lines: list[int] = field(default_factory=list)

    def see(self, line: int) -> None:
        """Count one more."""
        self.count += 1
        if len(self.lines) < EXAMPLES:
            self.lines.append(line)


@dataclass(slots=True)
class Survey:
    """What a table of a known kind holds."""

    upload: Upload
    layout: Layout
    recognition: Recognition
    usual: DayOrder = DayOrder.DAY_FIRST
    """The order of days where the company is, for columns that do not tell."""
    rows: int = 0
    numbers: dict[str, NumberEvidence] = field(default_factory=dict)
    days: dict[str, DayEvidence] = field(default_factory=dict)
    mentions: dict[str, dict[str, Mention]] = field(default_factory=dict)
    """Field → name as written → where. Of fields that name rows, and of keys of members."""
    stages: dict[tuple[str, str], Mention] = field(default_factory=dict)
    """Pipeline and stage as written, of deals; nothing for one that a deal does not say."""
    declared: dict[tuple[str, str], StageDraft] = field(default_factory=dict)
    """Pipeline and stage as written, of a list of stages, in its order → the stage."""
    addresses: dict[str, str] = field(default_factory=dict)
    """E-mail address of a member → name."""
    repeated: dict[int, str] = field(default_factory=dict)
    """Lines whose key an earlier row has, here or in a file before → where that is."""
    filled: list[int] = field(default_factory=list)
    """For each column, how many of its cells say something."""
    ends_before: int = 0
    """The line on which text begins that stands under the table; 0 when there is none."""

    @property
    def name(self) -> str:
        """What the table is called."""
        return self.layout.called(self.upload)

    @property
    def kind(self) -> Kind:
        """What its rows become."""
        return self.recognition.kind

    def lines(self) -> Iterator[DelimitedLine]:
        """Read its rows."""
        for line in rows_of(self.upload, self.layout):
            if self.ends_before and line.number >= self.ends_before:
                return
            yield line

    def header(self, name: str) -> str:
        """Return the header of a field."""
        return self.layout.header[self.recognition.places[name]]

    def number_style(self, name: str) -> NumberStyle:
        """How the numbers of a field are written: as it was decided, else as its column tells."""
        decided = self.recognition.readings.get(name)
        return NumberStyle(decided) if decided in set(NumberStyle) else self.numbers[name].style

    def day_order(self, name: str) -> DayOrder:
        """In which order the days of a field are written: as it was decided, else as its column tells."""
        decided = self.recognition.readings.get(name)
        if decided in set(DayOrder):
            return DayOrder(decided)
        found = self.days[name]
        return found.order if found.days_first or found.months_first else self.usual


Seen = dict[Kind, dict[bytes, tuple[str, int]]]
"""Kind → fingerprint of a row's key → file and line of the row."""


def survey(
    upload: Upload, tally: Tally, seen: Seen, decided: Decisions, usual: DayOrder = DayOrder.DAY_FIRST
) -> list[Survey]:
    """Read a file through and say what its tables hold. What is not taken is told."""
    found = []
    for layout, recognition in tables_in(upload, tally, decided):
        if recognition is not None:
            each = Survey(upload, layout, recognition, usual)
            try:
                _look_through(each, tally, seen.setdefault(recognition.kind, {}))
            except (Damaged, TooLarge) as problem:
                tally.problem(problem, file=each.name, line=0)
                continue
            found.append(each)
    return found


def key_of(recognition: Recognition, line: DelimitedLine) -> str:
    """Return what tells a row from the others of its kind, nothing when it has nothing of the sort.

    That is its id; without one its address or its name, whichever its kind goes by first; a deal without either is told
    by who buys what from whom since when.
    """
    places = recognition.places
    if "key" in places and (key := tidy_key(line.cells[places["key"]])):
        return _short(key)
    for fields in IDENTITIES[recognition.kind]:
        parts = [name_key(line.cells[places[name]]) for name in fields if name in places]
        if any(parts):
            return _short(" / ".join(parts) if len(fields) > 1 and "given_name" not in fields else " ".join(parts))
    return ""


def tidy_key(text: str) -> str:
    """Return the key of another system's row in the one way that it is compared.

    Salesforce writes ids with 15 letters, where case tells, or with 18, where it need not; Zoho puts its name in front;
    Dynamics may write braces.

    >>> tidy_key("001D000000IqhSL") == tidy_key("001D000000IqhSLIAZ")
    True
    >>> tidy_key("zcrm_4876876000000333001"), tidy_key("{A1B2C3D4-0000-0000-0000-00000000000F}")
    ('4876876000000333001', 'a1b2c3d4-0000-0000-0000-00000000000f')
    """
    key = text.strip()
    if found := _ZOHO_ID.fullmatch(key):
        return found[1]
    if found := _GUID.fullmatch(key):
        return found[1].lower()
    if _SALESFORCE_ID.fullmatch(key):
        return key + "".join(_suffix(key[at : at + 5]) for at in (0, 5, 10))
    return key


def stage_and_pipeline(stage: str, pipeline: str) -> tuple[str, str]:
    """Return a stage as written, and its pipeline, which may stand in parentheses behind it.

    >>> stage_and_pipeline("Closed won (Sales Pipeline)", ""), stage_and_pipeline("Demo (online)", "Courses")
    (('Closed won', 'Sales Pipeline'), ('Demo (online)', 'Courses'))
    """
    found = _INSIDE.fullmatch(stage)
    if found and (
        found["pipeline"].casefold() == pipeline.casefold()
        or (not pipeline and re.search("pipeline|embudo", found["pipeline"], re.IGNORECASE))
    ):
        return found["stage"], found["pipeline"]
    return stage, pipeline


def own_name(survey_: Survey, line: DelimitedLine) -> str:
    """Return what a row is called: its name, or the parts of it."""
    places = survey_.recognition.places
    if "name" in places and (name := " ".join(line.cells[places["name"]].split())):
        return name
    parts = (line.cells[places[part]] for part in ("given_name", "family_name") if part in places)
    return " ".join(" ".join(parts).split())


def _suffix(five: str) -> str:
    """The letter that says which of five letters are capitals."""
    return _CAPITALS[sum(1 << at for at, letter in enumerate(five) if letter.isupper())]


def _short(key: str) -> str:
    return key if len(key) <= KEY_LENGTH_MAX else blake2b(key.encode(), digest_size=32).hexdigest()


def _look_through(found: Survey, tally: Tally, known: dict[bytes, tuple[str, int]]) -> None:
    for each, _ in found.recognition.fields():
        if each.reading in {Reading.NUMBER, Reading.WHOLE}:
            found.numbers[each.name] = NumberEvidence()
        elif each.reading in {Reading.DAY, Reading.MOMENT}:
            found.days[each.name] = DayEvidence()
        elif each.reading is Reading.NAME or (each.reading is Reading.LINK and each.names is Kind.MEMBERS):
            found.mentions[each.name] = {}
    if found.kind is Kind.MEMBERS:
        found.mentions.setdefault("name", {})
    held: list[DelimitedLine] = []
    empties: dict[str, Mention] = {}
    for line in rows_of(found.upload, found.layout):
        if is_lonely(line, found.layout) and len(held) < FOOTER_MAX:
            held.append(line)
            continue
        for row in (*held, line):
            _take_in(found, row, known, empties)
        held.clear()
    if any(FOOTER.search(line.cells[0]) for line in held):
        found.ends_before = held[0].number
        tally.note(
            "import.lines_below",
            msg("What stands under the table, from line {at} on, was left out."),
            file=found.name,
            at=found.ends_before,
        )
        held.clear()
    for line in held:
        _take_in(found, line, known, empties)
    for word, mention in sorted(empties.items()):
        tally.note("import.read_as_empty", msg("{count} cells that say “{word}” were read as empty."),
                   file=found.name, line=mention.lines[0], count=mention.count, word=word)  # fmt: skip


def _take_in(
    found: Survey, line: DelimitedLine, known: dict[bytes, tuple[str, int]], empties: dict[str, Mention]
) -> None:
    found.rows += 1
    if not is_whole(line, found.layout):
        return
    _take_cells(found, line, empties)
    places = found.recognition.places
    if found.kind is Kind.DEALS:
        stage, pipeline = (
            " ".join(said(line.cells[places[name]]).split()) if name in places else "" for name in ("stage", "pipeline")
        )
        stage, pipeline = stage_and_pipeline(stage, pipeline)
        found.stages.setdefault((pipeline, stage), Mention()).see(line.number)
    if found.kind is Kind.PIPELINES:
        _take_stage(found, line)
    if found.kind is Kind.MEMBERS:
        _take_member(found, line)
    key = key_of(found.recognition, line)
    if key:
        file, number = known.setdefault(blake2b(key.encode(), digest_size=8).digest(), (found.name, line.number))
        if (file, number) != (found.name, line.number):
            found.repeated[line.number] = f"{file}:{number}"


def _take_cells(found: Survey, line: DelimitedLine, empties: dict[str, Mention]) -> None:
    found.filled = found.filled or [0] * len(line.cells)
    for at, cell in enumerate(line.cells):
        found.filled[at] += bool(cell) and not cell.isspace()
    for name, place in found.recognition.places.items():
        cell = line.cells[place]
        if cell and not said(cell) and cell.strip():
            empties.setdefault(cell.strip(), Mention()).see(line.number)
        elif name in found.numbers:
            found.numbers[name].see(cell)
        elif name in found.days:
            found.days[name].see(cell)
        elif name in found.mentions and (written := " ".join(cell.split())):
            found.mentions[name].setdefault(written, Mention()).see(line.number)


def _take_stage(found: Survey, line: DelimitedLine) -> None:
    said_ = {name: said(line.cells[place]) for name, place in found.recognition.places.items()}
    pipeline, stage = " ".join(said_.get("pipeline", "").split()), " ".join(said_["name"].split())
    with suppress(InvalidOperation, ValueError):
        text = said_.get("probability", "")
        share = Decimal(text.rstrip("% ").replace(",", ".") or OTHERWISE)
        chance = share / 100 if share > 1 or "%" in text else share
        days = said_.get("days_to_rot", "")
        if stage and 0 <= chance <= 1:
            found.declared.setdefault(
                (pipeline, stage),
                StageDraft(stage, chance, days_to_rot=int(days) if days else None),
            )


def _take_member(found: Survey, line: DelimitedLine) -> None:
    places, name = found.recognition.places, own_name(found, line)
    if "name" not in places and name:
        found.mentions["name"].setdefault(name, Mention()).see(line.number)
    if "email" in places and name:
        found.addresses.setdefault(line.cells[places["email"]].strip().casefold(), name)
