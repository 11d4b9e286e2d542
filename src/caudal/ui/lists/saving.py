"""What a list offers to keep what it shows: as a new view, or in the one that it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from caudal.kit.lists import ListView
from caudal.ui.lists.asking import Asked

SHARINGS: Final = (
    ("private", _("Only me")),
    ("team", _("My team")),
    ("everybody", pgettext_lazy("readers", "Everybody")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Where the forms about views are sent."""

    new: str
    change: str
    delete: str
    default: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """The forms about views under a list."""

    doors: Doors
    view: ListView
    record_kind: str
    here: str
    """The list's own address, to come back to."""
    shown: Sequence[tuple[str, str]]
    """What the list shows now, as a view keeps it."""
    differs: bool
    is_default: bool
    sharings: Sequence[tuple[str, object]] = SHARINGS


def saving_of(asked: Asked, doors: Doors, here: str, default: str) -> Saving:
    """Return the forms about views for what a list shows."""
    return Saving(
        doors=doors,
        view=asked.view,
        record_kind=asked.shape.kind,
        here=here,
        shown=(
            ("where", asked.where),
            ("columns", ",".join(each.name for each in asked.columns)),
            ("sort", asked.sort),
            ("group", asked.group),
        ),
        differs=asked.differs,
        is_default=asked.view.key == default,
    )
