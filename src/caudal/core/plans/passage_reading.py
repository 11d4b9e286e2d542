"""The passages of a plan file that stand around its targets: what is wrong with them, and their values."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

from caudal.core.errors import Finding, Place, msg
from caudal.core.plans.conformity import Checker
from caudal.core.plans.document import Span, Table
from caudal.core.plans.passages import (
    BudgetLine,
    Channel,
    ChannelKind,
    Claim,
    Figure,
    Methodology,
    Milestone,
    Part,
    Passages,
    Phase,
    Price,
    Tools,
)
from caudal.core.plans.pieces import (
    exact_at,
    items_at,
    label_at,
    must_at,
    numbers_at,
    table_at,
    tables_at,
    text_at,
    word_at,
    words_at,
)
from caudal.core.plans.ranges import RangeReader

RANGED: Final = ("parts", "prices", "claims")
"""Kinds with a range: parts must have one, the others have one or name the target that says it."""
NAMING: Final = (
    ("parts", "of"),
    ("prices", "target"),
    ("channels", "targets"),
    ("budget", "target"),
    ("budget", "items"),
    ("methodologies", "target"),
    ("stack", "target"),
    ("claims", "target"),
)
"""Where the ids of targets stand."""


@dataclass(frozen=True, slots=True)
class PassageReader:
    """Reads what stands around the targets of one document."""

    checker: Checker
    root: Table
    ranges: RangeReader
    targets: Collection[str]
    pillars: Collection[str]
    months: int

    def findings(self) -> Iterator[Finding]:
        """What is wrong beyond the shape of it."""
        for kind in RANGED:
            for entry_id, (key, table) in tables_at(self.root, kind).items():
                yield from self._figure(table, key, f"{kind}.{entry_id}", own=kind == "parts")
        for kind, field in NAMING:
            for entry_id, (_, table) in tables_at(self.root, kind).items():
                yield from self._named(table, field, f"{kind}.{entry_id}")
        yield from self._channels()
        for phase_id, (_, phase) in tables_at(self.root, "phases").items():
            yield from self._phase(phase, f"phases.{phase_id}")

    def passages(self) -> Passages:
        """The values of a document without errors."""
        return Passages(
            parts=tuple(
                Part(
                    **about, of=must_at(table, "of"), figure=self.ranges.figure(table), metric=word_at(table, "metric")
                )
                for about, table in self._entries("parts")
            ),
            prices=tuple(
                Price(
                    **about,
                    pillar=word_at(table, "pillar"),
                    figure=self._own_figure(table),
                    target=word_at(table, "target"),
                )
                for about, table in self._entries("prices")
            ),
            channels=tuple(
                Channel(
                    **about,
                    channel=ChannelKind(must_at(table, "channel")),
                    pillar=word_at(table, "pillar"),
                    within=word_at(table, "within"),
                    targets=words_at(table, "targets"),
                )
                for about, table in self._entries("channels")
            ),
            budget=tuple(
                BudgetLine(**about, target=must_at(table, "target"), items=words_at(table, "items"))
                for about, table in self._entries("budget")
            ),
            phases=tuple(self._read_phase(about, table) for about, table in self._entries("phases")),
            methodologies=tuple(
                Methodology(
                    **about,
                    steps=tuple(label_at(table_at(table, "steps"), step) for step in table_at(table, "steps").entries),
                    target=word_at(table, "target"),
                )
                for about, table in self._entries("methodologies")
            ),
            stack=tuple(
                Tools(**about, tools=words_at(table, "tools"), target=word_at(table, "target"))
                for about, table in self._entries("stack")
            ),
            claims=tuple(
                Claim(**about, figure=self._own_figure(table), target=word_at(table, "target"))
                for about, table in self._entries("claims")
            ),
        )

    def _figure(self, table: Table, key: Span, name: str, *, own: bool) -> Iterator[Finding]:
        has_range, has_target = "lo" in table.entries, "target" in table.entries
        if has_range and has_target:
            yield self.checker.finding(
                "plan.said_twice",
                msg("“{name}” has a range of its own and names a target that has one."),
                table.entries["target"].key,
                name,
                hint=msg("A number stands in a plan once: keep the range, or the target."),
            )
        elif not table.broken and not has_range and not has_target and not own:
            yield self.checker.finding(
                "plan.missing_key",
                msg("“{name}” has neither a range nor a target that has one."),
                key,
                name,
                hint=msg("Write lo, hi and unit, or target = “…”."),
            )
        if has_range or own:
            yield from self.ranges.findings(table, name)

    def _named(self, table: Table, key: str, name: str) -> Iterator[Finding]:
        single = text_at(table, key)
        for item in [single] if single else items_at(table, key):
            if item.text not in self.targets:
                message = msg("The plan has no target “{text}”.")
                yield self.checker.unknown("plan.unknown_target", message, item, name, self.targets)

    def _channels(self) -> Iterator[Finding]:
        channels = tables_at(self.root, "channels")
        for kind in ("prices", "channels"):
            for entry_id, (_, table) in tables_at(self.root, kind).items():
                pillar = text_at(table, "pillar")
                if pillar and pillar.text not in self.pillars:
                    message = msg("The plan has no pillar “{text}”.")
                    name = f"{kind}.{entry_id}"
                    yield self.checker.unknown("plan.unknown_pillar", message, pillar, name, self.pillars)
        for channel_id, (_, table) in channels.items():
            within = text_at(table, "within")
            if within and (within.text not in channels or within.text == channel_id):
                message = msg("The plan has no other channel “{text}”.")
                yield self.checker.unknown("plan.unknown_channel", message, within, f"channels.{channel_id}", channels)
            elif within and self._circles(channel_id, channels):
                yield self.checker.finding(
                    "plan.circle", msg("“{name}” is within itself."), within.span, f"channels.{channel_id}"
                )

    def _circles(self, channel_id: str, channels: dict[str, tuple[Span, Table]]) -> bool:
        seen: set[str] = set()
        current: str | None = channel_id
        while current in channels and current not in seen:
            seen.add(current)
            current = word_at(channels[current][1], "within")
        return current == channel_id

    def _phase(self, phase: Table, name: str) -> Iterator[Finding]:
        yield from self._months(phase, name, 1, self.months)
        months = numbers_at(phase, "months")
        if months and months[0] <= months[-1]:
            for milestone_id, (_, milestone) in tables_at(phase, "milestones").items():
                yield from self._months(milestone, f"{name}.milestones.{milestone_id}", int(months[0]), int(months[-1]))

    def _months(self, table: Table, name: str, first: int, last: int) -> Iterator[Finding]:
        numbers = [int(month) for month in numbers_at(table, "months")]
        if not numbers:
            return
        within = first <= numbers[0] <= numbers[-1] <= last
        if numbers[2:] or not within:
            yield self.checker.finding(
                "plan.bad_months",
                msg("“{name}” must be the first and the last of the months {first} to {last}, or a single one."),
                table.entries["months"].key,
                name,
                first=first,
                last=last,
            )

    def _entries(self, kind: str) -> Iterator[tuple[dict[str, Any], Table]]:
        for entry_id, (key, table) in tables_at(self.root, kind).items():
            yield self._about(entry_id, key, table, f"{kind}.{entry_id}"), table

    def _about(self, entry_id: str, key: Span, table: Table, name: str) -> dict[str, Any]:
        return {
            "id": entry_id,
            "label": label_at(table),
            "lines": tuple(int(line) for line in numbers_at(table, "lines")),
            "place": Place(self.checker.file, key.line, key.column, name),
        }

    def _own_figure(self, table: Table) -> Figure | None:
        return None if exact_at(table, "lo") is None else self.ranges.figure(table)

    def _read_phase(self, about: dict[str, Any], table: Table) -> Phase:
        first, last = _stretch(table)
        milestones = []
        for milestone_id, (key, milestone) in tables_at(table, "milestones").items():
            begins, ends = _stretch(milestone)
            name = f"phases.{about['id']}.milestones.{milestone_id}"
            milestones.append(Milestone(**self._about(milestone_id, key, milestone, name), first=begins, last=ends))
        outcome = label_at(table, "outcome") if "outcome" in table.entries else None
        return Phase(**about, first=first, last=last, outcome=outcome, milestones=tuple(milestones))


def _stretch(table: Table) -> tuple[int, int]:
    months = [int(month) for month in numbers_at(table, "months")]
    return months[0], months[-1]
