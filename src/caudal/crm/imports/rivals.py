"""Saying which competitors the buyers of deals consider, as files name them."""

import re
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from caudal.core.errors import msg
from caudal.crm.actions.competitors import add_competitor, see_competitor
from caudal.crm.imports.desks import Desk
from caudal.crm.imports.rows import Row
from caudal.crm.models import Competitor
from caudal.kit.names import name_key

_SEVERAL: Final = re.compile(r"\s*;\s*")
NAME_LENGTH: Final = 120


def see_rivals(desk: Desk, deals: Mapping[UUID, Row]) -> None:
    """Let the buyers of deals consider the competitors that their rows name; those that are not known come into being.

    A file takes none off.
    """
    named = {deal: _names(desk, row) for deal, row in deals.items() if row.values.get("competitors")}
    spelled = {name_key(name): name for names in named.values() for name in names}
    if not spelled:
        return
    rows = Competitor.for_actor(desk.actor).filter(name_key__in=spelled)
    known = dict(rows.values_list("name_key", "pk"))
    for key in sorted(spelled.keys() - known.keys()):
        known[key] = add_competitor(actor=desk.actor, as_of=desk.as_of, name=spelled[key]).pk
    for deal, names in named.items():
        for name in names:
            see_competitor(actor=desk.actor, as_of=desk.as_of, deal_id=deal, competitor_id=known[name_key(name)])


def _names(desk: Desk, row: Row) -> list[str]:
    file, tally = desk.told_to
    found = []
    for name in filter(None, _SEVERAL.split(str(row.values["competitors"]).strip())):
        if len(name) <= NAME_LENGTH and name_key(name):
            found.append(" ".join(name.split()))
            continue
        tally.note(
            "import.not_a_competitor",
            msg("“{text}” is no name of a competitor; the row came in without it."),
            file=file,
            line=row.line,
            text=name[:60],
        )
    return found
