"""What happened to a record, as values: moments that `{% timeline %}` groups by day, newest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import groupby

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Change:
    """A field before and after, already in the reader's words."""

    label: str | Promise
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: when, who, in words; with a longer text, changed fields or a link if there are any."""

    at: datetime
    words: str | Promise
    who: str = ""
    icon: str = "dot"
    tone: str = ""
    href: str = ""
    body: str = ""
    changes: Sequence[Change] = ()
    erased: bool = False


def by_day(moments: Iterable[Moment], zone: tzinfo) -> list[tuple[date, list[Moment]]]:
    """Group `moments`, newest first, by their day in `zone`."""
    newest_first = sorted(moments, key=lambda moment: moment.at, reverse=True)
    return [(day, list(group)) for day, group in groupby(newest_first, key=lambda m: m.at.astimezone(zone).date())]
