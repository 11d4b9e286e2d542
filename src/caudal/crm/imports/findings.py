"""What an import has to say, gathered: the same thing said of a thousand rows is one finding with a count."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from caudal.core.errors import Finding, Place, Problem, Severity, Translate, msg

EXAMPLES: Final = 5
"""Lines that a finding names."""
REFUSED_MAX: Final = 5_000
"""Refused rows that are kept with their reasons; more of them are no rows to mend but a file to map anew."""
ALIKE: Final = 30
"""Findings of one code in one file that are told apart; further ones are counted together."""
KIND: Final = "kind"
"""The parameter that is a word of ours; the others are words of the file."""
GRAVEST_FIRST: Final = {Severity.ERROR: 0, Severity.CHOICE: 1, Severity.NOTE: 2}

_Key = tuple[str, str, tuple[tuple[str, str], ...]]


@dataclass(slots=True)
class Found:
    """A finding, how many rows it is true of, and the lines of the first of them."""

    finding: Finding
    count: int
    lines: list[int]

    def told(self, translate: Translate | None = None) -> str:
        """Return the finding in words; what it calls the rows is translated too."""
        found = self.finding
        if translate and KIND in found.params:
            params = {**found.params, KIND: translate(str(found.params[KIND]))}
            found = Finding(found.code, found.message, hint=found.hint, params=params)
        return found.told(translate)

    def to_json(self, translate: Translate | None = None) -> dict[str, Any]:
        """Return what programs read: where, what, how often."""
        return {
            "code": self.finding.code,
            "severity": self.finding.severity.value,
            "place": str(self.finding.place),
            "file": self.finding.place.file,
            "lines": self.lines,
            "count": self.count,
            "message": self.told(translate),
        }


@dataclass(slots=True)
class Tally:
    """Gathers findings. A strict one turns choices into errors."""

    is_strict: bool = False
    found: dict[_Key, Found] = field(default_factory=dict)
    of_code: dict[tuple[str, str], int] = field(default_factory=dict)
    refused: dict[tuple[str, int], Found] = field(default_factory=dict)
    """File and line of a row that is refused → why, for the first of them."""

    def error(self, code: str, message: str, *, file: str, line: int = 0, hint: str = "", **params: object) -> None:
        """Say that something is refused."""
        self._add(Finding(code, message, Severity.ERROR, Place(file, line), hint, params), 1)

    def problem(self, problem: Problem, *, file: str, line: int, column: str = "") -> None:
        """Say that a row is refused because of a problem, in the column of this header."""
        place = Place(file, line, name=column)
        self._add(Finding(problem.code, problem.message, Severity.ERROR, place, problem.hint, problem.params), 1)

    def refuse(self, problem: Problem, *, file: str, line: int, column: str = "") -> None:
        """Keep a row that is refused, and why, so that it can be given back to be mended."""
        if len(self.refused) < REFUSED_MAX or (file, line) in self.refused:
            place = Place(file, line, name=column)
            found = Finding(problem.code, problem.message, Severity.ERROR, place, problem.hint, problem.params)
            self.refused[file, line] = Found(found, 1, [line])

    def choice(
        self, code: str, message: str, *, file: str, lines: tuple[int, ...] = (), count: int = 1, **params: object
    ) -> bool:
        """Say which plausible answer was taken, and whether it may be."""
        severity = Severity.ERROR if self.is_strict else Severity.CHOICE
        listed = list(lines)
        place = Place(file, listed[0] if listed else 0)
        hint = msg("A strict import refuses this.") if not self.is_strict else ""
        self._add(Finding(code, message, severity, place, hint, params), count, listed)
        return not self.is_strict

    def note(self, code: str, message: str, *, file: str, line: int = 0, hint: str = "", **params: object) -> None:
        """Say something worth knowing."""
        self._add(Finding(code, message, Severity.NOTE, Place(file, line), hint, params), 1)

    def tell(self, finding: Finding, *, count: int, lines: tuple[int, ...] = ()) -> None:
        """Add a finding that is true of this many rows."""
        self._add(finding, count, list(lines))

    def snapshot(self) -> Self:
        """Return what was found so far, to go back to when the work that it is about is undone."""
        found = {key: replace(each, lines=list(each.lines)) for key, each in self.found.items()}
        return type(self)(self.is_strict, found, dict(self.of_code), dict(self.refused))

    def go_back(self, to: "Tally") -> None:
        """Forget what was found since a snapshot."""
        self.found, self.of_code, self.refused = to.found, to.of_code, to.refused

    def __iter__(self) -> Iterator[Found]:
        """Go through what was found, the gravest first, else in the order in which it was found."""
        return iter(sorted(self.found.values(), key=lambda each: GRAVEST_FIRST[each.finding.severity]))

    def _add(self, finding: Finding, count: int, lines: list[int] | None = None) -> None:
        place = finding.place
        lines = lines if lines is not None else [place.line] if place.line else []
        params = tuple(sorted((name, str(value)) for name, value in finding.params.items()))
        key = (finding.code, f"{place.file} {place.name} {finding.message}", params)
        if key not in self.found:
            group = (finding.code, place.file)
            self.of_code[group] = self.of_code.get(group, 0) + 1
            if self.of_code[group] > ALIKE:
                key = (finding.code, place.file, ())
                finding = Finding(
                    finding.code,
                    msg("There is more of the same kind."),
                    finding.severity,
                    place,
                )
        known = self.found.setdefault(key, Found(finding, 0, []))
        known.count += count
        known.lines = sorted([*known.lines, *lines[: EXAMPLES - len(known.lines)]])

    def to_json(self) -> list[dict[str, Any]]:
        """Return everything found as plain values, for the cursor of an operation."""
        return findings_to_json(self.found.values())

    @classmethod
    def from_json(cls, rows: list[dict[str, Any]], *, is_strict: bool) -> Self:
        """Read what `to_json` wrote."""
        tally = cls(is_strict)
        for found in findings_from_json(rows):
            tally._add(found.finding, found.count, found.lines)
        return tally

    def refused_again(self, rows: list[dict[str, Any]]) -> Self:
        """Take in the refused rows that an interrupted import had kept, and return the tally."""
        for found in findings_from_json(rows):
            self.refused[found.finding.place.file, found.finding.place.line] = found
        return self


def findings_to_json(found: Iterable[Found]) -> list[dict[str, Any]]:
    """Return findings as plain values, which `Tally.from_json` reads."""
    return [
        {
            "code": each.finding.code,
            "message": each.finding.message,
            "severity": each.finding.severity.value,
            "place": [each.finding.place.file, each.finding.place.line, each.finding.place.name],
            "hint": each.finding.hint,
            "params": {name: _plain(value) for name, value in each.finding.params.items()},
            "count": each.count,
            "lines": each.lines,
        }
        for each in found
    ]


def findings_from_json(rows: Iterable[dict[str, Any]]) -> Iterator[Found]:
    """Read what `findings_to_json` wrote."""
    for row in rows:
        file, line, name = row["place"]
        place = Place(file, line, name=name)
        finding = Finding(row["code"], row["message"], Severity(row["severity"]), place, row["hint"], row["params"])
        yield Found(finding, row["count"], list(row["lines"]))


def _plain(value: object) -> object:
    return value if isinstance(value, int) else str(value)
